"""What every source of evidence offers."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeAlias

from auditor.domain.evidence import Document, DocumentKind, ModelInfo, ModelRef, Unavailable

Mode: TypeAlias = Literal["hub", "bundle", "offline", "local"]


class Source(Protocol):
    """Where evidence comes from. Safe to call from several threads; never raises for what a server answers or fails to answer."""

    mode: Mode
    endpoint: str
    """Address of the Hub that the evidence names, without a trailing slash."""

    def info(self, ref: ModelRef) -> Document[ModelInfo] | Unavailable:
        """The Hub's answer about a model; its `sha` pins everything else."""
        ...

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> Document[Any] | Unavailable:
        """One file of the repository at that commit, within the byte cap of its kind; of a weight file its header, at most `cap` bytes of it."""
        ...

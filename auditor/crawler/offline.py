"""The source of `--offline`: makes no request and has nothing."""

from __future__ import annotations

from auditor.crawler.interface import Mode
from auditor.domain.evidence import DocumentKind, ModelRef, Unavailable

_DETAIL = "--offline makes no request; audit saved evidence with --evidence DIR, or a downloaded folder by its path"


class OfflineSource:
    """Answers everything with `offline`."""

    mode: Mode = "offline"

    def __init__(self, endpoint: str = "https://huggingface.co") -> None:
        self.endpoint = endpoint.rstrip("/")

    def info(self, ref: ModelRef) -> Unavailable:
        """Never there."""
        return Unavailable("offline", _DETAIL, f"{self.endpoint}/{ref.id}")

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> Unavailable:
        """Never there."""
        return Unavailable("offline", _DETAIL, f"{self.endpoint}/{model_id}")

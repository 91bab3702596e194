"""What has to travel with a model that is shipped: `auditor-notices/1`, the record that `auditor notices` prints and writes out as files."""

from __future__ import annotations

from typing import Literal

from auditor.domain.license import ObligationStatus, Use
from auditor.domain.report import Record, Revision, Tool
from auditor.domain.verdict import PermissionResult

SCHEMA_VERSION = "auditor-notices/1"


class Barred(Record):
    """Intended uses that may not be, or of which that is not decided, for one reason."""

    uses: tuple[Use, ...]
    result: PermissionResult
    because: str
    clauses: tuple[str, ...]
    declare: tuple[str, ...]
    """Facts that would decide, by name."""


class Candidate(Record):
    """A license that may be the one, where that cannot be told."""

    key: str
    name: str


class Governing(Record):
    """A license whose obligations the pack is for."""

    key: str
    name: str
    spdx: str
    """SPDX id, or `LicenseRef-<key>`."""
    origin: str
    """The base model that it comes from; empty for the model's own."""
    file: str
    """Copy of its text in the pack; empty when there is none."""
    where: str
    """Where the text is to be had, when it is not in the pack; else empty."""


class Duty(Record):
    """One obligation, ready to be ticked off."""

    id: str
    kind: str
    modality: Literal["must", "must_not"]
    action: str
    text: str | None
    """The exact string; null when the license demands none."""
    place: Literal["notice", "display", "none"]
    """Where the exact string belongs: in a notice file, or on a page that people see."""
    name_prefix: str | None
    file: str | None
    clause: str
    trigger: str
    uses: tuple[Use, ...]
    applies: Literal["yes", "unknown"]
    origin: str
    """The base model that it flows down from; empty for the model's own license."""
    status: ObligationStatus
    status_reason: str
    how_to_check: str


class PassedOn(Record):
    """A file of a repository that is in the pack byte for byte, or could not be put there."""

    name: str
    """In the pack; empty when the text was not had."""
    kind: Literal["license", "notice", "use_policy"]
    model: str
    revision: str
    path: str
    """In the repository, made visible."""
    url: str
    sha256: str
    """Of the bytes; `unknown` when they were not had."""
    size: int | Literal["unknown"]
    why: str
    """Why it is not in the pack; empty when it is."""


class NoticePack(Record):
    """`auditor notices --format json`."""

    schema_version: Literal["auditor-notices/1"]
    tool: Tool
    model: str
    requested: str
    revision: Revision
    uses: tuple[Use, ...]
    use_source: Literal["assumed", "flag"]
    warnings: tuple[str, ...]
    """Why the pack may be wrong or incomplete; every file of it repeats them. Empty when nothing is known to be."""
    complete: bool
    """False where evidence could not be had that could add to it."""
    license: str
    """What was concluded of the model's own license, in words."""
    barred: tuple[Barred, ...]
    candidates: tuple[Candidate, ...]
    """Filled where the model's own license cannot be told."""
    licenses: tuple[Governing, ...]
    attributions: tuple[str, ...]
    """Lines that say what the model is and where it comes from."""
    duties: tuple[Duty, ...]
    files: tuple[PassedOn, ...]

"""The answer of `auditor identify`: `auditor-identify/1`."""

from __future__ import annotations

from typing import Literal

from auditor.domain.report import ChangeRecord, Record

SCHEMA_VERSION: Literal["auditor-identify/1"] = "auditor-identify/1"


class IdentifiedText(Record):
    """A license text in a file, or the whole file where none is known."""

    path: str
    lines: str
    """`first-last`, from 1."""
    words: int
    """Normalised."""
    sha256: str
    """Of the normalised words of the whole file."""
    key: str | None
    """Key of the license; null when no license of the catalogue is near."""
    method: Literal["text_exact", "text_equivalent", "text_changed", "none"]
    score: float
    """Share of words in common with the nearest known text, 0 to 1."""
    rival: str | None
    """The next nearest license; `scancode:<key>` for one that is known by name only."""
    rival_score: float
    changes: tuple[ChangeRecord, ...]


class IdentifiedFiles(Record):
    """Every text of every file, in order."""

    schema_version: Literal["auditor-identify/1"]
    files: tuple[IdentifiedText, ...]

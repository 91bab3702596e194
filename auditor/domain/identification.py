"""Which license a text is, how that is known, and what was changed in it."""

from __future__ import annotations

from typing import Literal

from auditor.domain.record import record

Method = Literal["text_exact", "text_equivalent", "text_changed", "tag_only", "none"]


@record
class TextChange:
    """A passage that only one of the two texts has."""

    op: Literal["added", "removed"]
    lines: tuple[int, int] | None
    """First and last line of the audited text; None for what was removed."""
    words: int
    clause: str
    """Label of the clause of the known text at that place; empty where it has none."""
    summary: str
    """What the removed passage is about, in our words; empty for what was added."""


@record
class TextIdentity:
    """What a text is."""

    key: str | None
    """Key of the license; None when no license of the catalogue is near."""
    form: str
    """Form of the known text: canonical, publisher_copy, gate_prompt; empty without a key."""
    method: Method
    score: float
    """Share of words in common with the nearest known text, 0 to 1."""
    rival: str | None
    """The next nearest license; `scancode:<key>` for one that the catalogue knows by name only."""
    rival_score: float
    changes: tuple[TextChange, ...] = ()
    span: tuple[int, int] | None = None
    """First and last line that the known text covers, where it stands inside a longer document."""
    place: tuple[int, int] | None = None
    """The same in normalised words, from 0."""


UNKNOWN_TEXT = TextIdentity(None, "", "none", 0.0, None, 0.0)

"""Three-valued logic (Kleene): True, False, and None for unknown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Truth: TypeAlias = bool | None


def all_of(parts: Iterable[Truth]) -> Truth:
    """False if any part is, else unknown if any part is, else True."""
    values = list(parts)
    return False if False in values else None if None in values else True


def any_of(parts: Iterable[Truth]) -> Truth:
    """True if any part is, else unknown if any part is, else False."""
    values = list(parts)
    return True if True in values else None if None in values else False


def negate(part: Truth) -> Truth:
    """Unknown stays unknown."""
    return None if part is None else not part

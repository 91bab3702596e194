"""Foreign JSON values to numbers and names. Nothing here prints, compares or walks a value whose type it has not checked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from auditor.domain.pattern import lazy_pattern

LIMIT = 1 << 40
"""Counts at or above it are absurd: the largest published models stay below in every dimension."""

_UNSAFE = lazy_pattern(r"[^A-Za-z0-9._+-]+")


def count(value: object, limit: int = LIMIT) -> int | None:
    """A positive whole number below `limit`; None for everything else, floats and booleans included."""
    return value if type(value) is int and 0 < value < limit else None


def factor(value: object) -> float | None:
    """A positive finite number below a million."""
    if type(value) is int:
        return float(value) if 0 < value < 1_000_000 else None
    return value if type(value) is float and math.isfinite(value) and 0 < value < 1_000_000 else None


def mapping(value: object) -> Mapping[str, Any] | None:
    """A JSON object, else None."""
    return value if isinstance(value, Mapping) else None


def plain_name(value: object) -> str:
    """A foreign name in letters, digits, `.`, `_`, `+` and `-`, at most 64 of them; empty when nothing is left."""
    return _UNSAFE.sub("-", value[:200]).strip("-")[:64] if isinstance(value, str) else ""


def strings(value: object) -> list[str] | None:
    """A list of nothing but strings, else None."""
    return list(value) if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value) else None


def present(config: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """Those of `keys` that hold something other than null."""
    return [key for key in keys if config.get(key) is not None]

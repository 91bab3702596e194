"""JSON of strangers: parsed only when it has few enough parts. A megabyte of `{},{},` becomes hundreds of megabytes of objects."""

from __future__ import annotations

import json
from typing import Any

MAX_PARTS = 2_500_000
"""Values and keys, roughly. A repository of 100,000 files has 1.5 million in the Hub's answer."""


class TooManyParts(ValueError):
    """The document was not parsed."""


def check_parts(content: bytes) -> None:
    """TooManyParts, whose text is what the document has, when it is not to be parsed."""
    if sum(content.count(mark) for mark in (b",", b":", b"[", b"{")) > MAX_PARTS:
        raise TooManyParts(f"more than {MAX_PARTS:,} parts")


def load(content: bytes) -> Any:
    """The value. ValueError when it is no JSON, nested too deep, or of too many parts (TooManyParts)."""
    check_parts(content)
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("nested too deep") from None

"""Fingerprints of license texts: sequences of shingle hashes of the texts in the catalogue, sketches of those that it only knows by name.

One binary file, built by scripts/build_fingerprints.py: a JSON header (texts, their clauses, offsets) and little-endian 32-bit numbers. Read on first use.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.domain.errors import CatalogError

FILE = "fingerprints/texts.bin"
MAGIC = b"AUDFP1\n\0"
SKETCH = 96
"""Smallest hashes of a text that its sketch keeps."""


@dataclass(frozen=True)
class KnownSequence:
    """A text of the catalogue: its shingles in order and where its clauses begin."""

    license: str
    text: str
    form: str
    words: int
    hashes: array[int]
    clauses: tuple[tuple[int, str], ...]
    """(first word, label), in order."""


class Fingerprints:
    """The file, with views into it. Nothing is decoded before it is asked for."""

    def __init__(self, path: Path) -> None:
        content = path.read_bytes()
        if not content.startswith(MAGIC):
            raise CatalogError(f"rules/{FILE}: no fingerprint file", "run: python scripts/build_fingerprints.py")
        size = int.from_bytes(content[len(MAGIC) : len(MAGIC) + 4], "little")
        start = len(MAGIC) + 4
        self._header: Mapping[str, Any] = json.loads(content[start : start + size])
        self._numbers = memoryview(content)[start + size :]

    @cached_property
    def sketches(self) -> list[tuple[str, str, array[int]]]:
        """(kind, name, smallest hashes) of every text; kind `text` names an index into `sequence`, `scancode` a key of ScanCode."""
        own = [("text", str(index), self._array(entry["sketch"])) for index, entry in enumerate(self._header["texts"])]
        return own + [("scancode", entry["key"], self._array(entry["sketch"])) for entry in self._header["scancode"]]

    def sequence(self, index: int) -> KnownSequence:
        """The text with this index."""
        entry = self._header["texts"][index]
        clauses = tuple((first, label) for first, label in entry["clauses"])
        return KnownSequence(entry["license"], entry["text"], entry["form"], entry["words"], self._array(entry["hashes"]), clauses)

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of the normalised words of texts that only ScanCode knows, to its key."""
        digests: Mapping[str, str] = self._header["scancode_digests"]
        return digests

    def _array(self, span: list[int]) -> array[int]:
        values = array("I")
        values.frombytes(self._numbers[span[0] * 4 : (span[0] + span[1]) * 4])
        if sys.byteorder == "big":
            values.byteswap()
        return values

"""Fingerprints of license texts: sequences of shingle hashes of the texts in the catalogue, sketches of those that it only knows by name.

One binary file, built by scripts/build_fingerprints.py: a JSON header (texts, their clauses, offsets) and little-endian 32-bit numbers. Read on first use.
The sketches are kept as one index: every hash in order, and the texts whose sketches have it.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.domain.errors import CatalogError

FILE = "fingerprints/texts.bin"
MAGIC = b"AUDFP2\n\0"
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
        self._numbers = _native(content, start + size)
        self._hashes, self._starts, self._texts = (self._part(self._header["index"][name]) for name in ("hashes", "starts", "texts"))
        self._highest = self._hashes[-1] if len(self._hashes) else -1

    def near(self, hashes: Iterable[int]) -> list[tuple[float, str, str]]:
        """(share of the sketch that these hashes have, kind, name) of every text that has any, best first.

        Kind `text` names an index into `sequence`, `scancode` a key of ScanCode.
        """
        common: dict[int, int] = {}
        for value in {value for value in hashes if value <= self._highest}:
            place = bisect_left(self._hashes, value)
            if self._hashes[place] == value:
                for text in self._texts[self._starts[place] : self._starts[place + 1]]:
                    common[text] = common.get(text, 0) + 1
        own = len(self._header["texts"])
        found = []
        for text, count in common.items():
            share = count / self._header["sketches"][text]
            found.append((share, "text", str(text)) if text < own else (share, "scancode", self._header["scancode"][text - own]))
        return sorted(found, key=lambda one: (-one[0], one[1] == "scancode", one[2]))

    def sequence(self, index: int) -> KnownSequence:
        """The text with this index."""
        entry = self._header["texts"][index]
        clauses = tuple((first, label) for first, label in entry["clauses"])
        return KnownSequence(entry["license"], entry["text"], entry["form"], entry["words"], array("I", self._part(entry["hashes"])), clauses)

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of the normalised words of texts that only ScanCode knows, to its key."""
        digests: Mapping[str, str] = self._header["scancode_digests"]
        return digests

    def _part(self, span: list[int]) -> memoryview:
        return self._numbers[span[0] : span[0] + span[1]]


def _native(content: bytes, start: int) -> memoryview:
    """The numbers as this machine counts."""
    if sys.byteorder == "little" and start % 4 == 0:
        return memoryview(content)[start:].cast("I")
    values = array("I")
    values.frombytes(content[start:])
    if sys.byteorder == "big":
        values.byteswap()
    return memoryview(values)

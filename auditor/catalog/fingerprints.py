"""Fingerprints of license texts: sequences of shingle hashes of the texts in the catalogue, sketches of those that it only knows by name.

One binary file, built by scripts/build_fingerprints.py: a JSON header (texts, their clauses, offsets) and little-endian 32-bit numbers. Read on first use.
The sketches are kept as one index: every hash in order, and the texts whose sketches have it; before it stands a filter, one byte for each value of a
hash's low bits, that most words of a document do not pass.
"""

from __future__ import annotations

import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.domain.errors import CatalogError
from auditor.domain.record import record

FILE = "fingerprints/texts.bin"
MAGIC = b"AUDFP3\n\0"
SKETCH = 96
"""Smallest hashes of a text that its sketch keeps."""
FILTER_BITS = 20
"""Low bits of a hash that its place in the filter is told by."""
MIN_OVERLAP = 0.15
"""Share of a sketch below which a text is no candidate, unless the document seems to be a piece of it."""
MIN_PIECE = 0.4
"""Share of the document's own shingles that must be in the text then, as its sketch estimates them."""


@record
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
        self._filter = self._part(self._header["index"]["filter"]).cast("B")

    def near(self, hashes: Iterable[int]) -> list[tuple[float, str, str]]:
        """(share of the sketch that these hashes have, kind, name) of every text that may be near, best first.

        Kind `text` names an index into `sequence`, `scancode` a key of ScanCode.
        """
        asked = frozenset(hashes)
        common: dict[int, int] = {}
        passed, mask, last = self._filter, (1 << FILTER_BITS) - 1, len(self._hashes)
        for value in [value for value in asked if passed[value & mask]]:
            place = bisect_left(self._hashes, value)
            if place < last and self._hashes[place] == value:
                for text in self._texts[self._starts[place] : self._starts[place + 1]]:
                    common[text] = common.get(text, 0) + 1
        own, sizes, found = self._header["texts"], self._header["sketches"], []
        for text, count in common.items():
            share = count / sizes[text]
            is_piece = text < len(own) and count > 1 and share * own[text]["words"] >= MIN_PIECE * len(asked)
            if share >= MIN_OVERLAP or is_piece:
                found.append((share, "text", str(text)) if text < len(own) else (share, "scancode", self._header["scancode"][text - len(own)]))
        return sorted(found, key=lambda one: (-one[0], one[1] == "scancode", one[2]))

    @cached_property
    def stranger_words(self) -> Mapping[str, int]:
        """Words of the texts that only ScanCode knows, by its key."""
        return dict(zip(self._header["scancode"], self._header["scancode_words"], strict=True))

    def sequence(self, index: int) -> KnownSequence:
        """The text with this index."""
        entry = self._header["texts"][index]
        clauses = tuple((first, label) for first, label in entry["clauses"])
        hashes = array("I")
        hashes.frombytes(self._part(entry["hashes"]).cast("B"))
        return KnownSequence(entry["license"], entry["text"], entry["form"], entry["words"], hashes, clauses)

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of the normalised words of texts that only ScanCode knows, to its key."""
        digests: Mapping[str, str] = self._header["scancode_digests"]
        return digests

    def rewrapped(self, sha256: str) -> KnownSequence | None:
        """The text whose normalised words have this digest when its lines are wrapped elsewhere: a copyright line may run into the next one."""
        index = self._header["rewrapped"].get(sha256)
        return None if index is None else self.sequence(index)

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

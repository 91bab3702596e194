"""The header of a GGUF file, versions 2 and 3: what it says about itself, and every tensor with type and place.

Format: docs/gguf.md of github.com/ggml-org/ggml. As llama.cpp does, this reader insists that tensors follow each other, aligned: then their
bytes are exact. Version 1 had 32-bit counts and other rules and is refused; a version that reads sensibly with its bytes reversed is big-endian.
"""

from __future__ import annotations

import struct
from typing import Any

from auditor.crawler.headers.ggml_types import GGML_TYPES
from auditor.crawler.headers.reader import Malformed, Range
from auditor.domain.evidence import HeaderFacts, TensorSum
from auditor.domain.text_safety import one_line

GGUF_CAP = 64 * 1024 * 1024
"""Largest header read, in bytes; vocabularies of half a million entries with scores and merges stay below 30 MiB."""

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
_UINT32, _STRING, _ARRAY = 4, 8, 9
_KEPT_LENGTH = 4096
_MAX_KEY, _MAX_NAME = 65_535, 1024
_MAX_PAIRS, _MAX_TENSORS, _MAX_STRINGS, _MAX_DEPTH, _MAX_DIMENSIONS = 100_000, 200_000, 2_000_000, 4, 8
_LARGEST = 1 << 60
_ALIGNMENT = 32


def read_gguf(file: Range) -> HeaderFacts:
    """Elements and bytes by type, and the `general.*` texts. Malformed and TooLarge as `Range.take`, and for what no reader would load."""
    if file.take(4) != b"GGUF":
        raise Malformed("the file does not begin with GGUF")
    version = file.take(4)
    order = next((o for o in "<>" if struct.unpack(f"{o}I", version)[0] in (2, 3)), None)
    if order is None:
        raise Malformed(f"GGUF of version {struct.unpack('<I', version)[0]}, where 2 and 3 are read")
    reader = _Reader(file, order)
    tensors, pairs = reader.number("Q"), reader.number("Q")
    # The smallest pair takes 13 bytes, the smallest tensor 24: a count that the file cannot hold is a lie, whatever follows.
    if tensors > min(_MAX_TENSORS, file.size // 24) or pairs > min(_MAX_PAIRS, file.size // 13):
        raise Malformed(f"the header announces {tensors:,} tensors and {pairs:,} pairs, more than it can hold")
    metadata, alignment = reader.metadata(pairs)
    sums, data = reader.tensors(tensors, alignment)
    begin = -(-file.position // alignment) * alignment
    if tensors and begin + data > file.size:
        raise Malformed(f"the tensors take {data:,} bytes, the file has {max(0, file.size - begin):,} for them")
    return HeaderFacts(format="gguf", tensors=sums, metadata=metadata)


class _Reader:
    """Reads values in one byte order. Every string and every element is counted, so that nesting cannot multiply the work."""

    def __init__(self, file: Range, order: str) -> None:
        self.file, self.order, self.strings_left = file, order, _MAX_STRINGS

    def number(self, code: str) -> Any:
        return struct.unpack(self.order + code, self.file.take(struct.calcsize("=" + code)))[0]

    def text(self, limit: int) -> str:
        """A string of at most `limit` bytes."""
        length = self.number("Q")
        if length > limit:
            raise Malformed(f"a name of {length:,} bytes, where at most {limit:,} are allowed")
        return str(self.file.take(length), "utf-8", "replace")

    def metadata(self, pairs: int) -> tuple[dict[str, str], int]:
        """The general texts by key, and the alignment of the data."""
        found: dict[str, str] = {}
        seen: set[str] = set()
        alignment = _ALIGNMENT
        for _ in range(pairs):
            key = self.text(_MAX_KEY)
            if key in seen:
                raise Malformed(f"the key {one_line(key, 60)!r} stands twice")
            seen.add(key)
            kind = self.number("I")
            if key == "general.alignment":
                alignment = self.number("I") if kind == _UINT32 else 0
                if not 0 < alignment <= 1 << 20 or alignment & (alignment - 1):
                    raise Malformed("general.alignment is no power of two")
            elif key.startswith("general.") and kind == _STRING:
                found[one_line(key)] = self._kept()
            else:
                self._skip(kind, 0)
        return found, alignment

    def _kept(self) -> str:
        length = self.number("Q")
        kept = str(self.file.take(min(length, _KEPT_LENGTH)), "utf-8", "replace")
        self.file.skip(max(0, length - _KEPT_LENGTH))
        return one_line(kept, 500)

    def _skip(self, kind: int, depth: int) -> None:
        if kind in _SCALARS:
            self.file.skip(struct.calcsize("=" + _SCALARS[kind]))
        elif kind == _STRING:
            self.file.skip(self.number("Q"))
        elif kind == _ARRAY and depth < _MAX_DEPTH:
            inner, count = self.number("I"), self.number("Q")
            if inner in _SCALARS:
                self.file.skip(count * struct.calcsize("=" + _SCALARS[inner]))
                return
            self.strings_left -= count
            if self.strings_left < 0:
                raise Malformed(f"arrays of more than {_MAX_STRINGS:,} texts")
            for _ in range(count):
                self._skip(inner, depth + 1)
        else:
            raise Malformed("a value has a type that is none" if kind != _ARRAY else f"arrays are nested deeper than {_MAX_DEPTH}")

    def tensors(self, count: int, alignment: int) -> tuple[dict[str, TensorSum], int]:
        """Sums by type, and the bytes of the data with their padding."""
        names: set[str] = set()
        sums: dict[str, list[int]] = {}
        expected = end = 0
        for _ in range(count):
            name = self.text(_MAX_NAME)
            if name in names:
                raise Malformed(f"the tensor {one_line(name, 60)!r} stands twice")
            names.add(name)
            label, elements, size = self._tensor()
            if self.number("Q") != expected:
                raise Malformed(f"the tensor {one_line(name, 60)!r} does not stand where the one before it ends")
            end = expected + size
            expected = -(-end // alignment) * alignment
            total = sums.setdefault(label, [0, 0, 0])
            for index, value in enumerate((1, elements, size)):
                total[index] += value
        return {label: TensorSum(tensors=n, elements=e, bytes=b) for label, (n, e, b) in sorted(sums.items())}, end

    def _tensor(self) -> tuple[str, int, int]:
        dimensions = self.number("I")
        if dimensions > _MAX_DIMENSIONS:
            raise Malformed(f"a tensor of {dimensions:,} dimensions")
        shape = [self.number("Q") for _ in range(dimensions)]
        elements = 1
        for extent in shape:
            elements *= extent
            if elements > _LARGEST:
                raise Malformed("a tensor is larger than any file")
        number = self.number("I")
        found = GGML_TYPES.get(number)
        if found is None:
            raise Malformed(f"a tensor of type {number}, which is none that is known")
        if (shape[0] if shape else 1) % found.block:
            raise Malformed(f"a tensor of {found.name} whose rows are no whole blocks")
        return found.name, elements, elements // found.block * found.size

"""The header of a safetensors file: eight bytes of length, then JSON with type, shape and place of every tensor.

Format: github.com/huggingface/safetensors, README "Format". As its own reader does, this one insists that the tensors cover the data without
gap and overlap and end where the file ends: then their bytes are exact.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from auditor.crawler.headers.reader import Malformed, Range, TooLarge
from auditor.domain.evidence import HeaderFacts, TensorSum
from auditor.domain.pattern import lazy_pattern

SAFETENSORS_CAP = 25_000_000
"""Largest header read; the same as SAFETENSORS_MAX_HEADER_LENGTH of huggingface_hub 2.4."""

_DTYPE = lazy_pattern(r"(?:BF|F|I|U|C)([0-9]{1,3})(?:_[A-Z0-9]{1,12})?|BOOL")
_LARGEST = 1 << 60
_MAX_DEPTH = 8
_MAX_DIMENSIONS = 64
_MOST = {b"{": 500_000, b"[": 1_000_000, b'"': 6_000_000}
"""Marks of a header: what 25 MB of real entries hold, at least 60 bytes each. More would cost memory and time for nothing."""


def read_safetensors(file: Range) -> HeaderFacts:
    """Elements and bytes by dtype. Malformed and TooLarge as `Range.take`, and for a header that is no such table."""
    length = int.from_bytes(file.take(8), "little")
    if length > file.size - 8:
        raise Malformed(f"the header is said to have {length:,} bytes, the file has {file.size:,}")
    if length > SAFETENSORS_CAP - 8:
        raise TooLarge(f"the header is larger than {SAFETENSORS_CAP:,} bytes")
    table = _table(file.take(length))
    table.pop("__metadata__", None)
    places: list[tuple[int, int]] = []
    sums: dict[str, list[int]] = {}
    for entry in table.values():
        dtype, elements, begin, end = _tensor(entry)
        places.append((begin, end))
        total = sums.setdefault(dtype, [0, 0, 0])
        for index, value in enumerate((1, elements, end - begin)):
            total[index] += value
    _covers(places, file.size - 8 - length)
    return HeaderFacts(
        format="safetensors", tensors={dtype: TensorSum(tensors=n, elements=e, bytes=b) for dtype, (n, e, b) in sorted(sums.items())}, metadata={}
    )


def _table(raw: bytes) -> dict[str, Any]:
    """The JSON object; refuses depth and duplicate names before and while they are built."""
    if any(raw.count(mark) > most for mark, most in _MOST.items()):
        raise Malformed("the header holds more entries than there is room for in tensors")
    depth = 0
    for mark in re.finditer(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', raw):
        depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(mark[0], 0)
        if depth > _MAX_DEPTH:
            raise Malformed(f"the header is nested deeper than {_MAX_DEPTH}")
    try:
        table = json.loads(raw, object_pairs_hook=_unique)
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("the header is not JSON") from None
    if not isinstance(table, dict):
        raise Malformed("the header is no JSON object")
    return table


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise Malformed("the header names something twice")
    return table


def _tensor(entry: object) -> tuple[str, int, int, int]:
    """Dtype, elements, begin and end of one tensor, which agree with each other."""
    if not isinstance(entry, dict):
        raise Malformed("an entry of the header is no tensor")
    dtype, shape, place = entry.get("dtype"), _counts(entry.get("shape")), _counts(entry.get("data_offsets"))
    match = _DTYPE.fullmatch(dtype) if isinstance(dtype, str) else None
    if match is None:
        raise Malformed("a tensor has a type that is none")
    if shape is None or len(shape) > _MAX_DIMENSIONS or place is None or len(place) != 2:
        raise Malformed("a tensor has a shape or a place that is none")
    elements = 1
    for count in shape:
        elements *= count
        if elements > _LARGEST:
            raise Malformed("a tensor is larger than any file")
    bits = elements * (int(match[1]) if match[1] else 8)
    if place[0] > place[1] or (place[1] - place[0]) * 8 != bits:
        raise Malformed(f"a tensor of {elements:,} elements of {match[0]} has a place of {place[1] - place[0]:,} bytes")
    return match[0], elements, place[0], place[1]


def _counts(value: object) -> list[int] | None:
    return value if isinstance(value, list) and all(type(count) is int and 0 <= count < _LARGEST for count in value) else None


def _covers(places: list[tuple[int, int]], data: int) -> None:
    places.sort()
    if places and places[0][0] != 0:
        raise Malformed("the first tensor does not begin where the data begin")
    for before, after in pairwise(places):
        if after[0] != before[1]:
            raise Malformed("tensors overlap" if after[0] < before[1] else "there is a gap between tensors")
    end = places[-1][1] if places else 0
    if end != data:
        raise Malformed(f"the tensors end at {end:,} bytes, the data at {data:,}")

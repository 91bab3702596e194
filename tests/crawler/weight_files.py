"""Tiny weight files, sound by default and wrong on demand."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH = {"F32": 4, "BF16": 2, "F16": 2, "F8_E4M3": 1, "U8": 1, "I64": 8, "BOOL": 1}


def safetensors(tensors: Mapping[str, tuple[str, Sequence[int]]], metadata: Mapping[str, str] | None = None) -> bytes:
    """A file with these tensors (dtype, shape), one after the other, all zeros."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    at = 0
    for name, (dtype, shape) in tensors.items():
        size = WIDTH[dtype]
        for extent in shape:
            size *= extent
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    return raw_safetensors(json.dumps(header).encode(), at)


def raw_safetensors(header: bytes, data: int, length: int | None = None) -> bytes:
    """A file with this header as it is, and so many bytes of data."""
    return struct.pack("<Q", len(header) if length is None else length) + header + bytes(data)


def text(value: str | bytes, order: str = "<") -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack(order + "Q", len(raw)) + raw


def pair(key: str, kind: int, value: bytes, order: str = "<") -> bytes:
    """A metadata entry with the value as encoded."""
    return text(key, order) + struct.pack(order + "I", kind) + value


def words(values: Mapping[str, str], order: str = "<") -> list[bytes]:
    """Metadata entries of type string."""
    return [pair(key, 8, text(value, order), order) for key, value in values.items()]


def tensor(name: str, shape: Sequence[int], kind: int, offset: int, order: str = "<") -> bytes:
    return text(name, order) + struct.pack(f"{order}I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def gguf(
    pairs: Sequence[bytes] = (),
    tensors: Sequence[bytes] = (),
    data: int = 0,
    version: int = 3,
    order: str = "<",
    magic: bytes = b"GGUF",
    counts: tuple[int, int] | None = None,
    alignment: int = 32,
) -> bytes:
    """A file with these entries, padded, and so many bytes of data. `counts` (tensors, pairs) may lie."""
    head = magic + struct.pack(f"{order}IQQ", version, *(counts or (len(tensors), len(pairs)))) + b"".join(pairs) + b"".join(tensors)
    return head + bytes(-len(head) % alignment) + bytes(data)

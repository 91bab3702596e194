"""Precision of weights and KV cache as the repository declares it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.sizing.values import count, mapping, plain_name

_DTYPE = re.compile(r"(?:torch\.)?(bfloat16|float16|half|float32|float)")
_STORED = re.compile(r"(BF|F|I|U)([0-9]{1,3})(?:_[A-Z0-9]+)?")

MODELOPT = "hf_quant_config.json"
"""ModelOpt's own file, the only one of its kind that may set the precision of the KV cache."""

MOST = 1 << 44
"""Parameter counts at or above it are absurd (17.6 million million)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Elements of one safetensors dtype."""

    dtype: str
    kind: str
    """`BF`, `F`, `I`, `U`, or `BOOL`."""
    bits: int
    elements: int

    @property
    def packed(self) -> bool:
        """Whether one element may hold several parameters, or is a scale of such: containers, and floats of less than a byte."""
        return self.kind == "U" or (self.kind == "I" and self.bits in (16, 32)) or self.bits < 8 or self.dtype.startswith("F8_E8M0")

    @property
    def parameter(self) -> bool:
        """Floats and 8-bit integers; 64-bit integers and booleans are buffers."""
        return self.kind in ("BF", "F") or (self.kind == "I" and self.bits == 8)


@dataclass(frozen=True, slots=True)
class Precision:
    """`label` as shown; `width` in bytes of an unquantized parameter (None when unknown); `kv_width` in bytes of a cached element."""

    label: str
    width: int | None
    quantized: bool
    kv_width: int | None
    assumed: tuple[str, ...] = ()
    why_unknown: str = ""


def stored(parameters: object) -> tuple[list[Stored], str]:
    """The Hub's counts by dtype, and why they cannot be used (empty when they can). One bad entry spoils all: a sum without it would be too small."""
    counts = mapping(parameters)
    if parameters is None:
        return [], ""
    if not counts:
        return [], "weights: the Hub's parameter counts set aside (not a table of counts by dtype)"
    found = []
    for dtype, value in counts.items():
        elements = count(value, MOST)
        match = _STORED.fullmatch(dtype) if isinstance(dtype, str) else None
        if elements is None or (match is None and dtype != "BOOL"):
            return [], "weights: the Hub's parameter counts set aside (an entry is no dtype with a positive count)"
        found.append(Stored(dtype, match[1], int(match[2]), elements) if match else Stored("BOOL", "BOOL", 8, elements))
    return sorted(found, key=lambda s: s.dtype), ""


def precision(configs: tuple[Mapping[str, Any], ...], held: list[Stored], beside: tuple[str, ...], casts_float32: bool) -> Precision:
    """From the configs (inner before outer), what is stored, and the names of files that declare a quantization beside them."""
    quantization = next((value for config in configs if (value := config.get("quantization_config")) is not None), None)
    declared = next((value for config in configs for key in ("torch_dtype", "dtype") if (value := config.get(key)) is not None), None)
    dtype = _dtype(declared)
    main = max((s for s in held if s.parameter), key=lambda s: s.elements, default=None)
    packed = any(s.packed for s in held)
    label, width = dtype, int(dtype[-2:]) // 8 if dtype else None
    if main is not None and not packed:
        label, width = _label(main), main.bits // 8
    quantized = quantization is not None or packed or (width is not None and width < 2)
    if quantization is not None:
        label = _method(mapping(quantization) or {})
    kv_width, notes, why = _kv_width(quantization, declared, dtype)
    if quantization is None and beside:
        label, quantized = label if packed or (width or 2) < 2 else "unknown", True
        notes += (f"precision: {beside[0]} says how weights are quantized; it is not read",)
        if beside[0] == MODELOPT:
            kv_width, why = None, f"{MODELOPT} may carry a KV cache scheme, which is not read"
    if width == 4 and casts_float32 and not quantized:
        notes += ("precision: float32 checkpoint, held in 16 bit by the stack",)
    return Precision(label or "unknown", None if quantized else width, quantized, kv_width, notes, why)


def _dtype(declared: object) -> str:
    """`bfloat16`, `float16` or `float32`; empty for anything else."""
    match = _DTYPE.fullmatch(declared) if isinstance(declared, str) else None
    if match is None:
        return ""
    return "float16" if match[1] == "half" else "float32" if match[1] == "float" else match[1]


def _label(held: Stored) -> str:
    if held.bits == 8:
        return "int8" if held.kind == "I" else "fp8"
    return f"bfloat{held.bits}" if held.kind == "BF" else f"float{held.bits}"


def _method(quantization: Mapping[str, Any]) -> str:
    for key in ("quant_method", "quant_algo"):
        if name := plain_name(quantization.get(key)).lower():
            return name
    return "unknown"


def _kv_width(quantization: object, declared: object, dtype: str) -> tuple[int | None, tuple[str, ...], str]:
    """Width of a cached element: the model's 16 bit unless the checkpoint carries an 8-bit scheme. FP8 weights alone do not imply an FP8 cache."""
    table = mapping({} if quantization is None else quantization)
    if table is None:
        return None, (), "quantization_config in config.json is not a table"
    scheme = next((value for key in ("kv_cache_scheme", "kv_cache_quant_algo") if (value := table.get(key)) is not None), None)
    if scheme is not None:
        inner = mapping(scheme)
        eight = (isinstance(scheme, str) and plain_name(scheme).lower() == "fp8") or (
            inner is not None and inner.get("type") == "float" and count(inner.get("num_bits")) == 8
        )
        return (1, ("kv_dtype: fp8 (scheme in the checkpoint)",), "") if eight else (None, (), "the KV cache scheme of the checkpoint is not known")
    if declared is not None and not dtype:
        return None, (), "the precision in config.json is not known"
    return 2, (() if declared is not None else ("kv_dtype: 16 bit (config.json names no precision)",)), ""

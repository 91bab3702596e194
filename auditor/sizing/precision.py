"""Precision of weights and KV cache as the repository declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.sizing.families import Families
from auditor.sizing.plan import Even, Plan
from auditor.sizing.values import count, mapping

if TYPE_CHECKING:
    from auditor.sizing.declared import Declared

_DTYPE = lazy_pattern(r"(?:torch\.)?(bfloat16|float16|half|float32|float)")
_STORED = lazy_pattern(r"(BF|F|I|U)([0-9]{1,3})(?:_[A-Z0-9]+)?")

MODELOPT = "hf_quant_config.json"
"""ModelOpt's own file, the only one of its kind that may set the precision of the KV cache."""

MOST = 1 << 44
"""Parameter counts at or above it are absurd (17.6 million million)."""


@record
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


@record
class Precision:
    """`label` as shown; `width` in bytes of an unquantised parameter (None when unknown); `cache_bits` of a cached element."""

    label: str
    width: int | None
    quantized: bool
    cache_bits: float | None
    """None when unknown."""
    plan: Plan | None
    """None when the bits of each weight are not known."""
    assumed: tuple[str, ...] = ()
    why_unknown: str = ""
    """Why the precision of the cache is not known."""
    why_no_plan: str = ""


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


def precision(
    configs: tuple[Mapping[str, Any], ...],
    held: list[Stored],
    beside: tuple[str, ...],
    separate: Mapping[str, Any] | None,
    casts_float32: bool,
    known: Families,
) -> Precision:
    """From the configs (inner before outer), what is stored, `separate` (the content of a file that declares a quantisation) and the names of such files."""
    quantization = next((value for config in configs if (value := config.get("quantization_config")) is not None), None)
    if quantization is None and separate is not None:
        quantization = separate
    named = next((value for config in configs for key in ("torch_dtype", "dtype") if (value := config.get(key)) is not None), None)
    dtype = _dtype(named)
    main = max((s for s in held if s.parameter), key=lambda s: s.elements, default=None)
    packed = any(s.packed for s in held)
    label, width = dtype, int(dtype[-2:]) // 8 if dtype else None
    if main is not None and not packed:
        label, width = _label(main), main.bits // 8
    if quantization is not None:
        from auditor.sizing.declared import declared

        return _quantized(declared(quantization, known), named, dtype)
    quantized = packed or (width is not None and width < 2)
    bits, notes, why = _plain_cache(named, dtype)
    if beside:
        label, quantized = label if packed or (width or 2) < 2 else "unknown", True
        notes += (f"precision: {beside[0]} says how weights are quantized; it is not read",)
        if beside[0] == MODELOPT:
            bits, why = None, f"{MODELOPT} may carry a KV cache scheme, which is not read"
    if width == 4 and casts_float32 and not quantized:
        notes += ("precision: float32 checkpoint, held in 16 bit by the stack",)
    plan = None if quantized or width is None else Even(width)
    return Precision(label or "unknown", None if quantized else width, quantized, bits, plan, notes, why, "" if plan else "the width of a weight is not known")


def _quantized(scheme: Declared, named: object, dtype: str) -> Precision:
    bits, notes, why = _plain_cache(named, dtype)
    if scheme.cache_bits == 8:
        bits, notes, why = 8, ("kv_dtype: fp8 (scheme in the checkpoint)",), ""
    elif scheme.cache_bits is not None:
        bits, notes, why = (
            None,
            (),
            "the KV cache scheme of the checkpoint is not known" if scheme.plan is not None or scheme.label != "unknown" else scheme.why,
        )
    return Precision(scheme.label, None, True, bits, scheme.plan, (*notes, *scheme.assumed), why, scheme.why)


def _plain_cache(named: object, dtype: str) -> tuple[float | None, tuple[str, ...], str]:
    """The cache of a checkpoint without a scheme: the 16 bit of the model."""
    if named is not None and not dtype:
        return None, (), "the precision in config.json is not known"
    return 16, (() if named is not None else ("kv_dtype: 16 bit (config.json names no precision)",)), ""


def _dtype(named: object) -> str:
    """`bfloat16`, `float16` or `float32`; empty for anything else."""
    match = _DTYPE.fullmatch(named) if isinstance(named, str) else None
    if match is None:
        return ""
    return "float16" if match[1] == "half" else "float32" if match[1] == "float" else match[1]


def _label(held: Stored) -> str:
    if held.bits == 8:
        return "int8" if held.kind == "I" else "fp8"
    return f"bfloat{held.bits}" if held.kind == "BF" else f"float{held.bits}"

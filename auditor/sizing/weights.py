"""Parameters and weight bytes from every witness there is, in a fixed order; witnesses that disagree widen the range, except against tensors that lie there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.memory import Basis, MemoryInputs
from auditor.domain.stack import Stack
from auditor.sizing.checkpoint import LARGEST, loaded_files
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure
from auditor.sizing.parameters import Counted
from auditor.sizing.precision import Precision, Stored
from auditor.sizing.tensors import Tensors
from auditor.sizing.values import count

AGREE = 0.01
"""Witnesses closer than this say the same: file headers and buffers are well below it."""
_HEADERS = "headers"
"""The witness that is no claim: what it names lies in the files."""


@dataclass(frozen=True, slots=True)
class Witness:
    """One statement of the bytes of the checkpoint. `resident` is what the stack holds of them (float32 is cast to 16 bit by some)."""

    name: str
    total: int
    resident: int
    basis: Basis
    formula: str
    inputs: dict[str, int | float | str]


@dataclass(frozen=True, slots=True)
class Weights:
    """Bytes in the checkpoint, and bytes held by the stack over all GPUs before it adds anything of its own."""

    loaded: Figure
    resident: Figure
    notes: tuple[str, ...]


def weigh(
    inputs: MemoryInputs, reading: Reading, held: list[Stored], precision: Precision, counted: Counted | None, stack: Stack, tensors: Tensors | None
) -> Weights:
    """Order: tensors in the files' headers, the Hub's counts x width, the index's total_size, file sizes, config. The first gives the value."""
    casts = precision.width == 4 and not precision.quantized and stack.casts_float32_to_16_bit
    witnesses: list[Witness] = []
    notes: list[str] = []
    if tensors is not None:
        witnesses.append(_from_headers(tensors, casts))
    elif held and any(s.packed for s in held):
        notes.append("weights: the Hub's parameter counts set aside (packed types hold several parameters in one element)")
    elif held:
        witnesses.append(_from_counts(held, casts))
    total = count(inputs.index_total_size, LARGEST)
    if total is not None:
        formula = "metadata.total_size of model.safetensors.index.json"
        witnesses.append(Witness("index", total, total // 2 if casts else total, "exact", formula, {"total_size": total}))
    elif inputs.index_total_size is not None:
        notes.append("weights: total_size of the index set aside (not a positive number of bytes)")
    files, why = loaded_files(inputs.weight_files)
    if files is not None and tensors is None:  # whoever reads a header compares it with the size of the file
        formula, size = f"sum of the file sizes of {files.name}", files.total
        witnesses.append(Witness("files", size, size // 2 if casts else size, "assumed", formula, {"files": files.files, "bytes": size}))
    if why and (files is not None or not witnesses):
        notes.append(why)
    if counted is not None and precision.width is not None and not _multimodal(reading):
        width = 2 if casts else precision.width
        table = {"width": precision.width, **counted.inputs}
        witnesses.append(Witness("config", counted.total * precision.width, counted.total * width, "formula", f"({counted.formula}) x width", table))
    if not witnesses:
        reason = "neither parameter counts, index, files of known size nor a formula give the weights"
        unknown = Figure.unknown(f"{reason} ({'; '.join(notes)})" if notes else reason)
        return Weights(unknown, unknown, tuple(notes))
    return Weights(_spanning(witnesses, [w.total for w in witnesses]), _spanning(witnesses, [w.resident for w in witnesses]), tuple(notes))


def requantized(name: str, counted: Counted | None, why: str, stack: Stack) -> Weights:
    """Weights at a precision that is not the published one. Raises UsageError for one that the stack's table lacks."""
    bits = stack.bits_per_weight.get(name.casefold())
    if bits is None:
        known = stack.bits_per_weight
        raise UsageError(f"no precision is known as {name[:40]!r}{did_you_mean(name[:40], known)}", f"choose one of: {', '.join(known)}")
    if counted is None:
        unknown = Figure.unknown(f"weights at another precision need a parameter count by kind of layer ({why})")
        return Weights(unknown, unknown, ())
    total = int(counted.linear * bits / 8) + (counted.total - counted.linear) * 2
    note = f"weights: {name.casefold()} in every linear layer, embeddings, output layer and norms in 16 bit"
    figure = Figure.of(total, "assumed", "linear x bits / 8 + rest x 2", {"linear": counted.linear, "bits": bits, "parameters": counted.total}, assumed=(note,))
    return Weights(figure, figure, (note,))


def parameters(
    reading: Reading, held: list[Stored], precision: Precision, counted: Counted | None, why: str, weights: Weights, tensors: Tensors | None
) -> Figure:
    """Logical count without layers for multi-token prediction: that of headers or the Hub where it is one, else the formula, else bytes over width."""
    if tensors is not None and tensors.gguf and not _may_hold_mtp(reading):
        return Figure.of(sum(tensors.elements.values()), "exact", "sum of the elements in the file headers by type", tensors.elements)
    whose = "the Hub's counts" if tensors is None else "the elements in the file headers"
    logical = [s for s in held if s.parameter]
    if logical and not any(s.packed for s in held) and not _may_hold_mtp(reading):
        note = ""
        total = sum(s.elements for s in logical)
        if counted is not None and not _multimodal(reading) and abs(counted.total - total) > AGREE * counted.total:
            note = f"parameters: config.json gives {counted.total}"
        return Figure.of(total, "exact", f"sum of {whose} by dtype", {s.dtype: s.elements for s in logical}).noting(note)
    if counted is not None and not _multimodal(reading):
        return Figure.of(counted.total, "formula", counted.formula, counted.inputs)
    if precision.width is not None and weights.loaded.value is not None and weights.loaded.basis == "exact" and reading.shape is not None:
        note = f"parameters: every tensor in {precision.label}"
        return Figure.of(weights.loaded.value // precision.width, "assumed", "weights / width", {"width": precision.width}, assumed=(note,))
    return Figure.unknown(why or "neither the Hub nor config.json tells the count")


def active_parameters(reading: Reading, total: Figure, counted: Counted | None, why: str) -> Figure:
    """Parameters that one token passes through: all of them in a dense model."""
    if reading.architecture_class == "dense":
        return total
    if reading.architecture_class != "moe" or counted is None or not total.known:
        return Figure.unknown(why or total.reason or reading.why_unknown)
    assert total.value is not None
    idle = counted.total - counted.active
    return Figure.of(max(0, total.value - idle), "formula", "parameters - idle experts", {"parameters": total.value, "idle": idle})


def mtp_parameters(reading: Reading) -> Figure:
    """Layers for multi-token prediction, which stacks load only for speculative decoding."""
    if reading.reader is None:
        return Figure.unknown(reading.why_unknown)
    if _may_hold_mtp(reading):
        return Figure.unknown("config.json announces layers for multi-token prediction; their size is not computed")
    return Figure.of(0, "formula", "none announced in config.json", {})


def _from_headers(tensors: Tensors, casts: bool) -> Witness:
    table, total = tensors.bytes, sum(tensors.bytes.values())
    resident = total - (table.get("F32", 0) // 2 if casts else 0)
    return Witness(_HEADERS, total, resident, "exact", f"sum of the tensors in the headers of {tensors.name}, in bytes by type", {**table})


def _from_counts(held: Sequence[Stored], casts: bool) -> Witness:
    total = sum(s.elements * s.bits // 8 for s in held)
    cast = sum(s.elements * 2 for s in held if casts and s.kind == "F" and s.bits == 32)
    return Witness("hub", total, total - cast, "exact", "sum of the Hub's counts by dtype x width", {s.dtype: s.elements for s in held})


def _spanning(witnesses: list[Witness], values: list[int]) -> Figure:
    first, value = witnesses[0], values[0]
    apart = [(w, v) for w, v in zip(witnesses, values, strict=True) if abs(v - value) > AGREE * value]
    if not apart:
        return Figure.of(value, first.basis, first.formula, first.inputs)
    said = ", ".join(f"{w.name} {v}" for w, v in apart)
    if first.name == _HEADERS:
        note = f"weights: the files hold {value} bytes of tensors, which other statements contradict ({said} bytes)"
        return Figure.of(value, first.basis, first.formula, first.inputs).noting(note)
    spread = [value, *(v for _, v in apart)]
    note = f"weights: witnesses disagree ({first.name} {value}, {said} bytes)"
    return Figure.of(value, "assumed", first.formula, first.inputs, low=min(spread), high=max(spread), assumed=(note,))


def _multimodal(reading: Reading) -> bool:
    return reading.reader is not None and reading.reader.traits.multimodal


def _may_hold_mtp(reading: Reading) -> bool:
    reader = reading.reader
    return reader is not None and any(reader.text.get(key) for key in reader.traits.mtp_keys)

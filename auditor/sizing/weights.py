"""Parameters and weight bytes from every witness there is, in a fixed order; witnesses that disagree widen the range, except against tensors that lie there."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.domain.memory import Basis, MemoryInputs
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.checkpoint import LARGEST, loaded_files
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure
from auditor.sizing.parameters import Counted
from auditor.sizing.plan import Even, Gguf, Plan, held_bytes
from auditor.sizing.precision import Precision, Stored
from auditor.sizing.tensors import Tensors
from auditor.sizing.values import count

AGREE = 0.01
"""Witnesses closer than this say the same: file headers and buffers are well below it."""
_HEADERS = "headers"
"""The witness that is no claim: what it names lies in the files."""


@record
class Witness:
    """One statement of the bytes of the checkpoint. `resident` is what the stack holds of them (float32 is cast to 16 bit by some)."""

    name: str
    total: int
    resident: int
    basis: Basis
    formula: str
    inputs: dict[str, int | float | str]


@record
class Weights:
    """Bytes that are loaded, and bytes held by the stack over all GPUs before it adds anything of its own."""

    loaded: Figure
    resident: Figure
    notes: tuple[str, ...]


@record
class Sources:
    """All that weights may be read from."""

    inputs: MemoryInputs
    held: Sequence[Stored]
    precision: Precision
    counted: Counted | None
    tensors: Tensors | None
    stack: Stack
    guesses: bool = False
    """Whether layers for multi-token prediction are loaded, to guess ahead."""

    @property
    def casts(self) -> bool:
        """Whether the stack holds a float32 checkpoint in 16 bit."""
        return self.precision.width == 4 and not self.precision.quantized and self.stack.casts_float32_to_16_bit


def module_bytes(known: Counted, plan: Plan, *, mtp: bool = False) -> int:
    """Bytes of the modules; encoders stay at the width of unquantised weights, and lie in a file of their own in GGUF."""
    if mtp:
        return held_bytes(known.mtp, plan)
    if isinstance(plan, Gguf):
        return held_bytes(known.language, plan)
    plain: Plan = plan if isinstance(plan, Even) else Even(2)
    return held_bytes(known.language, plan) + held_bytes(known.towers, plain)


def weigh(sources: Sources) -> Weights:
    """Order: tensors in the files' headers, the Hub's counts x width, the index's total_size, file sizes, config. The first gives the value."""
    witnesses, notes = _witnesses(sources)
    known, plan = sources.counted, sources.precision.plan
    if known is not None and plan is not None:
        total = module_bytes(known, plan)
        ahead = module_bytes(known, plan, mtp=True) if sources.guesses else 0
        held = module_bytes(known, Even(2)) + (ahead // 2 if ahead else 0) if sources.casts else total + ahead
        total += ahead
        table = {**known.inputs, "bits_per_weight": round(8 * total / max(1, known.total), 3)}
        formula = "sum over modules of parameters x bits / 8" if sources.precision.quantized else f"({known.formula}) x width"
        witnesses.append(Witness("config", total, held, "formula", formula, table))
    if not witnesses:
        why = notes[-1] if notes else sources.precision.why_no_plan or "no file sizes, no counts and no geometry to compute from"
        return Weights(Figure.unknown(why), Figure.unknown(why), tuple(notes))
    loaded, resident = ([getattr(w, end) for w in witnesses] for end in ("total", "resident"))
    return Weights(_spanning(witnesses, loaded), _spanning(witnesses, resident), tuple(notes))


def _witnesses(sources: Sources) -> tuple[list[Witness], list[str]]:
    """Statements of what lies in the repository, less what no engine loads."""
    inputs, held, tensors, casts = sources.inputs, sources.held, sources.tensors, sources.casts
    found: list[Witness] = []
    notes: list[str] = []
    if tensors is not None:
        found.append(_from_headers(tensors, casts))
    elif held and any(s.packed for s in held):
        notes.append("weights: the Hub's parameter counts set aside (packed types hold several parameters in one element)")
    elif held:
        found.append(_from_counts(held, casts))
    total = count(inputs.index_total_size, LARGEST)
    if total is not None:
        formula = "metadata.total_size of model.safetensors.index.json"
        found.append(Witness("index", total, total // 2 if casts else total, "exact", formula, {"total_size": total}))
    elif inputs.index_total_size is not None:
        notes.append("weights: total_size of the index set aside (not a positive number of bytes)")
    files, why = loaded_files(inputs.weight_files)
    if files is not None and tensors is None:  # whoever reads a header compares it with the size of the file
        formula, size = f"sum of the file sizes of {files.name}", files.total
        found.append(Witness("files", size, size // 2 if casts else size, "assumed", formula, {"files": files.files, "bytes": size}))
    if why and (files is not None or not found):
        notes.append(why)
    spare, said = _not_loaded(sources, found)
    if spare:
        notes.append(said)
        found = [_less(witness, spare) for witness in found]
    return found, notes


def _not_loaded(sources: Sources, found: Sequence[Witness]) -> tuple[int, str]:
    """Bytes of the checkpoint that engines leave alone: layers for multi-token prediction, a second copy of tied embeddings."""
    known, plan = sources.counted, sources.precision.plan
    if known is None or plan is None or not found or sources.guesses:
        return 0, ""
    base, excess = module_bytes(known, plan), found[0].total - module_bytes(known, plan)
    ahead = module_bytes(known, plan, mtp=True)
    table = next((weight for weight in known.language if weight.kind == "embedding"), None)
    copy = int(table.total * plan.bits(table) / 8) if table is not None else 0
    tied = not any(weight.kind == "head" for weight in known.language)
    if known.mtp and abs(excess - ahead - 2 * copy) < AGREE * base / 4 and copy:
        return ahead + 2 * copy, "weights: layers for multi-token prediction, with their copies of the embeddings, are in the files and not counted"
    if known.mtp and excess > 0.5 * ahead:
        return min(excess, ahead), "weights: layers for multi-token prediction are in the files and not counted"
    if tied and copy and abs(excess - copy) < 0.001 * base:
        return copy, "weights: a second copy of the tied embeddings is in the files and not counted"
    return 0, ""


def _less(witness: Witness, spare: int) -> Witness:
    held = max(0, witness.resident - spare * witness.resident // max(1, witness.total))
    inputs = {**witness.inputs, "not_loaded": spare}
    return Witness(witness.name, max(0, witness.total - spare), held, "formula", f"{witness.formula} - what is not loaded", inputs)


def parameters(reading: Reading, sources: Sources, known: Counted | None, why: str, weights: Weights) -> Figure:
    """Logical count without layers for multi-token prediction: that of headers or the Hub where it is one, else the formula, else bytes over width."""
    tensors, held = sources.tensors, sources.held
    ahead = known is not None and bool(known.mtp)
    if tensors is not None and tensors.gguf and not ahead:
        return Figure.of(sum(tensors.elements.values()), "exact", "sum of the elements in the file headers by type", tensors.elements)
    whose = "the Hub's counts" if tensors is None else "the elements in the file headers"
    logical = [s for s in held if s.parameter]
    if logical and not any(s.packed for s in held) and not ahead:
        total = sum(s.elements for s in logical)
        apart = known is not None and abs(known.total - total) > AGREE * known.total
        note = f"parameters: config.json gives {known.total}" if known is not None and apart else ""
        return Figure.of(total, "exact", f"sum of {whose} by dtype", {s.dtype: s.elements for s in logical}).noting(note)
    if known is not None:
        return Figure.of(known.total, "formula", known.formula, known.inputs)
    width = sources.precision.width
    if width is not None and weights.loaded.value is not None and weights.loaded.basis == "exact" and reading.layout is not None:
        note = f"parameters: every tensor in {sources.precision.label}"
        return Figure.of(weights.loaded.value // width, "assumed", "weights / width", {"width": width}, assumed=(note,))
    return Figure.unknown(why or "neither the Hub nor config.json tells the count")


def active_parameters(total: Figure, known: Counted | None, why: str) -> Figure:
    """Parameters that one token passes through: all of them in a dense model."""
    if known is None or total.value is None:
        return Figure.unknown(why or total.reason)
    idle = known.total - known.active
    if not idle:
        return total
    return Figure.of(max(0, total.value - idle), "formula", "parameters - idle experts", {"parameters": total.value, "idle": idle})


def mtp_parameters(reading: Reading, known: Counted | None) -> Figure:
    """Layers for multi-token prediction, which stacks load only for speculative decoding."""
    if known is None:
        return Figure.unknown(reading.why_uncounted)
    if not known.mtp:
        return Figure.of(0, "formula", "none announced in config.json", {})
    total = sum(weight.total for weight in known.mtp)
    return Figure.of(total, "formula", "layers x (attention + MLP or experts + norms + join)", {"parameters": total})


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

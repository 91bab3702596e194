"""Weights as each GPU holds them: tensor parallel split, what repeats on every GPU, and what the stack adds."""

from __future__ import annotations

from auditor.domain.stack import Stack
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure, derived
from auditor.sizing.parameters import Counted

RESIDENT_WIDTH = 2
"""Bytes of an element that the stack holds unquantized."""


def cannot_split(reading: Reading, ways: int) -> str:
    """Why the model cannot run `ways` ways; empty when it can, or when that is not known."""
    shape = reading.shape
    if shape is None or ways == 1 or shape.missing("attention_heads", "kv_heads"):
        return ""
    heads, key_value = shape["attention_heads"], shape["kv_heads"]
    if heads % ways:
        return f"{heads} attention heads cannot be split {ways} ways"
    return f"{key_value} KV heads can be neither split nor repeated {ways} ways" if key_value % ways and ways % key_value else ""


def weights_per_gpu(resident: Figure, reading: Reading, counted: Counted | None, ways: int, stack: Stack) -> Figure:
    """(held - replicated) / ways + replicated + repeated key and value projections + rotation table + vocabulary padding."""
    shape, reader = reading.shape, reading.reader
    if why := cannot_split(reading, ways):
        return Figure.unknown(why)
    table = _rotations(reading)
    if shape is None or reader is None or counted is None:
        return _even(resident, ways, table)
    vocab = shape["vocab_size"]
    padded = -(-vocab // stack.vocab_padding) * stack.vocab_padding - vocab
    padding = padded * shape["hidden_size"] * RESIDENT_WIDTH * (1 if shape.tied else 2)
    repeats = max(0, ways - shape["kv_heads"]) / ways if ways > 1 else 0.0
    repeated = int(counted.key_value * RESIDENT_WIDTH * repeats / max(1, shape["kv_heads"])) if repeats else 0
    replicated = counted.replicated * RESIDENT_WIDTH
    towers = max(0, (resident.value or 0) - counted.total * RESIDENT_WIDTH) if reader.traits.multimodal and ways > 1 else 0

    def split(held: int) -> int:
        whole = min(held, replicated)
        return -(-(held - whole + padding) // ways) + whole + repeated + table

    figure = derived({"weights": resident}, "(weights - replicated) / ways + replicated + repeated KV projections + rotations + padding", split, "formula")
    if not figure.known:
        return figure
    assert figure.value is not None and figure.low is not None and figure.high is not None
    spread = stack.memory.weights_spread
    extra = {"ways": ways, "replicated_bytes": replicated, "repeated_bytes": repeated, "rotations_bytes": table, "padding_bytes": padding}
    high = int(figure.high * (1 + spread)) + towers
    low = int(figure.low * (1 - spread))
    return Figure.of(figure.value, figure.basis, figure.formula, {**figure.inputs, **extra}, low=low, high=high, assumed=figure.assumed)


def _even(resident: Figure, ways: int, table: int) -> Figure:
    """Nothing is known of the layers: an even split, and at the worst everything on every GPU."""
    if not resident.known:
        return resident
    assert resident.value is not None and resident.low is not None and resident.high is not None
    note = "weights_per_gpu: an even split; nothing is known of what repeats" if ways > 1 else "weights_per_gpu: what the stack adds is not known"
    value, low = -(-resident.value // ways) + table, -(-resident.low // ways) + table
    inputs = {"weights": resident.value, "ways": ways, "rotations_bytes": table}
    return Figure.of(value, "assumed", "weights / ways + rotations", inputs, low=low, high=resident.high + table, assumed=(*resident.assumed, note))


def _rotations(reading: Reading) -> int:
    """Cosines and sines for every position, over the whole head."""
    shape, reader = reading.shape, reading.reader
    if shape is None or reader is None or not reader.traits.rotary or shape.missing("max_context", "head_dim"):
        return 0
    return shape["max_context"] * shape["head_dim"] * RESIDENT_WIDTH

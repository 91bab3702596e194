"""What a stack needs beside weights and cache: activations of its profiling run, communication buffers, captured graphs."""

from __future__ import annotations

from auditor.domain.hardware import Gpu
from auditor.domain.stack import BatchDefaults, Stack
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure

GIB = 1 << 30
LOGIT_BYTES = 4
"""Logits are sampled in float32."""
ACTIVATION_WIDTH = 2


def batch_defaults(stack: Stack, gpu: Gpu | None) -> BatchDefaults:
    """The stack's batch limits on this card; those of the smallest cards when none is declared."""
    if gpu is None:
        return stack.batch_defaults[-1]
    memory = gpu.memory_mib / 1024
    fitting = (t for t in stack.batch_defaults if memory >= t.memory_gib and not any(name in gpu.key for name in t.except_names))
    return next(fitting, stack.batch_defaults[-1])


def activations(reading: Reading, limits: BatchDefaults, ways: int, stack: Stack) -> Figure:
    """The larger of sampling (sequences x vocabulary) and one layer over a full batch of tokens."""
    shape, reader = reading.shape, reading.reader
    if shape is None or reader is None:
        return Figure.unknown(reading.why_unknown)
    moe = reading.architecture_class == "moe"
    if why := shape.missing("vocab_size", "hidden_size", "intermediate_size"):
        return Figure.unknown(why)
    if moe and (why := shape.missing("experts_per_token", "expert_intermediate_size")):
        return Figure.unknown(why)
    inner = shape["expert_intermediate_size"] * shape["experts_per_token"] if moe else shape["intermediate_size"]
    constants = stack.memory
    logits = LOGIT_BYTES * shape["vocab_size"] * limits.max_num_seqs
    layer = limits.max_num_batched_tokens * ACTIVATION_WIDTH * (3 * inner / ways + 3.5 * shape["hidden_size"])
    at = {end: int(max(getattr(constants.sampler_copies, end) * logits, getattr(constants.layer_copies, end) * layer)) for end in ("low", "value", "high")}
    inputs: dict[str, int | float | str] = {
        "vocab_size": shape["vocab_size"], "max_num_seqs": limits.max_num_seqs, "max_num_batched_tokens": limits.max_num_batched_tokens,
        "intermediate": inner, "hidden_size": shape["hidden_size"], "ways": ways, "sampler_copies": constants.sampler_copies.value,
    }  # fmt: skip
    high = at["high"]
    notes: tuple[str, ...] = ()
    if reader.traits.multimodal:
        high += int(constants.multimodal_extra_gib * GIB)
        notes = ("activations: profiling of images is not computed, only allowed for at the pessimistic end",)
    formula = "max(sampler_copies x 4 x vocab_size x max_num_seqs, max_num_batched_tokens x 2 x (3 x intermediate / ways + 3.5 x hidden_size))"
    return Figure.of(at["value"], "formula", formula, inputs, low=at["low"], high=high, assumed=notes)


def overhead(gpu: Gpu | None, ways: int, stack: Stack) -> Figure:
    """Memory outside the allocator and captured graphs, from logs."""
    constants = stack.memory
    outside = [n.gib for n in constants.non_torch if n.tensor_parallel <= ways][-1]
    graphs = constants.graphs_gib
    extra = constants.other_vendor_extra_gib if gpu is not None and gpu.vendor != "nvidia" else 0.0
    inputs: dict[str, int | float | str] = {"non_torch_gib": outside.value, "graphs_gib": graphs.value, "ways": ways}
    value, low, high = ((a + b) * GIB for a, b in ((outside.value, graphs.value), (outside.low, graphs.low), (outside.high, graphs.high + extra)))
    note = "overhead: typical of logs, not computed"
    return Figure.of(int(value), "assumed", "non_torch_gib + graphs_gib", inputs, low=int(low), high=int(high), assumed=(note,))

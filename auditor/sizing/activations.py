"""What a stack needs beside weights and cache: activations, logits, communication buffers, captured graphs."""

from __future__ import annotations

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Serving
from auditor.domain.record import record
from auditor.domain.stack import BatchDefaults, Stack
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure

GIB = 1 << 30
LOGIT_BYTES = 4
"""Logits are sampled in float32."""
ACTIVATION_WIDTH = 2
HIDDEN_COPIES = 3.5
"""Of the hidden state that one layer holds at once: input, residual, normalised input and half of the output."""
LOOSE = 8
"""How much larger a compute buffer of latent attention was seen than the plain one."""


@record
class Limits:
    """How much the stack computes at once."""

    max_num_seqs: int
    max_num_batched_tokens: int


@record
class Work:
    """One request: tokens of its prompt, and of prompt and answer together (None when unknown)."""

    prompt: int | None
    context: int | None


def tier_of(stack: Stack, gpu: Gpu | None) -> BatchDefaults:
    """The stack's defaults on this card; those of the smallest cards when none is declared."""
    if gpu is None:
        return stack.batch_defaults[-1]
    memory = gpu.memory_mib / 1024
    fitting = (t for t in stack.batch_defaults if memory >= t.memory_gib and not any(name in gpu.key for name in t.except_names))
    return next(fitting, stack.batch_defaults[-1])


def limits_of(stack: Stack, gpu: Gpu | None, serving: Serving) -> Limits:
    """What was asked for, else the stack's defaults on this card."""
    tier = tier_of(stack, gpu)
    seqs, tokens = serving.max_num_seqs, serving.max_num_batched_tokens
    return Limits(seqs or tier.max_num_seqs, tokens or tier.max_num_batched_tokens)


def activations(reading: Reading, limits: Limits, work: Work, ways: int, stack: Stack, serving: Serving) -> Figure:
    """Of a stack that profiles a run or makes one buffer; those of Transformers are in prompt_peak."""
    layout = reading.layout
    if layout is None:
        return Figure.unknown(reading.why_unknown)
    if layout.uncounted:
        return Figure.unknown(layout.uncounted)
    profiled = stack.memory.activations == "profile"
    return with_images(_profile(reading, limits, ways, stack) if profiled else _buffer(reading, work, stack, serving), reading, stack)


def with_images(figure: Figure, reading: Reading, stack: Stack) -> Figure:
    """The figure with what images may add at the pessimistic end."""
    if not reading.multimodal or figure.value is None or figure.high is None:
        return figure
    note = "activations: profiling of images is not computed, only allowed for at the pessimistic end"
    high = figure.high + int(stack.memory.multimodal_extra_gib * GIB)
    return Figure.of(figure.value, figure.basis, figure.formula, figure.inputs, low=figure.low, high=high, assumed=(*figure.assumed, note))


def _profile(reading: Reading, limits: Limits, ways: int, stack: Stack) -> Figure:
    """The larger of sampling (sequences x vocabulary) and one layer over a full batch of tokens."""
    assert reading.layout is not None
    layout, constants = reading.layout, stack.memory
    logits = LOGIT_BYTES * layout.vocab * limits.max_num_seqs
    layer = limits.max_num_batched_tokens * ACTIVATION_WIDTH * (3 * layout.inner / ways + HIDDEN_COPIES * layout.hidden)
    at = {end: int(max(getattr(constants.sampler_copies, end) * logits, getattr(constants.layer_copies, end) * layer)) for end in ("low", "value", "high")}
    inputs: dict[str, int | float | str] = {
        "vocab_size": layout.vocab, "max_num_seqs": limits.max_num_seqs, "max_num_batched_tokens": limits.max_num_batched_tokens,
        "intermediate": layout.inner, "hidden_size": layout.hidden, "ways": ways, "sampler_copies": constants.sampler_copies.value,
    }  # fmt: skip
    formula = "max(sampler_copies x 4 x vocab_size x max_num_seqs, max_num_batched_tokens x 2 x (3 x intermediate / ways + 3.5 x hidden_size))"
    return Figure.of(at["value"], "formula", formula, inputs, low=at["low"], high=at["high"])


def _buffer(reading: Reading, work: Work, stack: Stack, serving: Serving) -> Figure:
    """llama.cpp: logits and two hidden states of one step; without flash attention the scores of every head as well."""
    assert reading.layout is not None
    layout = reading.layout
    step = serving.n_ubatch or stack.n_ubatch
    plain = step * LOGIT_BYTES * (layout.vocab + 2 * layout.hidden)
    inputs: dict[str, int | float | str] = {"n_ubatch": step, "vocab_size": layout.vocab, "hidden_size": layout.hidden}
    latent = any(keeps.kind == "latent" for keeps in layout.keeping)
    if serving.flash_attn is False:
        if work.context is None:
            return Figure.unknown(reading.why_no_context)
        scores = step * LOGIT_BYTES * layout.heads * work.context
        formula = "n_ubatch x 4 x (vocab_size + 2 x hidden_size) + n_ubatch x 4 x heads x context"
        return Figure.of(plain + scores, "assumed", formula, {**inputs, "context": work.context}, low=plain, high=plain + 2 * scores)
    formula = "n_ubatch x 4 x (vocab_size + 2 x hidden_size)"
    note = ("activations: latent attention takes a larger compute buffer than the formula gives",) if latent else ()
    high = plain * LOOSE if latent else int(plain * stack.memory.layer_copies.high)
    low = int(plain * stack.memory.layer_copies.low)
    return Figure.of(plain, "assumed" if latent else "formula", formula, inputs, low=low, high=high, assumed=note)


def other_vendor(gpu: Gpu | None) -> bool:
    """Whether the card is of another vendor than the one whose logs the overhead comes from."""
    return gpu is not None and gpu.vendor != "nvidia"


def overhead(gpu: Gpu | None, ways: int, stack: Stack, serving: Serving) -> Figure:
    """Memory outside the allocator and captured graphs, from logs."""
    constants = stack.memory
    outside = [n.gib for n in constants.non_torch if n.tensor_parallel <= ways][-1]
    graphs, captured = constants.graphs_gib, 0 if serving.enforce_eager else 1
    extra = constants.other_vendor_extra_gib if other_vendor(gpu) else 0.0
    inputs: dict[str, int | float | str] = {"non_torch_gib": outside.value, "graphs_gib": graphs.value * captured, "ways": ways}
    value, low, high = ((a + b * captured) * GIB for a, b in ((outside.value, graphs.value), (outside.low, graphs.low), (outside.high + extra, graphs.high)))
    note = "overhead: typical of logs, not computed"
    return Figure.of(int(value), "assumed", "non_torch_gib + graphs_gib", inputs, low=int(low), high=int(high), assumed=(note,))

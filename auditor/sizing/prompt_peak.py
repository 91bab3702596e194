"""What Transformers holds beside weights and the whole cache: the largest of the moments that its code passes through."""

from __future__ import annotations

from auditor.domain.memory import Serving
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.activations import ACTIVATION_WIDTH, LOGIT_BYTES, Work
from auditor.sizing.cache import Allocator
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure
from auditor.sizing.layout import Layout
from auditor.sizing.plan import QUANTISED, Plan

HIDDEN_HELD = 4
"""Hidden states while a feed-forward layer runs: the embedded prompt, the input of the layer, the sum after attention, its norm (modeling_qwen2.py)."""
INNER_HELD = 3
"""Of the inner width: the activated gate, the other half, their product."""

BUFFERED_BITS = 4
"""Bits of the weights for which such kernels are made (exllama)."""


@record
class Run:
    """How the model is run: GPUs that share it, requests at once, and the precision of its weights by name and by module."""

    ways: int
    sequences: int
    precision: str
    plan: Plan | None


@record
class _Moments:
    """Bytes at the moments of loading and of one request, weights apart; `whole` is the cache at its end."""

    loading: int
    prompt: int
    second: int
    last: int
    whole: int
    buffer: int

    def beyond_cache(self, sequences: int) -> int:
        """Of so many requests at once; a head is loaded and a buffer made once for all of them."""
        running = sequences * (max(self.prompt, self.second, self.last) - self.whole)
        return max(0, running, self.loading - sequences * self.whole) + self.buffer


def prompt_peak(reading: Reading, work: Work, run: Run, stack: Stack, serving: Serving, cache: Allocator | None) -> Figure:
    """Bytes beyond weights and `context` tokens of cache, for all requests; unknown where the length is.

    Moments: loading, where a tied head is there twice; the prompt in one piece (one layer of it, or the logits of all its tokens); the second step, where
    cache and logits of the first are still held; the last step.
    """
    layout = reading.layout
    if layout is None or work.prompt is None or work.context is None:
        return Figure.unknown(reading.why_no_context or reading.why_unknown)
    expands = stack.cache.expanded or serving.flash_attn is False
    prompt, context = work.prompt, work.context
    at = {}
    for end in ("low", "value", "high"):
        copies = getattr(stack.memory.layer_copies, end)
        logits = getattr(stack.memory.sampler_copies, end) if stack.memory.activations == "all_logits" else 0
        at[end] = _moments(layout, prompt, context, run, stack, cache, copies, logits, expands or end == "high")
    value, low, high = (at[end].beyond_cache(run.sequences) for end in ("value", "low", "high"))
    ours = at["value"]
    inputs: dict[str, int | float | str] = {
        "prompt_tokens": prompt, "context": context, "concurrency": run.sequences, "intermediate": layout.inner, "hidden_size": layout.hidden,
        "vocab_size": layout.vocab, "ways": run.ways, "loading": ours.loading, "prompt": ours.prompt, "second_step": ours.second, "last_step": ours.last,
        "cache": ours.whole, "buffer": ours.buffer,
    }  # fmt: skip
    formula = "max(concurrency x (max(prompt, second_step, last_step) - cache), loading - concurrency x cache) + buffer"
    formula += "; prompt: its cache + prompt_tokens x 2 x (3 x intermediate / ways + 4 x hidden_size)"
    if stack.memory.activations == "all_logits":
        formula += f" or + prompt_tokens x {stack.memory.sampler_copies.value:g} x vocab_size"
    return Figure.of(value, "formula", formula, inputs, low=min(low, value), high=max(value, high))


def _moments(
    layout: Layout, prompt: int, context: int, run: Run, stack: Stack, cache: Allocator | None, copies: float, logits: float, expands: bool
) -> _Moments:
    first, whole = (cache.request(tokens) if cache is not None else 0 for tokens in (prompt, context))
    layer = prompt * ACTIVATION_WIDTH * (INNER_HELD * layout.inner / run.ways + HIDDEN_HELD * layout.hidden)
    copied = stack.cache.copied
    expanded = [_expanded(layout, tokens, run.ways) if expands else 0 for tokens in (prompt, context)]
    return _Moments(
        loading=layout.vocab * layout.hidden * ACTIVATION_WIDTH if layout.tied and run.precision in stack.head_while_loading else 0,
        prompt=first + int(max(copies * layer, prompt * logits * layout.vocab)),
        second=2 * first + prompt * LOGIT_BYTES * layout.vocab + expanded[0] if copied else 0,
        last=whole * (2 if copied else 1) + expanded[1],
        whole=whole,
        buffer=_buffer(layout, run, stack),
    )


def _expanded(layout: Layout, tokens: int, ways: int) -> int:
    """Keys and values of one layer, once for every query head, where heads share them."""
    sizes = [
        min(tokens, keeps.window or tokens) * (keeps.key + keeps.value) * layout.heads * ACTIVATION_WIDTH // ways
        for keeps in layout.keeping
        if keeps.kind == "heads" and keeps.heads < layout.heads
    ]
    return max(sizes, default=0)


def _buffer(layout: Layout, run: Run, stack: Stack) -> int:
    """One weight in 16 bit, the largest, where kernels keep room for it."""
    plan = run.plan
    if plan is None or run.precision not in stack.dequantised_buffer:
        return 0
    weights = (weight for layer in layout.layers for weight in layer.weights if weight.kind in QUANTISED)
    return max((weight.size for weight in weights if int(plan.bits(weight)) == BUFFERED_BITS), default=0) * ACTIVATION_WIDTH

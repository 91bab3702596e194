"""What autograd keeps of one token for the backward pass, by module: what the forward code of the trainers saves, counted with saved_tensors_hooks."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.domain.architecture import Trainer
from auditor.domain.record import record
from auditor.sizing.layout import Layer, Layout, Weight

WIDTH = 2
"""Bytes of an activation in 16 bit."""
FULL = 4
"""Of one in float32."""
CAPPED_SCORE = 8
"""Bytes of one attention score where scores are capped, which fused kernels of trainers do not do: tanh, softmax in float32, its 16-bit copy."""

ATTENTION_INPUTS = ("q_proj", "k_proj", "v_proj")


@record
class Kept:
    """Whose activations are kept: all weights trained, or adapters beside frozen ones, which may be quantised."""

    trainer: Trainer
    full: bool
    quantised: bool
    length: int
    """Tokens of one sample, which capped scores are kept against."""


def of_layer(layer: Layer, layout: Layout, kept: Kept) -> float:
    """Bytes per token that one layer keeps, adapters apart."""
    found = _norms(layer, layout, kept) + _attention(layer, layout, kept) + _feed_forward(layer, kept)
    if kept.quantised and kept.trainer.quantised_inputs:
        found += _inputs(layer, layout) * kept.trainer.quantised_inputs + _values(layer, layout) * WIDTH * (kept.trainer.quantised_inputs - 1)
    return found


def of_adapters(targeted: Iterable[Weight], trainer: Trainer, some: bool) -> float:
    """Bytes per token that adapters keep: their inputs, one for queries, keys and values of a layer, and outputs put in place where `some` have one."""
    shared: dict[str, int] = {}
    others = outputs = 0
    for weight in targeted:
        before, name = weight.name.rsplit(".", 1)
        if name in ATTENTION_INPUTS:
            shared[before] = weight.columns
            outputs += weight.size // weight.columns
        else:
            others += weight.columns * weight.active
    return trainer.adapter_input * (sum(shared.values()) + others) + (trainer.adapter_output * outputs if some else 0)


def _norms(layer: Layer, layout: Layout, kept: Kept) -> int:
    """An RMS norm keeps its input in float32, a layer norm in 16 bit; with their weights trained, what these multiply and what goes on from them.

    Norms side by side have one input.
    """
    count = (
        1
        if layout.parallel
        else sum(weight.size for weight in layer.weights if weight.kind == "norm" and not weight.size % layout.hidden) // (layout.hidden * layout.norm_vectors)
    )
    centred = layout.norm_vectors > 1
    each = WIDTH if centred else FULL
    if kept.full:
        each += WIDTH if centred else 2 * WIDTH
    return count * each * layout.hidden


def _attention(layer: Layer, layout: Layout, kept: Kept) -> int:
    """Queries, keys, values and the output; normed queries and keys once more in float32; capped scores against every earlier token, and no output."""
    keeps, heads = layer.keeps, layout.heads
    if keeps is None or keeps.kind == "state":
        return 4 * WIDTH * layout.hidden if keeps is not None else 0
    joint = kept.trainer.joint_projection
    shared = keeps.heads if keeps.kind == "heads" and not joint else heads
    found = WIDTH * (heads + shared) * (keeps.key + keeps.value)
    if joint and keeps.heads == heads:  # values are a view of the whole projection
        found += WIDTH * 2 * heads * keeps.key
    if any(weight.name.endswith(("q_norm", "k_norm", "qk_norm")) for weight in layer.weights):
        found += FULL * (heads + min(keeps.heads, heads)) * keeps.key
    return found + (heads * (CAPPED_SCORE * kept.length - WIDTH * keeps.value) if layout.capped else 0)


def _feed_forward(layer: Layer, kept: Kept) -> int:
    """With a gate: its input, its output and the other half; without one the input of the activation; with weights trained, what goes into the last one."""
    inner = _inner(layer)
    gated = any(weight.name.endswith("gate_proj") for weight in layer.weights)
    return WIDTH * inner * ((3 if gated else 1) + (1 if kept.full else 0))


def _inner(layer: Layer) -> int:
    """Width between the linear layers, of all experts that a token passes through."""
    return sum(weight.size // weight.columns * weight.active for weight in layer.weights if weight.columns and weight.name.endswith("up_proj"))


def _values(layer: Layer, layout: Layout) -> int:
    return layout.heads * layer.keeps.value if layer.keeps is not None and layer.keeps.kind != "state" else 0


def _inputs(layer: Layer, layout: Layout) -> int:
    """Bytes of what goes into the linear layers, the output of attention apart, which is kept anyway."""
    blocks = {weight.name.split(".")[2] for weight in layer.weights if weight.columns and weight.name.count(".") > 2}
    return WIDTH * (len(blocks) * layout.hidden + _inner(layer))

"""Weights as each GPU holds them: tensor parallel split, what repeats on every GPU, and what the stack adds."""

from __future__ import annotations

from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure, derived
from auditor.sizing.layout import Layer, Layout
from auditor.sizing.parameters import Counted
from auditor.sizing.plan import ByModule, Even, Plan, by_split, held_bytes
from auditor.sizing.spread import fullest_weights

RESIDENT_WIDTH = 2
"""Bytes of an element that the stack holds unquantised."""
LORA_WIDTH = 2


@record
class Adapters:
    """Buffers for adapters that are served at once."""

    count: int = 0
    rank: int = 0


@record
class Shares:
    """Bytes of the language model by how they are split, and of what else the share of a GPU follows from."""

    divided: int
    whole: int
    key_value: int
    towers: int
    experts: int
    """Of experts that kernels fill up; 0 where they are none."""
    latent_up: int
    """Parameters of the up-projections of latents."""
    products: int = 0
    """Bytes of the latents' up-projections multiplied into those of queries and outputs, for stacks that keep them."""

    @property
    def total(self) -> int:
        """Everything, encoders included."""
        return self.divided + self.whole + self.key_value + self.towers


def shares(known: Counted, plan: Plan, casts: bool, layout: Layout | None = None) -> Shares:
    """Sums over all modules; `casts`: whether float32 is held in 16 bit."""
    held: Plan = Even(RESIDENT_WIDTH) if isinstance(plan, Even) and plan.width == 4 and casts else plan
    sums = by_split(known.language, held)
    filled = isinstance(plan, ByModule) and any(rule.kinds == ("expert",) for rule in plan.rules)
    return Shares(
        divided=sums["divided"],
        whole=sums["whole"],
        key_value=sums["kv"],
        towers=held_bytes(known.towers, Even(RESIDENT_WIDTH)),
        experts=held_bytes((w for w in known.language if w.kind == "expert"), plan) if filled else 0,
        latent_up=sum(w.total for w in known.language if w.name.endswith("kv_b_proj")),
        products=sum(_products(layer, layout.hidden, plan) for layer in layout.layers) if layout is not None else 0,
    )


def _products(layer: Layer, hidden: int, plan: Plan) -> int:
    """Bytes of the products that one layer of latent attention decodes with, as mla/common.py of vLLM 0.7.3 makes them.

    Queries times keys: input of the queries x heads x latent. Values times output: heads x latent x hidden. Both are quantised to 8 bits again
    where the up-projection has 8 bits, else held in 16. The rotated part of the queries is a 16-bit copy.
    """
    keeps = layer.keeps
    up = next((w for w in layer.weights if w.name.endswith("kv_b_proj")), None)
    if keeps is None or keeps.kind != "latent" or up is None:
        return 0
    queries = next((w.columns for w in layer.weights if w.name.endswith("q_b_proj")), hidden)
    width = 1 if int(plan.bits(up)) == 8 else RESIDENT_WIDTH
    return keeps.heads * ((queries + hidden) * keeps.latent * width + queries * keeps.rope * RESIDENT_WIDTH)


def cannot_split(reading: Reading, ways: int, stack: Stack) -> str:
    """Why the model cannot run `ways` ways; empty when it can, or when that is not known."""
    layout = reading.layout
    if layout is None or ways == 1:
        return ""
    if stack.splits == "layers":
        return f"{len(layout.layers)} layers cannot be spread over {ways} GPUs" if len(layout.layers) < ways else ""
    if layout.heads % ways:
        return f"{layout.heads} attention heads cannot be split {ways} ways"
    heads = layout.kv_heads
    return f"{heads} KV heads can be neither split nor repeated {ways} ways" if heads and heads % ways and ways % heads else ""


def weights_per_gpu(resident: Figure, reading: Reading, known: Counted | None, held: Shares | None, ways: int, stack: Stack, adapters: Adapters) -> Figure:
    """(held - whole) / ways + whole + repeated key and value projections + rotation tables, padding, copies and adapters that the stack adds."""
    layout = reading.layout
    if why := cannot_split(reading, ways, stack):
        return Figure.unknown(why)
    if stack.splits == "layers" and layout is not None and ways > 1:
        return fullest_weights(resident, layout, ways, stack.memory.weights_spread)
    table = _rotations(reading, stack)
    if layout is None or known is None or held is None:
        return _even(resident, ways, table)
    heads = layout.kv_heads
    repeats = max(0, ways - heads) if heads and ways > 1 else 0
    repeated = held.key_value * repeats // (heads * ways) if repeats else 0
    padded = -(-layout.vocab // stack.vocab_padding) * stack.vocab_padding - layout.vocab
    padding = padded * layout.hidden * RESIDENT_WIDTH * (1 if layout.tied else 2)
    experts = held.experts * (-(-layout.hidden // stack.mxfp4_padding) * stack.mxfp4_padding - layout.hidden) // layout.hidden
    copies = int(stack.latent_copies * held.latent_up) * RESIDENT_WIDTH + (held.products if stack.latent_products else 0)
    lora = _adapters(known, adapters, ways)
    whole, computed = held.whole, held.total

    def split(total: int) -> int:
        scaled = whole * total // max(1, computed)
        return -(-(total - scaled + padding + experts + copies) // ways) + scaled + repeated + table + lora

    formula = "(weights - whole + padding + copies) / ways + whole + repeated KV projections + rotations + adapters"
    figure = derived({"weights": resident}, formula, split, "formula")
    if figure.value is None or figure.low is None or figure.high is None:
        return figure
    extra = {
        "ways": ways, "whole_bytes": whole, "repeated_bytes": repeated, "rotations_bytes": table, "padding_bytes": padding + experts,
        "copies_bytes": copies, "adapters_bytes": lora,
    }  # fmt: skip
    spread = stack.memory.weights_spread
    replicated = held.towers - held.towers // ways
    high = int(figure.high * (1 + spread)) + replicated
    return Figure.of(figure.value, figure.basis, formula, {**figure.inputs, **extra}, low=int(figure.low * (1 - spread)), high=high, assumed=figure.assumed)


def _adapters(known: Counted, adapters: Adapters, ways: int) -> int:
    """A and B of every linear layer, for as many adapters as are served at once."""
    if not adapters.count:
        return 0
    sides = sum(weight.columns + weight.size // weight.columns // ways for weight in known.language if weight.kind == "linear" and weight.columns)
    return adapters.count * adapters.rank * sides * LORA_WIDTH


def _even(resident: Figure, ways: int, table: int) -> Figure:
    """Nothing is known of the layers: an even split, and at the worst everything on every GPU."""
    if resident.value is None or resident.low is None or resident.high is None:
        return resident
    note = "weights_per_gpu: an even split; nothing is known of what repeats" if ways > 1 else "weights_per_gpu: what the stack adds is not known"
    value, low = -(-resident.value // ways) + table, -(-resident.low // ways) + table
    inputs = {"weights": resident.value, "ways": ways, "rotations_bytes": table}
    return Figure.of(value, "assumed", "weights / ways + rotations", inputs, low=low, high=resident.high + table, assumed=(*resident.assumed, note))


def _rotations(reading: Reading, stack: Stack) -> int:
    """Cosines and sines for every position, one table for every width, and one more where windows rotate otherwise."""
    layout = reading.layout
    if layout is None or reading.max_context is None:
        return 0
    if layout.model_type in stack.layer_rotations:  # cosines and sines of the whole width, each a buffer of the layer
        return sum(layer.rotary for layer in layout.layers) * 2 * reading.max_context * RESIDENT_WIDTH
    if not stack.rotations:
        return 0
    local = "rope_local_base_freq" in (reading.text or {}) or layout.model_type == "gemma3_text"
    widths = {(layer.rotary, bool(local and layer.keeps is not None and layer.keeps.window)) for layer in layout.layers if layer.rotary}
    return sum(width for width, _ in widths) * reading.max_context * RESIDENT_WIDTH

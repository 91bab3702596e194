"""Parameter count from the geometry, exact for the model types that have a formula."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.sizing.classify import Reading
from auditor.sizing.geometry import Reader, Shape
from auditor.sizing.values import count


@dataclass(frozen=True, slots=True)
class Counted:
    """Parameters of the language model, tied embeddings once, without layers for multi-token prediction."""

    total: int
    active: int
    """Those that one token passes through."""
    replicated: int
    """Held whole by every GPU under tensor parallelism: norms, routers, biases added after a reduction, learned positions."""
    key_value: int
    """Key and value projections, which repeat where there are fewer KV heads than GPUs."""
    linear: int
    """Weights of linear layers, which quantization reaches."""
    inputs: dict[str, int | float | str]

    @property
    def formula(self) -> str:
        return "embeddings + layers x (attention + MLP or experts + norms) + final norm + output layer unless tied"


def counted(reading: Reading) -> tuple[Counted | None, str]:
    """The count, or why there is none."""
    shape, reader = reading.shape, reading.reader
    if shape is None or reader is None:
        return None, reading.why_unknown
    formula = reader.traits.formula
    if formula is None:
        return None, "parameters of this model type are not counted from config.json"
    moe = reading.architecture_class == "moe"
    if why := shape.missing("layers", "hidden_size", "attention_heads", "kv_heads", "head_dim", "intermediate_size", "vocab_size"):
        return None, why
    if moe and (why := shape.missing("experts", "experts_per_token", "expert_intermediate_size")):
        return None, why
    if formula.learned_positions and (why := shape.missing("max_context")):
        return None, why
    for key, because in formula.refuse_when.items():
        if reader.text.get(key):
            return None, f"{key}: {because}"
    for key in formula.must_be_one:
        if (value := reader.text.get(key)) is not None and count(value) != 1:
            return None, f"{key} is not 1"
    switches = [reader.switch(s) for s in (formula.qkv_bias, formula.output_bias, formula.mlp_bias, formula.router_bias)]
    if shape.tied is None or None in switches:
        return None, "a switch in config.json is neither true nor false"
    return _sum(shape, reader, moe, [bool(s) for s in switches]), ""


def _sum(shape: Shape, reader: Reader, moe: bool, switches: list[bool]) -> Counted:
    formula = reader.traits.formula
    assert formula is not None
    qkv_bias, output_bias, mlp_bias, router_bias = switches
    layers, hidden, vocab = shape["layers"], shape["hidden_size"], shape["vocab_size"]
    query, key = shape["attention_heads"] * shape["head_dim"], shape["kv_heads"] * shape["head_dim"]
    norm = formula.norm_vectors * hidden
    linear = 2 * hidden * query + 2 * hidden * key
    small = qkv_bias * (query + 2 * key)
    replicated = formula.norms_per_layer * norm + output_bias * hidden
    if formula.qk_norm == "projection":
        small += query + key
    elif formula.qk_norm == "head":
        replicated += 2 * shape["head_dim"]
    expert = inactive = 0
    if moe:
        experts = shape["experts"]
        expert = formula.mlp_matrices * hidden * shape["expert_intermediate_size"]
        inactive = max(0, experts - shape["experts_per_token"]) * expert
        linear += experts * expert
        replicated += experts * hidden + router_bias * experts
    else:
        inner = shape["intermediate_size"]
        linear += formula.mlp_matrices * hidden * inner
        small += mlp_bias * (formula.mlp_matrices - 1) * inner
        replicated += mlp_bias * hidden
    outer = norm + formula.embedding_norm * norm + (shape["max_context"] * hidden if formula.learned_positions else 0)
    tables = vocab * hidden * (1 if shape.tied else 2) + formula.head_bias * vocab
    total = layers * (linear + small + replicated) + outer + tables
    inputs: dict[str, int | float | str] = {name: value for name, value in shape.counts.items() if value is not None}
    inputs["tied_embeddings"] = str(shape.tied).lower()
    return Counted(total, total - layers * inactive, layers * replicated + outer, layers * 2 * hidden * key, layers * linear, inputs)

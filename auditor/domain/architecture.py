"""Model architectures and catalogued geometries as knowledge: rules/architectures/ and rules/geometry/."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from auditor.domain.knowledge import Dated, Knowledge, Line, Slug

ArchitectureClass = Literal["dense", "moe"]
"""Classes whose memory is computed; every other model type reads `unknown:<name>`."""

Positive = Annotated[int, Field(gt=0)]

GeometryField = Literal[
    "layers", "hidden_size", "attention_heads", "kv_heads", "head_dim", "intermediate_size", "vocab_size", "max_context",
    "experts", "experts_per_token", "expert_intermediate_size",
]  # fmt: skip
"""Counts that are read from config.json under names which differ by model type."""

Switch = bool | Line
"""Fixed, or the name of the config key that decides."""


class Geometry(Knowledge):
    """The numbers that the memory of a transformer follows from. Counts unless said otherwise."""

    layers: Positive
    hidden_size: Positive
    attention_heads: Positive
    kv_heads: Positive
    head_dim: Positive
    intermediate_size: Positive
    vocab_size: Positive
    max_context: Positive
    """Longest sequence, in tokens."""
    tied_embeddings: bool
    dtype: Literal["bfloat16", "float16", "float32"]
    """Published precision of the weights."""
    experts: Positive | None = None
    """Routed experts of a layer; null in a dense model."""
    experts_per_token: Positive | None = None
    expert_intermediate_size: Positive | None = None


class ParameterFormula(Knowledge):
    """What of a layer holds parameters, so that they can be counted exactly. Sizes follow from the geometry."""

    qkv_bias: Switch = False
    output_bias: Switch = False
    """Bias of the attention's output projection."""
    mlp_bias: Switch = False
    mlp_matrices: Literal[2, 3] = 3
    """3 with a gate, 2 without."""
    norm_vectors: Literal[1, 2] = 1
    """1 for a scale alone (RMSNorm), 2 for scale and shift (LayerNorm)."""
    norms_per_layer: Positive = 2
    qk_norm: Literal["none", "head", "projection"] = "none"
    """Scales of normalised queries and keys: none, one per dimension of a head, one per dimension of all heads."""
    learned_positions: bool = False
    """An embedding of max_context rows."""
    embedding_norm: bool = False
    head_bias: bool = False
    router_bias: Switch = False
    """One correction per expert beside the router."""
    refuse_when: dict[str, Line] = Field(default_factory=dict)
    """Config keys that, present and truthy, make this count wrong, each with the reason."""
    must_be_one: tuple[Line, ...] = ()
    """Config keys that, where present, must be 1 for this count to hold."""


class ModelTypeTraits(Knowledge):
    """What differs between model types of one class."""

    architectures: tuple[Line, ...] = ()
    """Class names in `architectures` that are this model; another one makes the type unknown. Empty: none is expected (nested text configs)."""
    names: dict[GeometryField, tuple[Line, ...]] = Field(default_factory=dict)
    """Config keys of a count where they differ from those of the class."""
    tied_by_default: bool = False
    """Whether input and output embeddings are one tensor when the config does not say."""
    window_switch: str = ""
    """Config key that turns `sliding_window` on; empty when a window is in force whenever one is set."""
    single_kv_head_when: str = ""
    """Config key that, true, leaves one KV head (multi-query attention); false, one per attention head."""
    kv_heads_by_name_when: str = ""
    """Config key that, true, overrides the one before: KV heads are read by name."""
    intermediate_multiple: int | None = None
    """Intermediate size as a multiple of the hidden size when the config does not say."""
    expert_intermediate_is_intermediate: bool = False
    """The size of an expert stands where a dense model has its intermediate size."""
    rotary: bool = True
    """Whether the stack keeps a table of rotations (counted over the whole head)."""
    multimodal: bool = False
    """Whether images or sound have towers of their own, which the parameter formula leaves out."""
    mtp_keys: tuple[Line, ...] = ()
    """Config keys that, truthy, say that layers for multi-token prediction may be in the checkpoint."""
    assumed_when_absent: dict[str, Line] = Field(default_factory=dict)
    """Config keys whose absence rests on an assumption, which is then reported."""
    formula: ParameterFormula | None = None
    """Absent where parameters are not counted from the config."""


class Architecture(Dated):
    """Model types that share one memory formula."""

    key: Slug
    architecture_class: ArchitectureClass
    model_types: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """`model_type` of config.json."""
    text_config: tuple[str, ...] = ()
    """Keys under which a multimodal config may nest the language model's own; the top level when absent."""
    refuse_when: dict[str, Line] = Field(default_factory=dict)
    """Config keys that, present and truthy, change the formula, each with the reason (`use_sliding_window`); the class is then unknown."""
    defaults: dict[str, dict[str, int | bool | str]] = Field(default_factory=dict)
    """Per model type: values that the model code uses when config.json leaves a key out."""
    names: dict[GeometryField, tuple[Line, ...]] = Field(default_factory=dict)
    """Config keys of each count; two that disagree make it unknown, except that the least `max_context` holds."""
    full_attention_layers: tuple[Line, ...] = ()
    """Values in `layer_types` that stand for full attention; any other makes the class unknown."""
    types: dict[Slug, ModelTypeTraits] = Field(default_factory=dict)
    """Traits by model type; the ones above hold for a type without an entry."""
    notes: str = ""


class CataloguedGeometry(Dated):
    """Geometry of a model whose config.json is gated, from a citable public copy."""

    key: Slug
    model_ids: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Hub ids that it holds for."""
    parameters: Annotated[int, Field(gt=0)]
    """Logical parameter count that the Hub reports; the geometry is used only when it agrees."""
    model_type: Slug
    architecture_class: ArchitectureClass
    geometry: Geometry
    notes: str = ""

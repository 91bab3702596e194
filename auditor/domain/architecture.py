"""Model architectures and catalogued geometries as knowledge: rules/architectures/ and rules/geometry/."""

from typing import Annotated, Literal

from pydantic import Field

from auditor.domain.knowledge import Dated, Knowledge, Line, Slug

ArchitectureClass = Literal["dense", "moe"]
"""Classes of catalogued geometries."""

Positive = Annotated[int, Field(gt=0)]

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]

Expression = Line
"""Whole-number arithmetic over the fields of a config: `hidden * heads * head_dim`. auditor/sizing/expressions.py says what may stand in one."""


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


PartKind = Literal["linear", "expert", "shared", "router", "norm", "bias", "embedding", "head"]
"""Quantisation reaches `linear`, `expert` and `shared`; what-if precisions leave the rest at 16 bit."""

Split = Literal["divided", "whole", "kv"]
"""Under tensor parallelism: divided, held whole by every GPU, or key and value projections, which repeat where heads are fewer than GPUs."""


class Part(Knowledge):
    """Parameters of one kind in a block: a weight matrix, a norm, a bias."""

    name: Line
    """As checkpoints call it below the layer; `*` stands for the number of an expert."""
    size: Expression
    """Parameters of one of them."""
    columns: Expression = "hidden"
    """Width of the input of a matrix."""
    kind: PartKind = "linear"
    count: Expression = "1"
    """How many there are in a layer (experts)."""
    active: Expression = ""
    """How many of them one token passes through; all when empty."""
    split: Split | None = None
    """By kind when absent: norms and routers whole, everything else divided."""
    when: Expression = "True"
    """Whether the part is there."""


class Cache(Knowledge):
    """What a layer keeps of the tokens that it has seen."""

    kind: Literal["heads", "latent", "state"]
    """`heads`: keys and values per KV head; `latent`: one vector shared by all heads, whole on every GPU; `state`: recurrent, of fixed size."""
    heads: Expression = "0"
    key: Expression = "0"
    """Elements of a key, per KV head."""
    value: Expression = "0"
    latent: Expression = "0"
    """Elements a token of a latent cache."""
    rope: Expression = "0"
    """Elements of a latent cache that hold the rotated part of the key."""
    index_bytes: Expression = "0"
    """Bytes a token of an index beside the cache, whole on every GPU."""
    channels: Expression = "0"
    """Channels of the convolution whose last inputs are kept."""
    kernel: Expression = "1"
    """Width of that convolution."""
    state: Expression = "0"
    """Elements of the recurrent state."""


class Block(Knowledge):
    """A building block of layers."""

    parts: tuple[Part, ...] = ()
    cache: Cache | None = None
    rotary: Expression = "0"
    """Dimensions of a head that are rotated, for the table of rotations that stacks keep."""
    inner: Expression = "0"
    """Width of the activations inside a feed-forward block, for one token."""


class LayerKind(Knowledge):
    """A kind of layer: its blocks and what is different in them."""

    blocks: tuple[Name, ...] = ()
    fields: dict[Name, Expression] = {}
    """Fields that have another value in layers of this kind; `i` is the number of the layer."""
    window: Expression = ""
    """Tokens that the layer attends to; all when empty."""
    chunked: bool = False
    """Whether the window is a chunk that starts anew rather than one that slides."""
    reuses_cache: bool = False
    """Whether the layer reads the cache of another and keeps none."""


class Pattern(Knowledge):
    """How the kind of every layer follows from the config; the first pattern of a list that applies holds."""

    when: Expression = "True"
    list: str = ""
    """A config key with one entry (or character) a layer, whose `names` are kinds."""
    names: dict[str, Name] = {}
    """Entry to kind; an entry that is not here makes the type unknown."""
    each: str = ""
    """The kind of layer `i` as an expression."""


class Tower(Knowledge):
    """An encoder of images or sound beside the language model."""

    config: tuple[Line, ...]
    """Keys of the nested config; the first that is there counts."""
    names: dict[Name, tuple[Line, ...]] = {}
    defaults: dict[Line, int | bool | str] = {}
    derive: dict[Name, Expression] = {}
    parts: tuple[Part, ...] = ()
    """Empty: what it holds is not known, and weights that follow from config.json are a lower end."""


class ModelType(Knowledge):
    """How the config of one `model_type` is read. What is empty is taken from `extends`, dictionaries key by key."""

    extends: str = ""
    architectures: tuple[Line, ...] = ()
    """Class names in `architectures` that are this model; another one makes the type unknown. Empty: any (nested text configs)."""
    text_config: tuple[Line, ...] = ()
    """Keys under which a multimodal config nests the language model's own; the top level when absent."""
    names: dict[Name, tuple[Line, ...]] = {}
    """Field to config keys; two keys that disagree make it unknown."""
    defaults: dict[Line, int | bool | str] = {}
    """By config key: what the model code takes when the key is absent."""
    derive: dict[Name, Expression] = {}
    """Fields that follow from others when no key gives them."""
    attention: tuple[Pattern, ...] = ()
    feed_forward: tuple[Pattern, ...] = ()
    kinds: dict[Name, LayerKind] = {}
    outer: tuple[Name, ...] = ()
    """Blocks around the layers: embeddings, final norm, output layer."""
    mtp: str = ""
    """Layers for multi-token prediction in the checkpoint, as an expression."""
    mtp_kinds: tuple[Name, ...] = ()
    """Blocks of such a layer."""
    tower: dict[Name, Tower] = {}
    state_dtype: tuple[Line, ...] = ()
    """Config keys that name the precision of the recurrent state."""
    tied: Literal["yes", "no", ""] = ""
    """Whether input and output embeddings are one tensor when the config does not say; no when empty."""
    refuse_when: dict[Expression, Line] = {}
    """Conditions under which the formula does not hold, each with the reason; the class is then unknown."""
    refuse_keys: dict[Line, Line] = {}
    """Config keys that, present and truthy, belong to another way of building a model, each with the reason; the class is then unknown."""
    allow_keys: tuple[Line, ...] = ()
    """Of those, keys that belong to this type after all."""
    assumed_when_absent: dict[Line, Line] = {}
    """Config keys whose absence rests on an assumption, which is then reported."""
    rename: dict[Line, str] = {}
    """Beginnings of part names that checkpoints of this type call otherwise."""
    uncounted: str = ""
    """Why parameters are not counted from the config; empty when they are."""


class Format(Knowledge):
    """How one quantised weight is stored. Bits per weight, with what its group adds."""

    bits: Annotated[float, Field(gt=0, le=32)]
    scale_bits: Annotated[float, Field(ge=0)] = 0
    """Bits of the scale that a group shares."""
    zero_bits: Annotated[float, Field(ge=0)] = 0
    """Bits of the zero point that a group shares."""
    group: Annotated[int, Field(ge=0)] = 0
    """Weights of a group; 0 where a whole row shares a scale, which then does not count."""

    @property
    def per_weight(self) -> float:
        """Bits of one weight, its share of scale and zero point included."""
        return self.bits + ((self.scale_bits + self.zero_bits) / self.group if self.group else 0)


class RecipeRule(Knowledge):
    """Tensors of a GGUF recipe that get another type than the rest."""

    parts: tuple[Line, ...] = ()
    """Last segments of part names; all when empty."""
    kinds: tuple[PartKind, ...] = ()
    layers: Literal["all", "more", "first_eighth", "first_four"] = "all"
    """`more`: the first and last eighth, and every third between."""
    experts: int | None = None
    """Only in models with so many experts."""
    type: Slug


class Recipe(Knowledge):
    """How a quantiser of llama.cpp chooses the type of every tensor. The first rule that applies holds."""

    type: Slug
    head: Slug
    """Type of the output layer, and of the embeddings where they are tied to it."""
    rules: tuple[RecipeRule, ...] = ()


class Trainer(Knowledge):
    """How a training program holds what it trains. Bytes per trained parameter, and of activations."""

    adapter_weight: Annotated[float, Field(ge=0)]
    adapter_gradient: Annotated[float, Field(ge=0)]
    full_weight: Annotated[float, Field(ge=0)]
    """With a master copy where there is one."""
    full_gradient: Annotated[float, Field(ge=0)]
    state_scale: Annotated[float, Field(gt=0)] = 1
    """Of the optimizer's state against one in float32."""
    checkpointing: bool
    """Default of gradient checkpointing."""
    fused_cross_entropy: bool
    logit_bytes: Annotated[float, Field(ge=0)]
    """Per token and word of the vocabulary when the loss is not fused."""
    quantised_logit_bytes: Annotated[float, Field(ge=0)]
    joint_projection: bool = False
    """Whether queries, keys and values come from one projection: shared keys and values are then kept for every query head, others with the whole of it."""
    quantised_inputs: Annotated[int, Field(ge=0)] = 0
    """How often the inputs of quantised linear layers are held without checkpointing; 0 where their backward pass does not need them."""
    dequantised_bytes: Annotated[float, Field(ge=0)] = 2
    """Bytes of an element of a quantised weight while it is multiplied."""
    quantised_base: Slug
    """Format of the base in QLoRA."""
    separate_head: bool = False
    """Whether the head has weights of its own even where the model ties it, and is quantised with the base."""
    adapter_input: Annotated[float, Field(ge=0)] = 0
    """Bytes kept of every element that goes into an adapter, without checkpointing: a copy with dropout, and its mask."""
    adapter_output: Annotated[float, Field(ge=0)] = 0
    """Bytes kept of every element that comes out of an adapter of queries, keys or values, where not all of them have one."""
    fixed_gib: tuple[float, float, float]
    """Workspaces and fragmentation: low, value, high."""


class Architecture(Dated):
    """Model types that are built alike, and the blocks that they are built of."""

    key: Slug
    base: bool = False
    """Whether `common` holds for every model type of every file."""
    common: ModelType = ModelType.model_construct()
    """Holds for every model type of this file that extends no other."""
    blocks: dict[Name, Block] = {}
    """Known to the model types of every file."""
    types: dict[Slug, ModelType] = {}
    """By `model_type` of config.json, in lower case."""
    formats: dict[Slug, Format] = {}
    """Of quantised weights, by name; known to every file."""
    algorithms: dict[Slug, Slug] = {}
    """Names that checkpoints declare, in lower case, to formats."""
    what_if: dict[Slug, Slug] = {}
    """Precisions that a user may ask for, to formats or recipes."""
    recipes: dict[Slug, Recipe] = {}
    trainers: dict[Slug, Trainer] = {}
    optimizers: dict[Slug, float] = {}
    """Bytes of state per trained parameter."""
    fallback: dict[Slug, Slug] = {}
    """GGUF types that need rows of whole blocks of 256, to the type taken for other rows."""
    notes: str = ""

    @property
    def model_types(self) -> tuple[str, ...]:
        """The `model_type` values that this file knows."""
        return tuple(self.types)


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

"""A serving stack as knowledge: its defaults and the constants of its memory. One YAML file in rules/stacks/ each."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from auditor.domain.knowledge import Dated, Knowledge, Line, Slug

Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]


class Range(Knowledge):
    """A measured or assumed quantity with its ends."""

    low: float
    value: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError("low, value and high must not fall")
        return self


class BatchDefaults(Knowledge):
    """Batch limits that the stack takes on cards of at least this memory; the first entry that matches holds."""

    memory_gib: Annotated[float, Field(ge=0)]
    """Least memory of the card, as the driver reports it."""
    except_names: tuple[Line, ...] = ()
    """Cards whose name holds one of these are passed over."""
    max_num_seqs: Positive
    max_num_batched_tokens: Positive
    reserved_gib: Annotated[float, Field(ge=0)] = 0
    """What the stack leaves for activations and graphs outside the share that weights and cache take; 0 where they come out of the share."""
    reserved_gib_per_way: Annotated[float, Field(ge=0)] = 0
    """More of it for every GPU that shares the model."""


class NonTorch(Knowledge):
    """Memory outside the allocator (context, communication buffers), in GiB per GPU."""

    tensor_parallel: Positive
    """Holds from this many ways on."""
    gib: Range


class MemoryConstants(Knowledge):
    """Constants of the stack's memory formulas; sizes in GiB per GPU unless said otherwise."""

    activations: Literal["profile", "compute_buffer", "last_logits", "all_logits"]
    """`profile`: peak of a profiling run; `compute_buffer`: of one step; `last_logits`, `all_logits`: the prompt with logits of its last or all tokens."""

    sampler_copies: Range
    """Activations while sampling, as a multiple of max_num_seqs x vocabulary x 4 bytes."""
    layer_copies: Range
    """Activations of one layer, as a multiple of max_num_batched_tokens x 2 bytes x (3 x intermediate / tensor parallel + 3.5 x hidden)."""
    multimodal_extra_gib: Annotated[float, Field(ge=0)]
    """What profiling images may add to the activations at the pessimistic end."""
    non_torch: Annotated[tuple[NonTorch, ...], Field(min_length=1)]
    """From few ways to many; the last entry that applies holds."""
    graphs_gib: Range
    """Captured graphs."""
    other_vendor_extra_gib: Annotated[float, Field(ge=0)]
    """What a card that is not from NVIDIA may add at the pessimistic end."""
    unmeasured_memory_share: Share
    """Usable share, at the pessimistic end, of a card's reported memory where no log shows the usable figure."""
    weights_spread: Share
    """How far the weights that a GPU holds may be off from the sum of its parts, as a share."""


class RopeScaling(Knowledge):
    """How the stack derives the longest context from `rope_scaling`, by rope type."""

    unscaled: tuple[str, ...]
    """The declared maximum holds as it is."""
    multiplied: tuple[str, ...]
    """The declared maximum times the factor."""
    from_original: tuple[str, ...]
    """`original_max_position_embeddings` times the factor."""


class CacheRules(Knowledge):
    """How the stack lays out its cache."""

    allocator: Literal["paged", "cells", "plain"]
    """`paged`: blocks of tokens handed out to requests; `cells`: one buffer per sequence, made at the start; `plain`: as long as the request."""
    hybrid: bool = False
    """Whether layers that keep different things share pages in groups; when not, every layer keeps every token."""
    group_threshold: Annotated[float, Field(ge=1)] = 1.5
    """Kinds of layers whose numbers differ by less than this factor form groups of the larger number."""
    chunks_full: bool = False
    """Whether chunked layers, and all others beside them, keep every token."""
    latent: bool = True
    """Whether latent attention caches the latent; when not, keys and values of every head."""
    latent_alignment: Positive = 1
    """Bytes that the latent of a token is padded to a multiple of."""
    sparse_latent_fp8_bytes: Annotated[int, Field(ge=0)] = 0
    """Bytes a token of an 8-bit latent beside an index; 0 where it has no form of its own."""
    state_bits: Annotated[int, Field(ge=0)] = 0
    """Bits of a recurrent state where the stack has its own; 0: those of the model."""
    window_alignment: Positive = 1
    """Cells of a window are padded to a multiple of this."""
    windows: bool = True
    """Whether layers with a window keep no more than it."""
    copied: bool = False
    """Whether a step holds the cache of the step before, and its logits, until its own is complete."""
    expanded: bool = False
    """Whether attention makes the keys and values of one layer anew for every query head."""
    heeds_scheme: bool = True
    """Whether a KV scheme in the checkpoint sets the precision of the cache."""
    uniform_windows: bool = True
    """Whether a window that every layer has counts too."""


class Span(Knowledge):
    """Rules that held for a span of versions."""

    since: str = ""
    """First version; from the beginning when empty."""
    before: str = ""
    """First version that it no longer holds for; still holds when empty."""
    cache: dict[Line, int | float | bool] = {}
    """Fields of CacheRules."""
    stack: dict[Line, int | float | bool | tuple[Line, ...]] = {}
    """Fields of Stack."""
    memory: dict[Line, Range | float | str] = {}
    """Fields of MemoryConstants."""
    note: Line
    """What was different, and where it is seen."""


class Stack(Dated):
    """One serving stack at its newest checked version."""

    key: Slug
    name: Line
    aliases: tuple[Slug, ...] = ()
    version: Line
    """Version that the defaults were checked against."""
    oldest: Line
    """Oldest version that the rules were checked against."""
    versions: Literal["numbers", "dates"] = "numbers"
    """`dates`: months of the source; build numbers are accepted and not compared."""
    gpu_memory_utilization: Share
    """Share of a card's memory that the stack takes."""
    share_of_free: bool = False
    """Whether the share is of what weights and activations leave free rather than of the whole card."""
    splits: Literal["tensors", "layers"] = "tensors"
    """What several GPUs share: every tensor, or whole layers."""
    block_size: Positive
    """Tokens in one page of the KV cache."""
    default_context: Positive
    """Longest context for which we size when none is asked for: a choice of ours, not of the stack."""
    context_when_undeclared: Positive
    """Longest context when the model declares none."""
    casts_float32_to_16_bit: bool
    """Whether float32 checkpoints are held in 16 bit by default."""
    vocab_padding: Positive
    """The vocabulary is padded to a multiple of this."""
    mxfp4_padding: Positive = 1
    """Rows of experts in MXFP4 are padded to a multiple of this."""
    latent_copies: Annotated[float, Field(ge=0)] = 0
    """16-bit copies of the latent's up-projection that absorption keeps beside it."""
    latent_products: bool = False
    """Whether the products of the latent's up-projections with the query and output projections are kept beside all of them."""
    rotations: bool = True
    """Whether a table of rotations for every position is kept."""
    layer_rotations: tuple[Slug, ...] = ()
    """Model types of which every layer keeps a table of its own."""
    head_while_loading: tuple[Slug, ...] = ()
    """Precisions whose files carry the head of a tied model once more, which is there until it is tied."""
    dequantised_buffer: tuple[Slug, ...] = ()
    """Precisions whose kernels keep room for the largest weight in 16 bit."""
    batch_defaults: Annotated[tuple[BatchDefaults, ...], Field(min_length=1)]
    """From large cards to small."""
    n_ubatch: Positive = 512
    """Tokens in one step of llama.cpp."""
    rope_scaling: RopeScaling
    cache: CacheRules
    memory: MemoryConstants
    kv_bits: dict[Slug, Annotated[float, Field(gt=0, le=32)]]
    """Bits of a cached element by the name that the stack calls its type."""
    spans: tuple[Span, ...] = ()
    """What was different in other versions, in the order in which they apply."""
    notes: str = ""

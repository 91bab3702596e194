"""A serving stack as knowledge: its defaults and the constants of its memory. One YAML file in rules/stacks/ each."""

from __future__ import annotations

from typing import Annotated, Self

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


class NonTorch(Knowledge):
    """Memory outside the allocator (context, communication buffers), in GiB per GPU."""

    tensor_parallel: Positive
    """Holds from this many ways on."""
    gib: Range


class MemoryConstants(Knowledge):
    """Constants of the stack's memory formulas; sizes in GiB per GPU unless said otherwise."""

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


class Stack(Dated):
    """One serving stack at its newest checked version."""

    key: Slug
    name: Line
    version: Line
    """Version that the defaults were checked against."""
    gpu_memory_utilization: Share
    """Share of a card's memory that the stack takes."""
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
    batch_defaults: Annotated[tuple[BatchDefaults, ...], Field(min_length=1)]
    """From large cards to small."""
    rope_scaling: RopeScaling
    memory: MemoryConstants
    bits_per_weight: dict[Slug, Annotated[float, Field(gt=0, le=32)]] = Field(default_factory=dict)
    """Effective bits of one linear weight by precision; embeddings, output layer and norms stay at 16."""
    notes: str = ""

"""What sizing is asked and what it answers: inputs as the Hub gave them, figures with range, basis and assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from auditor.domain.architecture import Architecture, CataloguedGeometry
from auditor.domain.description import FIELD_DOCSTRINGS
from auditor.domain.hardware import Gpu
from auditor.domain.stack import Stack

Count = int | Literal["unknown"]
"""A plain integer, or the word `unknown`; never a null."""

Basis = Literal["exact", "formula", "assumed", "unknown"]
"""`exact`: read; `formula`: follows from what was read; `assumed`: rests on an assumption; `unknown` beside an unknown figure."""

Fits = Literal["yes", "no", "uncertain", "unknown"]
"""`yes`: fits at the pessimistic end; `uncertain`: only at the optimistic end; `no`: at neither; `unknown`: a needed figure is missing."""


class _Answer(BaseModel):
    """Base of what sizing answers: immutable, closed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=FIELD_DOCSTRINGS, defer_build=True)


class Estimate(_Answer):
    """How one figure came about. `low` and `high` are in the figure's own unit."""

    basis: Basis
    low: Count
    high: Count
    formula: str
    inputs: dict[str, int | float | str]
    assumed: tuple[str, ...]


class Fit(_Answer):
    """One GPU type against the model. Bytes are per GPU; `gpus` cards share the model `tensor_parallel` ways."""

    gpu: str
    gpus: int
    tensor_parallel: int
    precision: str
    context: Count
    concurrency: int
    fits: Fits
    total_bytes: Count
    headroom_bytes: Count
    """What the stack may use, less the total; negative when it does not fit."""
    max_context: Count
    """Longest context at this concurrency, at most the model's maximum; 0 when the weights do not fit."""
    kv_budget_bytes: Count
    kv_capacity_tokens: Count
    """`max_concurrency` x `context`."""
    max_concurrency: Count
    low_bytes: Count
    high_bytes: Count
    because: str
    """Why it fits or not, in one line."""


class Memory(_Answer):
    """The memory that serving a model takes. Top-level figures are those of the first GPU, per GPU where the name says so."""

    stack: str
    stack_version: str
    tensor_parallel: int
    precision: str
    context: Count
    concurrency: int
    assumed: tuple[str, ...]
    """Defaults taken, evidence set aside and why; one line each."""
    architecture_class: str
    """`dense`, `moe`, or `unknown:<name>`, for which only weights are given."""
    parameters: Count
    active_parameters: Count
    mtp_parameters: Count
    weights_bytes: Count
    weights_bytes_per_gpu: Count
    kv_bytes_per_token: Count
    kv_bytes_per_request: Count
    state_bytes_per_sequence: Count
    activation_bytes: Count
    overhead_bytes: Count
    total_bytes_per_gpu: Count
    fits: tuple[Fit, ...]
    estimates: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class TensorTotal:
    """Elements and bytes of the tensors of one type."""

    elements: int
    bytes: int


@dataclass(frozen=True, slots=True)
class MemoryInputs:
    """What is known about one model. Everything in it comes from a repository and is not to be trusted, types included."""

    model_id: str
    config: Mapping[str, Any] | None = None
    """Parsed config.json; None when it could not be had."""
    config_missing: str = ""
    """Why `config` is None."""
    hub_model_type: str | None = None
    hub_architectures: tuple[str, ...] = ()
    safetensors_parameters: Mapping[str, int] | None = None
    """Parameter count by safetensors dtype, as the Hub reports it."""
    index_total_size: int | None = None
    """`metadata.total_size` of model.safetensors.index.json, in bytes."""
    weight_files: tuple[tuple[str, int | None], ...] = ()
    """Path and size in bytes of the files of the repository, all of them: names beside the weights tell of a quantization."""
    header_tensors: Mapping[str, Mapping[str, TensorTotal]] = field(default_factory=dict)
    """By path of a weight file and type, from the file's own header; empty where headers were not read. These alone were checked by whoever read them."""


@dataclass(frozen=True, slots=True)
class SizingOptions:
    """What the user asked for; None where nothing was said."""

    gpus: tuple[tuple[Gpu, int], ...] = ()
    """Declared cards, with their number."""
    context: int | None = None
    concurrency: int | None = None
    tensor_parallel: int | None = None
    quantization: str | None = None
    """Precision to compute instead of the published one."""
    stack: str | None = None
    assumed: tuple[str, ...] = ()
    """Assumptions made on the way here, such as the reading of a GPU name."""


@dataclass(frozen=True, slots=True)
class SizingKnowledge:
    """The parts of the catalogue that sizing reads, each by key."""

    gpus: Mapping[str, Gpu]
    architectures: Mapping[str, Architecture]
    geometries: Mapping[str, CataloguedGeometry]
    stacks: Mapping[str, Stack]

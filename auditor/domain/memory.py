"""What sizing is asked and what it answers: inputs as the Hub gave them, figures with range, basis and assumptions."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from auditor.domain.architecture import Architecture, CataloguedGeometry
from auditor.domain.description import FIELD_DOCSTRINGS
from auditor.domain.hardware import Gpu
from auditor.domain.record import record
from auditor.domain.stack import Stack

Count = int | Literal["unknown"]
"""A plain integer, or the word `unknown`; never a null."""

Basis = Literal["exact", "formula", "assumed", "unknown"]
"""`exact`: read; `formula`: follows from what was read; `assumed`: rests on an assumption; `unknown` beside an unknown figure."""

Fits = Literal["yes", "no", "uncertain", "unknown"]
"""`yes`: fits at the pessimistic end; `uncertain`: only at the optimistic end; `no`: at neither; `unknown`: a needed figure is missing."""

QUANTIZATION_FILES = ("hf_quant_config.json", "quant_config.json", "quantize_config.json")
"""Where ModelOpt, AutoAWQ and AutoGPTQ say how weights are quantized when config.json does not."""


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
    max_concurrency: Count | float
    """Requests of `context` tokens at once, with a fraction as engines print it: `kv_capacity_tokens` / `context`."""
    low_bytes: Count
    high_bytes: Count
    because: str
    """Why it fits or not, in one line."""


class Finetune(_Answer):
    """The memory of a training step on one GPU."""

    method: str
    total_bytes: Count
    base_bytes: Count
    """Weights of the model that is tuned, as training holds them."""
    trainable_parameters: Count
    optimizer_bytes: Count
    """Trained weights, gradients and optimizer state."""
    activation_bytes: Count
    scheme: str
    """Bytes per trained parameter, spelled out."""


class Speed(_Answer):
    """One request alone on the declared GPUs, by the roofline. An estimate; latency under load is not derivable from it."""

    decode_tokens_per_second: Count | float
    ttft_seconds: Count | float
    request_seconds: Count | float
    ceiling_tokens_per_second: Count | float
    """Tensor parallel x bandwidth / bytes read per token at `context`: nothing measured lies above it."""
    claim: str
    """What was made of a claimed figure; empty when none was given."""


class QuantFile(_Answer):
    """One set of GGUF files in a repository."""

    name: str
    precision: str
    bytes: Count
    fits: tuple[str, ...]
    """Declared GPUs on which it fits beside cache, activations and overhead, at the pessimistic end; none where one of these is unknown."""


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
    """`dense`, `moe`, `mla`, `sliding`, `chunked`, `hybrid_ssm`, `ssm`, or `unknown:<name>`, for which only weights are given."""
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
    finetune: Finetune | None = None
    """None where training was not asked for."""
    speed: Speed | None = None
    """None where no GPU is declared."""
    files: tuple[QuantFile, ...] = ()
    """Sets of GGUF files in the repository, of which an engine loads one."""
    estimates: dict[str, Estimate]


@record
class TensorTotal:
    """Elements and bytes of the tensors of one type."""

    elements: int
    bytes: int


@record
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
    quantization: Mapping[str, Any] | None = None
    """Content of a file beside config.json that declares how weights are quantised."""
    header_tensors: Mapping[str, Mapping[str, TensorTotal]] = field(default_factory=dict)
    """By path of a weight file and type, from the file's own header; empty where headers were not read. These alone were checked by whoever read them."""
    headers_missing: Mapping[str, str] = field(default_factory=dict)
    """By path of a weight file: why its header, which was asked for, could not be had."""


@record
class Serving:
    """Settings of the stack that a user may change; None where nothing was said."""

    version: str | None = None
    dtype: str | None = None
    kv_dtype: str | None = None
    """`K` or `K/V`, by the names of the stack."""
    gpu_memory_utilization: float | None = None
    kv_cache_memory: int | None = None
    """Bytes per GPU for the KV cache, whatever the card."""
    max_num_seqs: int | None = None
    max_num_batched_tokens: int | None = None
    block_size: int | None = None
    prefix_caching: bool | None = None
    mamba_cache_mode: str | None = None
    speculative_tokens: int | None = None
    enforce_eager: bool | None = None
    max_loras: int | None = None
    max_lora_rank: int | None = None
    n_ubatch: int | None = None
    parallel: int | None = None
    swa_full: bool | None = None
    flash_attn: bool | None = None
    mla_cache: int | None = None
    prompt_tokens: int | None = None
    generated_tokens: int | None = None


@record
class Training:
    """A fine-tuning that is asked for; None where nothing was said."""

    method: str
    sequence_length: int | None = None
    micro_batch: int | None = None
    rank: int | None = None
    targets: str | None = None
    optimizer: str | None = None
    gradient_checkpointing: bool | None = None
    fused_cross_entropy: bool | None = None
    trainer: str | None = None


@record
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
    serving: Serving = field(default_factory=Serving)
    training: Training | None = None
    every: bool = False
    """The full matrix of GPUs and precisions."""
    claimed_tokens_per_second: float | None = None


@record
class SizingKnowledge:
    """The parts of the catalogue that sizing reads, each by key."""

    gpus: Mapping[str, Gpu]
    architectures: Mapping[str, Architecture]
    geometries: Mapping[str, CataloguedGeometry]
    stacks: Mapping[str, Stack]

"""`auditor size`: the memory that a model takes, alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.cli import options, size_options

if TYPE_CHECKING:
    from auditor.catalog.catalog import Catalog
    from auditor.domain.memory import MemoryInputs

_LARGEST = 64 * 1024 * 1024
"""Bytes of a config or an index that are read."""


def size(
    model: size_options.Model = None,
    config: size_options.Config = None,
    index: size_options.Index = None,
    quant_config: size_options.QuantConfig = None,
    evidence: options.SavedEvidence = None,
    offline: options.Offline = False,
    gpu: size_options.Gpus = None,
    context: options.Context = None,
    prompt_tokens: size_options.PromptTokens = None,
    generated_tokens: size_options.GeneratedTokens = None,
    concurrency: options.Concurrency = None,
    tensor_parallel: options.TensorParallel = None,
    dtype: size_options.Dtype = None,
    quantization: options.Quantization = None,
    kv_dtype: size_options.KvDtype = None,
    stack: size_options.Stack = None,
    stack_version: size_options.StackVersion = None,
    gpu_memory_utilization: size_options.Utilization = None,
    kv_cache_memory: size_options.KvCacheMemory = None,
    max_num_seqs: size_options.MaxNumSeqs = None,
    max_num_batched_tokens: size_options.MaxNumBatchedTokens = None,
    block_size: size_options.BlockSize = None,
    prefix_caching: size_options.PrefixCaching = None,
    mamba_cache_mode: size_options.MambaCacheMode = None,
    speculative_tokens: size_options.SpeculativeTokens = None,
    enforce_eager: size_options.EnforceEager = None,
    max_loras: size_options.MaxLoras = None,
    max_lora_rank: size_options.MaxLoraRank = None,
    n_ubatch: size_options.NUbatch = None,
    parallel: size_options.Parallel = None,
    swa_full: size_options.SwaFull = None,
    flash_attn: size_options.FlashAttn = None,
    mla_cache: size_options.MlaCache = None,
    finetune: size_options.Finetune = None,
    sequence_length: size_options.SequenceLength = None,
    micro_batch: size_options.MicroBatch = None,
    rank: size_options.Rank = None,
    targets: size_options.Targets = None,
    optimizer: size_options.Optimizer = None,
    gradient_checkpointing: size_options.Checkpointing = None,
    fused_cross_entropy: size_options.FusedCrossEntropy = None,
    trainer: size_options.TrainerName = None,
    every: size_options.All = False,
    claimed: size_options.Claimed = None,
    format_: size_options.Format = "terminal",
) -> int:
    """Size a model: weights, KV cache, activations, fit on GPUs, fine-tuning and speed."""
    return _run(dict(locals()))


_SERVING = (
    "dtype", "kv_dtype", "gpu_memory_utilization", "kv_cache_memory", "max_num_seqs", "max_num_batched_tokens", "block_size", "prefix_caching",
    "mamba_cache_mode", "speculative_tokens", "enforce_eager", "max_loras", "max_lora_rank", "n_ubatch", "parallel", "swa_full", "flash_attn", "mla_cache",
    "prompt_tokens", "generated_tokens",
)  # fmt: skip
_TRAINING = ("sequence_length", "micro_batch", "rank", "targets", "optimizer", "gradient_checkpointing", "fused_cross_entropy", "trainer")


def _run(given: dict[str, Any]) -> int:
    from auditor import resources
    from auditor.audit.memory import sizing_knowledge
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import print_result
    from auditor.domain.errors import UsageError, did_you_mean
    from auditor.sizing import estimate

    if given["format_"] not in ("terminal", "json"):
        raise UsageError(f"unknown format {given['format_']!r}{did_you_mean(given['format_'], ('terminal', 'json'))}", "choose from: terminal, json")
    catalog = Catalog(resources.rules())
    asked = _asked(given, catalog)
    inputs = _inputs(given, catalog, asked.quantization)
    memory = estimate(inputs, asked, sizing_knowledge(catalog))
    if given["format_"] == "json":
        print_result(memory.model_dump_json(indent=2) + "\n", 0)
    else:
        from auditor.formats.memory_terminal import shown

        print_result(shown(inputs.model_id, memory), 0)
    return 0


def _asked(given: dict[str, Any], catalog: Catalog) -> Any:
    """What the flags, the environment and auditor.toml ask for."""
    import os

    from auditor.config.settings import Flags, resolve
    from auditor.domain.errors import UsageError
    from auditor.domain.memory import Serving, SizingOptions, Training
    from auditor.sizing.gpu_names import choose

    flags = Flags(
        gpus=given["gpu"] or (), context=given["context"], concurrency=given["concurrency"], tensor_parallel=given["tensor_parallel"],
        quantization=given["quantization"], stack=given["stack"],
    )  # fmt: skip
    settings = resolve(flags, os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    chosen = [choose(name, catalog.gpus) for name in settings.gpus]
    if given["finetune"] is None and (stray := next((name for name in _TRAINING if given[name] is not None), None)):
        raise UsageError(f"--{stray.replace('_', '-')} goes with --finetune", "add --finetune lora, qlora or full")
    dtype = None if given["dtype"] in (None, "auto") else given["dtype"]
    return SizingOptions(
        gpus=tuple((choice.gpu, choice.count) for choice in chosen),
        context=settings.context,
        concurrency=settings.concurrency if "concurrency" in settings.sources else None,
        tensor_parallel=settings.tensor_parallel,
        quantization=settings.quantization,
        stack=settings.stack,
        assumed=tuple(choice.assumed for choice in chosen if choice.assumed),
        serving=Serving(version=given["stack_version"], **{**{name: given[name] for name in _SERVING}, "dtype": dtype}),
        training=Training(method=given["finetune"].casefold(), **{name: given[name] for name in _TRAINING}) if given["finetune"] is not None else None,
        every=given["every"],
        claimed_tokens_per_second=given["claimed"],
    )


def _inputs(given: dict[str, Any], catalog: Catalog, quantization: str | None) -> MemoryInputs:
    from auditor.domain.errors import UsageError

    if (given["model"] is None) == (given["config"] is None):
        raise UsageError(
            "name a model or give --config FILE, not both" if given["model"] else "nothing to size: no model was named", "run: auditor size ORG/NAME"
        )
    if given["index"] is not None and given["config"] is None:
        raise UsageError("--index goes with --config", "of a model on the Hub its own index is read")
    if given["config"] is not None:
        return _from_files(given["config"], given["index"], given["quant_config"])
    return _from_source(given, quantization)


def _from_files(config: Path, index: Path | None, quantization: Path | None) -> MemoryInputs:
    from auditor.audit.memory import total_size
    from auditor.domain.memory import MemoryInputs
    from auditor.domain.text_safety import one_line

    table = _json(config)
    beside = quantization or next((path for path in _beside(config) if path.is_file()), None)
    return MemoryInputs(
        model_id=one_line(config.stem if config.stem != "config" else str(config), 200),
        config=table,
        index_total_size=total_size(_json(index)) if index else None,
        quantization=_json(beside) if beside else None,
    )


def _beside(config: Path) -> tuple[Path, ...]:
    """Where a file that declares the quantisation may lie beside a config."""
    from auditor.domain.memory import QUANTIZATION_FILES

    named = config.with_name(f"{config.stem}.hf_quant_config.json")
    if config.name != "config.json":
        return (named,)
    return (named, *(config.with_name(name) for name in QUANTIZATION_FILES))


def _json(path: Path) -> dict[str, Any]:
    from auditor.domain.errors import UsageError
    from auditor.reading.bounded_json import load

    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path}: larger than 64 MiB", "give the file of one model")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", "check the name") from None
    try:
        value = load(content)
    except ValueError as error:
        raise UsageError(f"{path}: not JSON that can be read ({error})", "check the file") from None
    if not isinstance(value, dict):
        raise UsageError(f"{path}: no JSON object", "give the config.json of a model")
    return value


def _from_source(given: dict[str, Any], quantization: str | None) -> MemoryInputs:
    from auditor.audit.headers import headers_wanted
    from auditor.audit.memory import memory_inputs
    from auditor.cli.targets import source_of
    from auditor.crawler.gather import gather
    from auditor.domain.errors import EvidenceError
    from auditor.domain.evidence import Unavailable

    source, refs = source_of([given["model"]], given["evidence"], given["offline"], None)
    evidence = gather(source, refs[:1], lambda _: (), lambda _: False, headers_of=lambda info: headers_wanted(info, quantization)).models[refs[0]]
    if isinstance(evidence.info, Unavailable):
        detail = evidence.info.detail
        raise EvidenceError(detail if detail.startswith(refs[0].id) else f"{refs[0]}: {detail}", "mend what is named there, or try again later")
    return memory_inputs(evidence, _json(given["quant_config"]) if given["quant_config"] else None)

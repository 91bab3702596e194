"""Memory of a model from what its repository says: the public entry of sizing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Estimate, Fit, Memory, MemoryInputs, SizingKnowledge, SizingOptions, Speed
from auditor.domain.stack import Stack
from auditor.sizing.checkpoint import quantization_files
from auditor.sizing.classify import Reading, classify
from auditor.sizing.deployment import Deployment, Load, Model, deploy
from auditor.sizing.families import families
from auditor.sizing.figure import Figure
from auditor.sizing.fit import every_fit, fit, usual_fits
from auditor.sizing.options import Split, check, split, stack_of
from auditor.sizing.parameters import counted
from auditor.sizing.precision import precision, stored
from auditor.sizing.sharding import shares
from auditor.sizing.tensors import gguf_precision, loaded_tensors
from auditor.sizing.values import mapping
from auditor.sizing.weights import Sources, active_parameters, mtp_parameters, parameters, weigh

if TYPE_CHECKING:
    from auditor.sizing.families import Families
    from auditor.sizing.files import Set
    from auditor.sizing.finetune import Answer


@dataclass(frozen=True, slots=True)
class _Read:
    """A model and the figures that no deployment changes."""

    model: Model
    figures: Mapping[str, Figure]
    notes: tuple[str, ...]


def estimate(inputs: MemoryInputs, options: SizingOptions, knowledge: SizingKnowledge) -> Memory:
    """Sizes one model. Never raises for what a repository says; raises UsageError for options that make no sense."""
    stack, outside = stack_of(options, knowledge)
    check(options, stack)
    files, inputs, picked = _sets(inputs, options)
    read = _read(inputs, options, knowledge, stack)
    model = read.model
    known = families(knowledge.architectures)
    if options.quantization and not picked and options.quantization.casefold() not in ("auto", model.precision.label):
        from auditor.sizing.what_if import requantized

        model = requantized(model, options.quantization, known)
    load, defaults = _load(options, model, stack)
    splits = [split(gpu, cards, options) for gpu, cards in options.gpus]
    ways = splits[0].ways if splits else options.tensor_parallel or 1
    gpu = splits[0].gpu if splits else None
    top = deploy(model, load, gpu, ways, stack, options.serving)
    fits = _fits(model, load, splits, options, knowledge, stack)
    assumed = [*options.assumed, outside, *_stack_defaults(options, stack, top, gpu), *defaults, *(s.assumed for s in splits), *model.reading.assumed]
    assumed += [model.reading.why_unknown, "" if splits or options.tensor_parallel else "tensor_parallel: 1 (default)", *read.notes]
    assumed += [*model.weights.notes, *model.precision.assumed]
    rate, said = _speed(model, load, top, splits, options)
    training = _training(model, options, known)
    return Memory(
        stack=stack.key,
        stack_version=stack.version,
        tensor_parallel=top.ways,
        precision=model.precision.label,
        context="unknown" if load.context is None else load.context,
        concurrency=load.concurrency,
        assumed=tuple(dict.fromkeys(note for note in (*assumed, *(training.assumed if training else ())) if note)),
        architecture_class=model.reading.architecture_class,
        fits=fits,
        finetune=training.answer if training else None,
        speed=rate,
        files=tuple(file.answer(options, stack) for file in files) if len(files) > 1 else (),
        **_figures(read, model, top, training.figures if training else {}, said),
    )


def _sets(inputs: MemoryInputs, options: SizingOptions) -> tuple[tuple[Set, ...], MemoryInputs, bool]:
    """Sets of GGUF files, the inputs with the one that was asked for, and whether one was."""
    if not any(isinstance(path, str) and path.lower().endswith(".gguf") for path, _ in inputs.weight_files):
        return (), inputs, False
    from auditor.sizing.files import chosen_files, quant_files

    files = quant_files(inputs.weight_files)
    return files, *chosen_files(inputs, files, options.quantization)


def _speed(model: Model, load: Load, top: Deployment, splits: list[Split], options: SizingOptions) -> tuple[Speed | None, Mapping[str, Estimate]]:
    if not splits:
        return None, {}
    from auditor.sizing.speed import estimates, speed

    rate = speed(model, load, top, splits[0], options)
    return rate, estimates(rate, splits[0], options)


def _training(model: Model, options: SizingOptions, known: Families) -> Answer | None:
    if options.training is None:
        return None
    from auditor.sizing.finetune import finetune

    return finetune(model, options.training, known)


def _read(inputs: MemoryInputs, options: SizingOptions, knowledge: SizingKnowledge, stack: Stack) -> _Read:
    known = families(knowledge.architectures)
    reading = classify(inputs, knowledge, stack)
    tensors, unread = loaded_tensors(inputs)
    held, spoilt = ([], "") if tensors and tensors.gguf else stored(tensors.elements if tensors else inputs.safetensors_parameters)
    beside = () if inputs.quantization is not None else quantization_files(inputs.weight_files)
    published = precision(_configs(inputs, reading), held, beside, inputs.quantization, stack.casts_float32_to_16_bit, known)
    if tensors and tensors.gguf:
        published = gguf_precision(published, tensors)
    if options.serving.dtype == "float32" and not published.quantized:
        stack = stack.model_copy(update={"casts_float32_to_16_bit": False})
    count, why = counted(reading)
    sources = Sources(inputs, held, published, count, tensors, stack, bool(options.serving.speculative_tokens))
    weights = weigh(sources)
    total = parameters(reading, sources, count, why, weights)
    figures = {"parameters": total, "active_parameters": active_parameters(total, count, why), "mtp_parameters": mtp_parameters(reading, count)}
    towers = f"weights: {reading.towers_unknown}" if reading.towers_unknown else ""
    split_up = shares(count, published.plan, stack.casts_float32_to_16_bit, reading.layout) if count is not None and published.plan is not None else None
    return _Read(Model(reading, published, count, weights, split_up), figures, tuple(note for note in (spoilt, unread, towers) if note))


def _configs(inputs: MemoryInputs, reading: Reading) -> tuple[Mapping[str, Any], ...]:
    """Inner config before outer; the raw one for a model whose class is unknown."""
    if reading.text is not None and reading.top is not None:
        return (reading.text, reading.top)
    config = mapping(inputs.config)
    return () if config is None else (config,)


def _fits(model: Model, load: Load, splits: list[Split], options: SizingOptions, knowledge: SizingKnowledge, stack: Stack) -> tuple[Fit, ...]:
    if options.every:
        from auditor.sizing.what_if import EVERY, requantized

        known = families(knowledge.architectures)
        models = (model, *(requantized(model, name, known) for name in EVERY if model.counted is not None and name != model.precision.label))
        gpus = {s.gpu.key: s.gpu for s in splits} or knowledge.gpus
        return every_fit(models, load, gpus, stack, options.serving)
    if splits:
        return tuple(fit(model, load, s.gpu, s.cards, s.ways, stack, options.serving) for s in splits)
    return usual_fits(model, load, knowledge.gpus, options.tensor_parallel, stack, options.serving)


def _load(options: SizingOptions, model: Model, stack: Stack) -> tuple[Load, list[str]]:
    notes, serving = [], options.serving
    context, concurrency, prompt = options.context, options.concurrency, serving.prompt_tokens
    if context is None and (prompt is not None or serving.generated_tokens is not None):
        context = (prompt or 0) + (serving.generated_tokens or 0)
    elif context is None and model.max_context is not None:
        context = min(model.max_context, stack.default_context)
        notes.append(f"context: {context} (default: the smaller of {stack.default_context} and the model's maximum)")
    elif context is None:
        notes.append("context: unknown (the default depends on the model's maximum)")
    if prompt is None and serving.generated_tokens is not None and context is not None:
        prompt = max(0, context - serving.generated_tokens)
    if concurrency is None:
        concurrency = serving.parallel or 1
        notes.append("" if serving.parallel else "concurrency: 1 (default)")
    return Load(context, concurrency, prompt), notes


def _stack_defaults(options: SizingOptions, stack: Stack, top: Deployment, gpu: Gpu | None) -> list[str]:
    card = gpu.key if gpu is not None else "a small card; fits[] uses each card's own"
    version = "" if options.serving.version else f"stack_version: {stack.version} (newest checked)"
    profiled = stack.memory.activations == "profile"
    batches = f"max_num_seqs: {top.limits.max_num_seqs}, max_num_batched_tokens: {top.limits.max_num_batched_tokens} (defaults of {stack.key} on {card})"
    shares = options.serving.gpu_memory_utilization is None and stack.gpu_memory_utilization < 1
    share = shares and not stack.batch_defaults[-1].reserved_gib
    return [
        version if options.stack else f"stack: {stack.key} {stack.version} (default)",
        f"gpu_memory_utilization: {stack.gpu_memory_utilization} (default of {stack.key} {stack.version})" if share else "",
        batches if top.limits.assumed and profiled else "",
    ]


def _figures(read: _Read, model: Model, top: Deployment, training: Mapping[str, Figure], rate: Mapping[str, Estimate]) -> dict[str, Any]:
    figures = {
        **read.figures,
        "weights_bytes": model.weights.loaded,
        "weights_bytes_per_gpu": top.weights,
        "kv_bytes_per_token": top.kv_token,
        "kv_bytes_per_request": top.kv_request,
        "state_bytes_per_sequence": top.state,
        "activation_bytes": top.activation,
        "overhead_bytes": top.overhead,
        "total_bytes_per_gpu": top.total,
    }
    counts: dict[str, Any] = {name: figure.count for name, figure in figures.items()}
    return {**counts, "estimates": {name: figure.estimate() for name, figure in {**figures, **training}.items()} | dict(rate)}

"""Memory of a model from what its repository says: the public entry of sizing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.hardware import Gpu
from auditor.domain.memory import Fit, Memory, MemoryInputs, SizingKnowledge, SizingOptions
from auditor.domain.stack import Stack
from auditor.sizing.checkpoint import quantization_files
from auditor.sizing.classify import Reading, classify
from auditor.sizing.deployment import Deployment, Load, Model, deploy
from auditor.sizing.figure import Figure
from auditor.sizing.fit import fit, usual_fits
from auditor.sizing.parameters import counted
from auditor.sizing.precision import precision, stored
from auditor.sizing.tensors import gguf_precision, loaded_tensors
from auditor.sizing.values import LIMIT, mapping
from auditor.sizing.weights import active_parameters, mtp_parameters, parameters, requantized, weigh

DEFAULT_STACK = "vllm"


def estimate(inputs: MemoryInputs, options: SizingOptions, knowledge: SizingKnowledge) -> Memory:
    """Sizes one model. Never raises for what a repository says; raises UsageError for options that make no sense."""
    stack = _stack(options, knowledge)
    _check(options)
    reading = classify(inputs, knowledge, stack, options.context)
    tensors, unread = loaded_tensors(inputs)
    held, spoilt = ([], "") if tensors and tensors.gguf else stored(tensors.elements if tensors else inputs.safetensors_parameters)
    beside = quantization_files(inputs.weight_files)
    published = precision(_configs(inputs, reading), held, beside, stack.casts_float32_to_16_bit)
    if tensors and tensors.gguf:
        published = gguf_precision(published, tensors)
    count, why = counted(reading)
    weights = weigh(inputs, reading, held, published, count, stack, tensors)
    total = parameters(reading, held, published, count, why, weights, tensors)
    figures = {"parameters": total, "active_parameters": active_parameters(reading, total, count, why), "mtp_parameters": mtp_parameters(reading)}
    if options.quantization and options.quantization.casefold() not in ("auto", published.label):
        weights = requantized(options.quantization, count, why, stack)
        published = replace(published, label=options.quantization.casefold(), quantized=True, width=None)
    model = Model(reading, published, count, weights)
    load, defaults = _load(options, model, stack)
    splits = [_split(gpu, cards, options) for gpu, cards in options.gpus]
    ways = splits[0].ways if splits else options.tensor_parallel or 1
    gpu = splits[0].gpu if splits else None
    top = deploy(model, load, gpu, ways, stack)
    if splits:
        fits: tuple[Fit, ...] = tuple(fit(model, load, s.gpu, s.cards, s.ways, stack) for s in splits)
    else:
        fits = usual_fits(model, load, knowledge.gpus, options.tensor_parallel, stack)
    assumed = [*options.assumed, *_stack_defaults(options, stack, top, gpu), *defaults, *(s.assumed for s in splits), *reading.assumed, reading.why_unknown]
    assumed += ["" if splits or options.tensor_parallel else "tensor_parallel: 1 (default)", spoilt, unread, *weights.notes, *published.assumed]
    return _answer(stack, model, load, top, figures, fits, tuple(dict.fromkeys(note for note in assumed if note)))


@dataclass(frozen=True, slots=True)
class _Split:
    gpu: Gpu
    cards: int
    ways: int
    assumed: str


def _stack(options: SizingOptions, knowledge: SizingKnowledge) -> Stack:
    name = (options.stack or DEFAULT_STACK).casefold()
    if name not in knowledge.stacks:
        raise UsageError(f"no stack is known as {name[:40]!r}{did_you_mean(name[:40], knowledge.stacks)}", f"choose one of: {', '.join(knowledge.stacks)}")
    return knowledge.stacks[name]


def _check(options: SizingOptions) -> None:
    for name, value in (("context", options.context), ("concurrency", options.concurrency), ("tensor parallel", options.tensor_parallel)):
        if value is not None and not 0 < value < LIMIT:
            raise UsageError(f"{name} must be at least 1 and below 2^40", f"give a number such as --{name.replace(' ', '-')} 4")


def _split(gpu: Gpu, cards: int, options: SizingOptions) -> _Split:
    """Ways to split on declared cards. A card named without a number stands for as many as the split needs."""
    ways = options.tensor_parallel or cards
    if cards > 1 and ways > cards:
        remedy = f"declare {gpu.key}x{ways}, or a smaller --tensor-parallel"
        raise UsageError(f"tensor parallel {ways} needs {ways} cards, {cards} of {gpu.key} are declared", remedy)
    if options.tensor_parallel is None:
        note = f"tensor_parallel: {ways} (default{'' if ways == 1 else ': the number of cards'})"
    else:
        note = f"gpus: {ways} of {gpu.key} (tensor parallel needs them)" if ways > cards else ""
    return _Split(gpu, max(cards, ways), ways, note)


def _configs(inputs: MemoryInputs, reading: Reading) -> tuple[Mapping[str, Any], ...]:
    """Inner config before outer; the raw one for a model whose class is unknown."""
    if reading.reader is not None:
        return (reading.reader.text, reading.reader.top)
    config = mapping(inputs.config)
    return () if config is None else (config,)


def _load(options: SizingOptions, model: Model, stack: Stack) -> tuple[Load, list[str]]:
    notes = []
    context, concurrency = options.context, options.concurrency
    if context is None and model.max_context is not None:
        context = min(model.max_context, stack.default_context)
        notes.append(f"context: {context} (default: the smaller of {stack.default_context} and the model's maximum)")
    elif context is None:
        notes.append("context: unknown (the default depends on the model's maximum)")
    if concurrency is None:
        concurrency = 1
        notes.append("concurrency: 1 (default)")
    if model.reading.window is not None:
        notes.append(f"max_context: {model.reading.window} (a sliding window bounds the cache beyond it)")
    return Load(context, concurrency), notes


def _stack_defaults(options: SizingOptions, stack: Stack, top: Deployment, gpu: Gpu | None) -> list[str]:
    card = gpu.key if gpu is not None else "a small card; fits[] uses each card's own"
    return [
        "" if options.stack else f"stack: {stack.key} {stack.version} (default)",
        f"gpu_memory_utilization: {stack.gpu_memory_utilization} (default of {stack.key} {stack.version})",
        f"max_num_seqs: {top.limits.max_num_seqs}, max_num_batched_tokens: {top.limits.max_num_batched_tokens} (defaults of {stack.key} on {card})",
    ]


def _answer(stack: Stack, model: Model, load: Load, top: Deployment, figures: Mapping[str, Figure], fits: tuple[Fit, ...], assumed: tuple[str, ...]) -> Memory:
    figures = {
        **figures,
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
    return Memory(
        stack=stack.key,
        stack_version=stack.version,
        tensor_parallel=top.ways,
        precision=model.precision.label,
        context="unknown" if load.context is None else load.context,
        concurrency=load.concurrency,
        assumed=assumed,
        architecture_class=model.reading.architecture_class,
        fits=fits,
        estimates={name: figure.estimate() for name, figure in figures.items()},
        **counts,
    )

"""Memory of a model from what its repository says: the public entry of sizing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Estimate, Fit, Memory, MemoryInputs, SizingKnowledge, SizingOptions, Speed
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.checkpoint import quantization_files
from auditor.sizing.classify import Reading, classify
from auditor.sizing.deployment import Deployment, Deployments, Load, Model
from auditor.sizing.families import families
from auditor.sizing.figure import Figure, derived
from auditor.sizing.fit import every_fit, fit, usual_fits
from auditor.sizing.options import Split, check, check_targets, heeded, split, stack_of
from auditor.sizing.parameters import counted
from auditor.sizing.plan import QUANTISED, Even
from auditor.sizing.precision import precision, stored
from auditor.sizing.sharding import shares
from auditor.sizing.tensors import gguf_precision, loaded_tensors
from auditor.sizing.values import mapping
from auditor.sizing.weights import Sources, Weights, active_parameters, mtp_parameters, parameters, weigh

if TYPE_CHECKING:
    from auditor.sizing.families import Families
    from auditor.sizing.files import Set
    from auditor.sizing.finetune import Answer


@record
class _Read:
    """A model and the figures that no deployment changes."""

    model: Model
    figures: Mapping[str, Figure]
    notes: tuple[str, ...]


def estimate(inputs: MemoryInputs, options: SizingOptions, knowledge: SizingKnowledge) -> Memory:
    """Sizes one model. Never raises for what a repository says; raises UsageError for options that make no sense."""
    stack, outside = stack_of(options, knowledge)
    check(options, stack)
    serving, unheeded = heeded(options.serving, stack)
    options = replace(options, serving=serving)
    files, inputs, picked = _sets(inputs, options, stack)
    read = _read(inputs, options, knowledge, stack, files)
    model = read.model
    known = families(knowledge.architectures)
    if options.quantization is not None and not picked and options.quantization.casefold() not in ("auto", model.precision.label):
        from auditor.sizing.what_if import requantized

        model = requantized(model, options.quantization, known)
    load, defaults = _load(options, model, stack)
    splits = [split(gpu, cards, options) for gpu, cards in options.gpus]
    ways = splits[0].ways if splits else options.tensor_parallel or 1
    gpu = splits[0].gpu if splits else None
    runs = Deployments(model, load, stack, options.serving)
    top = runs.on(gpu, ways)
    fits = _fits(runs, splits, options, knowledge)
    assumed = [*options.assumed, outside, *unheeded, *_stack_defaults(options, stack, top, gpu), *defaults]
    assumed += [
        *(note for s in splits for note in s.assumed),
        *model.reading.assumed,
        model.reading.why_unknown,
        "" if splits or options.tensor_parallel else "tensor_parallel: 1 (default)",
        *read.notes,
    ]
    assumed += [*model.weights.notes, *model.precision.assumed, *_idle(options, runs, top, splits), _choice(files, picked, options)]
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
        files=tuple(file.answer(options, stack, top, load.concurrency) for file in files),
        **_figures(read, model, top, training.figures if training else {}, said),
    )


def _sets(inputs: MemoryInputs, options: SizingOptions, stack: Stack) -> tuple[tuple[Set, ...], MemoryInputs, bool]:
    """Sets of GGUF files, the inputs with the one that was asked for, and whether one was."""
    if not any(isinstance(path, str) and path.lower().endswith(".gguf") for path, _ in inputs.weight_files):
        return (), inputs, False
    from auditor.sizing.files import chosen_files, of_its_format, quant_files

    files = quant_files(inputs.weight_files)
    inputs, picked = chosen_files(inputs, files, options.quantization)
    alone = stack.cache.allocator == "cells" and bool(files) and not picked
    return files, of_its_format(inputs, files) if alone else inputs, picked


def _choice(files: tuple[Set, ...], picked: bool, options: SizingOptions) -> str:
    """What to say of several sets of GGUF files."""
    if len(files) < 2 or picked:
        return ""
    from auditor.sizing.files import open_choice

    return open_choice(files, options.quantization)


def _speed(model: Model, load: Load, top: Deployment, splits: list[Split], options: SizingOptions) -> tuple[Speed | None, Mapping[str, Estimate]]:
    if not splits:
        return None, {}
    from auditor.sizing.speed import estimates, speed

    rate = speed(model, load, top, splits[0], options)
    return rate, estimates(rate, top, splits[0], options)


def _training(model: Model, options: SizingOptions, known: Families) -> Answer | None:
    if options.training is None:
        return None
    from auditor.sizing.finetune import finetune

    if model.counted is not None:
        check_targets(options.training.targets, {weight.name.rsplit(".", 1)[-1] for weight in model.counted.language if weight.kind in QUANTISED})
    return finetune(model, options.training, known)


def _read(inputs: MemoryInputs, options: SizingOptions, knowledge: SizingKnowledge, stack: Stack, files: tuple[Set, ...]) -> _Read:
    known = families(knowledge.architectures)
    reading = _reaching(classify(inputs, knowledge, stack), options)
    tensors, unread = loaded_tensors(inputs)
    held, spoilt = ([], "") if tensors and tensors.gguf else stored(tensors.elements if tensors else inputs.safetensors_parameters)
    beside = () if inputs.quantization is not None else quantization_files(inputs.weight_files)
    published = precision(_configs(inputs, reading), held, beside, inputs.quantization, stack.casts_float32_to_16_bit, known)
    count, why = counted(reading)
    if files:
        from auditor.sizing.files import as_published

        published = as_published(published, inputs, files, count, len(reading.layout.layers) if reading.layout else 0, known)
    if tensors and tensors.gguf:
        published = gguf_precision(published, tensors)
    asked = None if published.quantized or stack.cache.allocator == "cells" else options.serving.dtype
    if asked is not None:
        stack = stack.model_copy(update={"casts_float32_to_16_bit": asked != "float32"})
    sources = Sources(inputs, held, published, count, tensors, stack, bool(options.serving.speculative_tokens))
    weights = weigh(sources)
    total = parameters(reading, sources, count, why, weights)
    figures = {"parameters": total, "active_parameters": active_parameters(total, count, why), "mtp_parameters": mtp_parameters(reading, count)}
    towers = f"weights: {reading.towers_unknown}" if reading.towers_unknown else ""
    plan = published.plan
    if asked == "float32" and published.width == 2:
        weights, plan = _widened(weights), Even(4)
    split_up = shares(count, plan, stack.casts_float32_to_16_bit, reading.layout) if count is not None and plan is not None else None
    return _Read(Model(reading, published, count, weights, split_up), figures, tuple(note for note in (spoilt, unread, towers) if note))


def _reaching(reading: Reading, options: SizingOptions) -> Reading:
    """A model that declares no maximum takes the context that is asked for."""
    serving = options.serving
    asked = options.context or (serving.prompt_tokens or 0) + (serving.generated_tokens or 0)
    if reading.context_declared or reading.max_context is None or asked <= reading.max_context:
        return reading
    return replace(reading, max_context=asked, assumed=(*reading.assumed, f"max_context: {asked} (as asked for, since the model declares none)"))


def _widened(weights: Weights) -> Weights:
    """A 16-bit checkpoint that the stack is asked to hold in float32."""
    note = "dtype: float32 as asked; the stack holds every weight in twice the bytes of the checkpoint"
    held = derived({"weights": weights.resident}, "2 x weights", lambda total: 2 * total, "formula")
    return replace(weights, resident=held, notes=(*weights.notes, note))


def _configs(inputs: MemoryInputs, reading: Reading) -> tuple[Mapping[str, Any], ...]:
    """Inner config before outer; the raw one for a model whose class is unknown."""
    if reading.text is not None and reading.top is not None:
        return (reading.text, reading.top)
    config = mapping(inputs.config)
    return () if config is None else (config,)


def _fits(runs: Deployments, splits: list[Split], options: SizingOptions, knowledge: SizingKnowledge) -> tuple[Fit, ...]:
    model = runs.model
    if options.every:
        from auditor.sizing.what_if import EVERY, requantized

        known = families(knowledge.architectures)
        published = {model.precision.label, "bf16" if model.precision.width == 2 else ""}
        others = (requantized(model, name, known) for name in EVERY if model.counted is not None and name not in published)
        precisions = (runs, *(Deployments(other, runs.load, runs.stack, runs.serving) for other in others))
        gpus = {s.gpu.key: s.gpu for s in splits} or knowledge.gpus
        return every_fit(precisions, gpus)
    if splits:
        return tuple(fit(runs, s.gpu, s.cards, s.ways) for s in splits)
    return usual_fits(runs, knowledge.gpus, options.tensor_parallel)


def _load(options: SizingOptions, model: Model, stack: Stack) -> tuple[Load, list[str]]:
    notes, serving = [], options.serving
    context, concurrency, prompt, generated = options.context, options.concurrency, serving.prompt_tokens, serving.generated_tokens
    if context is None and prompt is not None:
        context = prompt + (generated or 0)
        notes.append("" if generated is not None else "generated_tokens: 0 (default: the prompt is the whole context)")
    elif context is None and model.max_context is not None:
        context = max(generated or 0, min(model.max_context, stack.default_context))
        notes.append(f"context: {context} (default: the smaller of {stack.default_context} and the model's maximum)")
    elif context is None:
        notes.append("context: unknown (the default depends on the model's maximum)")
    if prompt is None and generated is not None and context is not None:
        prompt = context - generated
        notes.append(f"prompt_tokens: {prompt} (what the answer leaves of the context)")
    if concurrency is None:
        concurrency = serving.parallel or 1
        notes.append("" if serving.parallel else "concurrency: 1 (default)")
    return Load(context, concurrency, prompt), notes


def _idle(options: SizingOptions, runs: Deployments, top: Deployment, splits: list[Split]) -> list[str]:
    """What was asked for and changes less than it seems."""
    notes, model, load = [], runs.model, runs.load
    if options.serving.speculative_tokens and model.counted is not None and not model.counted.mtp:
        notes.append("speculative_tokens: the model announces no layers that guess ahead; a separate draft model is not counted")
    bounded = runs.stack.memory.activations == "profile" and (bool(splits) or options.serving.max_num_seqs is not None)
    if bounded and load.concurrency > top.limits.max_num_seqs:
        notes.append(f"concurrency: {load.concurrency} requests, of which the stack runs {top.limits.max_num_seqs} at once (max_num_seqs)")
    if options.claimed_tokens_per_second is not None and not splits:
        notes.append("claimed_tokens_per_second: not judged, no GPU is declared")
    return notes


def _stack_defaults(options: SizingOptions, stack: Stack, top: Deployment, gpu: Gpu | None) -> list[str]:
    card = gpu.key if gpu is not None else "a small card; fits[] uses each card's own"
    version = "" if options.serving.version is not None else f"stack_version: {stack.version} (newest checked)"
    profiled = stack.memory.activations == "profile"
    limits = {"max_num_seqs": top.limits.max_num_seqs, "max_num_batched_tokens": top.limits.max_num_batched_tokens}
    unsaid = {name: value for name, value in limits.items() if getattr(options.serving, name) is None}
    batches = ", ".join(f"{name}: {value}" for name, value in unsaid.items())
    shares = options.serving.gpu_memory_utilization is None and stack.gpu_memory_utilization < 1
    share = shares and not stack.batch_defaults[-1].reserved_gib
    return [
        version if options.stack else f"stack: {stack.key} {stack.version} (default)",
        f"gpu_memory_utilization: {stack.gpu_memory_utilization} (default of {stack.key} {stack.version})" if share else "",
        f"{batches} (default{'s' if len(unsaid) > 1 else ''} of {stack.key} on {card})" if unsaid and profiled else "",
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

"""All figures of one way to run a model: so many GPUs of one kind, split so many ways."""

from __future__ import annotations

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Serving
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.activations import Limits, Work, activations, limits_of, other_vendor, overhead, with_images
from auditor.sizing.cache import Allocator, CacheSettings, allocator, state_bytes
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure, derived
from auditor.sizing.parameters import Counted
from auditor.sizing.precision import Precision
from auditor.sizing.prompt_peak import Run, prompt_peak
from auditor.sizing.sharding import Adapters, Shares, cannot_split, weights_per_gpu
from auditor.sizing.spread import Fullest, blocks, most_layers
from auditor.sizing.weights import Weights

OF_THE_PROMPT = ("last_logits", "all_logits")
"""Kinds of activations that follow from the prompt and the requests at once, as in Transformers."""
_BITS = {"float32": 32, "bfloat16": 16, "float16": 16}


@record
class Model:
    """What is known of the model once everything has been read."""

    reading: Reading
    precision: Precision
    counted: Counted | None
    weights: Weights
    shares: Shares | None
    """None where parameters are not counted, or their widths not known."""

    @property
    def max_context(self) -> int | None:
        """Longest context that the model declares."""
        return self.reading.max_context

    @property
    def why_no_context(self) -> str:
        return self.reading.why_no_context or self.reading.why_unknown


@record
class Load:
    """What is asked of the deployment. `context` in tokens, None when it follows from a maximum that is unknown."""

    context: int | None
    concurrency: int
    prompt: int | None = None

    @property
    def work(self) -> Work:
        return Work(self.context if self.prompt is None else self.prompt, self.context)


@record
class Deployment:
    """Figures in bytes per GPU. `cache` None: how the cache grows is not known."""

    ways: int
    limits: Limits
    weights: Figure
    kv_token: Figure
    kv_request: Figure
    state: Figure
    activation: Figure
    overhead: Figure
    total: Figure
    cache: Allocator | None
    in_turn: bool
    """Whether the GPUs hold whole layers, so that one works after the other."""


class Deployments:
    """The ways to run one model, each computed once: cards of the same batch limits and the same overhead differ in nothing else."""

    def __init__(self, model: Model, load: Load, stack: Stack, serving: Serving) -> None:
        self.model, self.load, self.stack, self.serving = model, load, stack, serving
        self._known: dict[tuple[int, Limits, bool], Deployment] = {}

    def on(self, gpu: Gpu | None, ways: int) -> Deployment:
        """Split `ways` ways over cards of this kind; None stands for a small card."""
        key = (ways, limits_of(self.stack, gpu, self.serving), other_vendor(gpu))
        if key not in self._known:
            self._known[key] = _deploy(self.model, self.load, gpu, ways, self.stack, self.serving)
        return self._known[key]

    @property
    def activations_grow(self) -> bool:
        """Whether activations follow from the length of a request rather than from the batch limits of the stack."""
        return self.stack.memory.activations in OF_THE_PROMPT or (self.stack.memory.activations == "compute_buffer" and self.serving.flash_attn is False)

    def held(self, deployment: Deployment, context: int, concurrency: int) -> int | None:
        """Bytes of cache and activations of so many requests of this length; None when they are not known."""
        load, cache = self.load, deployment.cache
        asked = Load(context, concurrency, None if load.prompt is None else min(load.prompt, context))
        active = _activation(self.model, asked, deployment.limits, deployment.ways, self.stack, self.serving, cache).value
        return None if cache is None or active is None else cache.request(context) * concurrency + active


def _deploy(model: Model, load: Load, gpu: Gpu | None, ways: int, stack: Stack, serving: Serving) -> Deployment:
    reading, limits = model.reading, limits_of(stack, gpu, serving)
    adapters = Adapters(serving.max_loras or 0, serving.max_lora_rank or 0)
    weights = weights_per_gpu(model.weights.resident, reading, model.counted, model.shares, ways, stack, adapters)
    settings, why = _settings(model, limits, ways, stack, serving)
    cache, token, request, state = _cache(model, load, settings, why, serving, ways if stack.splits == "layers" else 1)
    activation = _activation(model, load, limits, ways, stack, serving, cache)
    outside = overhead(gpu, ways, stack, serving)
    parts = {"weights_per_gpu": weights, "kv_per_request": request, "activations": activation, "overhead": outside}
    formula = "weights_per_gpu + kv_per_request x concurrency + activations + overhead"
    total = derived(parts, formula, lambda w, kv, a, o: w + kv * load.concurrency + a + o)
    if total.value is not None:
        inputs = {**total.inputs, "concurrency": load.concurrency}
        total = Figure.of(total.value, total.basis, formula, inputs, low=total.low, high=total.high, assumed=total.assumed)
    return Deployment(ways, limits, weights, token, request, state, activation, outside, total, cache, stack.splits == "layers" and ways > 1)


def _activation(model: Model, load: Load, limits: Limits, ways: int, stack: Stack, serving: Serving, cache: Allocator | None) -> Figure:
    reading, ways = model.reading, _inside(ways, stack)
    if stack.memory.activations not in OF_THE_PROMPT or reading.layout is None or reading.layout.uncounted:
        return activations(reading, limits, load.work, ways, stack, serving)
    run = Run(ways, load.concurrency, model.precision.label, model.precision.plan)
    return with_images(prompt_peak(reading, load.work, run, stack, serving, cache), reading, stack)


def _inside(ways: int, stack: Stack) -> int:
    """Ways in which one layer is split."""
    return 1 if stack.splits == "layers" else ways


def _settings(model: Model, limits: Limits, ways: int, stack: Stack, serving: Serving) -> tuple[CacheSettings | None, str]:
    """How the cache is laid out, or why that is not known."""
    reading = model.reading
    if reading.layout is None:
        return None, reading.why_unknown
    if why := cannot_split(reading, ways, stack):
        return None, why
    keys, values = _cache_bits(model, stack, serving)
    if keys is None or values is None:
        return None, model.precision.why_unknown
    held = stack.cache.state_bits or _BITS.get(reading.state_dtype, 16)
    has_state = any(keeps.kind == "state" for keeps in reading.layout.keeping)
    mode = serving.mamba_cache_mode or ("align" if serving.prefix_caching and has_state else "none")
    return CacheSettings(
        rules=stack.cache,
        ways=_inside(ways, stack),
        key_bits=keys,
        value_bits=values,
        state_bits=held,
        conv_bits=stack.cache.state_bits or 16,
        block=serving.block_size or stack.block_size,
        in_flight=limits.max_num_batched_tokens,
        mode=mode,
        ahead=serving.speculative_tokens or 0,
        n_ubatch=serving.n_ubatch or stack.n_ubatch,
        full_windows=bool(serving.swa_full),
        mla=serving.mla_cache if stack.cache.allocator == "cells" else None,
    ), ""


def _cache_bits(model: Model, stack: Stack, serving: Serving) -> tuple[float | None, float | None]:
    """Bits of a cached key and value: as asked for, else as the checkpoint says where the stack heeds that."""
    named = model.precision.cache_bits
    if not stack.cache.heeds_scheme and named is not None:
        named = 16
    if serving.dtype is not None and (named is None or named >= 16):
        named = _BITS.get(serving.dtype, named)
    parts = (serving.kv_dtype or "auto").casefold().split("/")
    bits = [named if part in ("auto", "") else stack.kv_bits.get(part.replace("-", "_")) for part in parts]
    return bits[0], bits[-1]


def _cache(
    model: Model, load: Load, settings: CacheSettings | None, why: str, serving: Serving, spread: int
) -> tuple[Allocator | None, Figure, Figure, Figure]:
    """`spread`: GPUs that whole layers are placed on; 1 where every GPU holds a part of each."""
    layout = model.reading.layout
    if settings is None or layout is None:
        return None, Figure.unknown(why), Figure.unknown(why), Figure.unknown(why)
    keeping = layout.keeping + (layout.mtp_keeping if serving.speculative_tokens else ())
    placed = Fullest(blocks(layout, spread), settings) if spread > 1 else None
    cache = placed or allocator(keeping, settings)
    state = placed.state if placed else sum(state_bytes(keeps, settings) for keeps in keeping)
    inputs: dict[str, int | float | str] = {
        "layers": sum(keeps.kind != "state" for keeps in keeping), "layers_with_state": sum(keeps.kind == "state" for keeps in keeping),
        "layers_with_window": sum(keeps.window is not None for keeps in keeping), "key_bits": settings.key_bits, "value_bits": settings.value_bits,
        "kv_heads_per_gpu": max(1, layout.kv_heads // settings.ways) if layout.kv_heads else 0, "ways": settings.ways,
        **({"gpus": spread, "layers_of_one_gpu": most_layers(layout, spread)} if spread > 1 else {}),
    }  # fmt: skip
    token = Figure.of(cache.growth(), "formula", "sum over layers without a window of (keys + values) x bits / 8 on one GPU", inputs)
    held = Figure.of(state, "formula", "sum over recurrent layers of convolution and state" if state else "no recurrent layers", {"ways": settings.ways})
    if load.context is None:
        return cache, token, Figure.unknown(model.why_no_context), held
    size = cache.request(load.context)
    table = {**inputs, "context": load.context, "page_bytes": cache.unit, "in_flight": settings.in_flight, "recurrent_state": state}
    return cache, token, Figure.of(size, "formula", "what the allocator of the stack hands out for `context` tokens: pages, windows and states", table), held

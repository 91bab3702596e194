"""All figures of one way to run a model: so many GPUs of one kind, split so many ways."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Serving
from auditor.domain.stack import Stack
from auditor.sizing.activations import Limits, Work, activations, limits_of, overhead, with_copied_cache
from auditor.sizing.cache import Allocator, CacheSettings, allocator, state_bytes
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure, derived
from auditor.sizing.parameters import Counted
from auditor.sizing.precision import Precision
from auditor.sizing.sharding import Adapters, Shares, cannot_split, weights_per_gpu
from auditor.sizing.weights import Weights

_BITS = {"float32": 32, "bfloat16": 16, "float16": 16}


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the deployment. `context` in tokens, None when it follows from a maximum that is unknown."""

    context: int | None
    concurrency: int
    prompt: int | None = None

    @property
    def work(self) -> Work:
        return Work(self.context if self.prompt is None else self.prompt, self.context)


@dataclass(frozen=True, slots=True)
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


def deploy(model: Model, load: Load, gpu: Gpu | None, ways: int, stack: Stack, serving: Serving) -> Deployment:
    """Computes a deployment; `gpu` None stands for a small card."""
    reading, limits = model.reading, limits_of(stack, gpu, serving)
    adapters = Adapters(serving.max_loras or 0, serving.max_lora_rank or 16)
    weights = weights_per_gpu(model.weights.resident, reading, model.counted, model.shares, ways, stack, adapters)
    settings, why = _settings(model, limits, ways, stack, serving)
    cache, token, request, state = _cache(model, load, settings, why, serving)
    activation = activations(reading, limits, load.work, ways, stack, serving)
    if stack.cache.copied:
        activation = with_copied_cache(activation, reading, load.work, token, request)
    outside = overhead(gpu, ways, stack, serving)
    parts = {"weights_per_gpu": weights, "kv_per_request": request, "activations": activation, "overhead": outside}
    formula = "weights_per_gpu + kv_per_request x concurrency + activations + overhead"
    total = derived(parts, formula, lambda w, kv, a, o: w + kv * load.concurrency + a + o)
    if total.value is not None:
        inputs = {**total.inputs, "concurrency": load.concurrency}
        total = Figure.of(total.value, total.basis, formula, inputs, low=total.low, high=total.high, assumed=total.assumed)
    return Deployment(ways, limits, weights, token, request, state, activation, outside, total, cache)


def _settings(model: Model, limits: Limits, ways: int, stack: Stack, serving: Serving) -> tuple[CacheSettings | None, str]:
    """How the cache is laid out, or why that is not known."""
    reading = model.reading
    if reading.layout is None:
        return None, reading.why_unknown
    if why := cannot_split(reading, ways):
        return None, why
    keys, values = _cache_bits(model, stack, serving)
    if keys is None or values is None:
        return None, model.precision.why_unknown
    held = stack.cache.state_bits or _BITS.get(reading.state_dtype, 16)
    has_state = any(keeps.kind == "state" for keeps in reading.layout.keeping)
    mode = serving.mamba_cache_mode or ("align" if serving.prefix_caching and has_state else "none")
    return CacheSettings(
        rules=stack.cache,
        ways=ways,
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


def _cache(model: Model, load: Load, settings: CacheSettings | None, why: str, serving: Serving) -> tuple[Allocator | None, Figure, Figure, Figure]:
    layout = model.reading.layout
    if settings is None or layout is None:
        return None, Figure.unknown(why), Figure.unknown(why), Figure.unknown(why)
    keeping = layout.keeping + (layout.mtp_keeping if serving.speculative_tokens else ())
    cache = allocator(keeping, settings)
    state = sum(state_bytes(keeps, settings) for keeps in keeping)
    inputs: dict[str, int | float | str] = {
        "layers": sum(keeps.kind != "state" for keeps in keeping), "layers_with_state": sum(keeps.kind == "state" for keeps in keeping),
        "layers_with_window": sum(keeps.window is not None for keeps in keeping), "key_bits": settings.key_bits, "value_bits": settings.value_bits,
        "kv_heads_per_gpu": max(1, layout.kv_heads // settings.ways) if layout.kv_heads else 0, "ways": settings.ways,
    }  # fmt: skip
    token = Figure.of(cache.growth(), "formula", "sum over layers without a window of (keys + values) x bits / 8 on one GPU", inputs)
    held = Figure.of(state, "formula", "sum over recurrent layers of convolution and state" if state else "no recurrent layers", {"ways": settings.ways})
    if load.context is None:
        return cache, token, Figure.unknown(model.why_no_context), held
    size = cache.request(load.context)
    table = {**inputs, "context": load.context, "page_bytes": cache.unit, "in_flight": settings.in_flight, "recurrent_state": state}
    return cache, token, Figure.of(size, "formula", "what the allocator of the stack hands out for `context` tokens: pages, windows and states", table), held

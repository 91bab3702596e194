"""Whether a deployment fits a card, and how much context and how many requests it leaves room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Count, Fit, Fits, Serving
from auditor.domain.stack import Stack
from auditor.sizing.activations import tier_of
from auditor.sizing.deployment import Deployment, Load, Model, deploy
from auditor.sizing.sharding import cannot_split

MIB = 1 << 20
GIB = 1 << 30
GPU_COUNTS = (1, 2, 4, 8)
"""Tried for cards that nobody declared; servers hold up to eight."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Bytes of a card that the stack may use: as logged or reported, and at the pessimistic end."""

    value: int
    low: int


@dataclass(frozen=True, slots=True)
class Room:
    """What a deployment leaves: longest context, budget of the KV cache, tokens and requests that it holds."""

    context: Count
    budget: Count
    tokens: Count
    requests: Count | float


NOTHING = Room(0, 0, 0, 0)


def limit(gpu: Gpu, stack: Stack, serving: Serving) -> Limit:
    """The stack's share of the memory seen in logs, else of what the driver reports, which no engine gets in full."""
    share = 1.0 if stack.share_of_free or tier_of(stack, gpu).reserved_gib else serving.gpu_memory_utilization or stack.gpu_memory_utilization
    if gpu.memory_measured_gib is not None:
        usable = int(gpu.memory_measured_gib * GIB * share)
        return Limit(usable, usable)
    reported = gpu.memory_mib * MIB * share
    return Limit(int(reported), int(reported * stack.memory.unmeasured_memory_share))


def fit(model: Model, load: Load, gpu: Gpu, cards: int, ways: int, stack: Stack, serving: Serving) -> Fit:
    """One row: `cards` of this kind, the model split `ways` ways."""
    deployment, usable = deploy(model, load, gpu, ways, stack, serving), limit(gpu, stack, serving)
    fits, because = _verdict(model, load, deployment, usable)
    room = _room(model, load, deployment, _static(gpu, usable, ways, stack, serving), stack, serving)
    total = deployment.total
    return Fit(
        gpu=gpu.key,
        gpus=cards,
        tensor_parallel=ways,
        precision=model.precision.label,
        context="unknown" if load.context is None else load.context,
        concurrency=load.concurrency,
        fits=fits,
        total_bytes=total.count,
        headroom_bytes="unknown" if total.value is None else usable.value - total.value,
        low_bytes="unknown" if total.low is None else total.low,
        high_bytes="unknown" if total.high is None else total.high,
        because=because,
        max_context=room.context,
        kv_budget_bytes=room.budget,
        kv_capacity_tokens=room.tokens,
        max_concurrency=room.requests,
    )


def usual_fits(model: Model, load: Load, gpus: Mapping[str, Gpu], ways: int | None, stack: Stack, serving: Serving) -> tuple[Fit, ...]:
    """One row per memory class: its card with the least usable memory, in the smallest number that fits, else that may fit, else the most."""
    return tuple(_smallest(model, load, gpu, ways, stack, serving) for gpu in _one_per_class(gpus, stack, serving))


def every_fit(models: tuple[Model, ...], load: Load, gpus: Mapping[str, Gpu], stack: Stack, serving: Serving) -> tuple[Fit, ...]:
    """The full matrix: precisions x cards x numbers of them that the model can be split over."""
    return tuple(
        fit(model, load, gpu, n, n, stack, serving)
        for model in models
        for _, gpu in sorted(gpus.items())
        for n in GPU_COUNTS
        if not cannot_split(model.reading, n)
    )


def _one_per_class(gpus: Mapping[str, Gpu], stack: Stack, serving: Serving) -> Iterator[Gpu]:
    by_class: dict[int, list[Gpu]] = {}
    for gpu in gpus.values():
        by_class.setdefault(gpu.memory_class_gib, []).append(gpu)
    for memory_class in sorted(by_class):
        yield min(by_class[memory_class], key=lambda gpu: (limit(gpu, stack, serving).low, gpu.key))


def _smallest(model: Model, load: Load, gpu: Gpu, ways: int | None, stack: Stack, serving: Serving) -> Fit:
    counts = [ways] if ways is not None else [n for n in GPU_COUNTS if not cannot_split(model.reading, n)]
    rows = []
    for n in counts:
        rows.append(fit(model, load, gpu, n, n, stack, serving))
        if rows[-1].fits == "yes":
            return rows[-1]
    return next((row for wanted in ("uncertain", "unknown") for row in rows if row.fits == wanted), rows[-1])


def _verdict(model: Model, load: Load, deployment: Deployment, usable: Limit) -> tuple[Fits, str]:
    weights, total, longest = deployment.weights, deployment.total, model.max_context
    if why := cannot_split(model.reading, deployment.ways):
        return "no", why
    if weights.low is not None and weights.low > usable.value:
        return "no", "the weights alone exceed what the stack may use"
    if load.context is not None and longest is not None and load.context > longest:
        return "no", f"the context is longer than the model's maximum of {longest}"
    if total.low is None or total.high is None:
        return "unknown", total.reason
    if longest is None:
        return "unknown", model.why_no_context
    if total.high <= usable.low:
        return "yes", "fits at the pessimistic end"
    if total.low <= usable.value:
        return "uncertain", "fits at the optimistic end only"
    return "no", "exceeds what the stack may use, even at the optimistic end"


def _static(gpu: Gpu, usable: Limit, ways: int, stack: Stack, serving: Serving) -> tuple[int, bool]:
    """Bytes for weights and cache, and whether activations and graphs lie outside of them."""
    tier = tier_of(stack, gpu)
    if not tier.reserved_gib:
        return usable.value, False
    if serving.gpu_memory_utilization is not None:
        return int(usable.value * serving.gpu_memory_utilization), True
    return max(0, usable.value - int((tier.reserved_gib + tier.reserved_gib_per_way * ways) * GIB)), True


def _room(model: Model, load: Load, deployment: Deployment, static: tuple[int, bool], stack: Stack, serving: Serving) -> Room:
    """At the figures' own values, not their ends. `static`: bytes that the stack shares out, and whether only weights come off them."""
    weights, cache, longest = deployment.weights, deployment.cache, model.max_context
    usable, apart = static
    if serving.kv_cache_memory is not None:
        budget = serving.kv_cache_memory
    elif weights.value is not None and weights.value > usable:
        return NOTHING
    elif apart and weights.value is not None:
        budget = usable - weights.value
    elif weights.value is None or deployment.activation.value is None or deployment.overhead.value is None:
        return Room("unknown", "unknown", "unknown", "unknown")
    else:
        left = usable - weights.value - deployment.activation.value - deployment.overhead.value
        budget = max(0, int(left * (stack.gpu_memory_utilization if stack.share_of_free else 1)))
    return room_in(deployment, budget, load, longest) if cache is not None else Room("unknown", budget, "unknown", "unknown")


def room_in(deployment: Deployment, budget: int, load: Load, longest: int | None) -> Room:
    """What `budget` bytes of cache hold on each GPU: whole pages, and a fraction of a request as engines print it."""
    cache = deployment.cache
    assert cache is not None
    usable = budget // cache.unit * cache.unit if cache.unit else 0
    context: Count = "unknown" if longest is None else _longest(deployment, usable // load.concurrency, longest)
    if load.context is None:
        return Room(context, budget, "unknown", "unknown")
    each = cache.request(load.context)
    if not each:
        return Room(context, budget, "unknown", "unknown")
    share = usable / each
    requests = round(share, 4)
    return Room(context, budget, int(share * load.context + 1e-6), int(requests) if requests == int(requests) else requests)


def _longest(deployment: Deployment, budget: int, longest: int) -> int:
    """The longest request that fits into `budget` bytes, by halving: a request never shrinks when it gets longer."""
    cache = deployment.cache
    assert cache is not None
    low, high = 0, longest
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if cache.request(middle) <= budget else (low, middle - 1)
    return low

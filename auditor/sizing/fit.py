"""Whether a deployment fits a card, and how much context and how many requests it leaves room for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Count, Fit, Fits, Serving
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.activations import tier_of
from auditor.sizing.deployment import Deployment, Deployments, Load
from auditor.sizing.sharding import cannot_split

MIB = 1 << 20
GIB = 1 << 30
GPU_COUNTS = (1, 2, 4, 8)
"""Tried for cards that nobody declared; servers hold up to eight."""


@record
class Limit:
    """Bytes of a card that the stack may use: as logged or reported, and at the pessimistic end."""

    value: int
    low: int


@record
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


def fit(runs: Deployments, gpu: Gpu, cards: int, ways: int) -> Fit:
    """One row: `cards` of this kind, the model split `ways` ways."""
    model, load, stack, serving = runs.model, runs.load, runs.stack, runs.serving
    deployment, usable = runs.on(gpu, ways), limit(gpu, stack, serving)
    fits, because = _verdict(runs, deployment, usable)
    room = _room(runs, deployment, _static(gpu, usable, ways, stack, serving))
    if fits == "yes" and load.context is not None and room.context != "unknown" and room.context < load.context:
        fits = "uncertain" if serving.gpu_memory_utilization is None else "no"
        because = f"fits the card, but not what {stack.key} leaves for weights and cache of it"
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


def usual_fits(runs: Deployments, gpus: Mapping[str, Gpu], ways: int | None) -> tuple[Fit, ...]:
    """One row per memory class: its card with the least usable memory, in the smallest number that fits, else that may fit, else the most."""
    return tuple(_smallest(runs, gpu, ways) for gpu in _one_per_class(gpus, runs.stack, runs.serving))


def every_fit(precisions: Iterable[Deployments], gpus: Mapping[str, Gpu]) -> tuple[Fit, ...]:
    """The full matrix: precisions x cards x numbers of them that the model can be split over."""
    return tuple(
        fit(runs, gpu, n, n)
        for runs in precisions
        for _, gpu in sorted(gpus.items())
        for n in GPU_COUNTS
        if not cannot_split(runs.model.reading, n, runs.stack)
    )


def _one_per_class(gpus: Mapping[str, Gpu], stack: Stack, serving: Serving) -> Iterator[Gpu]:
    by_class: dict[int, list[Gpu]] = {}
    for gpu in gpus.values():
        if gpu.memory_type == "unified":  # of a computer, which nobody adds to a server; shown when it is declared
            continue
        by_class.setdefault(gpu.memory_class_gib, []).append(gpu)
    for memory_class in sorted(by_class):
        yield min(by_class[memory_class], key=lambda gpu: (limit(gpu, stack, serving).low, gpu.key))


def _smallest(runs: Deployments, gpu: Gpu, ways: int | None) -> Fit:
    counts = [ways] if ways is not None else [n for n in GPU_COUNTS if not cannot_split(runs.model.reading, n, runs.stack)]
    rows = []
    for n in counts:
        rows.append(fit(runs, gpu, n, n))
        if rows[-1].fits == "yes":
            return rows[-1]
    return next((row for wanted in ("uncertain", "unknown") for row in rows if row.fits == wanted), rows[-1])


def _verdict(runs: Deployments, deployment: Deployment, usable: Limit) -> tuple[Fits, str]:
    model, load, given = runs.model, runs.load, runs.serving.kv_cache_memory  # a fixed KV cache: the stack takes it whole
    weights, total, longest = deployment.weights, deployment.total, model.max_context
    if why := cannot_split(model.reading, deployment.ways, runs.stack):
        return "no", why
    if weights.low is not None and weights.low > usable.value:
        return "no", "the weights alone exceed what the stack may use"
    if load.context is not None and longest is not None and load.context > longest:
        return "no", f"the context is longer than the model's maximum of {longest}"
    if total.low is None or total.high is None:
        return "unknown", total.reason
    if longest is None:
        return "unknown", model.why_no_context
    asked = (deployment.kv_request.value or 0) * load.concurrency
    if given is not None and asked > given:
        return "no", f"{given} bytes of KV cache do not hold {load.concurrency} x {load.context} tokens"
    spare = 0 if given is None else given - asked
    if total.high + spare <= usable.low:
        return "yes", "fits at the pessimistic end"
    if total.low <= usable.value < total.low + spare:
        return "no", f"{given} bytes of KV cache exceed what weights and activations leave"
    if total.low + spare <= usable.value:
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


def _room(runs: Deployments, deployment: Deployment, static: tuple[int, bool]) -> Room:
    """At the figures' own values, not their ends. `static`: bytes that the stack shares out, and whether only weights come off them."""
    model, load, stack, serving = runs.model, runs.load, runs.stack, runs.serving
    weights, cache, longest = deployment.weights, deployment.cache, model.max_context
    usable, apart = static
    if cannot_split(model.reading, deployment.ways, runs.stack):
        return NOTHING
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
        if runs.activations_grow and cache is not None:
            return _growing(runs, deployment, budget, left + deployment.activation.value)
    return room_in(deployment, budget, load, longest) if cache is not None else Room("unknown", budget, "unknown", "unknown")


def room_in(deployment: Deployment, budget: int, load: Load, longest: int | None) -> Room:
    """What `budget` bytes of cache hold on each GPU: whole pages, and requests of the asked context with their fraction."""
    cache = deployment.cache
    assert cache is not None
    usable = budget // cache.unit * cache.unit if cache.unit else 0
    share = usable // load.concurrency
    context: Count = "unknown" if longest is None else _most(lambda tokens: cache.request(tokens) <= share, longest)
    if load.context is None:
        return Room(context, budget, "unknown", "unknown")
    each = cache.request(load.context)
    if not each:
        return Room(context, budget, "unknown", "unknown")
    tokens = usable * load.context // each
    return Room(context, budget, tokens, _requests(tokens, load.context))


def _requests(tokens: int, context: int) -> int | float:
    """`tokens / context`, with a fraction as engines print it; times `context` and cut off it gives `tokens` again."""
    if tokens % context == 0:
        return tokens // context
    share = tokens / context
    tried = (share, math.nextafter(share, 0), math.nextafter(share, math.inf))
    return next((near for near in tried if near * context == tokens), next(near for near in tried if near * context >= tokens))


def _growing(runs: Deployments, deployment: Deployment, budget: int, space: int) -> Room:
    """Where longer and more requests take more activations too. `space`: bytes for both and the cache; a fraction of a request in proportion."""
    load, longest, cache = runs.load, runs.model.max_context, deployment.cache
    assert cache is not None and load.context is not None
    asked = load.context

    def fits(context: int, concurrency: int) -> bool:
        held = runs.held(deployment, context, concurrency)
        return held is not None and held <= space

    context: Count = "unknown" if longest is None else _most(lambda tokens: fits(tokens, load.concurrency), longest)
    each = cache.request(asked)
    if not each:
        return Room(context, budget, "unknown", "unknown")
    whole = _most(lambda requests: fits(asked, requests), max(0, space) // each)
    at, after = (runs.held(deployment, asked, requests) or 0 for requests in (whole, whole + 1))
    part = max(0, space - at) * asked // (after - at) if whole or at <= space else 0
    tokens = whole * asked + part
    return Room(context, budget, tokens, _requests(tokens, asked))


def _most(holds: Callable[[int], bool], most: int) -> int:
    """The largest number up to `most` that holds, by halving, else 0: what a number of tokens or requests takes never shrinks when it grows."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low

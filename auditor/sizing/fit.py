"""Whether a deployment fits a card, and how much context and how many requests it leaves room for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Count, Fit, Fits
from auditor.domain.stack import Stack
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


def limit(gpu: Gpu, stack: Stack) -> Limit:
    """The stack's share of the memory seen in logs, else of what the driver reports, which no engine gets in full."""
    if gpu.memory_measured_gib is not None:
        usable = int(gpu.memory_measured_gib * GIB * stack.gpu_memory_utilization)
        return Limit(usable, usable)
    reported = gpu.memory_mib * MIB * stack.gpu_memory_utilization
    return Limit(int(reported), int(reported * stack.memory.unmeasured_memory_share))


def fit(model: Model, load: Load, gpu: Gpu, cards: int, ways: int, stack: Stack) -> Fit:
    """One row: `cards` of this kind, the model split `ways` ways."""
    deployment, usable = deploy(model, load, gpu, ways, stack), limit(gpu, stack)
    fits, because = _verdict(model, load, deployment, usable)
    room = _room(model, load, deployment, usable, stack)
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
        max_context=room[0],
        kv_budget_bytes=room[1],
        kv_capacity_tokens=room[2],
        max_concurrency=room[3],
    )


def usual_fits(model: Model, load: Load, gpus: Mapping[str, Gpu], ways: int | None, stack: Stack) -> tuple[Fit, ...]:
    """One row per memory class: its card with the least usable memory, in the smallest number that fits, else that may fit, else the most."""
    return tuple(_smallest(model, load, gpu, ways, stack) for gpu in _one_per_class(gpus, stack))


def _one_per_class(gpus: Mapping[str, Gpu], stack: Stack) -> Iterator[Gpu]:
    by_class: dict[int, list[Gpu]] = {}
    for gpu in gpus.values():
        by_class.setdefault(gpu.memory_class_gib, []).append(gpu)
    for memory_class in sorted(by_class):
        yield min(by_class[memory_class], key=lambda gpu: (limit(gpu, stack).low, gpu.key))


def _smallest(model: Model, load: Load, gpu: Gpu, ways: int | None, stack: Stack) -> Fit:
    counts = [ways] if ways is not None else [n for n in GPU_COUNTS if not cannot_split(model.reading, n)]
    rows = [fit(model, load, gpu, n, n, stack) for n in counts]
    for wanted in ("yes", "uncertain", "unknown"):
        if row := next((row for row in rows if row.fits == wanted), None):
            return row
    return rows[-1]


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


def _room(model: Model, load: Load, deployment: Deployment, usable: Limit, stack: Stack) -> tuple[Count, Count, Count, Count]:
    """Longest context, budget of the KV cache, tokens that it holds, requests at once; at the figures' own values, not their ends."""
    weights, token, longest = deployment.weights, deployment.kv_token, model.max_context
    if weights.value is not None and weights.value > usable.value:
        return 0, 0, 0, 0
    if weights.value is None or deployment.activation.value is None or deployment.overhead.value is None:
        return "unknown", "unknown", "unknown", "unknown"
    budget = max(0, usable.value - weights.value - deployment.activation.value - deployment.overhead.value)
    if token.value is None:
        return "unknown", budget, "unknown", "unknown"
    pages = budget // (token.value * stack.block_size)
    context: Count = "unknown" if longest is None else min(longest, pages // load.concurrency * stack.block_size)
    if load.context is None:
        return context, budget, "unknown", "unknown"
    requests = pages // -(-load.context // stack.block_size)
    return context, budget, requests * load.context, requests

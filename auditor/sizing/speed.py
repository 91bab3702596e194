"""Speed of one request alone, by the roofline: a step reads every active weight and the cache once. An upper bound is never passed by measurements."""

from __future__ import annotations

import math

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Estimate, SizingOptions, Speed
from auditor.domain.record import record
from auditor.sizing.deployment import Deployment, Load, Model
from auditor.sizing.options import Split
from auditor.sizing.parameters import Counted
from auditor.sizing.plan import Plan

EFFICIENCY = 0.82
"""Share of the bandwidth that a step reaches on cards with GDDR and on Apple: 10 % off in the mean over 49 measured points, by a fit to them."""
BAND = 0.19
"""Nine of ten of these points lie within so much of the estimate."""
EFFICIENCY_HBM = 0.8
LOWEST_HBM = 0.31
"""Least share of the ceiling that was seen on stacked memory (llama.cpp of 2024 on A100 and H100; vLLM reached 0.69 to 0.73). No band: the engine decides."""
STEP_SECONDS = 0.0016
"""What a step costs beside reading."""
COMPUTE_SHARE = 0.5
"""Share of the dense rate that a prompt reaches: assumed, not validated."""


@record
class _Step:
    """Bytes read for one token, over all GPUs."""

    weights: int
    cache: int


def speed(model: Model, load: Load, top: Deployment, split: Split, options: SizingOptions) -> Speed:
    """Of the first declared GPU. Every figure is unknown where the bytes of the active weights are."""
    step, gpu, ways = _read(model, load, top), split.gpu, split.ways
    if step is None:
        claim = "" if options.claimed_tokens_per_second is None else "not judged: what one token reads is not known"
        return Speed(decode_tokens_per_second="unknown", ttft_seconds="unknown", request_seconds="unknown", ceiling_tokens_per_second="unknown", claim=claim)
    bandwidth, at_once = gpu.bandwidth_gb_per_s * 1e9 * ways, 1 if top.in_turn else ways
    ceiling = bandwidth / max(1, step.weights + step.cache)
    efficiency = EFFICIENCY_HBM if gpu.memory_type == "hbm" else EFFICIENCY
    decode = 1 / ((step.weights + step.cache) / (bandwidth * efficiency * at_once / ways) + STEP_SECONDS)
    first = _first(model, gpu, at_once, load.work.prompt)
    generated = _generated(load, options.serving.generated_tokens)
    return Speed(
        decode_tokens_per_second=round(decode, 2),
        ttft_seconds="unknown" if first is None else round(first, 4),
        request_seconds="unknown" if first is None else round(first + generated / decode, 4),
        ceiling_tokens_per_second=round(ceiling, 2),
        claim=_claim(options, ceiling, bandwidth / max(1, step.weights)),
    )


def estimates(speed: Speed, top: Deployment, split: Split, options: SizingOptions) -> dict[str, Estimate]:
    """How the figures came about. Decoding has a band on GDDR and Apple; on stacked memory its ends are the least share that was seen, and the ceiling."""
    decode, ceiling = speed.decode_tokens_per_second, speed.ceiling_tokens_per_second
    if isinstance(decode, str) or isinstance(ceiling, str):
        return {}
    stacked = split.gpu.memory_type == "hbm"
    inputs: dict[str, int | float | str] = {"bandwidth_gb_per_s": split.gpu.bandwidth_gb_per_s, "ways": split.ways, "at_once": 1 if top.in_turn else split.ways}
    notes = ["speed: one request alone; latency under load is not derivable from it"]
    notes += ["speed: no band; how much of stacked memory's bandwidth is reached depends on the engine"] if stacked else []
    notes += ["speed: the GPUs hold whole layers and work one after the other"] if top.in_turn else []
    notes += ["speed: without guessing ahead, which may pass the ceiling"] if options.serving.speculative_tokens else []
    low, high = (ceiling * LOWEST_HBM, ceiling) if stacked else (decode * (1 - BAND), min(decode * (1 + BAND), ceiling))
    shares: dict[str, int | float | str] = {"share_reached": EFFICIENCY_HBM} if stacked else {"share_reached": EFFICIENCY, "band": BAND}
    found = {
        "decode_tokens_per_second": Estimate(
            basis="assumed",
            low=int(min(low, decode)),
            high=math.ceil(high),
            formula="1 / ((active weights + cache) / (at_once x bandwidth x share reached) + seconds of a step)",
            inputs={**inputs, **shares, "seconds_of_a_step": STEP_SECONDS},
            assumed=tuple(notes),
        ),
        "ceiling_tokens_per_second": Estimate(
            basis="formula",
            low=int(ceiling),
            high=math.ceil(ceiling),
            formula="ways x bandwidth / (active weights + cache)",
            inputs=inputs,
            assumed=tuple(notes[2 if stacked else 1 :]),
        ),
    }
    for name, value in (("ttft_seconds", speed.ttft_seconds), ("request_seconds", speed.request_seconds)):
        if not isinstance(value, str):
            said = "2 x active parameters x prompt / (rate x share reached)" if name == "ttft_seconds" else "first token + answer / decoding"
            note = (f"speed: a prompt reaches {COMPUTE_SHARE:.0%} of the dense rate",)
            found[name] = Estimate(basis="assumed", low=int(value / 2), high=math.ceil(value * 2), formula=said, inputs=inputs, assumed=note)
    return {f"speed.{name}": estimate for name, estimate in found.items()}


def _generated(load: Load, said: int | None) -> int:
    """Tokens of the answer: as said, else what the prompt leaves of the context."""
    if said is not None:
        return said
    return 0 if load.prompt is None or load.context is None else load.context - load.prompt


def _claim(options: SizingOptions, ceiling: float, without_cache: float) -> str:
    """A claim is flagged as impossible only above what the weights alone allow: it may have been measured at a shorter context."""
    claim = options.claimed_tokens_per_second
    if claim is None:
        return ""
    if options.serving.speculative_tokens:
        return "not judged: speculative decoding may pass the ceiling"
    if claim > without_cache:
        return "above the ceiling: not possible for one request"
    return "above the ceiling at this context: possible only at a shorter one" if claim > ceiling else "below the ceiling"


def _read(model: Model, load: Load, top: Deployment) -> _Step | None:
    count, plan = model.counted, model.precision.plan
    if count is None or top.cache is None or load.context is None:
        return None
    resident = model.weights.resident.value
    weights = _active_bytes(count, plan) if plan is not None else None
    if weights is None and resident is not None and count.active == count.total:
        weights = resident
    if weights is None:
        return None
    return _Step(weights, top.cache.request(load.context) * top.ways)


def _active_bytes(count: Counted, plan: Plan) -> int:
    """Weights that one token reads: the active ones without the table of input embeddings, of which it reads a row."""
    tied = not any(weight.kind == "head" for weight in count.language)
    return int(sum(weight.size * weight.active * plan.bits(weight) for weight in count.language if weight.kind != "embedding" or tied) / 8)


def _first(model: Model, gpu: Gpu, ways: int, prompt: int | None) -> float | None:
    """Seconds to the first token: two operations per active parameter and token."""
    rate = gpu.dense_tflops.get("bf16")
    if rate is None or prompt is None or model.counted is None:
        return None
    return 2 * model.counted.active * prompt / (rate * 1e12 * COMPUTE_SHARE * ways)

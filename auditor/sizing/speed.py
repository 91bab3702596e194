"""Speed of one request alone, by the roofline: a step reads every active weight and the cache once. An upper bound is never passed by measurements."""

from __future__ import annotations

import math
from dataclasses import dataclass

from auditor.domain.hardware import Gpu
from auditor.domain.memory import Estimate, SizingOptions, Speed
from auditor.sizing.deployment import Deployment, Load, Model
from auditor.sizing.options import Split
from auditor.sizing.parameters import Counted
from auditor.sizing.plan import Plan

EFFICIENCY = 0.82
"""Share of the bandwidth that a step reaches on cards with GDDR and on Apple; 10 % in the mean over 49 measured points."""
EFFICIENCY_HBM = 0.8
STEP_SECONDS = 0.0016
"""What a step costs beside reading."""
COMPUTE_SHARE = 0.5
"""Share of the dense rate that a prompt reaches: assumed, not validated."""
BANDS = {"gddr": 0.1, "other": 0.46}
"""Where nine of ten measured points lie: on GDDR and Apple, and elsewhere (older llama.cpp reached a third of an A100)."""


@dataclass(frozen=True, slots=True)
class _Step:
    """Bytes read for one token, over all GPUs."""

    weights: int
    cache: int


def speed(model: Model, load: Load, top: Deployment, split: Split, options: SizingOptions) -> Speed:
    """Of the first declared GPU. Every figure is unknown where the bytes of the active weights are."""
    step = _read(model, load, top)
    claim = options.claimed_tokens_per_second
    if step is None:
        return Speed(decode_tokens_per_second="unknown", ttft_seconds="unknown", request_seconds="unknown", ceiling_tokens_per_second="unknown", claim="")
    gpu, ways = split.gpu, split.ways
    bandwidth = gpu.bandwidth_gb_per_s * 1e9 * ways
    ceiling = bandwidth / max(1, step.weights + step.cache)
    efficiency = EFFICIENCY if _gddr(gpu) else EFFICIENCY_HBM
    decode = 1 / ((step.weights + step.cache) / (bandwidth * efficiency) + STEP_SECONDS)
    prompt = load.work.prompt
    first = _first(model, gpu, ways, prompt)
    generated = options.serving.generated_tokens or 0
    return Speed(
        decode_tokens_per_second=round(decode, 2),
        ttft_seconds="unknown" if first is None else round(first, 4),
        request_seconds="unknown" if first is None else round(first + generated / decode, 4),
        ceiling_tokens_per_second=round(ceiling, 2),
        claim=_claim(claim, ceiling, bool(options.serving.speculative_tokens)),
    )


def estimates(speed: Speed, split: Split, options: SizingOptions) -> dict[str, Estimate]:
    """How the figures came about; the ends of decoding are the band in which measurements of such cards lie, and never above the ceiling."""
    decode, ceiling = speed.decode_tokens_per_second, speed.ceiling_tokens_per_second
    if isinstance(decode, str) or isinstance(ceiling, str):
        return {}
    wide = band(split.gpu)
    inputs: dict[str, int | float | str] = {"bandwidth_gb_per_s": split.gpu.bandwidth_gb_per_s, "ways": split.ways, "band": wide}
    notes = ("speed: one request alone; latency under load is not derivable from it",)
    high = decode * (1 + wide) if options.serving.speculative_tokens else min(decode * (1 + wide), ceiling)
    formula = "1 / ((active weights + cache) / (ways x bandwidth x share reached) + seconds of a step)"
    found = {
        "decode_tokens_per_second": Estimate(
            basis="assumed", low=int(decode * (1 - wide)), high=math.ceil(high), formula=formula, inputs=inputs, assumed=notes
        ),
        "ceiling_tokens_per_second": Estimate(
            basis="formula", low=int(ceiling), high=math.ceil(ceiling), formula="ways x bandwidth / (active weights + cache)", inputs=inputs, assumed=()
        ),
    }
    for name, value in (("ttft_seconds", speed.ttft_seconds), ("request_seconds", speed.request_seconds)):
        if not isinstance(value, str):
            said = "2 x active parameters x prompt / (rate x share reached)" if name == "ttft_seconds" else "first token + answer / decoding"
            note = (f"speed: a prompt reaches {COMPUTE_SHARE:.0%} of the dense rate",)
            found[name] = Estimate(basis="assumed", low=int(value / 2), high=math.ceil(value * 2), formula=said, inputs=inputs, assumed=note)
    return {f"speed.{name}": estimate for name, estimate in found.items()}


def _claim(claim: float | None, ceiling: float, guesses: bool) -> str:
    if claim is None:
        return ""
    if guesses:
        return "not judged: speculative decoding may pass the ceiling"
    return "above the ceiling: not possible for one request" if claim > ceiling else "below the ceiling"


def _gddr(gpu: Gpu) -> bool:
    return gpu.vendor == "apple" or "RTX" in gpu.name


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


def band(gpu: Gpu) -> float:
    """Relative half-width of the range in which decoding is expected."""
    return BANDS["gddr" if _gddr(gpu) else "other"]

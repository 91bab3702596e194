"""All figures of one way to run a model: so many GPUs of one kind, split so many ways."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.hardware import Gpu
from auditor.domain.stack import BatchDefaults, Stack
from auditor.sizing.activations import activations, batch_defaults, overhead
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure, derived
from auditor.sizing.kv_cache import per_request, per_token, state_per_sequence
from auditor.sizing.parameters import Counted
from auditor.sizing.precision import Precision
from auditor.sizing.sharding import weights_per_gpu
from auditor.sizing.weights import Weights


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of the model once everything has been read."""

    reading: Reading
    precision: Precision
    counted: Counted | None
    weights: Weights

    @property
    def max_context(self) -> int | None:
        """Longest context at which our figures hold."""
        if self.reading.shape is None:
            return None
        longest = self.reading.shape.counts["max_context"]
        return longest if longest is None or self.reading.window is None else min(longest, self.reading.window)

    @property
    def why_no_context(self) -> str:
        shape = self.reading.shape
        return shape.missing("max_context") if shape is not None else self.reading.why_unknown


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of the deployment. `context` in tokens, None when it follows from a maximum that is unknown."""

    context: int | None
    concurrency: int


@dataclass(frozen=True, slots=True)
class Deployment:
    """Figures in bytes per GPU."""

    ways: int
    limits: BatchDefaults
    weights: Figure
    kv_token: Figure
    kv_request: Figure
    state: Figure
    activation: Figure
    overhead: Figure
    total: Figure


def deploy(model: Model, load: Load, gpu: Gpu | None, ways: int, stack: Stack) -> Deployment:
    """Computes a deployment; `gpu` None stands for a small card."""
    reading, limits = model.reading, batch_defaults(stack, gpu)
    weights = weights_per_gpu(model.weights.resident, reading, model.counted, ways, stack)
    token = per_token(reading, model.precision, ways)
    request = per_request(token, load.context, model.why_no_context, stack)
    state = state_per_sequence(reading)
    activation = activations(reading, limits, ways, stack)
    outside = overhead(gpu, ways, stack)
    parts = {"weights_per_gpu": weights, "kv_per_request": request, "state_per_sequence": state, "activations": activation, "overhead": outside}
    formula = "weights_per_gpu + (kv_per_request + state_per_sequence) x concurrency + activations + overhead"
    total = derived(parts, formula, lambda w, kv, s, a, o: w + (kv + s) * load.concurrency + a + o)
    if total.known:
        total = Figure.of(
            total.value or 0, total.basis, formula, {**total.inputs, "concurrency": load.concurrency}, low=total.low, high=total.high, assumed=total.assumed
        )
    return Deployment(ways, limits, weights, token, request, state, activation, outside, total)

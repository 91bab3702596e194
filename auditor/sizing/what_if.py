"""A model at another precision than the published one: the bits of every module by a format or a GGUF recipe."""

from __future__ import annotations

from dataclasses import replace

from auditor.domain.errors import UsageError, did_you_mean
from auditor.sizing.deployment import Model
from auditor.sizing.families import Families
from auditor.sizing.figure import Figure
from auditor.sizing.parameters import Counted
from auditor.sizing.patterns import names
from auditor.sizing.plan import ByModule, Even, Gguf, Plan, Rule
from auditor.sizing.sharding import shares
from auditor.sizing.weights import Weights, module_bytes

EVERY = ("bf16", "fp8", "int8", "int4", "q8_0", "q6_k", "q5_k_m", "q4_k_m")
"""Precisions of the full matrix, beside the published one."""


def plan_for(name: str, known: Families, count: Counted, layers: int) -> Plan:
    """The plan of a precision by name. Raises UsageError for an unknown one."""
    wanted = name.casefold().replace("-", "_")
    target = known.what_if.get(wanted) or known.what_if.get(name.casefold())
    if target is None:
        raise UsageError(f"no precision is known as {name[:40]!r}{did_you_mean(name[:40], known.what_if)}", f"choose from: {', '.join(known.what_if)}")
    if target in known.recipes:
        experts = max((weight.count for weight in count.language if weight.kind == "expert"), default=0)
        tied = not any(weight.kind == "head" for weight in count.language)
        return Gguf(known.recipes[target], known, layers, experts, tied)
    if target == "bf16":
        return Even(2)
    return ByModule((Rule(known.formats[target].per_weight),), names(None))


def requantized(model: Model, name: str, known: Families) -> Model:
    """The model at that precision; unknown weights where its parameters are not counted."""
    label = name.casefold()
    if known.what_if.get(label.replace("-", "_")) is None and known.what_if.get(label) is None:
        raise UsageError(f"no precision is known as {name[:40]!r}{did_you_mean(name[:40], known.what_if)}", f"choose from: {', '.join(known.what_if)}")
    count, layout = model.counted, model.reading.layout
    if count is None or layout is None:
        why = model.reading.why_uncounted
        return replace(
            model,
            precision=replace(model.precision, label=label, quantized=True, width=None, plan=None),
            weights=Weights(Figure.unknown(why), Figure.unknown(why), ()),
        )
    plan = plan_for(name, known, count, len(layout.layers))
    total = module_bytes(count, plan)
    note = f"weights: {label} is computed, not published"
    inputs = {**count.inputs, "bits_per_weight": round(8 * total / max(1, count.total), 3)}
    figure = Figure.of(total, "assumed", "sum over modules of parameters x bits / 8", inputs, assumed=(note,))
    quantized = not isinstance(plan, Even)
    bits = model.precision.cache_bits if model.precision.cache_bits is not None else 16
    precision = replace(model.precision, label=label, quantized=quantized, width=None if quantized else 2, plan=plan, cache_bits=bits)
    return replace(model, precision=precision, weights=Weights(figure, figure, (note,)), shares=shares(count, plan, False))

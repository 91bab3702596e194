"""One model: facts from its evidence, findings from the facts, a verdict per area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from auditor.audit.memory import memory_of
from auditor.audit.modality import multimodal
from auditor.audit.scopes import scopes
from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelEvidence, ModelRef, Unavailable
from auditor.domain.license import Use
from auditor.domain.license_facts import LicenseFacts, ObligationFact, ParentRef, UseResult
from auditor.domain.memory import Memory
from auditor.domain.profile import Agreement
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import OF_OUTCOME, OF_PERMISSION, AreaName, AreaVerdict, Verdict, worst
from auditor.engine.evaluate import FindingFact, evaluate
from auditor.engine.rule import Rule
from auditor.licensing.conditions import Situation
from auditor.licensing.lineage import Inheritance, Parent, inheritance
from auditor.licensing.obligations import obligations
from auditor.licensing.parents import parents as stated_parents
from auditor.licensing.permissions import combined, own_results

if TYPE_CHECKING:
    from auditor.audit.pipeline import Request


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What every model of a run is judged by."""

    catalog: Catalog
    rules: tuple[Rule, ...]
    single_release: bool


@dataclass(frozen=True, slots=True)
class Licensed:
    """A model with its license facts and its parents with theirs."""

    evidence: ModelEvidence
    facts: LicenseFacts
    parents: tuple[tuple[ParentRef, ModelEvidence | None, LicenseFacts | None], ...]


@dataclass(frozen=True, slots=True)
class AreaResult:
    """The verdict of one area and why."""

    area: AreaName
    verdict: AreaVerdict
    gating: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything concluded about one model."""

    evidence: ModelEvidence
    license: LicenseFacts
    own: tuple[UseResult, ...]
    permissions: tuple[UseResult, ...]
    obligations: tuple[ObligationFact, ...]
    inheritance: Inheritance
    memory: Memory
    findings: tuple[FindingFact, ...]
    areas: tuple[AreaResult, ...]
    verdict: Verdict


def license_stage(
    evidence: ModelEvidence, licensed: Mapping[ModelRef, LicenseFacts], parents: Mapping[ModelRef, ModelEvidence], by_id: Mapping[str, ModelRef]
) -> Licensed:
    """Joins a model with what was collected of its stated parents."""
    found = []
    for ref in stated_parents(evidence):
        key = by_id.get(ref.name.lower()) if ref.is_id else None
        found.append((ref, parents[key] if key else None, licensed[key] if key else None))
    return Licensed(evidence, licensed[evidence.requested], tuple(found))


def assess(model: Licensed, request: Request, knowledge: Knowledge) -> Assessment:
    """Facts, findings and verdicts of one model."""
    catalog, profile, facts = knowledge.catalog, request.profile, model.facts
    situation = Situation(
        profile.facts,
        catalog.vocabulary,
        multimodal(model.evidence, catalog.vocabulary),
        knowledge.single_release,
        agreements=_held(request),
        publisher=model.evidence.id.partition("/")[0],
    )
    own = own_results(facts, catalog, situation)
    family = [
        Parent(ref, evidence, parent_facts, multimodal(evidence, catalog.vocabulary) if evidence else None) for ref, evidence, parent_facts in model.parents
    ]
    inherited = inheritance(model.evidence.id, facts, own, family, catalog, situation)
    permissions = tuple(combined(result, inherited.by_use.get(result.use, ())) for result in own)
    duties = obligations(facts.candidates if facts.trusted else (), inherited.obliging, profile.uses, catalog, situation)
    memory = memory_of(model.evidence, request.sizing, catalog)
    gating = request.policy.gating(bool(request.sizing.gpus), request.stack is not None)
    all_scopes = scopes(model.evidence, facts, own, inherited, memory, request, catalog)
    findings = evaluate(knowledge.rules, all_scopes, request.policy, gating)
    areas = _areas(findings, own, inherited, profile.uses, gating, bool(request.sizing.gpus), _compared(model, request))
    if isinstance(model.evidence.info, Unavailable):
        areas = tuple(_nothing_known(area, model.evidence.info) if area.area == "lineage" else area for area in areas)
    verdict = worst(area.verdict for area in areas if area.gating)  # type: ignore[misc]
    return Assessment(model.evidence, facts, own, permissions, duties, inherited, memory, findings, areas, verdict)


def _compared(model: Licensed, request: Request) -> str:
    """What the local copy was held against; empty when it was not."""
    return next((compared.against for compared in request.compared if compared.model == model.evidence.requested), "")


def _held(request: Request) -> tuple[Agreement, ...]:
    """Agreements that hold on the day that the run is judged at."""
    day = date.fromisoformat(request.evaluated_at[:10])
    return tuple(agreement for agreement in request.profile.agreements if agreement.holds_on(day))


def _areas(
    findings: Sequence[FindingFact],
    own: Sequence[UseResult],
    inherited: Inheritance,
    uses: Sequence[Use],
    gating: frozenset[AreaName],
    gpus: bool,
    compared: str,
) -> tuple[AreaResult, ...]:
    own_intended = [result for result in own if result.use in uses]
    flowing = [result for use in uses for _, result in inherited.by_use.get(use, ())]
    fits = "Fits the declared GPU at the pessimistic end of the estimate" if gpus else "No GPU was declared"
    return (
        _area("license", findings, own_intended, gating, "Every intended use is permitted and nothing is asked for"),
        _area(
            "lineage",
            findings,
            flowing,
            gating,
            "No base model is stated" if not inherited.edges else "Nothing that flows down from the base models restricts an intended use",
        ),
        _artifact(findings, gating, compared),
        _area("memory", findings, [], gating, fits) if gpus else AreaResult("memory", "not_gated", False, (fits,)),
        _not_assessed("serving"),
        _not_assessed("documentation"),
    )


def _artifact(findings: Sequence[FindingFact], gating: frozenset[AreaName], compared: str) -> AreaResult:
    """Assessed only as far as a local copy was held against the model that it claims to be."""
    if not compared:
        return _not_assessed("artifact")
    return _area("artifact", findings, [], gating, f"Every listed file that could be compared is that of {compared}")


def _not_assessed(area: AreaName) -> AreaResult:
    return AreaResult(area, "not_assessed", False, ())


def _nothing_known(area: AreaResult, missing: Unavailable) -> AreaResult:
    """Without metadata an area that no rule spoke of is not fine: nothing is known of it."""
    return AreaResult(area.area, "incomplete", area.gating, (f"Nothing is known of this model: {one_line(missing.detail)}",)) if area.gating else area


def _area(area: AreaName, findings: Sequence[FindingFact], results: Sequence[UseResult], gating: frozenset[AreaName], fine: str) -> AreaResult:
    """The worst of the area's findings, and `conditional` where a permission is."""
    mine = [finding for finding in findings if finding.area == area]
    conditional = [result for result in results if result.result == "conditional"]
    verdict = worst([*(OF_OUTCOME[finding.outcome] for finding in mine), *(OF_PERMISSION[result.result] for result in conditional)])
    telling = [finding.message for finding in mine if OF_OUTCOME[finding.outcome] == verdict and finding.outcome != "note"]
    reasons = telling or [f"{result.use.replace('_', ' ').capitalize()} use is {result.because}" for result in conditional] or [fine]
    return AreaResult(area, verdict if area in gating else "not_gated", area in gating, tuple(dict.fromkeys(reasons)))

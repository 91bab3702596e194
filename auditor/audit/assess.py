"""One model: facts from its evidence, findings from the facts, a verdict per area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from auditor.audit.memory import memory_of
from auditor.audit.modality import multimodal
from auditor.audit.scopes import scopes
from auditor.catalog.catalog import Catalog
from auditor.crawler.gather import MAX_DEPTH
from auditor.domain.evidence import ModelEvidence, ModelRef, Unavailable
from auditor.domain.license import Use
from auditor.domain.license_facts import LicenseFacts, ObligationFact, UseResult
from auditor.domain.memory import Memory
from auditor.domain.profile import Agreement
from auditor.domain.record import record
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import OF_OUTCOME, OF_PERMISSION, AreaName, AreaVerdict, Verdict, worst
from auditor.engine.evaluate import FindingFact, evaluate
from auditor.engine.rule import Rule
from auditor.licensing.ancestry import Member, Step, ancestry
from auditor.licensing.conclude import chosen
from auditor.licensing.conditions import Situation
from auditor.licensing.datasets import Dataset, datasets
from auditor.licensing.fulfilment import fulfilled
from auditor.licensing.lineage import Child, Inheritance, Parent, inheritance
from auditor.licensing.obligations import obligations
from auditor.licensing.permissions import best_alternative, combined, own_results

if TYPE_CHECKING:
    from auditor.audit.pipeline import Request


@record
class Knowledge:
    """What every model of a run is judged by."""

    catalog: Catalog
    rules: tuple[Rule, ...]
    single_release: bool


@record
class Licensed:
    """A model with its license facts and its parents with theirs."""

    evidence: ModelEvidence
    facts: LicenseFacts
    steps: tuple[Step, ...]
    """Every statement that leads to an ancestor, nearest first."""

    def bases(self) -> tuple[tuple[ModelEvidence, LicenseFacts], ...]:
        """Ancestors that something was had of, each once, nearest first."""
        members = {step.parent.key: step.parent for step in self.steps if step.parent and not isinstance(step.parent.evidence.info, Unavailable)}
        return tuple((member.evidence, member.facts) for key, member in members.items() if key != (self.evidence.id.lower(), self.evidence.sha))


@record
class AreaResult:
    """The verdict of one area and why."""

    area: AreaName
    verdict: AreaVerdict
    gating: bool
    reasons: tuple[str, ...]


@record
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
    bases: tuple[tuple[ModelEvidence, LicenseFacts], ...] = ()
    """Base models that something was had of."""
    datasets: tuple[Dataset, ...] = ()
    missing: tuple[tuple[str, Unavailable | None], ...] = ()
    """Base models that could not be had, by name, each with the reason; None for one that was beyond the bounds."""


Family = Mapping[tuple[str, str | None], Member]
"""Ancestors by id in lower case, and revision."""


def family_of(ancestors: Mapping[ModelRef, ModelEvidence], licensed: Mapping[ModelRef, LicenseFacts]) -> Family:
    """Everybody who was named as a base model."""
    return {(ref.id.lower(), ref.revision): Member(ancestors[ref], licensed[ref]) for ref in reversed(list(ancestors))}


def license_stage(evidence: ModelEvidence, facts: LicenseFacts, family: Family) -> Licensed:
    """Joins a model with what was collected of its ancestors."""
    return Licensed(evidence, facts, ancestry(Member(evidence, facts), lambda ref: family.get((ref.name.lower(), ref.revision)), MAX_DEPTH))


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
    if facts.alternatives:
        facts = chosen(facts, best_alternative(facts, profile.uses, catalog, situation), catalog)
    own = own_results(facts, catalog, situation)
    family = _parents(model.steps, catalog)
    inherited = inheritance(model.evidence.id, facts, own, family, catalog, situation, model.evidence)
    permissions = tuple(combined(result, inherited.by_use.get(result.use, ())) for result in own)
    duties = obligations(facts.candidates if facts.trusted else (), inherited.obliging, profile.uses, catalog, situation)
    duties = fulfilled(duties, model.evidence, facts, inherited.edges, {one.id: one for one, _ in model.bases()})
    memory = memory_of(model.evidence, request.sizing, catalog)
    gating = request.policy.gating(bool(request.sizing.gpus), request.stack is not None)
    all_scopes = scopes(model.evidence, facts, own, inherited, memory, request, catalog)
    findings = evaluate(knowledge.rules, all_scopes, request.policy, gating)
    areas = _areas(findings, own, inherited, profile.uses, gating, bool(request.sizing.gpus), _compared(model, request))
    if isinstance(model.evidence.info, Unavailable):
        areas = tuple(_nothing_known(area, model.evidence.info) if area.area == "lineage" else area for area in areas)
    verdict = worst(area.verdict for area in areas if area.gating)  # type: ignore[misc]
    return Assessment(
        model.evidence,
        facts,
        own,
        permissions,
        duties,
        inherited,
        memory,
        findings,
        areas,
        verdict,
        model.bases(),
        datasets(model.evidence, catalog),
        _missing(model, inherited),
    )


def _missing(model: Licensed, inherited: Inheritance) -> tuple[tuple[str, Unavailable | None], ...]:
    found: dict[str, Unavailable | None] = {}
    for step, edge in zip(model.steps, inherited.edges, strict=True):
        if edge.state != "unfetched":
            continue
        had = step.child if step.ref.unread else step.parent
        if had is None or isinstance(had.evidence.info, Unavailable):
            found.setdefault(edge.parent, had.evidence.info if had and isinstance(had.evidence.info, Unavailable) else None)
        elif had.evidence is not model.evidence:
            found.update({path: one for path, one in had.evidence.unavailable.items() if one.reason != "absent"})
    return tuple(found.items())


def _parents(steps: Sequence[Step], catalog: Catalog) -> list[Parent]:
    children: dict[int, Child] = {}
    found = []
    for step in steps:
        member, evidence = step.child, step.parent.evidence if step.parent else None
        if step.depth > 1 and id(member) not in children:
            children[id(member)] = Child(member.evidence.id, member.facts, multimodal(member.evidence, catalog.vocabulary))
        found.append(
            Parent(
                step.ref,
                evidence,
                step.parent.facts if step.parent else None,
                multimodal(evidence, catalog.vocabulary) if evidence else None,
                children[id(member)] if step.depth > 1 else None,
                step.depth,
                step.cycle,
                step.distilled,
            )
        )
    return found


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
        _area("serving", findings, [], gating, "") if any(finding.area == "serving" for finding in findings) else _not_assessed("serving"),
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

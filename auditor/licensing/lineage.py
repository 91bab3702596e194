"""A model and its base models: what flows down, and whether the child's own license keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelEvidence, Unavailable
from auditor.domain.license import License, Use
from auditor.domain.license_facts import EdgeFacts, Grade, LicenseFacts, ParentRef, UseResult
from auditor.domain.truth import Truth
from auditor.licensing.conditions import Situation
from auditor.licensing.permissions import better, own_results

_NOTICE_KINDS = frozenset({"license_copy", "notice", "attribution", "change_notice", "display", "naming", "trademark"})


@dataclass(frozen=True, slots=True)
class Parent:
    """A stated parent with what could be had of it."""

    ref: ParentRef
    evidence: ModelEvidence | None
    facts: LicenseFacts | None
    multimodal: Truth
    """Of the parent: its terms speak of its own release, not of the child's."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """Edges to the parents, and what flows down for each use (parent id, result)."""

    edges: tuple[EdgeFacts, ...]
    by_use: Mapping[Use, tuple[tuple[str, UseResult], ...]]
    obliging: tuple[tuple[str, str], ...]
    """(parent id, license key) whose obligations flow down."""


def inheritance(child_id: str, child: LicenseFacts, own: Sequence[UseResult], parents: Sequence[Parent], catalog: Catalog, situation: Situation) -> Inheritance:
    """Grades every edge and collects what each parent allows."""
    edges: list[EdgeFacts] = []
    by_use: dict[Use, list[tuple[str, UseResult]]] = {}
    obliging: list[tuple[str, str]] = []
    for parent in parents:
        theirs = replace(situation, multimodal=parent.multimodal, publisher=_publisher(parent.evidence.id if parent.evidence else parent.ref.name))
        edge = _edge(child_id, child, parent, catalog, own, theirs)
        edges.append(edge)
        if edge.state == "known" and parent.facts is not None and _same_terms(child, parent, situation):
            continue
        for result in _flowing(edge, parent.facts, own, catalog, theirs):
            by_use.setdefault(result.use, []).append((edge.parent, result))
        if edge.state == "known" and parent.facts is not None:
            obliging += [(edge.parent, key) for key in parent.facts.candidates]
    return Inheritance(tuple(edges), {use: tuple(found) for use, found in by_use.items()}, tuple(obliging))


def _same_terms(child: LicenseFacts, parent: Parent, situation: Situation) -> bool:
    """Nothing flows down that the child's own license does not say already. Terms may speak of multimodal models, so both must be of a kind."""
    facts = parent.facts
    same = facts is not None and child.trusted and facts.trusted and set(facts.candidates) == set(child.candidates)
    return same and parent.multimodal == situation.multimodal


def _flowing(edge: EdgeFacts, facts: LicenseFacts | None, own: Sequence[UseResult], catalog: Catalog, situation: Situation) -> list[UseResult]:
    """What the parent allows. While its license cannot be told for sure, only what it prohibits counts; the rest is unknown."""
    stated = own_results(facts, catalog, situation) if facts is not None else ()
    if edge.state == "known" or (edge.excused and facts is not None and facts.trusted):
        return list(stated)
    barred = {result.use: result for result in stated if result.result == "prohibited"}
    return [barred.get(use, UseResult(use, "unknown", edge.because, (), ())) for use in (r.use for r in own) if use in barred or not edge.excused]


def _edge(child_id: str, child: LicenseFacts, parent: Parent, catalog: Catalog, own: Sequence[UseResult], situation: Situation) -> EdgeFacts:
    ref, facts, evidence = parent.ref, parent.facts, parent.evidence
    name = evidence.id if evidence is not None else ref.name
    proof = ref.evidence + (facts.conclusion.evidence if facts else ())

    def edge(grade: Grade, because: str, state: str, key: str | None = None, excused: bool = False) -> EdgeFacts:
        return EdgeFacts(child_id, name, ref.relation, ref.source, key, grade, because, state, excused, proof)  # type: ignore[arg-type]

    excused = child.identified_in != "none" and child.trusted and _publisher(child_id) == _publisher(name)
    if not ref.is_id:
        return edge("unknown", f"the base model {name!r} is no repository on the Hub, so its license is unknown", "unidentified")
    if evidence is None or facts is None or isinstance(evidence.info, Unavailable):
        why = evidence.info.detail if evidence is not None and isinstance(evidence.info, Unavailable) else "it was not fetched"
        if evidence is not None and "/" not in name and isinstance(evidence.info, Unavailable) and evidence.info.reason == "missing":
            return edge("unknown", f"the base model {name!r} is no repository on the Hub, so its license is unknown", "unidentified")
        return edge("unknown", f"the license of the base model {name} could not be had: {why}", "unfetched", excused=excused)
    if missing := _out_of_reach(facts):
        return edge("unknown", f"the license of the base model {name} could not be had: {missing}", "unfetched", excused=excused)
    if facts.tag.kind == "none" and not facts.candidates and not facts.texts and not facts.card_problems:
        return edge("unknown", f"the base model {name} states no license, so it permits nothing", "no_license")
    if why := _cannot_be_told(facts):
        return edge("unknown", f"the license of the base model {name} cannot be told: {why}", "unidentified")
    grade, because = _grade(child_id, child, name, facts, catalog, own, situation)
    return edge(grade, because, "known", facts.candidates[0] if len(facts.candidates) == 1 else None)


def _out_of_reach(facts: LicenseFacts) -> str:
    """What could not be read and may decide, as for the model itself: nothing beside an identified gate prompt, a license file beside a tag or
    another file, anything where no license is stated. A family name stays undecided whatever is read."""
    if facts.identified_in == "gate_prompt":
        return ""
    if facts.identified_in == "file" or facts.tag.kind == "exact":
        return "; ".join(facts.unread_license_files)
    return "; ".join(facts.unread_license_files + facts.unread_other) if facts.tag.kind == "none" else ""


def _cannot_be_told(facts: LicenseFacts) -> str:
    """Why a person must look at the parent's license; empty when one license is named, be its text seen or not."""
    if facts.conflicts:
        return f"its statements contradict each other: {' against '.join(facts.conflicts[0].values)}"
    if facts.card_problems:
        return facts.card_problems[0]
    if facts.trusted and (strange := [text.path for text in facts.texts if not text.key]):
        return f"its gate holds terms that no known text matches ({strange[0]})"
    if facts.gate_words and facts.identified_in == "none":
        return facts.why_untrusted
    return facts.why_untrusted if not facts.candidates or (not facts.trusted and len(facts.candidates) != 1) else ""


def _publisher(model_id: str) -> str:
    return model_id.partition("/")[0].lower()


def _grade(
    child_id: str, child: LicenseFacts, parent: str, facts: LicenseFacts, catalog: Catalog, own: Sequence[UseResult], situation: Situation
) -> tuple[Grade, str]:
    theirs = [catalog.license(key) for key in facts.candidates]
    ours = [catalog.license(key) for key in child.candidates if key in catalog.license_keys]
    names = ", ".join(license.name for license in theirs)
    if not child.candidates:
        return "unknown", f"the model's own license is unknown, that of the base model {parent} is {names}"
    dropped = [
        kind for license in theirs if license.key not in child.candidates for kind in restrictions(license) if not any(kind in restrictions(o) for o in ours)
    ]
    if dropped:
        listed = ", ".join(sorted(set(dropped))).replace("_", " ")
        return "permission_dropped", f"the base model {parent} is under {names}, whose restrictions ({listed}) the stated license of {child_id} does not carry"
    if prefix := _missing_prefix(child_id, theirs):
        return "notice_missing", f"{names} wants the name of a derivative to begin with {prefix!r}"
    inherited = own_results(facts, catalog, situation)
    if any(better(theirs_result.result, ours_result.result) for theirs_result, ours_result in zip(inherited, own, strict=True)) and child.trusted:
        return "over_restrictive", f"the model's own license is stricter than {names} of the base model {parent}"
    return "benign", f"nothing of {names} of the base model {parent} is dropped"


def restrictions(license: License) -> set[str]:
    """Kinds of terms that bind whoever receives a derivative, apart from notices: what a freer relabelling would drop."""
    withheld = {"not_granted"} if any(grant.given == "no" for grant in license.grants.values()) else set()
    return withheld | {
        term.kind
        for term in license.terms
        if term.flows_down and (term.effect == "prohibit" or (term.effect == "oblige" and term.kind not in _NOTICE_KINDS and term.kind != "derivative_naming"))
    }


def _missing_prefix(child_id: str, licenses: Sequence[License]) -> str:
    name = child_id.rsplit("/", 1)[-1].lower()
    prefixes = [t.obligation.name_prefix for license in licenses for t in license.terms if t.obligation and t.obligation.name_prefix]
    return next((prefix for prefix in prefixes if not name.startswith(prefix.lower().replace(" ", "-"))), "")

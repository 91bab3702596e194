"""A model and its ancestors: what flows down, and whether each child's own license keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelEvidence, Unavailable
from auditor.domain.license import License, Use
from auditor.domain.license_facts import EdgeFacts, EdgeState, Grade, LicenseFacts, ParentRef, Relation, UseResult
from auditor.domain.truth import Truth
from auditor.licensing.conditions import Situation
from auditor.licensing.permissions import better, own_results

_REACHING = frozenset({"conditional", "derivative", "forbidden"})
"""What a license may say about training on outputs that binds whoever does."""
_NOTICE_KINDS = frozenset({"license_copy", "notice", "attribution", "change_notice", "display", "naming", "trademark"})


@dataclass(frozen=True, slots=True)
class Child:
    """A model of the family that states a parent."""

    id: str
    facts: LicenseFacts
    multimodal: Truth


@dataclass(frozen=True, slots=True)
class Parent:
    """A stated parent with what could be had of it."""

    ref: ParentRef
    evidence: ModelEvidence | None
    facts: LicenseFacts | None
    multimodal: Truth
    """Of the parent: its terms speak of its own release, not of the child's."""
    child: Child | None = None
    """Who states it; None for the audited model itself."""
    depth: int = 1
    cycle: tuple[str, ...] = ()
    distilled: bool = False
    """See `auditor.licensing.ancestry.Step`."""


@dataclass(frozen=True, slots=True)
class Inheritance:
    """Edges to all ancestors, nearest first, and what flows down from them for each use (ancestor's id, result)."""

    edges: tuple[EdgeFacts, ...]
    by_use: Mapping[Use, tuple[tuple[str, UseResult], ...]]
    obliging: tuple[tuple[str, str], ...]
    """(ancestor's id, license key) whose obligations flow down."""


def inheritance(child_id: str, child: LicenseFacts, own: Sequence[UseResult], parents: Sequence[Parent], catalog: Catalog, situation: Situation) -> Inheritance:
    """Grades every edge by the license of the model that states it, and collects what each ancestor allows: nothing on the way lifts what an ancestor says."""
    root = Child(child_id, child, situation.multimodal)
    edges: list[EdgeFacts] = []
    by_use: dict[Use, list[tuple[str, UseResult]]] = {}
    obliging: list[tuple[str, str]] = []
    seen: set[tuple[UseResult, ...]] = set()
    allowed: dict[tuple[int, str, Truth], Sequence[UseResult]] = {(id(child), child_id, situation.multimodal): own}

    def allows(facts: LicenseFacts, name: str, multimodal: Truth) -> Sequence[UseResult]:
        """What a model's own license allows this deployer, worked out once for each."""
        key = (id(facts), name, multimodal)
        if key not in allowed:
            allowed[key] = own_results(facts, catalog, replace(situation, multimodal=multimodal, publisher=_publisher(name)))
        return allowed[key]

    for parent in parents:
        one = parent.child or root
        name = parent.evidence.id if parent.evidence else parent.ref.name
        theirs = allows(parent.facts, name, parent.multimodal) if parent.facts is not None else ()
        edge = _edge(one, parent, catalog, allows(one.facts, one.id, one.multimodal), theirs, root)
        edges.append(edge)
        known = edge.state == "known" and parent.facts is not None
        if known and (parent.cycle or _same_terms(child, parent, situation) or not _reaches(parent, catalog)):
            continue
        results = tuple(_flowing(edge, parent.facts, own, theirs))
        if not (parent.depth > 1 and known and results in seen):  # what a nearer one says already
            for result in results:
                found = by_use.setdefault(result.use, [])
                found += [] if (edge.parent, result) in found else [(edge.parent, result)]
        if known and parent.facts is not None:
            seen.add(results)
            obliging += [(edge.parent, key) for key in parent.facts.candidates if (edge.parent, key) not in obliging]
    return Inheritance(tuple(edges), {use: tuple(found) for use, found in by_use.items()}, tuple(obliging))


def _reaches(parent: Parent, catalog: Catalog) -> bool:
    """Whether the parent's terms bind the audited model: always, unless only outputs link the two and the license does not speak of training on them."""
    return not parent.distilled or parent.facts is None or any(catalog.license(key).outputs.training in _REACHING for key in parent.facts.candidates)


def _same_terms(child: LicenseFacts, parent: Parent, situation: Situation) -> bool:
    """Nothing flows down that the child's own license does not say already. Terms may speak of multimodal models, so both must be of a kind."""
    facts = parent.facts
    same = facts is not None and child.trusted and facts.trusted and set(facts.candidates) == set(child.candidates)
    return same and parent.multimodal == situation.multimodal


def _flowing(edge: EdgeFacts, facts: LicenseFacts | None, own: Sequence[UseResult], stated: Sequence[UseResult]) -> list[UseResult]:
    """What the parent allows. While its license cannot be told for sure, only what it prohibits counts; the rest is unknown."""
    if edge.state == "known" or (edge.excused and facts is not None and facts.trusted):
        return list(stated)
    barred = {result.use: result for result in stated if result.result == "prohibited"}
    return [barred.get(use, UseResult(use, "unknown", edge.because, (), ())) for use in (r.use for r in own) if use in barred or not edge.excused]


def _edge(child: Child, parent: Parent, catalog: Catalog, own: Sequence[UseResult], theirs: Sequence[UseResult], root: Child) -> EdgeFacts:
    """`own` and `theirs`: what the licenses of child and parent allow."""
    ref, facts, evidence = parent.ref, parent.facts, parent.evidence
    name = evidence.id if evidence is not None else ref.name
    proof = ref.evidence + (facts.conclusion.evidence if facts else ())
    excused = any(_answers_for(one, name) for one in (child, root))

    def edge(grade: Grade, because: str, state: EdgeState, key: str | None = None, excused: bool = False, carried: bool = False) -> EdgeFacts:
        cycle = " -> ".join(parent.cycle)
        return EdgeFacts(child.id, name, ref.relation, ref.source, key, grade, because, state, excused, proof, parent.depth, cycle, carried)

    if ref.unread:
        covered = child.facts.identified_in != "none" and child.facts.trusted
        return edge("unknown", f"{name}, which names what {child.id} was made from, could not be had: {ref.unread}", "unfetched", excused=covered)
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
    grade, because, dropped = _grade(child, ref.relation, name, facts, catalog, own, theirs)
    carried = grade == "permission_dropped" and child is not root and bool(dropped) and root.facts.trusted and dropped <= _restrictions(root.facts, catalog)
    return edge(grade, because, "known", facts.candidates[0] if len(facts.candidates) == 1 else None, carried=carried)


def _answers_for(model: Child, name: str) -> bool:
    """Its own text is identified and comes from the publisher of the other, who may license what is made of it as it likes."""
    return model.facts.identified_in != "none" and model.facts.trusted and _publisher(model.id) == _publisher(name)


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
    if any(text.kind == "gate_prompt" and text.key and text.beside for text in facts.texts):
        return "its gate puts restrictions beside the license text"
    if facts.gate_words and facts.identified_in == "none":
        return facts.why_untrusted
    return facts.why_untrusted if not facts.candidates or (not facts.trusted and len(facts.candidates) != 1) else ""


def _publisher(model_id: str) -> str:
    return model_id.partition("/")[0].lower()


def _grade(
    child: Child, relation: Relation, parent: str, facts: LicenseFacts, catalog: Catalog, own: Sequence[UseResult], inherited: Sequence[UseResult]
) -> tuple[Grade, str, set[str]]:
    """Grade, why, and the kinds of terms that were dropped."""
    theirs = [catalog.license(key) for key in facts.candidates]
    names = ", ".join(license.name for license in theirs)
    if relation == "distil":
        if any(license.outputs.training == "forbidden" for license in theirs):
            return "permission_dropped", f"{names} of the base model {parent} forbids training other models on outputs, as {child.id} was", set()
        if not any(license.outputs.training in _REACHING for license in theirs):
            return "benign", f"{names} of the base model {parent} does not reach what is trained on its outputs", set()
    if not child.facts.candidates:
        return "unknown", f"the license of {child.id} is unknown, that of the base model {parent} is {names}", set()
    ours = _restrictions(child.facts, catalog)
    dropped = {kind for license in theirs if license.key not in child.facts.candidates for kind in restrictions(license)} - ours
    if dropped:
        listed = ", ".join(sorted(dropped)).replace("_", " ")
        return (
            "permission_dropped",
            f"the base model {parent} is under {names}, whose restrictions ({listed}) the stated license of {child.id} does not carry",
            dropped,
        )
    if prefix := _missing_prefix(child.id, theirs):
        return "notice_missing", f"{names} wants the name of a derivative to begin with {prefix!r}, unlike {child.id}", set()
    if child.facts.trusted and any(better(theirs_result.result, ours_result.result) for theirs_result, ours_result in zip(inherited, own, strict=True)):
        return "over_restrictive", f"the license of {child.id} is stricter than {names} of the base model {parent}", set()
    return "benign", f"nothing of {names} of the base model {parent} is dropped", set()


def _restrictions(facts: LicenseFacts, catalog: Catalog) -> set[str]:
    return {kind for key in facts.candidates if key in catalog.license_keys for kind in restrictions(catalog.license(key))}


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

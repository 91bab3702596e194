"""A model and its ancestors: what flows down, and whether each child's own license keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelEvidence, Unavailable
from auditor.domain.license import License, Use
from auditor.domain.license_facts import EdgeFacts, EdgeState, Grade, LicenseFacts, ParentRef, UseResult
from auditor.domain.record import record
from auditor.domain.truth import Truth
from auditor.licensing.conditions import Situation
from auditor.licensing.grading import Side, dropped, exclude_each_other, grade, publisher_of, reaches_outputs
from auditor.licensing.permissions import own_results

_COMPARING = frozenset({"permission_dropped", "notice_missing", "over_restrictive"})
"""Grades that set the words of two licenses against each other: both are quoted."""
_MAX_EXCLUSIONS = 3
"""Of one edge that are named."""


@record
class Child:
    """A model of the family that states a parent."""

    id: str
    facts: LicenseFacts
    multimodal: Truth
    evidence: ModelEvidence | None = None
    """Where all of its files were asked for: the audited model's alone."""


@record
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


@record
class Inheritance:
    """Edges to all ancestors, nearest first, and what flows down from them for each use (ancestor's id, result)."""

    edges: tuple[EdgeFacts, ...]
    by_use: Mapping[Use, tuple[tuple[str, UseResult], ...]]
    obliging: tuple[tuple[str, str], ...]
    """(ancestor's id, license key) whose obligations flow down."""


def inheritance(
    child_id: str,
    child: LicenseFacts,
    own: Sequence[UseResult],
    parents: Sequence[Parent],
    catalog: Catalog,
    situation: Situation,
    repository: ModelEvidence | None = None,
) -> Inheritance:
    """Grades every edge by the license of the model that states it, and collects what each ancestor allows: nothing on the way lifts what an ancestor says.

    In the `repository` of the audited model the attributions are looked for that its base models demand.
    """
    root = Child(child_id, child, situation.multimodal, repository)
    edges: list[EdgeFacts] = []
    by_use: dict[Use, list[tuple[str, UseResult]]] = {}
    obliging: list[tuple[str, str]] = []
    seen: set[tuple[UseResult, ...]] = set()
    allowed: dict[tuple[int, str, Truth], Sequence[UseResult]] = {(id(child), child_id, situation.multimodal): own}

    def allows(facts: LicenseFacts, name: str, multimodal: Truth) -> Sequence[UseResult]:
        """What a model's own license allows this deployer, worked out once for each."""
        key = (id(facts), name, multimodal)
        if key not in allowed:
            allowed[key] = own_results(facts, catalog, replace(situation, multimodal=multimodal, publisher=publisher_of(name)))
        return allowed[key]

    for parent in parents:
        one = parent.child or root
        name = parent.evidence.id if parent.evidence else parent.ref.name
        theirs = allows(parent.facts, name, parent.multimodal) if parent.facts is not None else ()
        edge = _edge(one, parent, catalog, allows(one.facts, one.id, one.multimodal), theirs, root)
        edges.append(edge)
        known = edge.state == "known" and parent.facts is not None
        if known and (parent.cycle or (_same_terms(child, parent, situation) and _as_favourable(theirs, own)) or not _reaches(parent, catalog)):
            continue
        results = tuple(_flowing(edge, parent.facts, own, theirs))
        if not (parent.depth > 1 and known and results in seen):  # what a nearer one says already
            for result in results:
                found = by_use.setdefault(result.use, [])
                found += [] if (edge.parent, result) in found else [(edge.parent, result)]
        if known and parent.facts is not None:
            seen.add(results)
            obliging += [(edge.parent, key) for key in parent.facts.candidates if (edge.parent, key) not in obliging]
    edges = _with_exclusions(edges, parents, catalog)
    return Inheritance(tuple(edges), {use: tuple(found) for use, found in by_use.items()}, tuple(obliging))


def _reaches(parent: Parent, catalog: Catalog) -> bool:
    """Whether the parent's terms bind the audited model: always, unless only outputs link the two and the license does not reach them."""
    return not parent.distilled or parent.facts is None or any(reaches_outputs(catalog.license(key)) for key in parent.facts.candidates)


def _same_terms(child: LicenseFacts, parent: Parent, situation: Situation) -> bool:
    """Nothing flows down that the child's own license does not say already. Terms may speak of multimodal models, so both must be of a kind."""
    facts = parent.facts
    same = facts is not None and child.trusted and facts.trusted and set(facts.candidates) == set(child.candidates)
    return same and parent.multimodal == situation.multimodal


def _as_favourable(theirs: Sequence[UseResult], own: Sequence[UseResult]) -> bool:
    """Whether the parent's license allows what the child's does: an agreement with the child's publisher covers no work of another one."""
    return [result.result for result in theirs] == [result.result for result in own]


def _with_exclusions(edges: Sequence[EdgeFacts], parents: Sequence[Parent], catalog: Catalog) -> list[EdgeFacts]:
    """Names the licenses of several parents of one model that nobody can meet together, with each edge that drops something."""
    licensed: dict[str, list[tuple[str, License]]] = {}
    for edge in edges:
        if edge.license is not None and edge.relation != "distil":
            licensed.setdefault(edge.child, []).append((edge.parent, catalog.license(edge.license)))
    found = []
    for edge in edges:
        own = catalog.license(edge.license) if edge.license is not None and edge.grade == "permission_dropped" else None
        others = licensed[edge.child] if own is not None and edge.relation != "distil" else []
        excluded = [(name, why) for name, other in others if own is not None and other.key != own.key and (why := exclude_each_other(own, other))]
        because = "".join(f"; with the base model {name} no license meets both: {why}" for name, why in excluded[:_MAX_EXCLUSIONS])
        found.append(replace(edge, because=edge.because + because))
    return found


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

    def edge(graded: Grade, because: str, state: EdgeState, key: str | None = None, excused: bool = False, carried: bool = False) -> EdgeFacts:
        cycle = " -> ".join(parent.cycle)
        return EdgeFacts(child.id, name, ref.relation, ref.source, key, graded, because, state, excused, proof, parent.depth, cycle, carried)

    if ref.unread:
        return edge("unknown", f"{name}, which names what {child.id} was made from, could not be had: {ref.unread}", "unfetched")
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
    found = grade(Side(child.id, child.facts, own, child.evidence), Side(name, facts, theirs, evidence), ref.relation, catalog)
    carried = bool(found.dropped) and child is not root and _carries(root.facts, facts, catalog)
    proof += child.facts.conclusion.evidence if found.grade in _COMPARING else ()
    return edge(found.grade, found.because, "known", facts.candidates[0] if len(facts.candidates) == 1 else None, carried=carried)


def _carries(root: LicenseFacts, parent: LicenseFacts, catalog: Catalog) -> bool:
    """Whether the audited model's own license keeps what the ancestor restricts, whatever a model in between says."""
    return root.trusted and bool(root.candidates) and dropped(root, [catalog.license(key) for key in parent.candidates], catalog) == frozenset()


def _answers_for(model: Child, name: str) -> bool:
    """Its own text is identified and comes from the publisher of the other, who may license what is made of it as it likes."""
    return model.facts.identified_in != "none" and model.facts.trusted and publisher_of(model.id) == publisher_of(name)


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
    if facts.trusted and (strange := [text.path for text in facts.texts if text.kind == "gate_prompt" and not text.key]):
        return f"its gate holds terms that no known text matches ({strange[0]})"
    if any(text.kind == "gate_prompt" and text.key and text.beside for text in facts.texts):
        return "its gate puts restrictions beside the license text"
    if facts.gate_words and facts.identified_in == "none":
        return facts.why_untrusted
    return facts.why_untrusted if not facts.candidates or (not facts.trusted and len(facts.candidates) != 1) else ""

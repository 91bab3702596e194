"""An audited model to the tree of everything that it comes from."""

from __future__ import annotations

from auditor.audit.pipeline import Audited
from auditor.domain.evidence import ModelEvidence
from auditor.domain.license_facts import EdgeState, LicenseFacts
from auditor.domain.lineage_tree import SCHEMA_VERSION, LineageTree, Node
from auditor.domain.text_safety import one_line


def lineage_tree(audited: Audited) -> LineageTree:
    """The tree of the only model of a run."""
    [assessment] = audited.assessments
    [record] = audited.report.models
    had: dict[str, tuple[ModelEvidence, LicenseFacts]] = {evidence.id: (evidence, facts) for evidence, facts in assessment.bases}
    root = _node(assessment.evidence.id, _state(assessment.license), 0, (assessment.evidence, assessment.license))
    nodes = {assessment.evidence.id: root}
    for edge in assessment.inheritance.edges:
        nodes.setdefault(edge.parent, _node(edge.parent, edge.state, edge.depth, had.get(edge.parent)))
    cited = {number for edge in record.lineage for number in edge.evidence}
    return LineageTree(
        schema_version=SCHEMA_VERSION,
        nodes=tuple(nodes.values()),
        edges=record.lineage,
        cycles=tuple(tuple(edge.cycle.split(" -> ")) for edge in assessment.inheritance.edges if edge.cycle),
        evidence=tuple(one for one in audited.report.evidence if one.id in cited),
    )


def _state(facts: LicenseFacts) -> EdgeState:
    if facts.conclusion.key is not None:
        return "known"
    return "no_license" if facts.conclusion.expression == "NONE" else "unidentified"


def _node(name: str, state: EdgeState, depth: int, had: tuple[ModelEvidence, LicenseFacts] | None) -> Node:
    if had is None:
        return Node(id=one_line(name), revision="unknown", license="unknown", expression="NOASSERTION", method="none", depth=depth, state=state)
    evidence, facts = had
    return Node(
        id=one_line(name),
        revision=evidence.sha or "unknown",
        license=facts.conclusion.key or "unknown",
        expression=facts.conclusion.expression,
        method=facts.conclusion.method,
        depth=depth,
        state=state,
    )

"""Rules against the facts of one model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from auditor.domain.evidence import Evidence
from auditor.domain.record import record
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import AreaName, Outcome
from auditor.engine.policy import Policy
from auditor.engine.rule import Rule, filled, truth
from auditor.engine.scopes import Scope


@record
class FindingFact:
    """A rule that held of something, or could not be decided."""

    rule: str
    area: AreaName
    outcome: Outcome
    rule_outcome: Outcome
    message: str
    how_to_fix: str
    evidence: tuple[Evidence, ...]


def evaluate(rules: Iterable[Rule], scopes: Mapping[str, Sequence[Scope]], policy: Policy, gating: frozenset[AreaName]) -> tuple[FindingFact, ...]:
    """Every finding, in order of rule id, then of the scopes. In an area that does not gate a finding becomes a note and keeps its `rule_outcome`."""
    found = []
    for rule in rules:
        for scope in scopes.get(rule.each, ()):
            facts = facts_of(scope)
            held = truth(rule.when, facts)
            if held is False:
                continue
            outcome = policy.outcome(rule.id, rule.outcome if held else rule.unknown_outcome)
            doubt = "" if held else "it could not be decided whether this holds: "
            found.append(
                FindingFact(
                    rule=rule.id,
                    area=rule.area,
                    outcome=outcome if rule.area in gating else "note",
                    rule_outcome=outcome,
                    message=one_line(_sentence(doubt + filled(rule.message, facts)), 600),
                    how_to_fix=one_line(filled(rule.how_to_fix, facts), 600),
                    evidence=scope.evidence,
                )
            )
    return tuple(found)


def facts_of(scope: Scope) -> dict[str, Any]:
    """The scope's facts by name."""
    return {field.name: getattr(scope, field.name) for field in fields(scope) if field.name != "evidence"}


def _sentence(text: str) -> str:
    """`text` with a capital at its start, unless that is the name of a model."""
    return text if "/" in text.split(" ", 1)[0] else text[:1].upper() + text[1:]

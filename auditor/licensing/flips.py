"""Which fact to declare, and what each answer would mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from auditor.domain.conditions import Business, Commercial, ModelProperty, Organization, Territory, Threshold
from auditor.domain.license_facts import FlipFact, UseResult
from auditor.licensing.conditions import Leaf, Situation, holds

_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def flips(undecided: Iterable[Leaf], situation: Situation, evaluate: Callable[[Situation], UseResult]) -> tuple[FlipFact, ...]:
    """For every leaf that no declared fact decides: the declarations that would decide it, with the result that each gives.

    `evaluate` works out the whole permission in a supposed situation; the other leaves keep their state.
    """
    found: list[FlipFact] = []
    for leaf in undecided:
        if holds(leaf, situation) is not None:
            continue
        for fact, value, answer in _declarations(leaf, situation):
            supposed = replace(situation, answers={**situation.answers, id(leaf): answer})
            found.append(FlipFact(fact, value, evaluate(supposed).result))
    return tuple(dict.fromkeys(found))


def _declarations(leaf: Leaf, situation: Situation) -> list[tuple[str, str, bool]]:
    """(fact, value, whether the condition then holds) for each declaration that would decide the leaf."""
    if isinstance(leaf, Threshold):
        return _of_threshold(leaf, situation)
    if isinstance(leaf, Territory):
        regions = ", ".join(leaf.regions)
        undeclared = [fact for fact in leaf.reads if fact not in situation.facts]
        return [(fact, value, answer) for fact in undeclared for value, answer in ((f"in {regions}", True), (f"outside {regions}", False))]
    if isinstance(leaf, Commercial):
        return [("organization", "company", True), ("commercial_purpose", "true", True), ("commercial_purpose", "false", False)]
    if isinstance(leaf, Organization):
        names = " or ".join(leaf.any_of)
        return [("organization", names, True), ("organization", f"not {names}", False)]
    if isinstance(leaf, Business):
        names = " or ".join(leaf.any_of)
        return [("business", names, True), ("business", f"not {names}", False)]
    assert not isinstance(leaf, ModelProperty) or leaf.property == "multimodal"
    return []


def _of_threshold(leaf: Threshold, situation: Situation) -> list[tuple[str, str, bool]]:
    definition = situation.vocabulary.facts[leaf.fact]
    holding, failing = f"{leaf.comparator} {leaf.value}", f"{_OPPOSITE[leaf.comparator]} {leaf.value}"
    if leaf.basis == "ongoing":
        return [(leaf.fact, failing, False), (leaf.fact, holding, True)]
    frozen = definition.at_release if situation.single_release else definition.by_month
    found = [] if leaf.fact in situation.facts else [(leaf.fact, failing, False)]
    if frozen:
        found += [(frozen, failing, False), (frozen, holding, True)]
    return found

"""Which fact to declare, and what each answer would mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from auditor.domain.conditions import Business, Commercial, Organization, Territory, Threshold
from auditor.domain.license_facts import FlipFact, UseResult
from auditor.domain.truth import Truth
from auditor.licensing.conditions import Leaf, Situation, holds, month_before

_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


def flips(undecided: Iterable[Leaf], situation: Situation, evaluate: Callable[[Situation], UseResult]) -> tuple[FlipFact, ...]:
    """For every leaf that no declared fact decides: the declarations that bear on it, with the result that each gives.

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


def _declarations(leaf: Leaf, situation: Situation) -> list[tuple[str, str, Truth]]:
    """(fact, value, whether the condition then holds; None where another undeclared fact may still decide) for each declaration that matters."""
    if isinstance(leaf, Threshold):
        return _of_threshold(leaf, situation)
    if isinstance(leaf, Territory):
        regions = ", ".join(leaf.regions)
        undeclared = [fact for fact in leaf.reads if fact not in situation.facts]
        outside = False if len(undeclared) == 1 else None
        return [(fact, value, answer) for fact in undeclared for value, answer in ((f"in {regions}", True), (f"outside {regions}", outside))]
    if isinstance(leaf, Commercial):
        return _of_commercial(leaf, situation)
    if isinstance(leaf, Organization):
        names = " or ".join(leaf.any_of)
        return [("organization", names, True), ("organization", f"not {names}", False)]
    if isinstance(leaf, Business):
        names = " or ".join(leaf.any_of)
        return [("business", names, True), ("business", f"not {names}", False)]
    return []  # what the model is cannot be declared


def _of_commercial(leaf: Commercial, situation: Situation) -> list[tuple[str, str, Truth]]:
    """Undecided means that no commercial purpose and no company is declared."""
    organization, purpose = situation.facts.get("organization"), situation.facts.get("commercial_purpose")
    found: list[tuple[str, str, Truth]] = [("organization", "company", True)] if organization is None else []
    if organization is None and leaf.test == "user":
        found.append(("organization", "not company", False if purpose is False else None))
    if purpose is None:
        decides = leaf.test == "use" or organization is not None
        found += [("commercial_purpose", "true", True), ("commercial_purpose", "false", False if decides else None)]
    return found


def _of_threshold(leaf: Threshold, situation: Situation) -> list[tuple[str, str, Truth]]:
    definition = situation.vocabulary.facts[leaf.fact]
    holding, failing = f"{leaf.comparator} {leaf.value}", f"{_OPPOSITE[leaf.comparator]} {leaf.value}"
    if leaf.basis == "ongoing":
        return [(leaf.fact, failing, False), (leaf.fact, holding, True)]
    below = leaf.comparator in ("<", "<=")
    found: list[tuple[str, str, Truth]] = [] if leaf.fact in situation.facts else [(leaf.fact, holding if below else failing, below)]
    if situation.single_release and definition.at_release:
        found += [(definition.at_release, failing, False), (definition.at_release, holding, True)]
    elif leaf.release and definition.by_month:
        month = month_before(leaf.release)
        found += [(definition.by_month, f"{month}: {failing}", False), (definition.by_month, f"{month}: {holding}", True)]
    return found

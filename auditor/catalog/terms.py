"""Terms of a license against the vocabulary of the deployer."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.domain.conditions import AllOf, AnyOf, Business, Condition, FieldOfUse, Not, Territory, Threshold
from auditor.domain.license import License
from auditor.domain.vocabulary import Vocabulary


def unknown_words(license: License, vocabulary: Vocabulary) -> Iterator[str]:
    """What the license's terms say with words that the vocabulary lacks: no deployer can declare them, so such a term would never bite."""
    for term in license.terms:
        for condition in (term.when, term.unless):
            if condition is not None:
                yield from (f"terms.{term.id}: {problem}" for problem in _condition(condition, vocabulary))


def _condition(condition: Condition, vocabulary: Vocabulary) -> Iterator[str]:
    if isinstance(condition, (AllOf, AnyOf)):
        for part in condition.of:
            yield from _condition(part, vocabulary)
    elif isinstance(condition, Not):
        yield from _condition(condition.of, vocabulary)
    elif isinstance(condition, Threshold):
        fact = vocabulary.facts.get(condition.fact)
        if fact is None or fact.type not in ("count", "money"):
            yield f"fact {condition.fact!r} is no number of rules/vocabulary.yaml"
        elif fact.currency != condition.currency:
            yield f"the limit is in {condition.currency}, the fact {condition.fact!r} in {fact.currency}"
        elif condition.basis == "at_release" and fact.at_release is None:
            yield f"fact {condition.fact!r} has no figure for the month before a release (`at_release`)"
    elif isinstance(condition, Business):
        yield from (f"business {name!r} is not in rules/vocabulary.yaml" for name in condition.any_of if name not in vocabulary.business)
    elif isinstance(condition, FieldOfUse):
        yield from (f"field of use {name!r} is not in rules/vocabulary.yaml" for name in condition.any_of if name not in vocabulary.field_of_use)
    elif isinstance(condition, Territory):
        known = {*vocabulary.territories, *vocabulary.territory_groups, *vocabulary.territory_names, "WORLD"}
        yield from (f"region {name!r} is no ISO 3166 code or group" for name in condition.regions if name.upper() not in known)

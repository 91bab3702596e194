"""Conditions of license terms against the deployer's facts, in three values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date

from auditor.domain.conditions import AllOf, AnyOf, Business, Commercial, Condition, FieldOfUse, ModelProperty, Not, Organization, Territory, Threshold
from auditor.domain.license import Use
from auditor.domain.profile import Agreement, FactValue
from auditor.domain.record import record
from auditor.domain.truth import Truth, all_of, any_of, negate
from auditor.domain.vocabulary import Vocabulary

Leaf = Threshold | Territory | Commercial | Organization | Business | FieldOfUse | ModelProperty


@record
class Situation:
    """Everything that a condition may depend on."""

    facts: Mapping[str, FactValue]
    vocabulary: Vocabulary
    multimodal: Truth
    single_release: bool
    """At most one frozen threshold is in the run, so that an `_at_release` figure cannot be mistaken for another's."""
    use: Use = "hosted"
    agreements: tuple[Agreement, ...] = ()
    """Licenses that the deployer holds and that have not expired."""
    publisher: str = ""
    """Account that publishes the model whose license is judged."""
    answers: Mapping[int, Truth] = field(default_factory=dict)
    """Supposed answers of leaves, by id(); for working out what a declaration would change."""


def holds(condition: Condition, situation: Situation) -> Truth:
    """Whether the condition holds; None where an undeclared fact decides."""
    if isinstance(condition, AllOf):
        return all_of(holds(part, situation) for part in condition.of)
    if isinstance(condition, AnyOf):
        return any_of(holds(part, situation) for part in condition.of)
    if isinstance(condition, Not):
        return negate(holds(condition.of, situation))
    if id(condition) in situation.answers:
        return situation.answers[id(condition)]
    return _leaf(condition, situation)


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The conditions that speak of one fact each, in order."""
    if isinstance(condition, (AllOf, AnyOf)):
        for part in condition.of:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.of)
    else:
        yield condition


def _leaf(condition: Leaf, situation: Situation) -> Truth:
    facts = situation.facts
    if isinstance(condition, Threshold):
        return _threshold(condition, situation)
    if isinstance(condition, Territory):
        return any_of(_touches(condition, fact, situation) for fact in condition.reads)
    if isinstance(condition, Commercial):
        return _commercial(condition, situation)
    if isinstance(condition, Organization):
        organization = facts.get("organization")
        return None if organization is None else organization in condition.any_of
    if isinstance(condition, Business):
        business = facts.get("business")
        return None if not isinstance(business, frozenset) else bool(business & set(condition.any_of))
    if isinstance(condition, FieldOfUse):
        fields = facts.get("field_of_use")
        return isinstance(fields, frozenset) and bool(fields & set(condition.any_of))
    return situation.multimodal


def _touches(condition: Territory, fact: str, situation: Situation) -> Truth:
    declared = situation.facts.get(fact)
    if not isinstance(declared, frozenset):
        return None
    barred = expand_territories(condition.regions, situation.vocabulary)
    return bool(declared & barred)


def expand_territories(names: tuple[str, ...] | list[str], vocabulary: Vocabulary) -> frozenset[str]:
    """ISO codes that `names` stand for: groups expanded, other spellings resolved. KeyError for a name that is neither."""
    codes: set[str] = set()
    for name in names:
        upper = vocabulary.territory_names.get(name.upper(), name.upper())
        if upper == "WORLD":
            codes |= set(vocabulary.territories)
        elif upper in vocabulary.territory_groups:
            codes |= set(vocabulary.territory_groups[upper])
        elif upper in vocabulary.territories:
            codes.add(upper)
        else:
            raise KeyError(name)
    return frozenset(codes)


def _commercial(condition: Commercial, situation: Situation) -> Truth:
    """`research` is non-commercial by definition. A company's use is commercial unless it says otherwise, and with `test: user` always:
    there an undeclared organization may be a company."""
    if situation.use == "research":
        return False
    organization = situation.facts.get("organization")
    purpose = situation.facts.get("commercial_purpose")
    if condition.test == "user" and organization is None and purpose is False:
        return None
    if isinstance(purpose, bool) and not (condition.test == "user" and organization == "company"):
        return purpose
    presumed = condition.presumed and organization is None
    return True if organization == "company" or presumed else None


def _threshold(condition: Threshold, situation: Situation) -> Truth:
    definition = situation.vocabulary.facts.get(condition.fact)
    highest = situation.facts.get(condition.fact)
    if definition is None:
        return None
    if condition.basis == "ongoing":
        above = situation.facts.get(definition.at_most) if definition.at_most else None
        return _compare(highest, condition) if highest is not None else _settled_by(above, condition)
    if condition.release and definition.by_month and isinstance(by_month := situation.facts.get(definition.by_month), Mapping):
        month = month_before(condition.release)
        if month in by_month:
            return _compare(by_month[month], condition)
    if situation.single_release and definition.at_release and (at_release := situation.facts.get(definition.at_release)) is not None:
        return _compare(at_release, condition)
    return _settled_by(highest, condition)


def _settled_by(bound: object, condition: Threshold) -> Truth:
    """What a figure that the one in question never exceeds settles: that one lies below the limit, never that it lies above."""
    below = condition.comparator in ("<", "<=")
    return below if _compare(bound, condition) is below else None


def _compare(value: object, condition: Threshold) -> Truth:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    limit = condition.value
    return {">": value > limit, ">=": value >= limit, "<": value < limit, "<=": value <= limit}[condition.comparator]


def month_before(release: date) -> str:
    """`2024-06` for a release in July 2024."""
    return f"{release.year - 1}-12" if release.month == 1 else f"{release.year}-{release.month - 1:02d}"

"""A rule as knowledge: one YAML file in rules/checks/ each, with examples that fire and examples that stay silent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union

from pydantic import Field, StringConstraints, model_validator

from auditor.domain.errors import did_you_mean
from auditor.domain.knowledge import Knowledge, Line
from auditor.domain.pattern import lazy_pattern
from auditor.domain.truth import Truth, all_of, any_of, negate
from auditor.domain.verdict import OUTCOMES, AreaName, Outcome
from auditor.engine.predicates import PREDICATES
from auditor.engine.predicates.base import fits
from auditor.engine.scopes import fact_types

RuleId = Annotated[str, StringConstraints(pattern=r"^(LIC|LIN|MEM|OPS|SEC|DOC)\d{3}$")]
ScopeName = Literal["model", "text", "conflict", "permission", "inherited", "edge", "dataset", "fit", "difference"]
_PLACEHOLDER = lazy_pattern(r"\{(\w+)\}")


class All(Knowledge):
    """Every part holds."""

    kind: Literal["all"]
    of: Annotated[tuple[When, ...], Field(min_length=1)]


class Any_(Knowledge):
    """At least one part holds."""

    kind: Literal["any"]
    of: Annotated[tuple[When, ...], Field(min_length=1)]


class Not(Knowledge):
    """The part does not hold."""

    kind: Literal["not"]
    of: When


When = Annotated[Union[(All, Any_, Not, *PREDICATES)], Field(discriminator="kind")]  # type: ignore[valid-type]


class Example(Knowledge):
    """Facts of the rule's scope; the ones left out are unknown."""

    why: Line
    facts: dict[str, bool | int | str | None]


class Examples(Knowledge):
    """Run by one test for all rules."""

    fires: Annotated[tuple[Example, ...], Field(min_length=1)]
    silent: Annotated[tuple[Example, ...], Field(min_length=1)]


class Rule(Knowledge):
    """When it holds of a scope's facts, there is a finding."""

    id: RuleId
    title: Line
    area: AreaName
    each: ScopeName
    """Evaluated once for every one of these."""
    outcome: Outcome
    unknown_outcome: Outcome = "review"
    """What an undecided `when` gives; never better than a note."""
    when: When
    message: Line
    """One sentence; `{fact}` stands for a fact of the scope."""
    how_to_fix: Line
    why: Line
    """Why this matters, for `auditor explain`."""
    examples: Examples

    @model_validator(mode="after")
    def _speaks_of_known_facts(self) -> Rule:
        types = fact_types(self.each)
        _check(self.when, types, self.each)
        for name in _PLACEHOLDER.findall(self.message + self.how_to_fix):
            if name not in types:
                raise ValueError(f"unknown fact {name!r} in a text of rule {self.id}{did_you_mean(name, types)}")
        for example in (*self.examples.fires, *self.examples.silent):
            if unknown := set(example.facts) - set(types):
                name = sorted(unknown)[0]
                raise ValueError(f"unknown fact {name!r} in an example of rule {self.id}{did_you_mean(name, types)}")
            for name, value in example.facts.items():
                if value is not None and not fits(value, types[name]):
                    raise ValueError(f"fact {name!r} is {types[name]}, so an example cannot say {value!r}")
        if self.outcome != "note" and self.unknown_outcome == "note":
            raise ValueError("unknown_outcome: an undecided rule that gates must not become a note")
        if OUTCOMES.index(self.unknown_outcome) < OUTCOMES.index(self.outcome):
            raise ValueError("unknown_outcome: must not be worse than the outcome itself")
        return self


def _check(when: Any, types: dict[str, Any], where: str) -> None:
    if isinstance(when, (All, Any_)):
        for part in when.of:
            _check(part, types, where)
    elif isinstance(when, Not):
        _check(when.of, types, where)
    else:
        when.check(types, where)


def truth(when: Any, facts: Mapping[str, Any]) -> Truth:
    """Whether `when` holds of `facts`; a missing fact is unknown."""
    if isinstance(when, All):
        return all_of(truth(part, facts) for part in when.of)
    if isinstance(when, Any_):
        return any_of(truth(part, facts) for part in when.of)
    if isinstance(when, Not):
        return negate(truth(when.of, facts))
    result: Truth = when.holds(facts.get(when.fact))
    return result


def filled(text: str, facts: Mapping[str, Any]) -> str:
    """`text` with `{fact}` replaced by the fact's value; an unknown one reads `unknown`."""
    return _PLACEHOLDER.sub(lambda match: "unknown" if facts.get(match[1]) is None else str(facts[match[1]]), text)

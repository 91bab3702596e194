"""Conditions of a license term: what must hold of the deployer or the model before the term bites.

Evaluated in three values by `auditor.licensing.conditions`: a fact that was not declared is unknown, never false.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from auditor.domain.knowledge import Knowledge, Line, Slug

Comparator = Literal[">", ">=", "<", "<="]


class Threshold(Knowledge):
    """A measured quantity of the deployer against a limit: `monthly_active_users > 700000000`."""

    kind: Literal["threshold"]
    fact: Slug
    """Fact of rules/vocabulary.yaml that measures it (its unit and period are defined there)."""
    comparator: Comparator
    value: Annotated[int, Field(gt=0)]
    currency: Literal["USD", "CNY", "EUR"] | None = None
    """Currency of the limit when it is money; a fact in another currency cannot decide it."""
    basis: Literal["ongoing", "at_release"]
    """`at_release`: counted once, in the month before `release`; `ongoing`: the highest current figure."""
    release: date | None = None
    """The release date an `at_release` limit is frozen at; null when the text ties it to the release of whatever model is licensed:
    then the identified `LicenseText.released` gives it, and without one only figures that need no date decide."""
    affiliates: Literal["included", "excluded", "not_stated"]
    employer: bool = False
    """The text also counts the figures of a natural person's employer."""

    @model_validator(mode="after")
    def _frozen_has_date(self) -> Threshold:
        if self.basis == "ongoing" and self.release is not None:
            raise ValueError("an ongoing threshold has no release date; drop `release` or say `basis: at_release`")
        return self


class Territory(Knowledge):
    """The deployer is, or serves users, in one of these places."""

    kind: Literal["territory"]
    reads: Annotated[tuple[Literal["established_in", "serves_users_in"], ...], Field(min_length=1)]
    """The facts that the text speaks of; the condition holds when any of them touches a region."""
    regions: Annotated[tuple[Line, ...], Field(min_length=1)]
    """ISO 3166 alpha-2 codes or groups of rules/vocabulary.yaml (EU, EEA, WORLD)."""


class Commercial(Knowledge):
    """The use is commercial, judged by the facts `organization` and `commercial_purpose` and by the use itself."""

    kind: Literal["commercial"]
    test: Literal["use", "user"] = "use"
    """`use`: the purpose decides (Creative Commons); `user`: a company is commercial whatever it does."""
    presumed: bool = False
    """With nothing declared the use counts as commercial: for limits on a product's users, where hardly anything else has so many."""


class Organization(Knowledge):
    """The deployer is one of these kinds of organization."""

    kind: Literal["organization"]
    any_of: Annotated[tuple[Literal["company", "nonprofit", "academic", "government", "individual"], ...], Field(min_length=1)]


class Business(Knowledge):
    """The deployer runs one of these businesses (vocabulary `business`)."""

    kind: Literal["business"]
    any_of: Annotated[tuple[Slug, ...], Field(min_length=1)]


class FieldOfUse(Knowledge):
    """The deployer declared one of these fields of use (vocabulary `field_of_use`).

    Undeclared does not decide: the acceptable-use obligation asks the deployer to confirm that none applies.
    """

    kind: Literal["field_of_use"]
    any_of: Annotated[tuple[Slug, ...], Field(min_length=1)]


class ModelProperty(Knowledge):
    """Something about the audited model itself."""

    kind: Literal["model"]
    property: Literal["multimodal"]


class AllOf(Knowledge):
    """Every part holds."""

    kind: Literal["all"]
    of: Annotated[tuple[Condition, ...], Field(min_length=1)]


class AnyOf(Knowledge):
    """At least one part holds."""

    kind: Literal["any"]
    of: Annotated[tuple[Condition, ...], Field(min_length=1)]


class Not(Knowledge):
    """The part does not hold."""

    kind: Literal["not"]
    of: Condition


Condition = Annotated[
    Threshold | Territory | Commercial | Organization | Business | FieldOfUse | ModelProperty | AllOf | AnyOf | Not,
    Field(discriminator="kind"),
]

"""The closed vocabulary of the deployer: facts, businesses, fields of use, territories (rules/vocabulary.yaml)."""

from typing import Annotated, Literal

from pydantic import Field

from auditor.domain.knowledge import Knowledge, Line, Slug

FactType = Literal["count", "money", "counts_by_month", "territories", "choice", "choices", "boolean"]


class FactDefinition(Knowledge):
    """A fact that a deployer can declare."""

    type: FactType
    description: Line
    """What is counted, over which period, affiliates included or not."""
    unit: str = ""
    """`users`, `USD`; empty where there is none."""
    currency: Literal["USD", "CNY", "EUR"] | None = None
    values: tuple[str, ...] = ()
    """Allowed values of a `choice`; a `choices` fact takes its values from the vocabulary list of the same name."""
    at_release: Slug | None = None
    """The fact that holds this figure for the month before a license version's release."""
    by_month: Slug | None = None
    """The fact that holds this figure month by month."""
    at_most: Slug | None = None
    """A fact that this figure never exceeds (the users of one product are among all users): where that one stays
    within a limit so does this; where it does not, nothing follows."""


class Vocabulary(Knowledge):
    """rules/vocabulary.yaml."""

    facts: dict[Slug, FactDefinition]
    uses: dict[Slug, Line]
    """Use and what it means."""
    business: dict[Slug, Line]
    field_of_use: dict[Slug, Line]
    territory_groups: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]]
    """EU, EEA: their members by ISO 3166 alpha-2 code. WORLD is every code."""
    territory_names: dict[str, str]
    """Other spellings of a code: UK is GB."""
    multimodal_pipelines: tuple[str, ...]
    """`pipeline_tag` values of models that take or give more than text."""
    text_pipelines: tuple[str, ...]
    """`pipeline_tag` values of models that take and give text alone."""
    multimodal_model_types: tuple[str, ...]
    """`model_type` values of models that take more than text."""
    territories: Annotated[tuple[str, ...], Field(min_length=200)]
    """All ISO 3166 alpha-2 codes."""

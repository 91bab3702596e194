"""What every knowledge file shares: a strict frozen base, sources and dates."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from auditor.domain.description import FIELD_DOCSTRINGS

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+_-]*$")]
"""A lower-case name used as key and as file name."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that must not be empty."""


class Knowledge(BaseModel):
    """Base of everything loaded from rules/: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=FIELD_DOCSTRINGS, defer_build=True)


class KnowledgeSource(Knowledge):
    """Where a statement of the knowledge comes from."""

    url: Line
    """Address, or the name of a package and the path in it."""
    note: str = ""
    """What was taken from there, in our own words."""


class Dated(Knowledge):
    """Knowledge that ages: who looked at it, and when."""

    reviewed: date
    """Day of the last review against the sources."""
    sources: Annotated[tuple[KnowledgeSource, ...], Field(min_length=1)]
    """Where it comes from; at least one."""

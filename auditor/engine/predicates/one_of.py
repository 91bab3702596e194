"""`{kind: one_of, fact: metadata, values: [missing, bad_token]}`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StrictStr

from auditor.domain.truth import Truth
from auditor.engine.predicates.base import Predicate


class OneOf(Predicate):
    """The fact has one of these values."""

    accepts: ClassVar[tuple[type, ...]] = (str,)
    kind: Literal["one_of"]
    values: Annotated[tuple[StrictStr, ...], Field(min_length=1)]

    def holds(self, value: Any) -> Truth:
        return None if value is None else value in self.values

    def operands(self) -> tuple[Any, ...]:
        return self.values

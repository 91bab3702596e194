"""`{kind: equals, fact: result, value: prohibited}`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import StrictBool, StrictInt, StrictStr

from auditor.domain.truth import Truth
from auditor.engine.predicates.base import Predicate


class Equals(Predicate):
    """The fact has exactly this value."""

    accepts: ClassVar[tuple[type, ...]] = (bool, int, str)
    kind: Literal["equals"]
    value: StrictBool | StrictInt | StrictStr

    def holds(self, value: Any) -> Truth:
        return None if value is None else bool(value == self.value)

    def operands(self) -> tuple[Any, ...]:
        return (self.value,)

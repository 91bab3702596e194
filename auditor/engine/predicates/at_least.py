"""`{kind: at_least, fact: unread_license_files, value: 1}`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import StrictInt

from auditor.domain.truth import Truth
from auditor.engine.predicates.base import Predicate


class AtLeast(Predicate):
    """The fact is a number not below this one."""

    accepts: ClassVar[tuple[type, ...]] = (int,)
    kind: Literal["at_least"]
    value: StrictInt

    def holds(self, value: Any) -> Truth:
        return None if value is None else bool(value >= self.value)

    def operands(self) -> tuple[Any, ...]:
        return (self.value,)

"""What every predicate has: the fact that it reads, and a check of the rule that uses it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, get_args

from auditor.domain.errors import did_you_mean
from auditor.domain.knowledge import Knowledge, Line
from auditor.domain.truth import Truth


class Predicate(Knowledge):
    """Reads one fact of the rule's scope."""

    accepts: ClassVar[tuple[type, ...]]
    """Types of fact that it can read."""
    fact: Line

    @abstractmethod
    def holds(self, value: Any) -> Truth:
        """`value` is the fact's value, None for unknown."""

    @abstractmethod
    def operands(self) -> tuple[Any, ...]:
        """Values that the fact is compared with; must be of the fact's type."""

    def check(self, types: dict[str, Any], where: str) -> None:
        """Raises ValueError when the fact does not exist in the scope or has another type."""
        if self.fact not in types:
            raise ValueError(f"unknown fact {self.fact!r} in {where}{did_you_mean(self.fact, types)}")
        if not _members(types[self.fact]) & set(self.accepts):
            raise ValueError(f"fact {self.fact!r} is {types[self.fact]}, which this predicate cannot read")
        for operand in self.operands():
            if not fits(operand, types[self.fact]):
                raise ValueError(f"fact {self.fact!r} is {types[self.fact]}, so it cannot be compared with {operand!r}")


def fits(value: Any, type_: Any) -> bool:
    """Whether a value is of a fact's type; True is no number here."""
    return type(value) in _members(type_)


def _members(type_: Any) -> set[Any]:
    return set(get_args(type_)) or {type_}

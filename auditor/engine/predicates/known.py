"""`{kind: known, fact: deployer_in_eu}`."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from auditor.domain.truth import Truth
from auditor.engine.predicates.base import Predicate


class Known(Predicate):
    """The fact is not unknown. The only predicate that is never unknown itself."""

    accepts: ClassVar[tuple[type, ...]] = (bool, int, str, frozenset)
    kind: Literal["known"]

    def holds(self, value: Any) -> Truth:
        return value is not None

    def operands(self) -> tuple[Any, ...]:
        return ()

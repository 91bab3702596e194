"""One figure with its range, basis and assumptions; unknown is a value with a reason, never zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from typing import Self

from auditor.domain.memory import Basis, Count, Estimate
from auditor.domain.record import record

ABSURD = 1 << 60
"""Figures from here on (an exbibyte) come from nonsense."""

_FROM_BEST: tuple[Basis, ...] = ("exact", "formula", "assumed", "unknown")


def worst(bases: Iterable[Basis]) -> Basis:
    """The weakest of several bases."""
    return max(bases, key=_FROM_BEST.index)


@record
class Figure:
    """`low <= value <= high`, or all None. `formula` is in words and symbols, `inputs` what went into it."""

    value: int | None
    low: int | None
    high: int | None
    basis: Basis
    formula: str = ""
    inputs: Mapping[str, int | float | str] = field(default_factory=dict)
    assumed: tuple[str, ...] = ()

    @classmethod
    def unknown(cls, reason: str) -> Self:
        return cls(None, None, None, "unknown", assumed=(reason,))

    @classmethod
    def of(
        cls,
        value: int,
        basis: Basis,
        formula: str,
        inputs: Mapping[str, int | float | str],
        *,
        low: int | None = None,
        high: int | None = None,
        assumed: tuple[str, ...] = (),
    ) -> Self:
        """A known figure, its ends at `value` unless given; unknown when it is out of all proportion."""
        low, high = value if low is None else low, value if high is None else high
        if not 0 <= low <= value <= high < ABSURD:
            return cls.unknown("the numbers that it follows from are out of all proportion")
        return cls(value, low, high, basis, formula, inputs, assumed)

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def reason(self) -> str:
        """Why it is unknown; empty when it is known."""
        return "" if self.known else self.assumed[0]

    @property
    def count(self) -> Count:
        return "unknown" if self.value is None else self.value

    def noting(self, *notes: str) -> Figure:
        return replace(self, assumed=(*self.assumed, *(note for note in notes if note)))

    def estimate(self) -> Estimate:
        return Estimate(
            basis=self.basis,
            low="unknown" if self.low is None else self.low,
            high="unknown" if self.high is None else self.high,
            formula=self.formula,
            inputs=dict(self.inputs),
            assumed=self.assumed,
        )


def derived(parts: Mapping[str, Figure], formula: str, compute: Callable[..., int], basis: Basis = "exact") -> Figure:
    """A figure that grows with each of its parts: computed at their values and at both ends; unknown when one part is."""
    for name, part in parts.items():
        if not part.known:
            return Figure.unknown(f"{name}: {part.reason}")
    at = [compute(*(getattr(part, end) for part in parts.values())) for end in ("value", "low", "high")]
    inputs: dict[str, int | float | str] = {name: part.value for name, part in parts.items() if part.value is not None}
    notes = tuple(dict.fromkeys(note for part in parts.values() for note in part.assumed))
    return Figure.of(at[0], worst([basis, *(part.basis for part in parts.values())]), formula, inputs, low=at[1], high=at[2], assumed=notes)

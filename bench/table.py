"""Rows of the sizing bench and their table."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import peers

FEW = 5
"""Classes with fewer rows are shown row by row."""


@dataclass(frozen=True, slots=True)
class Result:
    """One row: ours and what was measured, in one unit; or why the row does not count."""

    row: dict[str, Any]
    quantity: str
    ours: float = 0
    measured: float = 0
    why: str = ""
    peers: peers.Said = ()

    @property
    def error(self) -> float:
        return abs(self.ours / self.measured - 1)


def beside(rows: list[Result]) -> Iterator[str]:
    """What peers are off by, over the rows that they have a figure for; how often they raise instead."""
    for peer in sorted({peer for row in rows for peer, _ in row.peers}):
        values = [(dict(row.peers)[peer], row.measured) for row in rows if peer in dict(row.peers)]
        errors = [abs(value / measured - 1) for value, measured in values if value is not None]
        raised = f", raises on {len(values) - len(errors)}" if len(errors) < len(values) else ""
        yield f"{peer} {statistics.median(errors):.1%} (n {len(errors)}{raised})" if errors else f"{peer} raises on all {len(values)}"


def lines(results: list[Result], key: Callable[[Result], str]) -> Iterator[str]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        groups[key(result)].append(result)
    yield f"{'quantity':<52}{'n':>5}{'median':>9}{'p90':>9}   peers (median error)"
    for name, rows in sorted(groups.items()):
        errors = sorted(row.error for row in rows)
        ninety = errors[min(len(errors) - 1, int(0.9 * len(errors)))]
        said = ", ".join(beside(rows))
        yield f"{name:<52}{len(rows):>5}{statistics.median(errors):>9.2%}{ninety:>9.2%}   {said}"
        if len(rows) < FEW:
            for row in rows:
                yield f"    {row.row['id']} {row.row['model']}: {row.ours / row.measured - 1:+.2%}"

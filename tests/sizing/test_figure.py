"""Figures with a range; foreign values."""

from __future__ import annotations

import pytest

from auditor.sizing.figure import ABSURD, Figure, derived, worst
from auditor.sizing.values import count, factor, plain_name, strings


def test_unknown_spreads_with_its_reason():
    total = derived({"a": Figure.of(1, "exact", "", {}), "b": Figure.unknown("nobody said")}, "a + b", lambda a, b: a + b)
    assert (total.count, total.reason, total.estimate().low) == ("unknown", "b: nobody said", "unknown")


def test_ends_are_computed_apart():
    parts = {"a": Figure.of(5, "exact", "", {}, low=4, high=7), "b": Figure.of(10, "formula", "", {}, assumed=("b is a guess",))}
    total = derived(parts, "a x b", lambda a, b: a * b)
    assert (total.low, total.value, total.high, total.basis, total.assumed) == (40, 50, 70, "formula", ("b is a guess",))


@pytest.mark.parametrize(("value", "low", "high"), [(-1, -1, -1), (ABSURD, ABSURD, ABSURD), (5, 6, 7), (5, 1, 4)])
def test_out_of_proportion(value, low, high):
    assert not Figure.of(value, "exact", "", {}, low=low, high=high).known


def test_worst_basis():
    assert worst(["exact", "assumed", "formula"]) == "assumed"


def test_values():
    assert [count(v) for v in (1, 0, -1, True, 1.0, "1", 1 << 40, None)] == [1, None, None, None, None, None, None, None]
    assert [factor(v) for v in (2, 0.5, -1, float("nan"), float("inf"), True, "2", 10**400)] == [2.0, 0.5, None, None, None, None, None, None]
    assert [plain_name(v) for v in ("a/b c", None, 7, "\u202e", "x" * 500)] == ["a-b-c", "", "", "", "x" * 64]
    assert [strings(v) for v in (["a"], ("a", "b"), ["a", 1], "a", None)] == [["a"], ["a", "b"], None, None, None]

"""The arithmetic of rules/architectures."""

from __future__ import annotations

import pytest

from auditor.sizing.expressions import Unreadable, evaluate, number, truth

FIELDS = {"a": 7, "b": 2, "kinds": ["x", "y"], "table": {"n": 3}, "on": True, "off": None, "huge": 1 << 61, "word": "full", "share": 0.25}


def field(name):
    if name not in FIELDS:
        raise Unreadable(f"{name} is not in config.json")
    return FIELDS[name]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a * b + 1", 15), ("a // b", 3), ("a % b", 1), ("round_up(a, 4)", 8), ("max(a, b)", 7), ("int(a * share)", 1), ("len(kinds)", 2), ("table.n", 3),
        ("table.m", None), ("1 if on else 2", 1), ("kinds[1]", "y"), ("'x' in kinds", True), ("a not in kinds", True), ("has(a)", True), ("has(missing)", False),
        ("has(off)", False), ("not on", False), ("a > 1 and b > 1", True), ("off is None", True), ("b * (1 + on)", 4), ("missing if off else a", 7),
    ],
)  # fmt: skip
def test_values(expression, value):
    assert evaluate(expression, field) == value


@pytest.mark.parametrize(
    "expression", ["missing", "a + word", "kinds[9]", "a // 0", "huge * huge", "a ** b", "__import__('os')", "word.upper()", "[1, 2]", "flag(a)"]
)
def test_what_cannot_be_worked_out_says_so(expression):
    with pytest.raises(Unreadable):
        evaluate(expression, field)


def test_a_number_is_whole_and_not_negative():
    assert number("a", field) == 7
    for expression in ("b - a", "share", "on", "word", "off"):
        with pytest.raises(Unreadable):
            number(expression, field)


def test_a_condition_is_no_word():
    assert truth("on", field) and not truth("off", field) and truth("kinds", field)
    with pytest.raises(Unreadable):
        truth("word", field)

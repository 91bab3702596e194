"""SPDX expressions: choices in the order of the text, and nothing that is no expression."""

from __future__ import annotations

import pytest

from auditor.licensing.expression import Choice, NotAnExpression, parse


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("MIT", (("MIT",),)),
        ("MIT OR Apache-2.0", (("MIT",), ("Apache-2.0",))),
        ("MIT and Apache-2.0", (("MIT", "Apache-2.0"),)),
        ("A AND B OR C", (("A", "B"), ("C",))),
        ("A OR B AND C", (("A",), ("B", "C"))),
        ("A AND (B OR C)", (("A", "B"), ("A", "C"))),
        ("(A OR B) AND (C OR D)", (("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"))),
        ("GPL-2.0-only WITH Classpath-exception-2.0 OR MIT", (("GPL-2.0-only",), ("MIT",))),
        ("((A))", (("A",),)),
    ],
)
def test_a_choice(text: str, choice: Choice) -> None:
    assert parse(text) == choice


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AND",
        "A OR",
        "OR A",
        "A B",
        "(A",
        "A)",
        "()",
        "A AND (B OR",
        "A WITH",
        "A WITH Commons-Clause",
        "A WITH Non-Commercial-Restriction OR B",
        "(" * 63,
        "A OR " * 40 + "A",
        " AND ".join(["(A OR B)"] * 5),
    ],
)
def test_no_expression(text: str) -> None:
    with pytest.raises(NotAnExpression):
        parse(text)

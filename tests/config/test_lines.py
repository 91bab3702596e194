"""Lines of TOML keys, as the parser itself tells statements apart."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from auditor.config.lines import Key, key_lines, line_of

DOCUMENT = '''# nothing
[profile]
use = ["hosted",   # [not.a.table]
  "finetune"]

[ profile . "odd key" ]
a.b = 1
months = { "2024-06" = 4 }
text = """
[neither]
x = 1
"""
[[agreements]]
licensor = "A"
[[agreements]]
licensor = "B"
[agreements.more]
y = 1
[[agreements.parts]]
z = 1
[[agreements.parts]]
z = 2
'''


def test_every_key_has_the_line_where_its_statement_begins() -> None:
    assert key_lines(DOCUMENT) == {
        ("profile",): 2, ("profile", "use"): 3, ("profile", "use", 0): 3, ("profile", "use", 1): 3,
        ("profile", "odd key"): 6, ("profile", "odd key", "a"): 7, ("profile", "odd key", "a", "b"): 7,
        ("profile", "odd key", "months"): 8, ("profile", "odd key", "months", "2024-06"): 8, ("profile", "odd key", "text"): 9,
        ("agreements",): 13, ("agreements", 0): 13, ("agreements", 0, "licensor"): 14, ("agreements", 1): 15, ("agreements", 1, "licensor"): 16,
        ("agreements", 1, "more"): 17, ("agreements", 1, "more", "y"): 18,
        ("agreements", 1, "parts"): 19, ("agreements", 1, "parts", 0): 19, ("agreements", 1, "parts", 0, "z"): 20, ("agreements", 1, "parts", 1): 21, ("agreements", 1, "parts", 1, "z"): 22,
    }  # fmt: skip


def test_every_key_that_has_a_line_is_in_the_document() -> None:
    absent = []
    for key in key_lines(DOCUMENT):
        node: Any = tomllib.loads(DOCUMENT)
        try:
            for part in key:
                node = node[part]
        except (KeyError, IndexError, TypeError):
            absent.append(key)
    assert absent == []


@pytest.mark.parametrize(
    ("key", "line"),
    [(("profile", "use", 7), 3), (("profile", "absent"), 2), (("agreements", 1, "expires"), 15), (("absent",), None), ((), None)],
)
def test_what_has_no_line_of_its_own_has_that_of_the_table_around_it(key: Key, line: int | None) -> None:
    assert line_of(key_lines(DOCUMENT), key) == line


def test_a_long_document_has_no_lines_and_a_long_statement_ends_them() -> None:
    assert key_lines("a = 1\n" + "#" * 65_536) == {}
    assert key_lines("a = 1\nb = [\n" + "1,\n" * 300 + "]\nc = 2\n") == {("a",): 1}
    assert key_lines("") == {}
    assert key_lines("a = 1") == {("a",): 1}

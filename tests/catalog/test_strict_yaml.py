"""YAML as data: what is refused says its line."""

from __future__ import annotations

import pytest

from auditor.catalog.strict_yaml import StrictYamlError, line_of, load


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "key 'a' stands twice, first in line 1"),
        ("a: 1\n\"a\": 3\n", 2, "key 'a' stands twice, first in line 1"),
        ("top:\n  x: 1\n  y: 2\n  x: 3\n", 4, "key 'x' stands twice, first in line 2"),
        ("- {k: 1, k: 2}\n", 1, "key 'k' stands twice, first in line 1"),
        ("a: &anchor 1\nb: *anchor\n", 1, "anchors and aliases are not allowed; write the value out"),
        ("a: 1\nb: &anchor {c: 1}\n", 2, "anchors and aliases are not allowed; write the value out"),
        ("a: 1\nb: [x, *y]\n", 2, "anchors and aliases are not allowed; write the value out"),
        *[(f"a: 1\nb: {word}\n", 2, f"'{word}' is ambiguous: write true or false, or quote the word") for word in ("yes", "no", "on", "off", "Yes", "NO", "y", "N")],
        ("a:\n  - x\n  - No\n", 3, "'No' is ambiguous: write true or false, or quote the word"),
        ("1: x\n", 1, "a key must be a string; quote it"),
        ("a: 1\ntrue: x\n", 2, "a key must be a string; quote it"),
        ("a: 1\n~: x\n", 2, "a key must be a string; quote it"),
        ("a: 1\n1.5: x\n", 2, "a key must be a string; quote it"),
        ("a: 1\n? [b, c]\n: x\n", 2, "a key must be a string; quote it"),
        ("a: 010\n", 1, "'010' is ambiguous: write a plain number, or quote it"),
        ("a: 1\nb: 0x1F\n", 2, "'0x1F' is ambiguous: write a plain number, or quote it"),
        ("a: 1:30\n", 1, "'1:30' is ambiguous: write a plain number, or quote it"),
        ("a: !!int many\n", 1, "'many' is no int"),
        ("a: 1\nb: !!bool maybe\n", 2, "'maybe' is no bool"),
    ],
)  # fmt: skip
def test_refused_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(StrictYamlError) as error:
        load(text)
    assert (error.value.line, str(error.value)) == (line, message)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3),
        ("a: 1\n\tb: 2\n", 2),
        ("a: 'open\n", 2),
        ("a: 1\n--- \nb: 2\n", 2),
        ("a: !!python/object:os.system x\n", 1),
        ("a: \x07\n", 1),
    ],
)
def test_what_is_no_yaml_is_a_syntax_error_with_its_line(text: str, line: int) -> None:
    with pytest.raises(StrictYamlError, match="^not valid YAML") as error:
        load(text)
    assert error.value.line == line


def test_values_and_their_lines() -> None:
    value, lines = load('key: mit\nwhen:\n  of:\n    - {kind: all, n: 3}\n    - 2024-07-23\nflag: true\nnothing:\nshare: 0.5\nquoted: "no"\n')
    assert value == {"key": "mit", "when": {"of": [{"kind": "all", "n": 3}, "2024-07-23"]}, "flag": True, "nothing": None, "share": 0.5, "quoted": "no"}
    assert lines[("when", "of", 0, "n")] == 4
    assert lines[("when", "of", 1)] == 5
    assert lines[("quoted",)] == 9


def test_booleans_of_yaml_1_1_are_words() -> None:
    assert load('a: True\nb: FALSE\nc: "yes"\nno: x\n')[0] == {"a": "True", "b": "FALSE", "c": "yes", "no": "x"}


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert load('"<<": {a: 1}\nb: 2\n')[0] == {"<<": {"a": 1}, "b": 2}


def test_an_empty_document_is_nothing() -> None:
    assert load("# nothing\n") == (None, {})


def test_the_line_of_a_path_that_is_not_there_is_that_of_its_nearest_ancestor() -> None:
    _, lines = load("a: 1\nb:\n  c:\n    d: 2\n")
    assert line_of(lines, ("b", "c", "missing", 3)) == 4
    assert line_of(lines, ("missing",)) == 1
    assert line_of({}, ()) == 1

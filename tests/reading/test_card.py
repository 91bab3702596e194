"""A README.md and the Hub's cardData to the metadata that matters."""

from __future__ import annotations

import time
from typing import Any

import pytest

from auditor.domain.evidence import CardData
from auditor.reading.card import card_data, read_card
from auditor.reading.text import text_facts


def card(front: str, body: str = "") -> CardData:
    return read_card(f"---\n{front}\n---\n{body}".encode()).data


def test_a_plain_card() -> None:
    facts = read_card(b"---\nlicense: mit\nbase_model:\n- a/b\n- c/d\n---\n# Title\n\nSome words.\n")
    assert facts.has_front_matter
    assert facts.data == CardData(license=("mit",), base_model=("a/b", "c/d"), lines={"license": 2, "base_model": 3})
    assert facts.body == text_facts("# Title\n\nSome words.", 7)
    assert (facts.body.lines, facts.body.words, facts.body.first_line) == (3, 3, 7)


def test_a_card_without_front_matter() -> None:
    facts = read_card(b"# Title\n---\nlicense: mit\n---\n")
    assert (facts.has_front_matter, facts.data, facts.body.first_line) == (False, CardData(), 1)


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\n\n", b"  \r\n"])
def test_what_may_stand_before_the_front_matter(start: bytes) -> None:
    assert read_card(start + b"---\nlicense: mit\n---\n").data.license == ("mit",)


def test_lines_count_what_stands_before() -> None:
    assert read_card(b"\n\n---\nlicense: mit\n---\n").data.lines == {"license": 4}


@pytest.mark.parametrize(
    ("value", "license_"),
    [("no", ("no",)), ("on", ("on",)), ("4.0", ("4.0",)), ("null", ()), ("", ()), ("'null'", ("null",)), ("[a, [b, c]]", ("a", "b", "c"))],
)
def test_values_stay_as_written(value: str, license_: tuple[str, ...]) -> None:
    assert card(f"license: {value}").license == license_


def test_a_list_where_one_value_is_expected() -> None:
    found = card("license_name: [a, b]")
    assert (found.license_name, found.problems) == (None, ("license_name is a list of 2 where one value is expected",))


@pytest.mark.parametrize(
    ("value", "disallowed"),
    [
        ("true", True),
        ("True", True),
        ("yes", True),
        ("[DE]", True),
        ("maybe", True),
        ("false", False),
        ("False", False),
        ("no", False),
        ("off", False),
        ("", False),
    ],
)
def test_the_eu_bar(value: str, disallowed: bool) -> None:
    assert card(f"extra_gated_eu_disallowed: {value}").gate_eu_disallowed is disallowed


def test_the_gate_prompt_is_kept_as_a_fingerprint_alone() -> None:
    found = card("license: other\nextra_gated_prompt: |\n  The whole\n  text")
    assert found.gate_prompt == text_facts("The whole\ntext", 3)
    assert "whole" not in found.model_dump_json()


def test_json_of_the_hub() -> None:
    values: dict[str, Any] = {"license": ["mit", 7, None], "base_model": {"a": 1}, "datasets": "x", "extra_gated_eu_disallowed": True}
    found = card_data(values)
    assert (found.license, found.base_model, found.datasets, found.gate_eu_disallowed, found.lines) == (("mit",), (), ("x",), True, {})
    assert found.problems == (
        "license holds a value that is no text: int",
        "license holds a value that is no text: NoneType",
        "base_model holds a value that is no text: dict",
    )


def test_long_lists_and_values_are_cut_and_say_so() -> None:
    found = card_data({"base_model": [f"a/{n}" for n in range(201)], "license_name": "x" * 600})
    assert (len(found.base_model), len(found.license_name or "")) == (200, 500)
    assert found.problems == (
        "license_name holds a value of 600 characters; only the first 500 were read",
        "base_model holds 201 values; only the first 200 were read",
    )


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
UNREADABLE = {
    "license: mit\nlicense: cc-by-nc-4.0": "the front matter states 'license' twice, again in line 3",
    "license: [mit": "the front matter is not valid YAML in line 3",
    "- a\n- b": "the front matter is not a mapping",
    "just text": "the front matter is not a mapping",
    BOMB: "the front matter uses a YAML anchor or alias in line 2",
    "license: *x": "the front matter uses a YAML anchor or alias in line 2",
    "? [a, b]\n: c": "the front matter has a key that is no string in line 2",
    "a: " + "[" * 40 + "]" * 40: "the front matter is nested deeper than 32",
    "license: mit\nx: \x01": "the front matter is not valid YAML",
    "license: mit\n...\n---x: 1": "the front matter is not valid YAML in line 4",
    "license: mit\n--- {license: other}": "the front matter holds more than one YAML document",
}


@pytest.mark.parametrize("front", UNREADABLE)
def test_what_cannot_be_read_is_a_problem(front: str) -> None:
    assert card(front).problems == (UNREADABLE[front],)


def test_a_twice_stated_key_keeps_the_first_value() -> None:
    assert card("license: mit\nlicense: cc-by-nc-4.0").license == ("mit",)


def test_front_matter_without_an_end() -> None:
    facts = read_card(b"---\nlicense: mit\n")
    assert (facts.has_front_matter, facts.data.license, facts.data.problems) == (True, (), ("the front matter has no closing ---",))


ABUSES = {
    "many keys": b"---\n" + b"".join(b"k%d: v\n" % n for n in range(60_000)) + b"---\n",
    "many items": b"---\nlicense: mit\ntags:\n" + b"- tag\n" * 60_000 + b"---\n",
    "large": b"---\nlicense: " + b"x" * 3_000_000 + b"\n---\n",
    "deep": b"---\na: " + b"[" * 100_000 + b"\n---\n",
    "deep keys": b"---\n" + b"? " * 50_000 + b"\n---\n",
    "no end": b"---\n" + b"a: b\n" * 500_000,
    "newlines": b"\n" * 2_000_000,
    "rulers": b"---\n" + b"--- x\n" * 400_000,
    "binary": bytes(range(256)) * 10_000,
    "marks": b"---\nlicense: mit\n---\n" + "a\u0315\u0300".encode() + "\u0315\u0300".encode() * 300_000,
    "copyright": b"#" * 1_000_000 + b"copyright 2020 X\n" + b"copyright" + b"," * 1_000_000 + b" 2020 x",
}


@pytest.mark.parametrize("case", ABUSES)
def test_abusive_cards_end_soon(case: str) -> None:
    began = time.process_time()
    read_card(ABUSES[case])
    assert time.process_time() - began < 5


def test_lines_are_counted_as_editors_do_whatever_yaml_and_unicode_take_for_an_end() -> None:
    """A separator in a value or in a paragraph must not move the lines that are quoted after it."""
    read = read_card('---\na: "x\u2028\u2028y"\nlicense: mit\n---\nOne\x0cline.\u2028\u2028\n\nReleased under the MIT license.\n'.encode())
    assert read.data.lines == {"license": 3}
    assert (read.body.first_line, read.body.lines) == (5, 3)
    assert [statement.line for statement in read.statements] == [7]

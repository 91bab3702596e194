"""Short lines that a card shows: where they are shown, where they are only spoken of, and that nothing grows with hostile input."""

import time

import pytest

from auditor.reading.display import MAX_LINES, is_short_line, line_digest, shown_lines

LINE = "Built with Llama"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Built with Llama", 1),
        ("# About\n\n**Built with Llama**.", 3),
        ("Acme 8B answers questions. Built with Llama.", 1),
        ("Built with Llama 3.1", 1),
        ("Built with Llama, by Acme", 1),
        ("<p align=center>Built with <b>Llama</b></p>", 1),
        ("Built with [Llama](https://llama.example/x)", 1),
        ("[Built with Llama](https://llama.example/x)", 1),
        ("![Built with Llama](badge.png)", 1),
        ('<img src="a.png" alt="Built with Llama">', 1),
        ("![](https://img.shields.io/badge/Built_with-Llama-blue)", 1),
        ("![x](https://img.shields.io/badge/Built%20with-Llama-blue)", 1),
        ("| Model | Built with Llama |", 1),
        ("`Built with Llama`", 1),
        ("🦙 Built with Llama", 1),
        ("Built with\u00a0Llama", 1),
        ("License: Llama 3.1; Built&nbsp;with Llama", 1),
        ("<!-- a\nb -->\nBuilt with Llama", 3),
    ],
)
def test_it_is_shown(text: str, number: int) -> None:
    assert shown_lines(text).get(line_digest(LINE)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Built with Llama-Factory",
        "Built with LLaMA",
        "Built with Llama Factory",
        "Built with Llama.cpp",
        "built with Llama",
        "not Built with Llama",
        "You must display “Built with Llama” on a website.",
        "You must display\n“Built with Llama” on a website.",
        "You must prominently display Built with Llama.",
        "“Built with Llama”",
        "you must include:\n\n*“Built with Llama”*",
        '"Built with Llama"',
        "<!-- Built with Llama -->",
        "<!-- Built with Llama",
        "Built with Meta Llama 3",
        "Rebuilt with Llama",
        "Built\nwith Llama",
    ],
)
def test_it_is_not_shown(text: str) -> None:
    assert line_digest(LINE) not in shown_lines(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Zephyr Inside**", True),
        ("A model. Zephyr Inside!", True),
        ("| Zephyr Inside |", True),
        ("Show “Zephyr Inside” somewhere.", False),
        ("Zephyr Insides", False),
    ],
)
def test_a_name_and_inside(text: str, shown: bool) -> None:
    assert (line_digest("Zephyr Inside") in shown_lines(text)) is shown


def test_lines_count_from_where_the_text_begins() -> None:
    assert shown_lines("\nBuilt with Llama", 12) == {line_digest(LINE): 13}


def test_a_line_of_several_words_is_kept_in_every_length_that_a_name_can_have() -> None:
    digests = shown_lines("Built with Meta Llama 3 and love")
    assert [line for line in ("Built with Meta", "Built with Meta Llama", "Built with Meta Llama 3") if line_digest(line) in digests] == [
        "Built with Meta Llama",
        "Built with Meta Llama 3",
    ]


def test_more_than_are_kept_are_not_kept() -> None:
    assert len(shown_lines("\n".join(f"Built with x{number}" for number in range(3 * MAX_LINES)))) == MAX_LINES


@pytest.mark.parametrize(
    "text",
    [
        "Built with a " * 600_000,
        "<" * 8_000_000,
        "[" * 8_000_000,
        "Built with " + "<!--" * 2_000_000,
        "Built with\n" * 700_000,
        "Built with " + "[a" * 4_000_000,
    ],
    ids=["one line", "tags", "brackets", "comments", "lines", "links"],
)
def test_eight_megabytes_take_seconds(text: str) -> None:
    start = time.perf_counter()
    shown_lines(text)
    assert time.perf_counter() - start < 15


def test_what_a_short_line_is() -> None:
    assert [
        line
        for line in ("Built with Llama", "Powered by Stability AI", "Kimi K2", "Zephyr Inside", "Built with a b c d e", "X is licensed under Y")
        if is_short_line(line)
    ] == [
        "Built with Llama",
        "Powered by Stability AI",
        "Zephyr Inside",
    ]

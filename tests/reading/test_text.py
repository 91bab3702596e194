"""What counts as text, and its fingerprint."""

from __future__ import annotations

import hashlib

import pytest

from auditor.domain.evidence import TextFacts
from auditor.domain.text_safety import text_lines
from auditor.reading.normalize import fingerprint, normalized_words
from auditor.reading.text import is_text, text_facts


@pytest.mark.parametrize(
    "content", [b"", b"plain", "Für 许可".encode(), "Für".encode("latin-1"), b"\xef\xbb\xbfx", b"<html>", b"{\\rtf1 x}", b"x" * 200 + b"\0"]
)
def test_text(content: bytes) -> None:
    assert is_text(content)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"a\0b",
        b"x" * 200 + b"\0\xff",
        "许可".encode("utf-16-le") + b"\n\0",
        "许可".encode("utf-16"),
        "abc".encode("utf-16"),
        b"\x89PNG\r\n\x1a\n\0\0",
    ],
)
def test_no_text(content: bytes) -> None:
    assert not is_text(content)


def test_facts() -> None:
    digest = hashlib.sha256(b"two words").hexdigest()
    assert text_facts("Two\n  *words*\n", 5) == TextFacts(lines=2, words=2, sha256=digest, first_line=5, binding_words=1)  # not recognisably English
    assert text_facts("") == TextFacts(lines=0, words=0, sha256=hashlib.sha256(b"").hexdigest())


@pytest.mark.parametrize(
    ("text", "binding"),
    [
        ("Tell us your name and the company that you work for.", 0),
        ("You agree to use this for research only.", 2),
        ("By using it you accept the terms of the license.", 0),
        ("You can't use it for money.", 1),
        ("Nutzung zum Forschungszweck gestattet", 1),
        ("仅供研究", 2),
        ("", 0),
    ],
)
def test_words_in_which_terms_are_put(text: str, binding: int) -> None:
    assert text_facts(text).binding_words == binding


def test_wrapping_markup_and_quotes_change_nothing() -> None:
    assert fingerprint("You're free to *use* it.") == fingerprint("<p>You’re\nfree   to use\tit</p>")


@pytest.mark.parametrize(
    "dressed",
    [
        "\ufeffCopyright (c) 2026 Zephyr\n\nSome terms.",
        "Copyright (c) 2026 Zephyr\r\rSome terms.",
        "Copyright (c) 2026 Zephyr. All rights reserved.\r\n\r\nSome terms.\r\n",
        ";; Copyright (c) 2026 Zephyr\n;;\n;; Some terms.",
        "**Copyright** (c) 2026 **Zephyr**\n\n*Some* terms.",
        "<!DOCTYPE html><html><body>\n<p class='x'>Copyright &copy; 2026 Zephyr</p>\n<p>Some terms.</p></body></html>",
        "So\u00adme te\u200brms.",
    ],
)
def test_how_a_text_is_dressed_changes_nothing(dressed: str) -> None:
    assert list(normalized_words(dressed)) == ["some", "terms"]


def test_a_text_of_nothing_but_a_copyright_line_has_no_words() -> None:
    assert normalized_words("Copyright (c) 2026 Zephyr") == []


def test_words_keep_what_could_be_a_clause() -> None:
    assert normalized_words("Use <only for research> [here](https://x.y/z)") == ["use", "only", "for", "research", "here"]


def test_runs_of_combining_marks_are_normalised_in_pieces() -> None:
    assert normalized_words("e\u0301tude ﬁne Ⅳ") == ["étude", "fine", "iv"]
    assert len(normalized_words("a" + "\u0315\u0300" * 5000)) >= 1


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\r\n\r\nb", ["a", "", "b"]), ("\n", [""]), ("a\x0cb\u2028c\x85d\re\n", ["a\x0cb\u2028c\x85d\re"])],
)
def test_a_line_feed_alone_ends_a_line(text: str, lines: list[str]) -> None:
    assert text_lines(text) == lines
    assert text_facts(text).lines == len(lines)


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2024 Zephyr - CONFIDENTIAL AND PROPRIETARY",
        "Copyright (c) 2024 Zephyr, Outside Europe",
        "Copyright 2024 Zephyr | Weights Reserved For Members",
        "~~Copyright 2024~~ Hospitals Banned",
        "Copyright (c) 2024 Zephyr, Trial Version Expires 2025",
        "Copyright (c) 2024 Zephyr, Written Consent Of Zephyr",
        "Copyright (c) 2024 Zephyr, Enterprise Customers Excepted",
        "Copyright (c) 2024 Zephyr, For Students",
        "Copyright (c) 2024 Zephyr, Contact Sales",
        "Copyright 2024 Kommerzielle Nutzung Verboten",
        "Copyright (c) 2024 Zephyr, Usage Commercial Interdit",
        "Copyright (c) 2024 \u963f\u514b\u7c73 \u7981\u6b62\u5546\u4e1a\u4f7f\u7528",
        "Copyright (c) 2024 \u0422\u043e\u043b\u044c\u043a\u043e \u0414\u043b\u044f \u0412\u0430\u0441",
    ],
)
def test_a_copyright_line_that_speaks_of_rights_counts(line: str) -> None:
    assert text_facts(f"{line}\n\nSome terms.").words > 2


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2024 Zephyr Private Limited",
        "Copyright (c) 2023 \u5317\u4eac\u667a\u6e90\u4eba\u5de5\u667a\u80fd\u7814\u7a76\u9662",
        "Copyright 2024 Students of Zephyr University",
    ],
)
def test_a_holder_is_left_out_whoever_it_is(line: str) -> None:
    assert text_facts(f"{line}\n\nSome terms.").words == 2

"""Shingles of a text, their lines, and their form in a bundle."""

import pytest

from auditor.reading.normalize import word_lines
from auditor.reading.shingles import WIDTH, decode, encode, hash_words, shingles

TEXT = "# Terms\n\nYou may run it. <b>You\nmust</b> keep this text.\n[See](https://a.example/x) the rest.\n"


def test_one_hash_for_every_five_words() -> None:
    found = shingles(TEXT)
    assert (found.words, len(found.hashes), found.truncated) == (13, 9, False)
    assert found.hashes[1:2] == hash_words(["you", "may", "run", "it", "you"])


def test_every_word_knows_its_line() -> None:
    assert shingles(TEXT).lines.tolist() == [1, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5]


@pytest.mark.parametrize(("text", "words", "hashes"), [("", 0, 0), ("one", 1, 1), ("one two three four five", 5, 1)])
def test_short_texts(text: str, words: int, hashes: int) -> None:
    found = shingles(text)
    assert (found.words, len(found.hashes)) == (words, hashes)
    assert WIDTH == 5


def test_encoding_round_trip() -> None:
    found = shingles(TEXT)
    assert decode(encode(found)) == found


@pytest.mark.parametrize("text", ["", "1:0", "x:0::", "9:0:AAAA:AAAA", "1:0:AAAAAA==:", "5:0:!!!!:AAAA"])
def test_what_was_not_encoded_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(text)


def test_every_word_stands_in_its_line_whatever_is_left_out_before_it() -> None:
    text = "First words\n\nCopyright (c) 2024 Some Holder\n\nhere [a\nlink](https://example.org/x) and\n<a\nhref='x'>tag</a> then\nand (ii)\nCopyright 2024 A Holder\nlast&#10;word"
    found = shingles(text)
    words, lines = word_lines(text)
    assert list(found.lines) == lines
    assert list(zip(words, lines, strict=True)) == [
        ("first", 1), ("words", 1), ("here", 5), ("a", 5), ("link", 6), ("and", 6), ("tag", 8), ("then", 8), ("and", 9), ("ii", 9), ("last", 11), ("word", 11),
    ]  # fmt: skip

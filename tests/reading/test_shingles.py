"""Shingles of a text, their lines, and their form in a bundle."""

import pytest

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

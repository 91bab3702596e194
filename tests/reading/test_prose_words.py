"""The words that let a card be looked into: as written, as seen, and not at all."""

from __future__ import annotations

import sys

import pytest

from auditor.reading.card import read_card
from auditor.reading.prose_languages import _LANGUAGES
from auditor.reading.prose_restrictions import restrictions
from auditor.reading.prose_words import in_one_script, restricts, states


@pytest.mark.parametrize(
    "text", ["A License", "com**merc**ial", "com<i>merc</i>ial", "com&#109;ercial", "c\u043emmercial", "r\u200besearch", "仅供研究", "x\nunder y", "Under X"]
)
def test_it_states(text: str) -> None:
    assert states(text)


@pytest.mark.parametrize("text", ["", "A fast model for chat.", "**Fast** & small \u2014 handy", "Une image"])
def test_it_states_nothing(text: str) -> None:
    assert not states(text)


def test_names_alone_restrict_nothing() -> None:
    assert not restricts("Licensed under MIT.")
    assert restricts("For research only.")


@pytest.mark.parametrize(
    "text", ["Strictly for testing.", "Only for hobby projects.", "It may not be sold.", "Do not re-post it.", "Free for up to 100 million users.", "不得分发"]
)
def test_what_the_patterns_know_is_looked_into(text: str) -> None:
    assert [*restrictions(text)] and restricts(text)


def test_every_word_that_a_language_begins_with_is_looked_for() -> None:
    stems = {"acad", "educa"}  # of Spanish, Portuguese and Italian words that stand there whole
    assert {word for language in _LANGUAGES for word in language.words if not restricts(word)} == stems


def test_only_mixed_words_are_respelled() -> None:
    assert in_one_script("n\u043en \u0438\u0441\u0441\u043b\u0435\u0434 \uff41") == "non \u0438\u0441\u0441\u043b\u0435\u0434 a"


def test_a_card_without_the_words_loads_no_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "auditor.reading.prose", None)
    assert read_card("# Foo\n\nA small model \u2014 quick.\n".encode()).statements == ()

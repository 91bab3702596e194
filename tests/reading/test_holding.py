"""Whether a document holds a demanded string: the same answer with and without its text."""

from dataclasses import replace
from typing import Any

import pytest
from fakes import HUB, NOW, real_catalog

from auditor.crawler.parse import Received, file_document
from auditor.domain.evidence import CardFacts, Document, DocumentKind
from auditor.domain.license import License
from auditor.reading.holding import checkable, lines_holding
from auditor.reading.withheld import with_shingles

NOTICE = "Zephyr 1 is licensed under the Zephyr License, Copyright © Zephyr Inc. All Rights Reserved."


def document(text: str, kind: DocumentKind = "notice_file", path: str = "NOTICE") -> Document[Any]:
    made = file_document(kind, path, Received(f"{HUB}/x", 200, {}, text.encode(), NOW))
    assert isinstance(made, Document)
    return made


def withheld(one: Document[Any]) -> Document[Any]:
    facts = type(one.facts).model_validate_json(with_shingles(one).model_dump_json())
    return replace(one, content=None, facts=facts)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (NOTICE, (1, 1)),
        (f"Notices\n\n{NOTICE}\n", (3, 3)),
        (f"> {NOTICE.replace('under the', 'under' + chr(10) + 'the')}", (1, 2)),
        (NOTICE.replace("©", "(c)"), (1, 1)),
        (f"{NOTICE.split(',')[0]}.\n{NOTICE}", (2, 2)),
        (NOTICE.replace("Zephyr 1", "Zephyr 2"), "no"),
        (NOTICE.replace(" All Rights Reserved.", ""), "no"),
        ("", "no"),
        ("Zephyr", "no"),
    ],
)
@pytest.mark.parametrize("form", [lambda one: one, withheld], ids=["full", "withheld"])
def test_a_long_string_is_found_by_its_words(text: str, held: object, form: Any) -> None:
    assert lines_holding(form(document(text)), NOTICE) == held


@pytest.mark.parametrize("form", [lambda one: one, withheld], ids=["full", "withheld"])
def test_in_a_card_lines_are_those_of_the_document(form: Any) -> None:
    card = form(document(f"---\nlicense: other\n---\nHello.\n\nBuilt with Zephyr\n\n{NOTICE}\n", "card", "README.md"))
    assert lines_holding(card, NOTICE) == (8, 8)
    assert lines_holding(card, "Built with Zephyr") == (6, 6)
    assert lines_holding(card, "Built with Llama") == "no"


def test_a_place_to_fill_in_is_left_open_and_a_name_in_brackets_is_not() -> None:
    demanded = "[name of the work] is built using the technology of the Institute of Zephyrs"
    assert lines_holding(document("Acme is built using the technology of the Institute of Zephyrs."), demanded) == (1, 1)
    assert lines_holding(document("Acme is built using the technology of nobody at all."), demanded) == "no"
    assert lines_holding(document("The Zeph Model is licensed by nobody"), "The Zeph [dev] Model is licensed by nobody") == "no"


def test_without_the_facts_nothing_is_told() -> None:
    bare = replace(document(NOTICE), content=None)
    assert lines_holding(bare, NOTICE) == "unknown"
    damaged = replace(bare, facts=bare.facts.model_copy(update={"shingles": "1:0:!"}))
    assert lines_holding(damaged, NOTICE) == "unknown"
    old = document("Built with Zephyr", "card", "README.md")
    assert isinstance(old.facts, CardFacts)
    assert lines_holding(replace(old, facts=old.facts.model_copy(update={"shown_lines": None})), "Built with Zephyr") == "unknown"
    assert lines_holding(document("Built with Zephyr"), "Built with Zephyr") == "unknown"


def test_a_text_cut_short_rules_nothing_out() -> None:
    assert lines_holding(document("word " * 60_010), NOTICE) == "unknown"
    assert lines_holding(document(f"{NOTICE}\n" + "word " * 60_010), NOTICE) == (1, 1)


def test_every_string_that_the_catalogue_looks_for_can_be_told() -> None:
    catalog = real_catalog()
    entries = (catalog.license_entry(key) for key in catalog.license_keys)
    duties = [(entry.key, term.obligation) for entry in entries if isinstance(entry, License) for term in entry.terms if term.obligation]
    texts = [(key, duty.text) for key, duty in duties if duty.text and duty.check in ("card_text", "notice_file")]
    assert len(texts) > 40
    assert [text for _, text in texts if not checkable(text)] == []

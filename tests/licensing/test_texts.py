"""License texts where they stand: changed copies, several in one file, in a card, in a prompt; and what a file's name says that it is about."""

from __future__ import annotations

import pytest
from fakes import Repo, Shelf, area, facts_of, model, result, rules_of, text

from auditor.catalog.catalog import Catalog
from auditor.catalog.fingerprints import Fingerprints
from auditor.domain.license_facts import LicenseFacts
from auditor.licensing.matcher import matcher_of
from auditor.licensing.texts import covers

FREE, NC, GATE = "free-1", "nc-1", "gate-1"


def long(key: str) -> str:
    """An invented text of 80 words that shares nothing with another."""
    return "Licensor says as is. " + " ".join(f"{key.replace('-', '')}w{number}" for number in range(80))


@pytest.fixture
def shelf(invented: Catalog) -> Catalog:
    """The catalogue with fingerprints of long invented texts in place of the real ones."""
    matcher = matcher_of(invented)
    matcher.seen.clear()
    matcher.__dict__["fingerprints"] = Shelf([(key, long(key)) for key in (FREE, NC, GATE)])
    return invented


def told(facts: LicenseFacts) -> list[tuple[str, str | None, str, tuple[int, int] | None]]:
    return [(t.path, t.identity.key, t.identity.method, t.identity.span) for t in facts.texts]


def test_a_changed_copy_is_named_shown_and_not_trusted(shelf: Catalog) -> None:
    changed = long(FREE).replace("free1w40", "free1w40\nnever on Mondays\nfree1w41", 1)
    facts = facts_of(Repo({"license": FREE}, {"LICENSE": changed}), shelf)
    assert (facts.conclusion.key, facts.conclusion.method, facts.conclusion.confidence) == (FREE, "text_changed", "low")
    assert (facts.trusted, facts.candidates, facts.identified_in) == (False, (FREE,), "none")
    [match] = facts.texts
    assert (match.key, match.resembles) == (None, FREE)
    assert [(change.op, change.lines, change.words) for change in match.identity.changes] == [("added", (2, 3), 4)]
    assert [e.quote for e in match.additions] == ["never on Mondays\nfree1w41 free1w41 " + " ".join(f"free1w{n}" for n in range(42, 80))]


def test_a_changed_copy_goes_to_review_with_the_passage(shelf: Catalog) -> None:
    record = model(Repo({"license": FREE}, {"LICENSE": long(FREE) + "\nNever on Mondays."}), shelf)
    assert (area(record, "license"), result(record), rules_of(record)) == ("review", "unknown", {"LIC011", "LIC025"})
    [finding] = [f for f in record.findings if f.rule == "LIC025"]
    assert finding.message == "The text in LICENSE is License free-1 with changes (98.2% of the words in common): added (lines 2-2, 3 words)"
    [read] = record.license.texts
    assert [(c.op, c.lines, c.text) for c in read.changes] == [("added", "2-2", "Never on Mondays.")]


def test_a_changed_copy_of_a_restrictive_text_prohibits_nothing_by_itself(shelf: Catalog) -> None:
    changed = Repo({}, {"LICENSE": long(NC) + "\nExcept on Mondays."})
    assert result(model(changed, shelf, organization="company")) == "unknown"
    stated = Repo({"license": NC}, {"LICENSE": long(NC) + "\nExcept on Mondays."})
    assert result(model(stated, shelf, organization="company")) == "prohibited"


def test_a_changed_copy_under_another_tag_is_a_contradiction(shelf: Catalog) -> None:
    facts = facts_of(Repo({"license": FREE}, {"LICENSE": long(NC) + "\nExcept on Mondays."}), shelf)
    assert [(c.kind, c.values) for c in facts.conflicts] == [("witnesses_disagree", (FREE, "changed copy of nc-1"))]


def test_two_texts_in_one_file_are_two_texts(shelf: Catalog) -> None:
    facts = facts_of(Repo({}, {"LICENSE": f"{long(FREE)}\n\n{long(NC)}\n"}), shelf)
    assert told(facts) == [("LICENSE", FREE, "text_equivalent", (1, 1)), ("LICENSE", NC, "text_equivalent", (3, 3))]
    assert (facts.conclusion.key, facts.candidates, [c.kind for c in facts.conflicts]) == (None, (FREE, NC), ["texts_disagree"])


def test_what_stands_between_two_texts_changes_the_one_before(shelf: Catalog) -> None:
    facts = facts_of(Repo({}, {"LICENSE": f"{long(FREE)}\nNever on Mondays.\n{long(NC)}\n"}), shelf)
    assert told(facts) == [("LICENSE", FREE, "text_changed", (1, 1)), ("LICENSE", NC, "text_equivalent", (3, 3))]
    assert facts.trusted is False


def test_a_text_inside_the_card_is_identified_and_the_rest_of_the_card_is_a_note(shelf: Catalog) -> None:
    readme = f"---\nlicense: {FREE}\n---\n# Model\n\nIt must be small.\n\n{long(FREE)}\n\nOnly our best."
    record = model(Repo({"license": FREE}, readme=readme), shelf)
    assert (record.license.concluded.key, record.license.concluded.method, record.license.concluded.confidence) == (FREE, "text_equivalent", "high")
    assert [(t.path, t.lines, t.method) for t in record.license.texts] == [("README.md", "5-5", "text_equivalent")]
    assert [(f.rule, f.outcome) for f in record.findings if f.rule == "LIC027"] == [("LIC027", "note")]
    assert area(record, "license") == "approved"


def test_a_text_that_the_card_quotes_is_not_what_a_strange_name_means(shelf: Catalog) -> None:
    card = {"license": "other", "license_name": "zephyr-terms"}
    readme = f"---\nlicense: other\nlicense_name: zephyr-terms\n---\n# Model\n\nThe tokenizer is that of another:\n\n{long(FREE)}\n"
    assert (area(model(Repo(card, readme=readme), shelf), "license"), rules_of(model(Repo(card, readme=readme), shelf))) == ("review", {"LIC007", "LIC011"})
    assert area(model(Repo(card, {"LICENSE": text(FREE)}), shelf), "license") == "approved"


def test_a_card_without_the_phrases_of_licenses_is_not_compared(shelf: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fingerprints, "__init__", lambda *_: pytest.fail("not needed"))
    assert facts_of(Repo({"license": FREE}, readme=f"---\nlicense: {FREE}\n---\nIt must be small."), shelf).texts == ()


def test_a_prompt_that_asks_for_more_than_the_license_goes_to_review(shelf: Catalog) -> None:
    prompt = f"{long(GATE)}\nYou must be a student."
    record = model(Repo({"license": GATE, "extra_gated_prompt": prompt}, answer={"gated": "auto"}), shelf)
    assert (record.license.concluded.key, record.license.concluded.method) == (GATE, "text_equivalent")
    assert (area(record, "license"), rules_of(record)) == ("review", {"LIC026"})
    alone = model(Repo({"license": GATE, "extra_gated_prompt": long(GATE)}, answer={"gated": "auto"}), shelf)
    assert (area(alone, "license"), rules_of(alone)) == ("approved", set())


@pytest.mark.parametrize(
    "more",
    [
        "Military use is banned.",
        "Permission is required before deployment.",
        "Without written approval deployment ends.",
        "Deployment is limited to twelve months.",
        "The terms above are replaced by those on our site.",
        "\u4ec5\u9650\u7814\u7a76\u4f7f\u7528",
        "word " * 60_000 + "\nYou must be a student.",
    ],
)
def test_a_prompt_restricts_in_many_words(shelf: Catalog, more: str) -> None:
    prompt = f"{long(GATE)}\n{more}"
    record = model(Repo({"license": GATE, "extra_gated_prompt": prompt}, answer={"gated": "auto"}), shelf)
    assert (area(record, "license"), rules_of(record)) == ("review", {"LIC026"})


def test_a_parent_whose_prompt_asks_for_more_cannot_be_told(shelf: Catalog) -> None:
    parent = Repo({"license": GATE, "extra_gated_prompt": f"{long(GATE)}\nYou must be a student."}, answer={"gated": "auto"})
    record = model(Repo({"license": GATE, "base_model": "org/base"}), shelf, {"org/base": parent})
    assert (area(record, "lineage"), result(record)) == ("review", "unknown")
    alone = Repo({"license": GATE, "extra_gated_prompt": long(GATE)}, answer={"gated": "auto"})
    assert area(model(Repo({"license": GATE, "base_model": "org/base"}), shelf, {"org/base": alone}), "lineage") == "approved"


def test_the_text_for_the_model_governs_and_the_one_beside_it_binds_too(shelf: Catalog) -> None:
    facts = facts_of(Repo({"license": FREE}, {"LICENSE": text("duty-1"), "MODEL_LICENSE": text(FREE)}), shelf)
    assert (facts.conclusion.key, facts.conclusion.confidence, facts.candidates, facts.conflicts) == (FREE, "high", ("duty-1", FREE), ())
    barred = facts_of(Repo({"license": FREE}, {"LICENSE": text("closed-1"), "MODEL_LICENSE": text(FREE)}), shelf)
    assert barred.candidates == ("closed-1", FREE)


def test_a_license_for_the_code_says_nothing_of_the_weights(shelf: Catalog) -> None:
    facts = facts_of(Repo({"license": NC}, {"LICENSE-CODE": text(FREE)}), shelf)
    assert (facts.conclusion.key, facts.conclusion.method, facts.candidates, facts.conflicts) == (NC, "tag_only", (NC,), ())
    silent = facts_of(Repo({}, {"LICENSE-CODE": text(FREE)}), shelf)
    assert (silent.conclusion.key, silent.candidates, silent.trusted) == (None, (), False)
    strange = facts_of(Repo({"license": FREE}, {"LICENSE-CODE": "Nobody may do anything on Mondays."}), shelf)
    assert strange.trusted is False


@pytest.mark.parametrize(
    ("path", "about"),
    [
        ("LICENSE", "all"),
        ("LICENSE-CODE", "code"),
        ("code/LICENSE", "code"),
        ("CODE_LICENSE.txt", "code"),
        ("MODEL_LICENSE", "model"),
        ("LICENSE_MODEL.md", "model"),
        ("License-Weights", "model"),
        ("DATA_LICENSE", "data"),
        ("LICENSE-MODEL-CODE", "all"),
        ("decode/LICENSE", "all"),
        ("OPEN_SOURCE_LICENSE.txt", "all"),
        ("remodelled/LICENSE", "all"),
    ],
)
def test_what_a_name_says_that_a_license_is_about(path: str, about: str) -> None:
    assert covers(path) == about


def test_the_prompt_and_the_body_of_one_card_are_two_texts(shelf: Catalog) -> None:
    """Both lie in README.md; what was found in one must not be taken for the other."""
    prompt, body = (f"{long(key)} You must never be late." for key in (FREE, NC))
    readme = f"---\nextra_gated_prompt: {prompt}\n---\n## License\n\n{body}\n"
    found = facts_of(Repo({}, answer={"cardData": None}, readme=readme), shelf).texts
    assert [(t.kind, t.identity.key) for t in found] == [("gate_prompt", FREE), ("readme", NC)]

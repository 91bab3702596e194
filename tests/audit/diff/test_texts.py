"""License texts of two sides: added, gone, moved, wrapped anew, and passages with their lines."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from fakes import Repo, collected, text

from auditor.audit.diff.texts import MAX_PASSAGES, Text, _changed, _passages, _shingles
from auditor.catalog.catalog import Catalog
from auditor.domain.change import ModelChange, Passage, Place, TextChange
from auditor.reading.shingles import MAX_WORDS
from auditor.reading.withheld import with_shingles
from tests.audit.diff.two import one_of

TEXT = text("free-1")
CLAUSE = "The licensee must not run the material on any Monday of the year."


def changed(before: Mapping[str, str], after: Mapping[str, str], catalog: Catalog) -> list[TextChange]:
    return list(one_of(Repo({"license": "free-1"}, before), Repo({"license": "free-1"}, after), catalog).texts)


def test_added_removed_and_moved(invented: Catalog) -> None:
    found = changed({"LICENSE": TEXT, "NOTICE": "Made by one.\n"}, {"LICENSE.md": TEXT, "USE_POLICY.md": "Be kind to all of us.\n"}, invented)
    assert [(one.path, one.op, one.moved_to, one.words_before, one.words_after) for one in found] == [
        ("LICENSE", "moved", "LICENSE.md", 20, 20),
        ("NOTICE", "removed", "", 3, None),
        ("USE_POLICY.md", "added", "", None, 6),
    ]


def test_wrapping_and_markup_are_the_same_words(invented: Catalog) -> None:
    found = changed({"LICENSE": TEXT}, {"LICENSE": "# " + TEXT.replace(" ", "\n")}, invented)
    assert [(one.op, one.passages) for one in found] == [("same_words", ())]


def test_a_passage_that_was_put_in_is_quoted_with_its_line(invented: Catalog) -> None:
    after = TEXT.replace("It comes", f"{CLAUSE}\nIt comes")
    [found] = changed({"LICENSE": TEXT}, {"LICENSE": after}, invented)
    assert (found.op, found.words_before, found.words_after) == ("changed", 20, 33)
    assert found.passages == (Passage(op="added", lines="4", words=13, quote=CLAUSE),)
    assert [(place.side, place.path, place.revision) for place in found.evidence] == [("before", "LICENSE", "a" * 40), ("after", "LICENSE", "b" * 40)]


def test_a_passage_that_was_taken_out_is_quoted_from_the_side_before(invented: Catalog) -> None:
    before = TEXT.replace("It comes", f"{CLAUSE}\nIt comes")
    [found] = changed({"LICENSE": before}, {"LICENSE": TEXT}, invented)
    assert found.passages == (Passage(op="removed", lines="4", words=13, quote=CLAUSE),)


def test_one_word_is_seen(invented: Catalog) -> None:
    [found] = changed({"LICENSE": TEXT}, {"LICENSE": TEXT.replace("may run", "may not run")}, invented)
    assert [(one.op, one.lines, one.words) for one in found.passages] == [("added", "3", 1)]


def test_another_order_is_a_change(invented: Catalog) -> None:
    one, two = "The first rule is that you must tell us.\n", "A second rule says that nobody may ever forget it.\n"
    [found] = changed({"LICENSE": one + two}, {"LICENSE": two + one}, invented)
    assert found.op == "changed"
    assert found.passages


def test_a_gate_prompt_is_a_text_too(invented: Catalog) -> None:
    before, after = (
        Repo({"license": "free-1", "extra_gated_prompt": prompt}) for prompt in ("You must agree to all of it.", "You must agree to all of it, and pay.")
    )
    [found] = one_of(before, after, invented).texts
    assert (found.path, found.op, [(one.op, one.words) for one in found.passages]) == ("gate prompt", "changed", [("added", 2)])
    assert found.evidence[1].path == "cardData.extra_gated_prompt"


def test_a_new_text_that_cannot_be_had_is_no_new_text(invented: Catalog) -> None:
    found: ModelChange = one_of(Repo({"license": "free-1"}), Repo({"license": "free-1"}, {}, {"LICENSE": "timeout"}), invented)
    assert found.texts == ()
    assert [(one.path, one.op) for one in found.files.listed] == [("LICENSE", "added")]
    assert [(one.topic, one.side, one.reason) for one in found.not_known if one.reason == "not_had"] == [("file LICENSE", "after", "not_had")]


def test_a_prompt_that_only_a_missing_card_could_tell_of_has_not_gone(invented: Catalog) -> None:
    asked = Repo({"license": "free-1", "extra_gated_prompt": "You must agree to all of it."})
    found = one_of(asked, Repo({"license": "free-1"}, {}, {"README.md": "timeout"}, {"cardData": None}), invented)
    assert found.texts == ()
    assert [entry.topic for entry in found.not_known if entry.topic.startswith("file")] == ["file README.md"]


def test_many_passages_are_bounded(invented: Catalog) -> None:
    lines = [f"Rule number {number} of this long text says that item {number} stays as it is." for number in range(200)]
    odd = [line + (f" Or not{number}." if number % 2 else "") for number, line in enumerate(lines)]
    [found] = changed({"LICENSE": "\n".join(lines)}, {"LICENSE": "\n".join(odd)}, invented)
    assert (len(found.passages), found.unlisted) == (MAX_PASSAGES, 60)


def test_hostile_names_and_quotes_are_made_visible(invented: Catalog) -> None:
    bad = "Evil \x1b[31m \u202e words stand in this line of it.\n"
    [found] = changed({}, {"LICENSE": bad}, invented)
    assert found.op == "added"
    [found] = changed({"LICENSE": "Something else was said here once before.\n"}, {"LICENSE": bad}, invented)
    assert {one.quote for one in found.passages if one.op == "added"} == {"Evil ⟦U+001B⟧[31m ⟦U+202E⟧ words stand in this line of it."}


PLACE = Place(side="before", kind="license_file", repository="org/model", path="LICENSE", revision="unknown", lines="", quote="", sha256="", url="")


def full(content: str) -> Text:
    document = collected({"org/model": Repo({}, {"LICENSE": content})}, "org/model").documents["LICENSE"]
    return Text("LICENSE", document.facts, document.sha256, document.text(), PLACE)


def withheld(content: str, **facts: str | None) -> Text:
    """The text as a bundle without prose gives it back; `facts` replaces some of what it keeps."""
    document = collected({"org/model": Repo({}, {"LICENSE": content})}, "org/model").documents["LICENSE"]
    return Text("LICENSE", with_shingles(document).model_copy(update=facts), document.sha256, None, PLACE)  # type: ignore[arg-type]


def test_withheld_against_full_has_lines_and_the_quote_of_the_full_side() -> None:
    longer = TEXT.replace("It comes", f"{CLAUSE}\nIt comes")
    assert passages(withheld(TEXT), full(longer)) == [Passage(op="added", lines="4", words=13, quote=CLAUSE)]
    assert passages(full(longer), withheld(TEXT)) == [Passage(op="removed", lines="4", words=13, quote=CLAUSE)]
    assert passages(withheld(TEXT), withheld(longer)) == [Passage(op="added", lines="4", words=13, quote="withheld")]


def passages(before: Text, after: Text) -> list[Passage]:
    return _passages(before, after, _shingles(before), _shingles(after))


def test_the_same_bytes_are_the_same_withheld_or_not() -> None:
    assert _changed(full(TEXT), withheld(TEXT)) == (None, "")


@pytest.mark.parametrize("kept", [None, "", "x", "9:0:AA==:AA==:", "a:b:c:d:e"])
def test_a_text_saved_without_its_passages_is_changed_and_how_is_not_known(kept: str | None) -> None:
    change, why = _changed(withheld(TEXT, shingles=kept), full(CLAUSE))
    assert change and (change.op, change.passages) == ("changed", ())
    assert why == "the text was saved without what is needed to compare it"


def test_words_beyond_the_limit_are_said_not_to_be_compared() -> None:
    long = "word " * (MAX_WORDS + 1)
    change, why = _changed(full(long), full(long + "more"))
    assert change and change.op == "changed"
    assert why == "words after the first 60,000 are not compared"

"""Texts near known ones: every word that differs is shown, and only the same words are called the same text."""

from __future__ import annotations

import pytest
from fakes import Shelf, obliging

from auditor.catalog.catalog import Catalog
from auditor.domain.identification import TextIdentity
from auditor.licensing.align import Alignment, Run, align
from auditor.licensing.matcher import Matcher
from auditor.reading.normalize import fingerprint
from auditor.reading.shingles import hash_words, shingles

WORDS = [f"word{number}" for number in range(60)]
KNOWN = " ".join(WORDS)
RIVAL = " ".join([*WORDS[:40], *(f"other{number}" for number in range(20))])


def aligned(document: list[str], known: list[str] = WORDS) -> Alignment:
    return align(hash_words(document), len(document), hash_words(known), len(known))


@pytest.mark.parametrize(
    ("document", "added", "removed"),
    [
        (WORDS, (), ()),
        ([*WORDS[:20], "not", *WORDS[20:]], (Run(20, 20),), ()),
        ([*WORDS[:20], *WORDS[21:]], (), (Run(20, 20),)),
        ([*WORDS[:20], "never", *WORDS[21:]], (Run(20, 20),), (Run(20, 20),)),
        (["first", *WORDS], (Run(0, 0),), ()),
        ([*WORDS, "at", "last"], (Run(60, 61),), ()),
        (WORDS[:30], (), (Run(30, 59),)),
        (WORDS[30:], (), (Run(0, 29),)),
        ([*WORDS[30:], *WORDS[:30]], (Run(0, 29),), (Run(30, 59),)),  # of two passages in another order one is new
        ([f"x{number}" for number in range(9)], (Run(0, 8),), (Run(0, 59),)),
        (["short"], (Run(0, 0),), (Run(0, 59),)),
        ([*WORDS[:20], "word19", *WORDS[20:]], (Run(20, 20),), ()),  # a word that is said twice has one counterpart
        ([*WORDS[:20], *WORDS[17:]], (Run(20, 22),), ()),
    ],
)
def test_every_passage_without_a_counterpart(document: list[str], added: tuple[Run, ...], removed: tuple[Run, ...]) -> None:
    found = aligned(document)
    assert (found.added, found.removed) == (added, removed)
    assert found.covered == len(document) - sum(run.words for run in added) == len(WORDS) - sum(run.words for run in removed)


def test_the_span_of_the_known_text_in_a_longer_document() -> None:
    before, after = [f"b{number}" for number in range(7)], [f"a{number}" for number in range(7)]
    assert aligned([*before, *WORDS, *after]).span == (7, 66)
    assert aligned(before).span == (0, -1)


def test_a_forged_hash_hides_no_word() -> None:
    """One shingle over the changed word is made to collide; those beside it are not, and a word is what all of them say."""
    document = [*WORDS[:30], "forged", *WORDS[31:]]
    known, mine = hash_words(WORDS), hash_words(document)
    for place in range(26, 31):
        forged = mine[:]
        forged[place] = known[place]
        found = align(forged, 60, known, 60)
        assert any(run.first <= 30 <= run.last for run in found.added)


@pytest.fixture
def matcher(invented: Catalog) -> Matcher:
    found = Matcher(invented)
    found.__dict__["fingerprints"] = Shelf(
        [("duty-1", KNOWN), ("free-2", RIVAL)], [("a-stranger", "A text of nobody that only ScanCode holds, at some length.")]
    )
    return found


def identified(matcher: Matcher, text: str, inside: bool = False) -> TextIdentity:
    return matcher.identify(fingerprint(text).sha256, lambda: shingles(text), inside)


def test_a_digest_decides_at_once(matcher: Matcher, invented: Catalog) -> None:
    sha256 = next(sha256 for sha256, known in invented.texts.items() if known.license == "free-1")
    found = matcher.identify(sha256, lambda: pytest.fail("nothing else is read"))
    assert (found.key, found.method, found.score) == ("free-1", "text_exact", 1.0)


def test_the_same_words_in_lines_wrapped_elsewhere_are_an_equivalent_text(matcher: Matcher) -> None:
    merged = f"copyright c 2026 zephyr {KNOWN}"
    assert identified(matcher, merged).method == "text_changed"
    matcher.fingerprints.wrappings[fingerprint(merged).sha256] = matcher.fingerprints.sequence(0)  # type: ignore[attr-defined]
    found = matcher.identify_all(fingerprint(merged).sha256, lambda: pytest.fail("nothing else is read"))
    assert [(one.key, one.method, one.changes) for one in found] == [("duty-1", "text_equivalent", ())]


def test_a_small_piece_is_a_changed_text_by_itself_and_nothing_in_a_longer_document(matcher: Matcher) -> None:
    piece = " ".join(WORDS[32:60])
    found = identified(matcher, piece)
    assert (found.key, found.method, [(one.op, one.words) for one in found.changes]) == ("duty-1", "text_changed", [("removed", 32)])
    around = " ".join(f"x{number}" for number in range(60))
    assert matcher.identify_all("0" * 64, lambda: shingles(f"{around} {piece} {around}"), inside=True) == ()
    assert identified(matcher, " ".join(WORDS[:18])).method == "none"


def test_a_word_put_in_is_a_changed_text_with_the_word_and_its_clause(matcher: Matcher) -> None:
    found = identified(matcher, " ".join([*WORDS[:30], "not", *WORDS[30:]]))
    assert (found.key, found.method, found.rival) == ("duty-1", "text_changed", "free-2")
    [change] = found.changes
    assert (change.op, change.lines, change.words, change.clause) == ("added", (1, 1), 1, "3")


def test_a_word_left_out_is_told_in_our_own_words(matcher: Matcher) -> None:
    found = identified(matcher, " ".join([*WORDS[:30], *WORDS[31:]]))
    [change] = found.changes
    assert (found.method, change.op, change.lines, change.words, change.clause) == ("text_changed", "removed", None, 1, "3")
    assert change.summary == "The term duty asks for it. The term policy asks for it."
    assert obliging()["clause"] == "3"


def test_words_that_only_repeat_are_no_equal_text(invented: Catalog) -> None:
    """The alignment of periodic words shows no passage; the digest still says that the words differ."""
    known, shorter = " ".join(["tra", "la"] * 30), " ".join(["tra", "la"] * 29)
    found = Matcher(invented)
    found.__dict__["fingerprints"] = Shelf([("duty-1", known)])
    assert identified(found, shorter).method in ("text_changed", "none")


def test_the_nearest_member_of_a_family_is_named_with_its_rival(matcher: Matcher) -> None:
    found = identified(matcher, " ".join([*WORDS[:40], *(f"other{number}" for number in range(19)), "end"]))
    assert (found.key, found.rival, found.method) == ("free-2", "duty-1", "text_changed")
    assert found.score > found.rival_score > 0


@pytest.mark.parametrize("text", ["", "...", "Nothing that anybody has ever licensed under these words at all.", "word0 word1 word2 word3 word4"])
def test_what_is_far_from_everything_is_no_known_text(matcher: Matcher, text: str) -> None:
    found = identified(matcher, text)
    assert (found.key, found.method, found.changes) == (None, "none", ())


def test_a_text_that_only_scancode_knows_is_named_and_not_concluded(matcher: Matcher) -> None:
    found = identified(matcher, "A text of nobody that only ScanCode holds, at some length.")
    assert (found.key, found.method, found.rival) == (None, "none", "scancode:a-stranger")


def test_a_text_inside_a_document(matcher: Matcher) -> None:
    whole = f"About this model\n\nIt is small.\n\n{KNOWN}\n\nContact us at any time, day or night."
    found = identified(matcher, whole, inside=True)
    assert (found.key, found.method, found.span, found.changes) == ("duty-1", "text_equivalent", (5, 5), ())
    changed = identified(matcher, whole.replace("word30", "word30 never"), inside=True)
    assert (changed.method, [(change.op, change.words) for change in changed.changes]) == ("text_changed", [("added", 1)])
    cut = identified(matcher, whole.replace(" ".join(WORDS[20:40]), ""), inside=True)
    assert cut.key is None or cut.method == "text_changed"


def test_a_document_longer_than_is_read_is_never_called_equal(matcher: Matcher) -> None:
    read = shingles(KNOWN)
    cut = type(read)(read.words, read.hashes, read.lines, truncated=True)
    assert matcher.identify("0" * 64, lambda: cut).method == "text_changed"

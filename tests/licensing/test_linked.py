"""A license text that the card links in another repository: support, conclusion or contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from fakes import HUB, FakeSource, Repo, Shelf, area, model, result, rules_of, sha_of, text

from auditor.audit.pipeline import collect
from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelRef, Reason
from auditor.domain.license_facts import LicenseFacts
from auditor.licensing.conclude import license_facts
from auditor.licensing.matcher import matcher_of

FREE, NC, DUTY, OTHER = "free-1", "nc-1", "duty-1", "other"
LINK = "https://huggingface.co/far/base/blob/main/LICENSE"
SHOWN = "far/base/blob/main/LICENSE"
STRANGE = "Zephyrine terms: nobody may do anything on Mondays."


def far(content: str = text(FREE)) -> dict[str, Repo | Reason]:
    return {"far/base": Repo({"license": OTHER}, {"LICENSE": content})}


def card(tag: object, link: object = LINK, **more: object) -> dict[str, object]:
    return {**({} if tag is None else {"license": tag}), "license_link": link, **more}


def facts(repo: Repo, catalog: Catalog, parents: Mapping[str, Repo | Reason] | None = None) -> LicenseFacts:
    models, _ = collect(FakeSource({"org/model": repo, **(far() if parents is None else parents)}), [ModelRef("org/model")], catalog)
    return license_facts(models[ModelRef("org/model")], catalog)


@pytest.mark.parametrize("name", [{}, {"license_name": "my own license"}, {"license_name": "Untagged License"}])
def test_other_is_what_the_link_leads_to(invented: Catalog, name: dict[str, str]) -> None:
    content = text("untagged-1" if name.get("license_name") == "Untagged License" else FREE)
    found = facts(Repo(card(OTHER, **name)), invented, far(content))
    key = "untagged-1" if content == text("untagged-1") else FREE
    assert (found.conclusion.key, found.conclusion.method, found.candidates, found.trusted) == (key, "text_exact", (key,), True)
    assert (found.identified_in, found.conflicts) == ("file", ())
    quote, *statements = found.conclusion.evidence
    assert (quote.kind, quote.url, quote.path, quote.lines) == ("linked_license", f"{HUB}/far/base/resolve/main/LICENSE", f"license_link/{SHOWN}", "1-3")
    assert quote.quote.startswith(f"Invented License {key}") and len(quote.sha256) == 64
    assert statements[0].quote == f"license_link: {LINK}"


def test_the_witness_knows_what_its_text_is(invented: Catalog) -> None:
    found = facts(Repo(card(FREE)), invented)
    assert [(w.kind, w.value, w.match.kind, w.match.keys) for w in found.witnesses] == [
        ("card_tag", FREE, "exact", (FREE,)),
        ("card_link", LINK, "exact", (FREE,)),
    ]
    assert [e.kind for e in found.witnesses[1].evidence] == ["api", "card", "linked_license"]
    assert [(t.kind, t.path, t.key, t.secondary) for t in found.texts] == [("card_link", SHOWN, FREE, False)]
    declared = model(Repo(card(FREE)), invented, far()).license.declared
    assert [(d.witness, d.value) for d in declared] == [("card_tag", FREE), ("card_link", FREE)]


def test_a_tag_and_a_linked_text_that_agree(invented: Catalog) -> None:
    record = model(Repo(card(FREE)), invented, far())
    assert (result(record), area(record, "license"), record.license.concluded.method) == ("permitted", "approved", "text_exact")
    assert rules_of(record) == set()


@pytest.mark.parametrize(("tag", "content"), [(FREE, text(NC)), (NC, text(FREE)), ([FREE, DUTY], text(NC))])
def test_a_tag_and_a_linked_text_that_disagree_are_for_a_person(invented: Catalog, tag: object, content: str) -> None:
    record = model(Repo(card(tag)), invented, far(content))
    assert (result(record), area(record, "license")) == ("unknown", "review")
    assert "LIC007" in rules_of(record)
    [conflict] = [one for one in record.license.conflicts if set(one.values) & {FREE, NC}][-1:]
    assert (conflict.kind, conflict.values[-1]) == ("witnesses_disagree", NC if content == text(NC) else FREE)
    assert record.license.concluded.key is None


def test_both_quotes_stand_in_the_conflict(invented: Catalog) -> None:
    [conflict] = facts(Repo(card(FREE)), invented, far(text(NC))).conflicts
    assert conflict.values == (FREE, NC)
    quotes = [e.quote for e in conflict.evidence]
    assert f"license: {FREE}" in quotes and any(quote.startswith(f"Invented License {NC}") for quote in quotes) and f"license_link: {LINK}" in quotes


def test_what_every_reading_prohibits_stays_prohibited(invented: Catalog) -> None:
    record = model(Repo(card(NC)), invented, far(text("closed-1")), organization="company")
    assert (result(record), area(record, "license"), rules_of(record)) == ("prohibited", "blocked", {"LIC007", "LIC010"})
    undecided = model(Repo(card(NC)), invented, far(text("closed-1")))
    assert (result(undecided), area(undecided, "license"), rules_of(undecided)) == ("unknown", "review", {"LIC007", "LIC011"})


def test_an_own_text_wins_and_the_difference_is_a_finding(invented: Catalog) -> None:
    repo = Repo(card(FREE), {"LICENSE": text(FREE)})
    found = facts(repo, invented, far(text(NC)))
    assert (found.conclusion.key, found.candidates, found.trusted) == (FREE, (FREE,), True)
    assert [(c.kind, c.values) for c in found.conflicts] == [("witnesses_disagree", (FREE, f"the link: {NC}"))]
    record = model(repo, invented, far(text(NC)))
    assert (result(record), area(record, "license"), rules_of(record)) == ("permitted", "review", {"LIC007"})
    assert area(model(repo, invented, far()), "license") == "approved"
    strange = model(repo, invented, far(STRANGE))
    assert (result(strange), area(strange, "license"), rules_of(strange)) == ("permitted", "review", {"LIC008"})


def test_an_own_text_that_nobody_knows_is_not_explained_by_a_link(invented: Catalog) -> None:
    found = facts(Repo(card(OTHER), {"LICENSE": STRANGE}), invented)
    assert (found.conclusion.key, found.trusted, found.identified_in, [t.secondary for t in found.texts]) == (None, False, "none", [False, True])


def test_a_license_of_the_code_leaves_the_weights_to_the_link(invented: Catalog) -> None:
    found = facts(Repo(card(OTHER), {"LICENSE-CODE": text(DUTY)}), invented)
    assert (found.conclusion.key, found.candidates) == (FREE, (FREE,))


def test_the_name_of_the_other_repository_says_nothing_of_what_a_text_covers(invented: Catalog) -> None:
    link = "https://huggingface.co/far/some-code/blob/main/LICENSE"
    found = facts(Repo(card(OTHER, link)), invented, {"far/some-code": Repo({}, {"LICENSE": text(FREE)})})
    assert (found.texts[0].covers, found.conclusion.key) == ("all", FREE)


@pytest.mark.parametrize("tag", [FREE, OTHER, None])
def test_a_linked_text_that_nobody_knows_may_say_anything(invented: Catalog, tag: str | None) -> None:
    record = model(Repo(card(tag)), invented, far(STRANGE))
    assert (result(record), area(record, "license")) == ("unknown", "review")
    assert "LIC008" in rules_of(record)


def test_a_linked_text_with_a_change_is_shown_and_passes_nothing(invented: Catalog) -> None:
    words = " ".join(f"word{number}" for number in range(80))
    known, matcher = f"Invented License {FREE}\n\nLicensor says as is. {words}\n", matcher_of(invented)
    before, matcher.__dict__["fingerprints"] = matcher.__dict__.get("fingerprints"), Shelf([(FREE, known)])
    matcher.seen.clear()
    try:
        record = model(Repo(card(FREE)), invented, far(known + "\nYou must never use it on Mondays, nor sell what it makes of your words.\n"))
    finally:
        del matcher.__dict__["fingerprints"]
        if before is not None:
            matcher.__dict__["fingerprints"] = before
        matcher.seen.clear()
    assert (record.license.concluded.key, record.license.concluded.method, result(record)) == (FREE, "text_changed", "unknown")
    assert "LIC025" in rules_of(record) and [one.path for one in record.license.texts] == [SHOWN]


@pytest.mark.parametrize("more", [{}, {"license_name": "Untagged License"}])
def test_a_link_without_a_tag_is_no_statement(invented: Catalog, more: dict[str, str]) -> None:
    record = model(Repo(card(None, **more)), invented, far(text("untagged-1") if more else text(FREE)))
    assert (result(record), area(record, "license")) == ("unknown", "review")


@pytest.mark.parametrize("tag", [None, "unknown"])
def test_a_text_in_the_card_makes_no_statement_of_a_link_without_a_tag(invented: Catalog, tag: str | None) -> None:
    tagged = "" if tag is None else f"license: {tag}\n"
    readme = f"---\n{tagged}license_link: {LINK}\n---\n"
    for body in ("", text(FREE)):
        record = model(Repo(card(tag), readme=readme + body), invented, far())
        assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "review", {"LIC011"})


def test_a_linked_text_for_code_is_compared_and_governs_no_weights(invented: Catalog) -> None:
    link = "https://huggingface.co/far/base/blob/main/code/LICENSE"
    parents: dict[str, Repo | Reason] = {"far/base": Repo({}, {"code/LICENSE": text(NC)})}
    record = model(Repo(card(FREE, link)), invented, parents)
    assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "review", {"LIC007", "LIC011"})
    assert [one.values for one in record.license.conflicts] == [(FREE, NC)]
    alone = model(Repo(card(OTHER, link)), invented, {"far/base": Repo({}, {"code/LICENSE": text(FREE)})})
    assert (result(alone), area(alone, "license")) == ("unknown", "review")


def test_an_own_file_for_code_that_the_card_calls_the_license_is_compared(invented: Catalog) -> None:
    record = model(Repo(card(FREE, "LICENSE-CODE"), {"LICENSE-CODE": text(NC)}), invented)
    assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "review", {"LIC007", "LIC011"})
    assert area(model(Repo(card(FREE, "LICENSE-CODE"), {"LICENSE-CODE": text(FREE)}), invented), "license") == "approved"
    both = model(Repo(card(FREE, "LICENSE-CODE"), {"LICENSE-CODE": text(DUTY), "LICENSE-MODEL": text(FREE)}), invented)
    assert (area(both, "license"), both.license.concluded.key) == ("approved", FREE)


@pytest.mark.parametrize("files", [{"NOTICE": STRANGE}, {"NOTICE": text(NC)}, {"LICENSE": text(FREE), "THIRD_PARTY_LICENSES.txt": STRANGE}])
def test_a_notice_that_the_card_calls_the_license_is_read_as_one(invented: Catalog, files: dict[str, str | bytes]) -> None:
    own = [*files][-1]
    assert area(model(Repo(card(FREE, own), files), invented), "license") == "review"
    assert area(model(Repo(card(FREE, "LICENSE"), {"LICENSE": text(FREE), "NOTICE": STRANGE}), invented), "license") == "approved"


def test_two_links_to_different_licenses_contradict_each_other(invented: Catalog) -> None:
    other = {**far(), "far/nc": Repo({}, {"LICENSE": text(NC)})}
    record = model(Repo(card(OTHER, [LINK, LINK.replace("base", "nc")])), invented, other)
    assert (result(record), area(record, "license"), record.license.concluded.key) == ("unknown", "review", None)
    assert [(one.kind, one.values) for one in record.license.conflicts] == [("texts_disagree", (FREE, NC))]


def test_beside_a_known_linked_text_one_that_nobody_knows_may_say_anything(invented: Catalog) -> None:
    other = {**far(), "far/strange": Repo({}, {"LICENSE": STRANGE})}
    record = model(Repo(card(OTHER, [LINK, LINK.replace("base", "strange")])), invented, other)
    assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "review", {"LIC008", "LIC011"})


LOST: list[Reason] = ["gated_no_token", "gated_no_access", "missing", "timeout", "rate_limited", "server_error", "wrong_revision", "too_large", "not_recorded"]


@pytest.mark.parametrize("reason", LOST)
def test_a_linked_text_that_cannot_be_had(invented: Catalog, reason: Reason) -> None:
    gone: dict[str, Repo | Reason] = {"far/base": Repo({}, unavailable={"LICENSE": reason})}
    tagged = model(Repo(card(FREE)), invented, gone)
    assert (result(tagged), area(tagged, "license"), rules_of(tagged)) == ("unknown", "incomplete", {"LIC003"})
    named = model(Repo(card(OTHER, license_name="Untagged License")), invented, gone)
    assert (result(named), area(named, "license"), rules_of(named)) == ("unknown", "incomplete", {"LIC003"})
    other = model(Repo(card(OTHER)), invented, gone)
    assert (result(other), area(other, "license")) == ("unknown", "review")
    nothing = model(Repo(card(None)), invented, gone)
    assert (result(nothing), area(nothing, "license"), rules_of(nothing)) == ("unknown", "incomplete", {"LIC002"})
    own = model(Repo(card(FREE), {"LICENSE": text(FREE)}), invented, gone)
    assert (result(own), area(own, "license"), rules_of(own)) == ("permitted", "approved", set())
    assert [one.why for one in own.not_checked if one.topic == "license_link"] == [f"{SHOWN} was not read: LICENSE: {reason}"]


def test_a_dead_link_says_nothing_beside_a_tag_and_passes_no_other(invented: Catalog) -> None:
    dead: dict[str, Repo | Reason] = {"far/base": Repo({})}
    tagged = model(Repo(card(FREE)), invented, dead)
    assert (result(tagged), area(tagged, "license"), tagged.license.concluded.method) == ("permitted", "approved", "tag_only")
    assert [one.why for one in tagged.not_checked if one.topic == "license_link"] == [f"{SHOWN} was not read: no LICENSE"]
    named = model(Repo(card(OTHER, license_name="Untagged License")), invented, dead)
    assert (result(named), area(named, "license")) == ("unknown", "incomplete")


def test_beside_a_linked_text_another_that_cannot_be_had_may_decide(invented: Catalog) -> None:
    links = [LINK, LINK.replace("base", "gone")]
    record = model(Repo(card(OTHER, links)), invented, far())
    assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "incomplete", {"LIC004"})
    own = model(Repo(card(FREE), unavailable={"COPYING": "timeout"}), invented, far())
    assert (area(own, "license"), rules_of(own)) == ("incomplete", {"LIC004"})


def test_what_may_change_is_said_and_what_cannot_is_not(invented: Catalog) -> None:
    moving = model(Repo(card(OTHER)), invented, far())
    commit = sha_of("far/base")
    assert [one.why for one in moving.not_checked if one.topic == "license_link"] == [
        f"{SHOWN} stands in another repository at a revision that moves, read at commit {commit}; what it says may change"
    ]
    pinned = model(Repo(card(OTHER, LINK.replace("main", commit))), invented, far())
    assert [one.why for one in pinned.not_checked if one.topic == "license_link"] == []
    assert area(pinned, "license") == "approved"


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("https://example.org/terms", "recorded, not followed: https://example.org/terms (it leads to another host than the Hub)"),
        ("https://huggingface.co@evil/x", "recorded, not followed: https://huggingface.co@evil/x (a user name stands before its host)"),
        ("javascript:alert(1)", "recorded, not followed: javascript:alert(1) (it is no address of a web page)"),
        ("https://huggingface.co/far/base", "recorded, not followed: https://huggingface.co/far/base (it names a page of the Hub, not a file in a repository)"),
        ("GONE", "not read: GONE; the repository lists no such file that could be a license text"),
    ],
)
def test_what_is_not_followed_is_said(invented: Catalog, link: str, why: str) -> None:
    record = model(Repo(card(FREE, link)), invented)
    assert [one.why for one in record.not_checked if one.topic == "license_link"] == [why]
    assert (result(record), area(record, "license")) == ("permitted", "approved")


def test_a_path_that_is_refused_leaves_the_license_open(invented: Catalog) -> None:
    record = model(Repo(card(FREE, "https://huggingface.co/far/base/blob/main/../../../api/whoami-v2")), invented, far())
    assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "incomplete", {"LIC003"})


def test_weights_that_are_linked_as_the_license_were_not_read(invented: Catalog) -> None:
    record = model(Repo(card(FREE, "model.safetensors")), invented)
    assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "incomplete", {"LIC003"})


def test_a_base_model_is_judged_by_what_it_links(invented: Catalog) -> None:
    child = Repo({"license": FREE, "base_model": "org/base"})
    parents: dict[str, Repo | Reason] = {"org/base": Repo(card(OTHER)), "far/base": Repo({}, {"LICENSE": text(NC)})}
    record = model(child, invented, parents, organization="company")
    assert [(edge.license, edge.grade) for edge in record.lineage] == [(NC, "permission_dropped")]
    assert (area(record, "license"), area(record, "lineage")) == ("approved", "blocked")


def test_nothing_here_depends_on_how_often_it_is_asked(invented: Catalog) -> None:
    repo: dict[str, Any] = {"org/model": Repo(card(OTHER)), **far()}
    first, second = (model(repo["org/model"], invented, far()) for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()

"""Pairs of models, what is said of them, and what never is: an unknown is no change and no sameness."""

from __future__ import annotations

import pytest
from fakes import Repo, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.audit.diff import compare
from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import Reason
from tests.audit.diff.two import NEW, OLD, at, audit_of, diff_of, lines, mirrored, one_of, plain

FREE = Repo({"license": "free-1"}, {"LICENSE": text("free-1")})
DUTY = Repo({"license": "duty-1"}, {"LICENSE": text("duty-1")})


def test_nothing_changed_but_the_commit(invented: Catalog) -> None:
    found = one_of(Repo({"license": "free-1"}, answer={"siblings": []}), Repo({"license": "free-1"}, answer={"siblings": []}), invented)
    assert [change.topic for change in found.changes] == ["revision"]
    assert lines(found, "revision") == [f"changed commit: {OLD} > {NEW}"]
    assert (found.texts, found.files.listed) == ((), ())
    assert found.result == "no_known_change"  # the memory of a model without files is not known
    assert [entry.topic for entry in found.not_known] == ["memory weights_bytes", "memory kv_bytes_per_token"]


def test_another_license_changes_everything_that_follows_from_it(invented: Catalog) -> None:
    found = one_of(FREE, DUTY, invented)
    assert found.result == "changed"
    assert lines(found, "verdict") == ["changed license: approved > conditional", "changed model: approved > conditional"]
    assert lines(found, "declared") == ["changed card_tag: free-1 > duty-1", "changed license_file: free-1 > duty-1"]
    assert lines(found, "license") == [
        "changed expression: LicenseRef-free-1 > LicenseRef-duty-1", "changed key: free-1 > duty-1", "changed name: License free-1 > License duty-1"
    ]  # fmt: skip
    assert lines(found, "terms") == ["added acceptable_use:  > duty-1/policy", "added notice:  > duty-1/duty"]
    assert lines(found, "grants") == []
    assert [line.partition(":")[0] for line in lines(found, "obligations")] == ["added duty-1/duty", "added duty-1/policy"]
    assert [line for line in lines(found, "permissions") if "hosted" in line] == ["changed hosted: permitted > conditional"]


def test_every_statement_names_its_place(invented: Catalog) -> None:
    found = one_of(FREE, DUTY, invented)
    key = next(change for change in found.changes if change.topic == "license" and change.name == "key")
    assert key.before and key.after
    assert [(p.side, p.path, p.revision, p.lines) for p in (*key.before.evidence, *key.after.evidence)] == [
        ("before", "LICENSE", OLD, "1-3"),
        ("after", "LICENSE", NEW, "1-3"),
    ]
    assert key.after.evidence[0].quote.startswith("Invented License duty-1")
    for change in found.changes:
        if change.topic not in ("verdict",):
            assert all(one.evidence for one in (change.before, change.after) if one), change.name


def test_a_grant_that_is_withdrawn(invented: Catalog) -> None:
    found = one_of(FREE, Repo({"license": "closed-1"}, {"LICENSE": text("closed-1")}), invented)
    assert "changed hosted: yes > no" in lines(found, "grants")
    assert "changed hosted: permitted > prohibited" in lines(found, "permissions")
    assert lines(found, "verdict") == ["changed license: approved > blocked", "changed model: approved > blocked"]


@pytest.mark.parametrize(("before", "after", "side"), [("missing", FREE, "before"), (FREE, "timeout", "after")])
def test_a_side_that_could_not_be_had_is_not_known(before: Repo | Reason, after: Repo | Reason, side: str, invented: Catalog) -> None:
    diff = diff_of({"org/model": before}, {"org/model": after}, invented)
    [found] = diff.models
    assert (found.result, diff.complete, diff.changed) == ("not_known", False, False)
    assert [(entry.topic, entry.side, entry.reason) for entry in found.not_known] == [("everything about the model", side, "not_had")]
    assert (found.changes, found.texts, found.files.unchanged) == ((), (), 0)


def test_both_sides_gone_is_not_unchanged(invented: Catalog) -> None:
    [found] = diff_of({"org/model": "missing"}, {"org/model": "missing"}, invented).models
    assert (found.result, [entry.side for entry in found.not_known]) == ("not_known", ["before", "after"])


def test_models_are_paired_by_id_whatever_its_case(invented: Catalog) -> None:
    diff = diff_of({"org/a": FREE, "org/gone": FREE}, {"Org/A": DUTY, "org/new": "missing"}, invented)
    assert [((m.before and m.before.id), (m.after and m.after.id), m.result) for m in diff.models] == [
        ("org/a", "Org/A", "changed"),
        ("org/gone", None, "removed"),
        (None, "org/new", "added"),
    ]
    assert diff.counts == {"changed": 1, "unchanged": 0, "no_known_change": 0, "added": 1, "removed": 1, "not_known": 0}
    assert (diff.changed, diff.complete) == (True, False)  # org/new could not be had


def test_one_against_one_is_a_pair_and_says_so(invented: Catalog) -> None:
    [found] = diff_of({"org/a": FREE}, {"org/b": FREE}, invented).models
    assert (found.before and found.before.id, found.after and found.after.id) == ("org/a", "org/b")
    assert found.note == "two models of different names, compared because each side holds only one"
    assert found.texts == ()


def test_a_gate_that_closes(invented: Catalog) -> None:
    found = one_of(FREE, Repo(FREE.card, FREE.files, answer={"gated": "manual"}), invented)
    assert lines(found, "access") == ["changed gated: no > manual"]


def test_an_unknown_gate_is_not_compared(invented: Catalog) -> None:
    found = one_of(FREE, Repo(FREE.card, FREE.files, answer={"gated": {}}), invented)
    assert lines(found, "access") == []
    assert [(entry.side, entry.reason) for entry in found.not_known if entry.topic == "access: gated"] == [("after", "not_determined")]


def test_a_gate_closed_to_the_eu_is_not_told_without_metadata_of_the_card(invented: Catalog) -> None:
    closed = Repo({**FREE.card, "extra_gated_eu_disallowed": True}, FREE.files)
    assert lines(one_of(FREE, closed, invented), "access") == ["changed eu_disallowed: no > yes"]
    found = one_of(closed, Repo(FREE.card, FREE.files, answer={"cardData": None}), invented)
    assert lines(found, "access") == []
    assert [(entry.side, entry.reason) for entry in found.not_known if entry.topic == "access: eu disallowed"] == [("after", "not_determined")]


def test_nothing_concluded_for_want_of_a_file_is_no_change(invented: Catalog) -> None:
    found = one_of(Repo({}, FREE.files), Repo({}, {}, {"LICENSE": "timeout"}), invented)
    assert lines(found, "license") == []
    assert [(entry.side, entry.reason) for entry in found.not_known if entry.topic == "concluded license"] == [("after", "not_had")]


def test_what_an_unsettled_license_asked_for_has_not_gone(invented: Catalog) -> None:
    found = one_of(DUTY, Repo({"license": "duty-1"}, {"LICENSE": "Whatever we like. You must not use it.\n"}), invented)
    assert lines(found, "obligations") == []
    assert lines(found, "terms") == []
    [entry] = [entry for entry in found.not_known if entry.topic == "obligations"]
    assert entry.why.endswith("duty-1/duty, duty-1/policy")
    assert (entry.side, entry.reason) == ("after", "not_determined")
    assert [entry.side for entry in found.not_known if entry.topic == "which license governs"] == ["after"]


def test_a_license_file_that_cannot_be_read_any_more(invented: Catalog) -> None:
    diff = diff_of({"org/model": FREE}, {"org/model": Repo(FREE.card, {}, {"LICENSE": "gated_no_token"})}, invented)
    [found] = diff.models
    assert [(entry.topic, entry.side) for entry in found.not_known if entry.reason == "not_had"] == [
        ("file LICENSE", "after"), ("declared license_file", "after")
    ]  # fmt: skip
    assert "removed license_file: free-1 > " not in lines(found, "declared")
    assert found.texts == ()
    assert not diff.complete


def test_a_base_model_that_comes_and_one_whose_license_changes(invented: Catalog) -> None:
    child = Repo({"license": "free-1", "base_model": ["org/base", "org/other"], "base_model_relation": "merge"})
    before = {"org/model": Repo({"license": "free-1", "base_model": "org/base", "base_model_relation": "merge"}), "org/base": FREE}
    [found] = diff_of(before, {"org/model": child, "org/base": DUTY, "org/other": FREE}, invented, ids=["org/model"]).models
    assert lines(found, "lineage") == ["changed org/base: free-1 > duty-1", "added org/other:  > free-1"]


def test_a_place_in_a_base_model_names_it(invented: Catalog) -> None:
    parents = {"org/base": DUTY}
    found = one_of(FREE, Repo({"license": "free-1", "base_model": "org/base"}), invented, parents)
    [edge] = [change for change in found.changes if change.topic == "lineage"]
    assert edge.after
    assert {(place.repository, place.path, place.revision) for place in edge.after.evidence} >= {
        ("org/model", "cardData.base_model", NEW), ("org/base", "LICENSE", NEW)
    }  # fmt: skip


def test_a_base_model_that_could_not_be_had_has_no_known_license(invented: Catalog) -> None:
    child = Repo({"license": "free-1", "base_model": "org/base"})
    diff = diff_of({"org/model": child, "org/base": FREE}, {"org/model": child}, invented, ids=["org/model"])
    assert lines(diff.models[0], "lineage") == []
    assert [(e.topic, e.side, e.reason) for e in diff.models[0].not_known if "base model" in e.topic] == [
        ("license of the base model org/base", "after", "not_had")
    ]
    assert not diff.complete


def test_memory_by_its_figures_and_unknown_is_no_change(invented: Catalog) -> None:
    small, large, silent = (
        Repo({"license": "free-1"}, answer={"safetensors": total})
        for total in ({"parameters": {"BF16": 100}, "total": 100}, {"parameters": {"BF16": 200}, "total": 200}, None)
    )
    found = one_of(small, large, invented)
    assert lines(found, "memory") == ["changed weights_bytes: 200 > 400"]
    found = one_of(small, silent, invented)
    assert lines(found, "memory") == []
    assert [(entry.topic, entry.side) for entry in found.not_known if entry.topic == "memory weights_bytes"] == [("memory weights_bytes", "after")]


def test_findings_that_come_go_and_change(invented: Catalog) -> None:
    found = one_of(FREE, Repo({"license": "nc-1"}, {"LICENSE": text("nc-1")}), invented)
    assert lines(found, "findings") == ["added LIC011:  > review"]
    other = one_of(Repo({"license": "nc-1"}), Repo({"license": "limit-1"}), invented)
    assert [(one.op, one.name) for one in other.changes if one.topic == "findings"] == [("changed", "LIC011")]


CHOICES = st.sampled_from(
    [
        FREE, DUTY, "missing", Repo({"license": "nc-1"}), Repo({"license": "mixed", "license_link": "https://example.org"}, {"NOTICE": "One.\n"}),
        Repo({"license": "free-1"}, {}, {"LICENSE": "timeout", "README.md": "gated_no_token"}),
        Repo({"license": "limit-1", "base_model": "org/a", "extra_gated_prompt": "You must pay us.\n"}, {"terms/LICENSE": text("limit-1"), "NOTICE": "Two.\nOne.\n"}),
        Repo({}, {"LICENSE.txt": text("free-1") + "\nYou must not run it on Mondays.\n"}), Repo({}, answer={"siblings": None, "gated": {}}),
        Repo({"license": "free-1", "base_model": ["org/gone", "my own"]}, {"COPYING": text("duty-1"), "a\u202eb": "x"}),
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.tuples(CHOICES, CHOICES), after=st.tuples(CHOICES, CHOICES), names=st.sampled_from([("org/a", "org/b"), ("org/b", "org/a"), ("org/a", "org/c")])
)
def test_the_other_way_round_is_the_mirror_image(before: tuple[Repo, Repo], after: tuple[Repo, Repo], names: tuple[str, str], invented: Catalog) -> None:
    mine = audit_of(at(dict(zip(("org/a", "org/b"), before, strict=True)), OLD), ["org/a", "org/b"], invented)
    theirs = audit_of(at(dict(zip(names, after, strict=True)), NEW), names, invented)
    forth, back = compare(mine, theirs, ("x", "y"), invented), compare(theirs, mine, ("y", "x"), invented)
    assert plain(back.model_dump(mode="json")) == mirrored(forth.model_dump(mode="json"))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(repos=st.tuples(CHOICES, CHOICES))
def test_an_audit_against_itself_holds_no_change(repos: tuple[Repo, Repo], invented: Catalog) -> None:
    mine = audit_of(at(dict(zip(("org/a", "org/b"), repos, strict=True)), OLD), ["org/a", "org/b"], invented)
    diff = compare(mine, mine, ("x", "x"), invented)
    assert not diff.changed
    for model in diff.models:
        assert (model.changes, model.texts, model.files.listed) == ((), (), ())
        assert model.result in ("unchanged", "no_known_change", "not_known")
        assert (model.result == "unchanged") == (not model.not_known)

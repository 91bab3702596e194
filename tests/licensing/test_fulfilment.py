"""What a repository shows of the obligations on it: met only with evidence, missing only where everything was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeSource, Repo, license_entry, obliging, run_on, text, write_entry

from auditor.audit.pipeline import collect
from auditor.catalog.catalog import Catalog
from auditor.crawler.bundle import BundleSource, write_bundle
from auditor.crawler.gather import Gathered
from auditor.domain.evidence import ModelRef
from auditor.domain.license import Use
from auditor.domain.report import ObligationRecord, Report
from auditor.reading.normalize import fingerprint

LINE = "Ship 1 is licensed under the Ship License, Copyright © Ship Inc. All Rights Reserved."
SHIP = license_entry(
    "ship-1",
    hub_id="ship-1",
    terms=[
        obliging("copy", "license_copy", {"file": "LICENSE", "check": "license_file"}),
        obliging("source", "source_disclosure", {"file": "LICENSE", "check": "license_file"}),
        obliging("line", "notice", {"text": LINE, "file": "Notice", "check": "notice_file"}),
        obliging("changes", "change_notice", {"file": "Notice", "check": "notice_file"}),
        obliging("carry", "notice", {"file": "NOTICE"}),
        obliging("card", "display", {"text": "Built with Ship", "check": "card_text"}),
        obliging("words", "attribution", {"check": "card_text"}),
        obliging("policy", "pass_through", {"check": "use_policy_file"}),
        obliging("name", "derivative_naming", {"name_prefix": "Ship", "check": "name_prefix"}),
        obliging("keep", "attribution"),
        obliging("tell", "registration"),
        obliging("use", "acceptable_use"),
    ],
)
FULL = {"LICENSE": text("ship-1"), "NOTICE": f"{LINE}\n", "USE_POLICY.md": "Be kind to all.\n"}
LONG = "\n\n".join(f"{n}. The licensee must do what clause {n} says, shall not sublicense, and permission is granted without warranty." for n in range(9))
LONG = f"The Ship License\n\n{LONG}\n\n10. On a page of your own you show:\n\nBuilt with Ship\n\n11. This license is governed by nobody.\n"
CARD = "---\nlicense: ship-1\n---\nA model.\n\n**Built with Ship**\n"
PASS: tuple[Use, ...] = ("redistribute", "redistribute_derivative")


def _text_of(content: str) -> dict[str, object]:
    known = fingerprint(content)
    return {"id": "whole", "form": "canonical", "words": known.words, "sha256": known.sha256, "source": "invented"}


@pytest.fixture
def knowledge(catalog_with: Any) -> Catalog:
    catalog: Catalog = catalog_with(SHIP)
    return catalog


def audited(repos: Mapping[str, Any], catalog: Catalog, uses: tuple[Use, ...] = PASS, name: str = "org/model") -> Report:
    return run_on(FakeSource(repos), name, catalog=catalog, uses=uses)


def duties(report: Report) -> dict[str, ObligationRecord]:
    return {one.id.removeprefix("ship-1/"): one for one in report.models[0].obligations}


def statuses(repo: Repo, catalog: Catalog, uses: tuple[Use, ...] = PASS, **others: Any) -> dict[str, str]:
    return {slug: one.status for slug, one in duties(audited({"org/model": repo, **others}, catalog, uses)).items()}


def ship(readme: str | None = CARD, files: Mapping[str, str | bytes] = FULL, **more: Any) -> Repo:
    return Repo({"license": "ship-1"}, files, readme=readme, **more)


EVERYTHING = {
    "copy": "met",
    "source": "not_checkable",
    "line": "met",
    "changes": "open",
    "carry": "met",
    "card": "met",
    "words": "not_checkable",
    "policy": "met",
    "name": "open",
    "keep": "not_checkable",
    "tell": "open",
    "use": "open",
}


def test_a_repository_that_holds_everything(knowledge: Catalog) -> None:
    assert statuses(ship(), knowledge) == EVERYTHING


def test_what_is_met_points_at_the_lines_that_do(knowledge: Catalog) -> None:
    report = audited({"org/model": ship()}, knowledge)
    places = {entry.id: (entry.path, entry.lines) for entry in report.evidence}
    found = {slug: [places[one] for one in duty.evidence] for slug, duty in duties(report).items() if duty.status == "met"}
    assert found == {
        "copy": [("LICENSE", "1-3")],
        "line": [("NOTICE", "1")],
        "carry": [("NOTICE", "1")],
        "card": [("README.md", "6")],
        "policy": [("USE_POLICY.md", "1")],
    }


def test_a_checklist_entry_says_what_to_ship_and_how_to_check_it(knowledge: Catalog) -> None:
    found = duties(audited({"org/model": ship()}, knowledge))
    assert {slug: one.how_to_check for slug, one in found.items()} == {
        "copy": "a license file has the words of the license",
        "source": "a license file has the words of the license",
        "line": "a notice file has the exact string",
        "changes": "a notice file is there, and a person reads it",
        "carry": "the notice file of the work goes along",
        "card": "the model card shows the exact string",
        "words": "a person reads the model card",
        "policy": "a use policy is among the files",
        "name": "the name of the derivative begins with Ship",
        "keep": "a person checks it; nothing in a repository tells",
        "tell": "a person checks it; nothing in a repository tells",
        "use": "a person checks it; nothing in a repository tells",
    }
    assert (found["copy"].file, found["name"].name_prefix, found["line"].text, found["keep"].file) == ("LICENSE", "Ship", LINE, None)


def test_a_repository_that_holds_nothing(knowledge: Catalog) -> None:
    report = audited({"org/model": ship("---\nlicense: ship-1\n---\nA model.\n", {})}, knowledge)
    found = duties(report)
    missing = {"copy", "source", "line", "card", "policy"}
    assert {slug for slug, one in found.items() if one.status == "missing"} == missing
    assert [slug for slug in missing if not found[slug].evidence] == []
    assert found["line"].status_reason == "no notice file among the 3 files of the repository"
    assert found["carry"].status == "not_checkable"


def test_neither_met_nor_missing_changes_a_verdict(knowledge: Catalog) -> None:
    full, empty = audited({"org/model": ship()}, knowledge), audited({"org/model": ship("---\nlicense: ship-1\n---\n", {})}, knowledge)
    assert (full.models[0].verdict, empty.models[0].verdict) == ("conditional", "conditional")


@pytest.mark.parametrize(
    ("files", "copy"), [({"MODEL_LICENSE.md": text("ship-1")}, "met"), ({"licenses/ship.txt": text("ship-1")}, "met"), ({"NOTICE": text("ship-1")}, "missing")]
)
def test_a_copy_is_a_license_file_with_the_words_of_the_license(files: dict[str, str | bytes], copy: str, knowledge: Catalog) -> None:
    assert statuses(ship(files=files), knowledge)["copy"] == copy


def test_a_text_that_is_not_known_is_no_copy(knowledge: Catalog) -> None:
    child = Repo({"license": "mit", "base_model": "base/Ship"}, {"LICENSE": "Some terms that nobody knows, and that only a person can tell from others."})
    report = audited({"org/model": child, "base/Ship": Repo({"license": "ship-1"}, FULL)}, knowledge)
    assert (duties(report)["copy"].status, duties(report)["copy"].status_reason) == (
        "not_checkable",
        "LICENSE holds a text that is not known to be that of the license",
    )


@pytest.mark.parametrize("reason", ["gated_no_token", "timeout", "too_large"])
def test_what_could_not_be_read_is_neither_there_nor_missing(reason: Any, knowledge: Catalog) -> None:
    unread = ship(None, {}, unavailable={"NOTICE": reason, "README.md": reason, "USE_POLICY": reason})
    found = statuses(unread, knowledge)
    assert {slug: found[slug] for slug in ("line", "card", "policy", "carry")} == dict.fromkeys(("line", "card", "policy", "carry"), "not_checkable")
    assert found["copy"] == "missing"


def test_a_list_of_files_that_is_not_whole_rules_nothing_out(knowledge: Catalog) -> None:
    found = statuses(ship("---\nlicense: ship-1\n---\n", {}, answer={"siblings": None}), knowledge)
    assert set(found.values()) <= {"open", "not_checkable"}


def test_a_file_too_deep_to_be_read_may_be_the_one(knowledge: Catalog) -> None:
    listed = [{"rfilename": name, "size": 9} for name in ("README.md", "config.json", "docs/legal/NOTICE.txt")]
    found = duties(audited({"org/model": ship("---\nlicense: ship-1\n---\n", {}, answer={"siblings": listed})}, knowledge))
    assert (found["line"].status, found["line"].status_reason) == ("not_checkable", "docs/legal/NOTICE.txt was not read")
    assert found["copy"].status == "missing"


@pytest.mark.parametrize("line", ["Built with Ship-Factory", "You must display “Built with Ship” somewhere.", "<!-- Built with Ship -->", "built with Ship"])
def test_a_line_that_is_not_shown_is_missing(line: str, knowledge: Catalog) -> None:
    assert statuses(ship(f"---\nlicense: ship-1\n---\n{line}\n"), knowledge)["card"] == "missing"


def test_a_line_inside_a_license_text_in_the_card_is_only_demanded(knowledge: Catalog) -> None:
    terms = {**SHIP, "texts": [_text_of(LONG)]}
    write_entry(knowledge.store.root, terms)
    catalog = Catalog(knowledge.store.root)
    found = duties(audited({"org/model": ship(f"---\nlicense: ship-1\n---\n{LONG}", {})}, catalog))["card"]
    assert (found.status, found.status_reason.partition(";")[0]) == ("not_checkable", "the model card has the demanded string inside a license text")


def test_a_notice_without_the_demanded_string_is_missing(knowledge: Catalog) -> None:
    report = audited({"org/model": ship(files={**FULL, "NOTICE": LINE.replace("Ship 1", "Boat 1")})}, knowledge)
    assert (duties(report)["line"].status, duties(report)["line"].status_reason) == ("missing", "NOTICE does not have the demanded string")
    assert [entry.path for entry in report.evidence if entry.id in duties(report)["line"].evidence] == ["NOTICE"]


@pytest.mark.parametrize(
    ("uses", "copy", "card"),
    [(("hosted",), "open", "open"), (("embedded",), "open", "open"), (("embedded", "redistribute"), "open", "open"), (("redistribute",), "met", "met")],
)
def test_a_product_is_not_the_repository(uses: tuple[Use, ...], copy: str, card: str, knowledge: Catalog) -> None:
    found = statuses(ship(), knowledge, uses)
    assert (found["copy"], found["card"]) == (copy, card)


@pytest.mark.parametrize(
    ("name", "status"),
    [("org/Ship-8B", "met"), ("org/ship8b", "met"), ("org/shipping", "met"), ("org/model", "missing"), ("org/My-Ship", "missing"), ("ship/x", "missing")],
)
def test_the_name_of_a_derivative(name: str, status: str, knowledge: Catalog) -> None:
    child = Repo({"license": "ship-1", "base_model": "base/Ship"}, {"LICENSE": text("ship-1")})
    base = Repo({"license": "ship-1"}, {"LICENSE": text("ship-1")})
    assert duties(audited({name: child, "base/Ship": base}, knowledge, name=name))["name"].status == status


def test_without_a_base_model_under_the_license_a_name_is_nobodys(knowledge: Catalog) -> None:
    child = Repo({"license": "ship-1", "base_model": "base/other"}, {"LICENSE": text("ship-1")})
    assert statuses(child, knowledge, **{"base/other": Repo({"license": "mit"})})["name"] == "open"
    assert statuses(child, knowledge, **{"base/other": "timeout"})["name"] == "not_checkable"


def test_what_flows_down_is_looked_for_in_the_child(knowledge: Catalog) -> None:
    child = Repo({"license": "mit", "base_model": "base/Ship"}, {})
    base = Repo({"license": "ship-1"}, FULL)
    repos = {"org/model": child, "base/Ship": base}
    found = duties(audited(repos, knowledge))
    assert (found["line"].status, found["name"].status, found["card"].status) == ("missing", "missing", "missing")
    assert found["carry"].status_reason.startswith("no notice file, while base/Ship has NOTICE among")
    kept = duties(audited({**repos, "org/model": replace(child, files=FULL)}, knowledge))
    assert (kept["copy"].status, kept["line"].status, kept["carry"].status) == ("met", "met", "met")
    other = duties(audited({**repos, "org/model": replace(child, files={**FULL, "NOTICE": "Ours alone.\n"})}, knowledge))
    assert other["carry"].status == "not_checkable"


CASES = {
    "all": ship(),
    "none": ship("---\nlicense: ship-1\n---\n", {}),
    "unread": ship(None, {}, unavailable={"NOTICE": "timeout", "README.md": "timeout"}),
    "late": ship(f"---\nlicense: ship-1\n---\n\n\n{LINE}\n\n| Built with Ship |\n", {"NOTICE": f"a\n\nb\n{LINE}"}),
    "hostile": ship("\ufeff---\nlicense: ship-1\n---\nBuilt with\u202e Ship\n", {"NOTICE": b"\xff\xfe" + LINE.encode(), "LICENSE": "\x00" + text("ship-1")}),
}


@pytest.mark.parametrize("case", CASES)
def test_without_the_texts_the_answers_are_the_same(case: str, knowledge: Catalog, tmp_path: Path) -> None:
    models, parents = collect(FakeSource({"org/model": CASES[case]}), (ModelRef("org/model"),), knowledge)
    found = {}
    for withhold in (False, True):
        write_bundle(tmp_path / str(withhold), Gathered(models, parents), "https://hub.example", "1", withhold)
        report = run_on(BundleSource(tmp_path / str(withhold)), "org/model", catalog=knowledge, uses=PASS)
        found[withhold] = (
            [(one.id, one.status, one.status_reason, one.evidence) for one in report.models[0].obligations],
            [(entry.id, entry.path, entry.lines) for entry in report.evidence],
        )
    assert found[True] == found[False]

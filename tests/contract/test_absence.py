"""Section 1 of the contract, "what an absence means": every row from evidence to verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pytest
from fakes import PROMPT, Repo, area, model, result, rules_of, run, text

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import Reason
from auditor.domain.report import ModelRecord

SECOND = ("LICENSE-MODEL", "licenses/terms.txt", "COPYING", "model_license.md", "LICENCE")
OTHERS = ("USE_POLICY.md", "ACCEPTABLE_USE.md", "NOTICE", "README.md", "config.json", "hf_quant_config.json")
REASONS: tuple[Reason, ...] = (
    "gated_no_token",
    "gated_no_access",
    "rate_limited",
    "server_error",
    "timeout",
    "network",
    "malformed",
    "too_large",
    "foreign_redirect",
)
"""For which a listed file cannot be had."""


def not_checked(record: ModelRecord, path: str) -> bool:
    return any(entry.topic == f"file {path}" for entry in record.not_checked)


def card(license: str | None = "free-1", **more: Any) -> Mapping[str, Any]:
    return {**({"license": license} if license else {}), **more}


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("path", ["LICENSE", "LICENSE-MODEL", "USE_POLICY.md", "NOTICE", "README.md", "config.json"])
def test_row_1_the_gate_prompt_is_identified_and_any_other_file_is_missing(invented: Catalog, path: str, reason: Reason) -> None:
    repo = Repo(card("gate-1", extra_gated_prompt=PROMPT), unavailable={path: reason}, answer={"gated": "manual"})
    record = model(repo, invented)
    assert (record.verdict, record.license.concluded.key, record.license.concluded.method) == ("approved", "gate-1", "text_equivalent")
    assert not_checked(record, path)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("path", OTHERS)
def test_row_2_a_file_is_identified_and_policy_notice_card_or_config_is_missing(invented: Catalog, path: str, reason: Reason) -> None:
    record = model(Repo(card(), {"LICENSE": text("free-1")}, {path: reason}), invented)
    assert (record.verdict, record.license.concluded.method) == ("approved", "text_exact")
    assert not_checked(record, path)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("path", SECOND)
def test_row_3_a_file_is_identified_and_another_license_file_is_missing(invented: Catalog, path: str, reason: Reason) -> None:
    record = model(Repo(card(), {"LICENSE": text("free-1")}, {path: reason}), invented)
    assert (record.verdict, rules_of(record)) == ("incomplete", {"LIC004"})
    assert not_checked(record, path)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("path", ("LICENSE", *SECOND, "USE_POLICY.md", "NOTICE"))
def test_row_4_one_exact_tag_and_a_license_file_that_cannot_be_read(invented: Catalog, path: str, reason: Reason) -> None:
    record = model(Repo(card(), unavailable={path: reason}), invented)
    assert (record.verdict, rules_of(record)) == ("incomplete", {"LIC003"})
    assert not_checked(record, path)


@pytest.mark.parametrize(
    ("given", "verdict", "hosted", "confidence"),
    [
        (card(), "approved", "permitted", "declared"),
        (card("duty-1"), "conditional", "conditional", "declared"),
        (card("closed-1"), "blocked", "prohibited", "declared"),
        (card("silent-1"), "review", "unknown", "declared"),
        (card("hearsay-1"), "review", "unknown", "low"),
        (card("other", license_name="Untagged License"), "approved", "permitted", "declared"),
        (card("other", license_name="untagged-1"), "approved", "permitted", "declared"),
        (card("mit"), "approved", "permitted", "declared"),
        (card("llama3.1"), "review", "unknown", "declared"),
    ],
)
def test_row_5_one_exact_tag_and_no_license_file(invented: Catalog, given: Mapping[str, Any], verdict: str, hosted: str, confidence: str) -> None:
    record = model(Repo(given), invented)
    assert (record.verdict, result(record)) == (verdict, hosted)
    assert (record.license.concluded.method, record.license.concluded.confidence) == ("tag_only", confidence)


def test_row_5_a_policy_may_ask_for_a_text(invented: Catalog) -> None:
    assert (model(Repo(card()), invented, policy="strict").verdict, model(Repo(card(), {"LICENSE": text("free-1")}), invented, policy="strict").verdict) == (
        "review",
        "approved",
    )


@pytest.mark.parametrize("missing", [None, "LICENSE", "README.md", "NOTICE"])
@pytest.mark.parametrize(
    ("given", "hosted"),
    [
        (card("mixed"), "unknown"),
        (card("barred-partly"), "unknown"),
        (card("other"), "unknown"),
        (card("unknown"), "unknown"),
        (card("other", license_name="twin"), "unknown"),
        (card("other", license_name="free-1"), "unknown"),  # a Hub id as the name is ignored
        (card("other", license_name="my own terms"), "unknown"),
        (card("Zephyrine-2.0"), "unknown"),
        *((card(tag), "unknown") for tag in ("cc", "gpl", "lgpl", "bsd", "openrail")),
    ],
)
def test_row_6_a_family_or_a_shared_name(invented: Catalog, given: Mapping[str, Any], hosted: str, missing: str | None) -> None:
    record = model(Repo(given, unavailable={missing: "timeout"} if missing else {}), invented, organization="company")
    assert (record.verdict, result(record), record.license.concluded.key) == ("review", hosted, None)


@pytest.mark.parametrize("missing", [None, "LICENSE"])
@pytest.mark.parametrize("given", [card("barred"), card("other", license_name="nc")])
def test_row_6_blocked_when_every_member_prohibits(invented: Catalog, given: Mapping[str, Any], missing: str | None) -> None:
    repo = Repo(given, unavailable={missing: "timeout"} if missing else {})
    assert model(repo, invented, organization="company").verdict == "blocked"
    assert model(repo, invented).verdict == "review"


@pytest.mark.parametrize("given", [{}, {"datasets": ["a/b"]}, card(None, license_link="https://example.org/terms")])
def test_row_7_no_tag_and_all_was_read(invented: Catalog, given: Mapping[str, Any]) -> None:
    record = model(Repo(given), invented)
    assert (record.verdict, rules_of(record), record.license.concluded.expression) == ("review", {"LIC001"}, "NONE")
    assert {permission.result for permission in record.permissions} == {"unknown"}


@pytest.mark.parametrize("path", ["LICENSE", "COPYING", "README.md", "NOTICE", "USE_POLICY.md"])
@pytest.mark.parametrize("reason", REASONS)
def test_row_7_no_tag_and_something_could_not_be_read(invented: Catalog, path: str, reason: Reason) -> None:
    record = model(Repo({}, unavailable={path: reason}), invented)
    assert (record.verdict, rules_of(record), record.license.concluded.expression) == ("incomplete", {"LIC002"}, "NOASSERTION")


def test_row_7_no_tag_and_no_list_of_files(invented: Catalog) -> None:
    assert model(Repo({}, answer={"siblings": None}), invented).verdict == "incomplete"
    assert model(Repo(card(), answer={"siblings": None}), invented).verdict == "incomplete"


@pytest.mark.parametrize("reason", [one for one in get_args(Reason) if one != "absent"])
def test_row_8_the_metadata_itself(invented: Catalog, reason: Reason) -> None:
    report = run({"org/model": reason}, catalog=invented)
    [record] = report.models
    assert (report.summary.verdict, report.summary.exit_code, report.run.complete) == ("incomplete", 4, False)
    assert (area(record, "license"), area(record, "lineage")) == ("incomplete", "incomplete")
    assert {permission.result for permission in record.permissions} == {"unknown"}
    [finding] = record.findings
    assert (finding.rule, finding.outcome) == ("LIC014", "incomplete")
    assert f"org/model: {reason}" in finding.message
    assert [(error.kind, error.message) for error in report.run.errors] == [(reason, f"org/model: {reason}")]


BASE = {"license": "free-1", "base_model": "org/base"}


@pytest.mark.parametrize("parent", [None, *[one for one in REASONS if one not in ("malformed", "too_large")], "missing", "disabled", "offline", "not_recorded"])
def test_row_9_a_parent_that_is_named_and_not_fetched(invented: Catalog, parent: Reason | None) -> None:
    parents: dict[str, Repo | Reason] = {"org/base": parent} if parent else {}
    record = model(Repo(BASE), invented, parents)
    assert (record.verdict, area(record, "license"), area(record, "lineage"), result(record)) == ("incomplete", "approved", "incomplete", "unknown")
    assert rules_of(record) == {"LIN003"}
    assert any(entry.topic == "base model org/base" for entry in record.not_checked)


def test_row_9_excused_by_an_identified_text_of_the_same_publisher(invented: Catalog) -> None:
    record = model(Repo(BASE, {"LICENSE": text("free-1")}), invented, {"org/base": "gated_no_token"})
    assert (record.verdict, area(record, "lineage"), result(record)) == ("approved", "approved", "permitted")
    assert [(f.rule, f.outcome) for f in record.findings] == [("LIN004", "note")]
    assert any(entry.topic == "base model org/base" for entry in record.not_checked)


@pytest.mark.parametrize(
    ("given", "files"),
    [
        ({"license": "free-1", "base_model": "elsewhere/base"}, {"LICENSE": text("free-1")}),
        (BASE, {}),
        (BASE, {"LICENSE": "my own terms must hold"}),
        ({"license": "mixed", "base_model": "org/base"}, {}),
    ],
)
def test_row_9_not_excused_otherwise(invented: Catalog, given: Mapping[str, Any], files: Mapping[str, str]) -> None:
    assert area(model(Repo(given, files), invented, {"org/base": "missing"}), "lineage") == "incomplete"


@pytest.mark.parametrize(
    ("base", "parents"),
    [
        ("my own private checkpoint", {}),
        ("https://example.org/base", {}),
        ("checkpoint", {}),
        ("org/base", {"org/base": Repo({})}),
        ("org/base", {"org/base": Repo({"license": "mixed"})}),
        ("org/base", {"org/base": Repo({"license": "other", "license_name": "twin"})}),
        ("org/base", {"org/base": Repo({"license": "free-1", "license_name": "Untagged License"})}),
        ("org/base", {"org/base": Repo({"license": "free-1"}, {"LICENSE": text("free-2")})}),
    ],
)
def test_row_10_a_parent_that_cannot_be_identified_or_states_no_license(invented: Catalog, base: str, parents: Mapping[str, Repo]) -> None:
    record = model(Repo({"license": "free-1", "base_model": base}), invented, parents)
    assert (record.verdict, area(record, "license"), area(record, "lineage"), result(record)) == ("review", "approved", "review", "unknown")
    assert rules_of(record) == {"LIN005"}


def test_an_absence_of_the_parents_license_file_counts_like_the_models_own(invented: Catalog) -> None:
    record = model(Repo(BASE), invented, {"org/base": Repo({"license": "free-1"}, unavailable={"LICENSE": "gated_no_token"})})
    assert (record.verdict, rules_of(record)) == ("incomplete", {"LIN003"})


def test_a_parents_license_file_outranks_its_tag(invented: Catalog) -> None:
    parent = Repo({"license": "free-1"}, {"LICENSE": text("nc-1")})
    record = model(Repo(BASE), invented, {"org/base": parent}, organization="company")
    assert (record.verdict, rules_of(record)) == ("blocked", {"LIN005", "LIN006"})

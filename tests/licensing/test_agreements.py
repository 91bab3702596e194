"""Licenses that the deployer holds: they never make a permission better than conditional, and only where it is certain what governs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fakes import FakeSource, Repo, area, profile, result, rules_of, text

from auditor.audit import Request, audit
from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelRef
from auditor.domain.license import USES, Use
from auditor.domain.license_facts import UseResult
from auditor.domain.memory import SizingOptions
from auditor.domain.profile import Agreement
from auditor.domain.report import ModelRecord
from auditor.domain.verdict import RESULTS
from auditor.engine.rules import load_policy
from auditor.licensing.agreements import agreement_duty, covered, covering

HELD = Agreement("Nobody", frozenset({"closed-1", "silent-1", "limit-1", "free-1", "hearsay-1"}), ("hosted", "finetune"), date(2027, 6, 30), "ab" * 32)


def checked(catalog: Catalog, repos: dict[str, Any], day: str = "2026-11-24", agreement: Agreement = HELD, uses: tuple[Use, ...] = ("hosted",)) -> ModelRecord:
    request = Request(
        models=(ModelRef("org/model"),), profile=replace(profile(catalog, uses), agreements=(agreement,)), sizing=SizingOptions(), stack=None,
        policy=load_policy(catalog, "default"), policy_ref="built-in", fail_on="review", evaluated_at=f"{day}T00:00:00Z",
    )  # fmt: skip
    return audit(FakeSource(repos), request, catalog).models[0]


@pytest.mark.parametrize("before", RESULTS)
def test_it_makes_conditional_what_was_not_permitted_and_leaves_the_rest(invented: Catalog, before: Any) -> None:
    license = invented.license("closed-1")
    now = covered(license, UseResult("hosted", before, "because", ("closed-1",), ("1",)), (HELD,), "org")
    assert now.result == ("conditional" if before in ("prohibited", "unknown") else before)
    assert ("your agreement with Nobody until 2027-06-30 (document abababababab)" in now.because) is (before in ("prohibited", "unknown"))


@pytest.mark.parametrize("use", USES)
def test_it_covers_its_licenses_in_its_uses_alone(invented: Catalog, use: Use) -> None:
    closed, other = invented.license("closed-1"), invented.license("nc-1")
    assert (covering(closed, use, (HELD,), "org") is not None) is (use in HELD.uses)
    assert covering(other, use, (HELD,), "org") is None
    assert covering(closed, use, (), "org") is None


@pytest.mark.parametrize(
    ("licensor", "publisher", "holds"), [("Nobody", "org", True), ("no-body", "org", True), ("Org", "org", True), ("Else", "org", False), ("", "", False)]
)
def test_it_is_with_the_steward_or_with_the_publisher(invented: Catalog, licensor: str, publisher: str, holds: bool) -> None:
    found = covering(invented.license("closed-1"), "hosted", (replace(HELD, licensor=licensor),), publisher)
    assert (found is not None) is holds


@pytest.mark.parametrize(("key", "hosted"), [("closed-1", "conditional"), ("silent-1", "conditional"), ("limit-1", "conditional"), ("free-1", "permitted")])
def test_in_a_whole_audit(invented: Catalog, key: str, hosted: str) -> None:
    record = checked(invented, {"org/model": Repo({"license": key})})
    assert (result(record), record.verdict) == (hosted, "approved" if hosted == "permitted" else "conditional")
    duties = [duty.id for duty in record.obligations]
    assert duties == ([] if key == "free-1" else [f"{key}/agreement-nobody"])


@pytest.mark.parametrize(("day", "verdict"), [("2027-06-30", "conditional"), ("2027-07-01", "blocked"), ("2031-01-01", "blocked")])
def test_it_holds_on_its_last_day_and_not_after(invented: Catalog, day: str, verdict: str) -> None:
    record = checked(invented, {"org/model": Repo({"license": "closed-1"})}, day)
    assert record.verdict == verdict
    assert any(finding.rule == "LIC020" for finding in record.findings) is (verdict == "blocked")


@pytest.mark.parametrize(
    ("repo", "verdict", "rules"),
    [
        (Repo({"license": "closed-1"}, {"LICENSE": "Terms of nobody."}), "blocked", {"LIC008", "LIC010"}),
        (Repo({"license": "silent-1"}, {"LICENSE": "Terms of nobody."}), "review", {"LIC008", "LIC011"}),
        (Repo({"license": "closed-1"}, unavailable={"LICENSE": "timeout"}), "incomplete", {"LIC003"}),
        (Repo({"license": ["closed-1", "silent-1"]}), "review", {"LIC007", "LIC011", "LIC015"}),
        (Repo({"license": "closed-1"}, {"LICENSE": text("nc-1")}), "review", {"LIC007", "LIC011"}),
        (Repo({"license": "mixed"}), "review", {"LIC005", "LIC011"}),
        (Repo({"license": "barred"}), "review", {"LIC005", "LIC011"}),
        (Repo({"license": "hearsay-1"}), "review", {"LIC009", "LIC011"}),
        (Repo({"license_name": "silent-1"}), "review", None),
    ],
)
def test_it_helps_only_where_it_is_certain_which_license_governs(invented: Catalog, repo: Repo, verdict: str, rules: set[str] | None) -> None:
    record = checked(invented, {"org/model": repo})
    assert record.verdict == verdict
    assert rules is None or rules_of(record) == rules


def test_it_holds_for_the_license_of_a_base_model_too(invented: Catalog) -> None:
    repos = {"org/model": Repo({"license": "free-1", "base_model": "them/base"}), "them/base": Repo({"license": "closed-1"})}
    record = checked(invented, repos)
    assert (area(record, "license"), area(record, "lineage"), result(record)) == ("approved", "review", "conditional")
    assert rules_of(record) == {"LIN001"}  # the child's tag still drops what binds it
    other = checked(invented, repos, uses=("embedded",))
    assert (other.verdict, result(other, "embedded")) == ("blocked", "prohibited")


def test_its_duty_names_when_it_ends_and_has_a_stable_id(invented: Catalog) -> None:
    duty = agreement_duty(invented.license("closed-1"), HELD, ("hosted",))
    assert (duty.id, duty.kind, duty.uses) == ("closed-1/agreement-nobody", "agreement", ("hosted",))
    assert "before 2027-06-30 ends" in duty.action
    endless = agreement_duty(invented.license("closed-1"), replace(HELD, licensor="§§§", expires=None), ("hosted",))
    assert (endless.id, endless.action) == ("closed-1/agreement-licensor", "Keep to the terms of your agreement with §§§.")


def test_without_metadata_it_helps_nothing(invented: Catalog) -> None:
    assert checked(invented, {"org/model": "timeout"}).verdict == "incomplete"

"""Licenses that the deployer holds: they never make a permission better than conditional, and only where it is certain what governs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fakes import FakeSource, Repo, area, profile, real_catalog, result, rules_of, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def audited(
    catalog: Catalog, repos: dict[str, Any], agreements: tuple[Agreement, ...], day: str = "2026-11-24", uses: tuple[Use, ...] = ("hosted",), **facts: object
) -> ModelRecord:
    declared = replace(profile(catalog, uses, **facts), agreements=agreements)
    request = Request((ModelRef("org/model"),), declared, SizingOptions(), None, load_policy(catalog, "default"), "built-in", "review", f"{day}T00:00:00Z")
    return audit(FakeSource(repos), request, catalog).models[0]


def checked(catalog: Catalog, repos: dict[str, Any], day: str = "2026-11-24", uses: tuple[Use, ...] = ("hosted",)) -> ModelRecord:
    return audited(catalog, repos, (HELD,), day, uses)


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


ALSO = replace(HELD, uses=("finetune", "embedded"), expires=date(2029, 1, 1), reference="C-8")


def duties(record: ModelRecord) -> dict[str, tuple[Use, ...]]:
    return {duty.id: duty.uses for duty in record.obligations if duty.kind == "agreement"}


def notes(record: ModelRecord) -> set[str]:
    return {finding.rule for finding in record.findings if finding.outcome == "note"}


@pytest.mark.parametrize(
    ("uses", "ids"),
    [
        (("hosted", "embedded"), {"closed-1/agreement-nobody": ("hosted",), "closed-1/agreement-nobody-2": ("embedded",)}),
        (("embedded",), {"closed-1/agreement-nobody-2": ("embedded",)}),
        (("hosted", "finetune"), {"closed-1/agreement-nobody": ("hosted", "finetune")}),
    ],
)
def test_two_agreements_with_one_licensor_are_two_duties_whatever_is_asked(invented: Catalog, uses: tuple[Use, ...], ids: dict[str, tuple[Use, ...]]) -> None:
    record = audited(invented, {"org/model": Repo({"license": "closed-1"})}, (HELD, ALSO), uses=uses)
    assert (record.verdict, duties(record)) == ("conditional", ids)


BASE = {"org/model": Repo({"license": "free-1", "base_model": "them/base"}), "them/base": Repo({"license": "closed-1"})}


@pytest.mark.parametrize(("licensor", "hosted"), [("Nobody", "conditional"), ("Them", "conditional"), ("Org", "prohibited")])
def test_for_a_base_model_it_is_with_the_publisher_of_that_one(invented: Catalog, licensor: str, hosted: str) -> None:
    record = audited(invented, BASE, (replace(HELD, licensor=licensor, licenses=frozenset({"closed-1"})),))
    assert result(record) == hosted
    assert duties(record) == ({f"closed-1/agreement-{licensor.lower()}": ("hosted",)} if hosted == "conditional" else {})
    assert ("LIC023" in notes(record)) is (hosted == "prohibited")


def test_one_about_the_license_of_a_base_model_expires_as_loudly(invented: Catalog) -> None:
    record = audited(invented, BASE, (HELD,), "2027-07-01")
    assert (result(record), duties(record)) == ("prohibited", {})
    [note] = [finding for finding in record.findings if finding.rule == "LIC020"]
    assert (note.outcome, note.message) == ("note", "This agreement no longer holds: Nobody until 2027-06-30 (document abababababab)")


@pytest.mark.parametrize(
    ("agreements", "noted"),
    [
        ((HELD, replace(HELD, expires=None)), False),
        ((HELD, replace(HELD, expires=None, uses=("hosted",))), True),
        ((HELD, replace(HELD, expires=None, licenses=frozenset({"silent-1"}))), True),
        ((HELD, replace(HELD, expires=None, licensor="Else")), True),
        ((replace(HELD, licenses=frozenset({"silent-1"})),), False),
    ],
)
def test_an_expired_one_is_noted_unless_another_took_its_place(invented: Catalog, agreements: tuple[Agreement, ...], noted: bool) -> None:
    record = audited(invented, {"org/model": Repo({"license": "closed-1"})}, agreements, "2027-07-01")
    assert ("LIC020" in notes(record)) is noted


def test_one_with_somebody_else_changes_nothing_and_says_whose_license_it_is(invented: Catalog) -> None:
    with_it = audited(invented, {"org/model": Repo({"license": "closed-1"})}, (replace(HELD, licensor="Else"),))
    without = audited(invented, {"org/model": Repo({"license": "closed-1"})}, ())
    assert (with_it.verdict, with_it.permissions, with_it.obligations) == (without.verdict, without.permissions, without.obligations)
    [note] = [finding for finding in with_it.findings if finding.rule == "LIC023"]
    said = "Else until 2027-06-30 (document abababababab), but License closed-1 is granted by Nobody or org"
    assert (note.outcome, note.message) == ("note", f"This agreement changes nothing here: {said}")


KEYS = ("closed-1", "silent-1", "limit-1", "free-1", "nc-1", "duty-1", "hearsay-1", "mixed")
AGREEMENTS = st.builds(
    Agreement,
    licensor=st.sampled_from(["Nobody", "org", "them", "Else", ""]),
    licenses=st.frozensets(st.sampled_from(KEYS), max_size=3),
    uses=st.lists(st.sampled_from(USES), unique=True, max_size=4).map(tuple),
    expires=st.sampled_from([None, date(2026, 11, 23), date(2026, 11, 24), date(2030, 1, 1)]),
    document_sha256=st.just(""),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(AGREEMENTS, max_size=3).map(tuple), st.sampled_from(KEYS), st.sampled_from([None, *KEYS]))
def test_no_agreement_helps_another_license_or_another_use_or_after_its_end(
    invented: Catalog, agreements: tuple[Agreement, ...], key: str, parent: str | None
) -> None:
    card = {"license": key} | ({"base_model": "them/base"} if parent else {})
    repos = {"org/model": Repo(card), "them/base": Repo({"license": parent or "free-1"})}
    before = {p.use: p.result for p in audited(invented, repos, ()).permissions}
    after = {p.use: p.result for p in audited(invented, repos, agreements).permissions}
    today = date(2026, 11, 24)
    for use in USES:
        if before[use] == after[use]:
            continue
        assert (before[use] in ("prohibited", "unknown"), after[use] != "permitted", RESULTS.index(after[use]) > RESULTS.index(before[use])) == (True,) * 3
        assert any({key, parent} & a.licenses and use in a.uses and a.licensor and (a.expires is None or a.expires >= today) for a in agreements)


TEXTS = Path(__file__).parents[3] / "shared" / "data" / "license_texts"


@pytest.mark.skipif(not TEXTS.is_dir(), reason="the published texts are not part of the repository")
@pytest.mark.parametrize(
    ("held", "day", "hosted"),
    [
        (True, "2027-06-30", "conditional"),
        (True, "2027-07-01", "prohibited"),
        (False, "2026-11-24", "prohibited"),
    ],
)
def test_a_real_text_by_the_name_that_three_licenses_share(held: bool, day: str, hosted: str) -> None:
    catalog = real_catalog()
    keys = catalog.aliases["flux-1-dev-non-commercial-license"]
    agreement = Agreement("Black Forest Labs", frozenset(keys), ("hosted",), date(2027, 6, 30), "0" * 64)
    repo = Repo({"license": "other", "license_name": "flux-1-dev-non-commercial-license"}, {"LICENSE.md": (TEXTS / "flux1-dev.txt").read_text()})
    record = audited(catalog, {"org/model": repo}, (agreement,) if held else (), day, organization="company")
    [found] = [permission for permission in record.permissions if permission.use == "hosted"]
    assert len(keys) == 3
    assert (record.license.concluded.key in keys, record.license.concluded.method, found.result) == (True, "text_exact", hosted)
    assert ("Black Forest Labs until 2027-06-30 (document 000000000000)" in found.because) is (hosted == "conditional")
    assert ("LIC020" in notes(record)) is (day == "2027-07-01")

"""Of whatever a repository holds: no claim without evidence, no pass beside a finding, nothing that depends on order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fakes import Repo, real_catalog, run, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.catalog.catalog import Catalog
from auditor.domain.license import USES
from auditor.domain.report import Report
from auditor.domain.verdict import OF_OUTCOME, OF_PERMISSION, VERDICTS, worst

EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TAGS = st.sampled_from(["free-1", "duty-1", "nc-1", "limit-1", "closed-1", "silent-1", "hearsay-1", "mixed", "barred", "other", "unknown", "Zephyrine", "mit"])
CARDS = st.fixed_dictionaries(
    {},
    optional={
        "license": st.one_of(TAGS, st.lists(TAGS, max_size=2)),
        "license_name": st.sampled_from(["Free License", "Untagged License", "twin", "free-1", "my own terms", ""]),
        "license_link": st.sampled_from(["LICENSE", "https://example.org", "https://hub.example/org/base/blob/main/LICENSE"]),
        "base_model": st.one_of(st.sampled_from(["org/base", "org/gone", "my own"]), st.lists(st.sampled_from(["org/base", "org/gone"]), max_size=2)),
        "extra_gated_prompt": st.sampled_from(["Tell us your name.", "You must not be late."]),
        "extra_gated_eu_disallowed": st.booleans(),
        "datasets": st.sampled_from(["a/b", ["a/b", 3]]),
    },
)
FILES = st.dictionaries(
    st.sampled_from(["LICENSE", "LICENSE-2", "NOTICE", "USE_POLICY.md"]), st.sampled_from(["", "Whatever.", text("free-1"), text("nc-1")]), max_size=2
)
MANY_FILES = st.dictionaries(
    st.sampled_from(["LICENSE", "LICENSE-2", "COPYING.md", "licenses/a.txt", "NOTICE", "NOTICE.md", "USE_POLICY.md", "pytorch_model.bin", "modeling_x.py"]),
    st.sampled_from(["", "Whatever.", "Never.", text("free-1"), text("nc-1")]), min_size=2, max_size=6,
)  # fmt: skip
LOST = st.dictionaries(st.sampled_from(["COPYING", "README.md", "config.json", "NOTICE.txt"]), st.sampled_from(["timeout", "gated_no_token"]), max_size=1)
REPOS = st.builds(Repo, CARDS, FILES, LOST)
HUBS = st.fixed_dictionaries({"org/a": st.one_of(REPOS, st.just("timeout")), "org/b": REPOS, "org/base": REPOS, "org/gone": st.just("missing")})
DECLARED = st.sampled_from([{}, {"organization": "company"}, {"organization": "academic", "commercial_purpose": False, "monthly_active_users": 5}])
CHOSEN = st.lists(st.sampled_from(USES), min_size=1, max_size=3, unique=True)


def audited(invented: Catalog, hub: Mapping[str, Any], uses: list[Any], declared: Mapping[str, Any], *ids: str) -> Report:
    return run(hub, *(ids or ("org/a", "org/b")), catalog=invented, uses=uses, **declared)


@EXAMPLES
@given(hub=HUBS, uses=CHOSEN, declared=DECLARED)
def test_no_claim_without_evidence(invented: Catalog, hub: Mapping[str, Any], uses: list[Any], declared: Mapping[str, Any]) -> None:
    report = audited(invented, hub, uses, declared)
    known = {entry.id for entry in report.evidence}
    for record in report.models:
        parts: list[Any] = [*record.license.declared, *record.license.conflicts, *record.obligations, *record.lineage, *record.findings]
        assert all(part.evidence and set(part.evidence) <= known for part in parts)
        assert record.license.concluded.key is None or record.license.concluded.evidence


@EXAMPLES
@given(hub=HUBS, uses=CHOSEN, declared=DECLARED)
def test_a_verdict_is_never_better_than_what_it_rests_on(invented: Catalog, hub: Mapping[str, Any], uses: list[Any], declared: Mapping[str, Any]) -> None:
    for record in audited(invented, hub, uses, declared).models:
        permissions = [OF_PERMISSION[one.result] for one in record.permissions if one.intended]
        findings = [OF_OUTCOME[finding.outcome] for finding in record.findings]
        assert VERDICTS.index(record.verdict) <= VERDICTS.index(worst([*permissions, *findings]))
        assert [one.use for one in record.permissions] == list(USES)
        assert {one.use for one in record.permissions if one.intended} == set(uses)


@EXAMPLES
@given(hub=HUBS, uses=CHOSEN, declared=DECLARED)
def test_order_and_repetition_change_nothing(invented: Catalog, hub: Mapping[str, Any], uses: list[Any], declared: Mapping[str, Any]) -> None:
    one = audited(invented, hub, uses, declared, "org/a", "org/b", "org/base", "org/gone")
    other = audited(invented, hub, uses[::-1], declared, "org/gone", "org/b", "org/base", "org/a", "org/b")
    assert one.model_dump_json() == other.model_dump_json()


def turned(repo: Repo) -> Repo:
    """The same files and tags, answered in the opposite order."""
    answer = repo.api("org/a")
    return replace(repo, answer={**repo.answer, "siblings": answer["siblings"][::-1], "tags": answer["tags"][::-1]})


@EXAMPLES
@given(repo=st.builds(Repo, CARDS, MANY_FILES, LOST), base=st.builds(Repo, CARDS, MANY_FILES), uses=CHOSEN, declared=DECLARED)
def test_the_order_of_files_and_tags_changes_nothing(invented: Catalog, repo: Repo, base: Repo, uses: list[Any], declared: Mapping[str, Any]) -> None:
    """But for the digest of the answer itself, which is evidence and has other bytes."""
    one, other = (audited(invented, {"org/a": a, "org/base": b}, uses, declared, "org/a") for a, b in ((repo, base), (turned(repo), turned(base))))
    assert without_answers_digest(one) == without_answers_digest(other)


def without_answers_digest(report: Report) -> dict[str, Any]:
    plain = report.model_dump(exclude={"report_id"})
    for entry in plain["evidence"]:
        if "/api/" in entry["url"]:
            entry["sha256"] = ""
    return plain


@EXAMPLES
@given(hub=HUBS, declared=DECLARED)
def test_one_more_intended_use_never_improves(invented: Catalog, hub: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
    few, many = (audited(invented, hub, uses, declared).summary.verdict for uses in (["internal"], ["internal", "hosted", "redistribute"]))
    assert VERDICTS.index(many) <= VERDICTS.index(few)


@EXAMPLES
@given(hub=HUBS, declared=DECLARED)
def test_a_stricter_policy_never_improves(invented: Catalog, hub: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
    plain, strict = (run(hub, "org/a", "org/b", catalog=invented, policy=policy, **declared) for policy in ("default", "strict"))
    before = {record.id: record.verdict for record in plain.models}
    assert all(VERDICTS.index(record.verdict) <= VERDICTS.index(before[record.id]) for record in strict.models)


def test_no_license_of_the_catalogue_lets_everything_through_that_its_category_bars() -> None:
    """A license called non-commercial lets no company, of whatever size and with a commercial purpose, host, embed or resell the model."""
    catalog = real_catalog()
    company: dict[str, Any] = {
        "organization": "company",
        "commercial_purpose": True,
        "monthly_active_users": 5,
        "annual_revenue_usd": 5,
        "established_in": ["US"],
        "serves_users_in": ["US"],
    }
    keys = [key for key in catalog.license_keys if getattr(catalog.license_entry(key), "category", "") == "noncommercial"]
    assert len(keys) > 20
    for key in keys:
        repo = Repo({"license": "other", "license_name": key})
        [record] = run({"org/model": repo}, catalog=catalog, uses=("hosted", "embedded"), **company).models
        assert record.verdict in ("blocked", "review"), key

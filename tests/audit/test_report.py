"""What every report holds, whatever the evidence says."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from fakes import Repo, area, model, profile, result, rules_of, run, text

from auditor.audit import Request, audit
from auditor.audit.assemble import Register, report_id
from auditor.catalog.catalog import Catalog
from auditor.domain.errors import UsageError
from auditor.domain.evidence import Evidence, ModelRef, Reason
from auditor.domain.license import USES
from auditor.domain.memory import SizingOptions
from auditor.domain.profile import Profile
from auditor.domain.report import Report
from auditor.domain.verdict import AREAS, SEVERITY, VERDICTS
from auditor.engine.policy import Policy
from auditor.engine.rules import load_policy

STRANGE = "Zephyrine terms: nobody may do anything on Mondays."
ODD = "\x1b[31m\u202e\u2066\x00<script>alert(1)</script>\ud800"
REPOS: dict[str, Repo | Reason] = {
    "org/free": Repo({"license": "free-1"}, {"LICENSE": text("free-1")}),
    "org/duty": Repo({"license": "duty-1", "base_model": "org/free", "base_model_relation": "finetune"}),
    "org/nc": Repo({"license": "nc-1", "extra_gated_prompt": STRANGE}, {"USE_POLICY.md": STRANGE, "NOTICE": "Made by Nobody"}, answer={"gated": "manual"}),
    "org/limit": Repo({"license": "limit-1"}),
    "org/mixed": Repo({"license": ["mixed", "free-1"], "license_link": "https://example.org/terms", "datasets": ["a/b"]}),
    "org/merge": Repo({"license": "free-1", "base_model": ["org/nc", "org/absent", "my own"], "base_model_relation": "merge"}),
    "org/unread": Repo({"license": "free-1"}, unavailable={"LICENSE": "gated_no_token", "README.md": "timeout"}),
    "org/hostile": Repo({"license": ODD, "license_name": ODD, "license_link": "javascript:alert(1)", "base_model": [ODD, "org/hostile"]}, {"LICENSE": ODD.encode("utf-8", "replace")}),
    "org/odd": Repo({}, answer={"siblings": None, "tags": 7, "cardData": [1], "config": "x", "safetensors": [2], "gated": {}, "pipeline_tag": 3}),
    "org/gone": "missing",
    "org/barred": Repo({"license": "free-1", "extra_gated_eu_disallowed": True}),
}  # fmt: skip


@pytest.fixture(scope="module")
def report(invented: Catalog) -> Report:
    return run(REPOS, *REPOS, catalog=invented)


def test_every_model_is_there_and_the_worst_comes_first(report: Report) -> None:
    assert {one.requested for one in report.models} == set(REPOS)
    places = [(VERDICTS.index(one.verdict), one.id.lower()) for one in report.models]
    assert places == sorted(places)
    assert sum(report.summary.counts.values()) == len(REPOS)
    assert {one.requested: one.verdict for one in report.models} == {
        "org/free": "approved", "org/duty": "conditional", "org/nc": "review", "org/limit": "review", "org/mixed": "review", "org/merge": "incomplete",
        "org/unread": "incomplete", "org/hostile": "review", "org/odd": "incomplete", "org/gone": "incomplete", "org/barred": "review",
    }  # fmt: skip


def test_a_models_verdict_is_the_worst_of_its_gating_areas(report: Report) -> None:
    for one in report.models:
        assert tuple(a.area for a in one.areas) == AREAS
        gating = [a for a in one.areas if a.gating]
        assert {a.area for a in gating} == {"license", "lineage"}
        assert one.verdict == min((a.verdict for a in gating), key=VERDICTS.index)
        assert all(a.verdict in ("not_gated", "not_assessed") for a in one.areas if not a.gating)
        assert all(a.reasons for a in gating)


def test_all_eight_uses_always(report: Report) -> None:
    for one in report.models:
        assert tuple(p.use for p in one.permissions) == USES
        assert [p.use for p in one.permissions if p.intended] == ["hosted"]
        assert all(p.because for p in one.permissions)


def test_no_verdict_is_better_than_the_permission_of_an_intended_use(report: Report) -> None:
    worst_of = {"prohibited": "blocked", "unknown": "review", "conditional": "conditional", "permitted": "approved"}
    for one in report.models:
        for permission in one.permissions:
            if permission.intended:
                assert VERDICTS.index(one.verdict) <= VERDICTS.index(worst_of[permission.result])


def test_approved_means_no_open_finding_above_a_note(report: Report) -> None:
    for one in report.models:
        if one.verdict == "approved":
            assert {f.outcome for f in one.findings} <= {"note"}
        for a in one.areas:
            if a.verdict == "approved":
                assert {f.outcome for f in one.findings if f.area == a.area} <= {"note"}


def test_every_evidence_id_resolves_and_every_piece_is_referred_to(report: Report) -> None:
    ids = [one.id for one in report.evidence]
    assert ids == [f"E{number}" for number in range(1, len(ids) + 1)]
    referred = set()
    for one in report.models:
        parts: list[Any] = [*one.license.declared, one.license.concluded, *one.license.conflicts, *one.obligations, *one.lineage, *one.findings]
        for part in parts:
            referred |= set(part.evidence)
    assert referred == set(ids)


def test_no_claim_without_evidence(report: Report) -> None:
    for one in report.models:
        assert all(finding.evidence for finding in one.findings)
        assert all(declared.evidence for declared in one.license.declared)
        assert all(obligation.evidence for obligation in one.obligations)
        assert all(edge.evidence for edge in one.lineage)
        assert all(len(conflict.evidence) > 1 for conflict in one.license.conflicts)
        assert one.license.concluded.evidence or one.license.concluded.key is None


def test_findings_derive_their_severity_and_are_numbered_by_rule(report: Report) -> None:
    for one in report.models:
        assert all(f.severity == SEVERITY[f.outcome] for f in one.findings)
        assert len({f.id for f in one.findings}) == len(one.findings)
        assert all(f.id.startswith(f"{f.rule}-") and f.message and f.how_to_fix for f in one.findings)


def test_unknown_is_a_word_and_never_a_null(report: Report) -> None:
    gone = next(one for one in report.models if one.requested == "org/gone")
    assert (gone.revision.resolved, gone.revision.requested, gone.revision.pinned, gone.access.gated) == ("unknown", "main", False, "unknown")
    assert (gone.license.concluded.key, gone.license.concluded.expression, gone.license.concluded.method) == (None, "NOASSERTION", "none")
    odd = next(one for one in report.models if one.requested == "org/odd")
    assert odd.access.gated == "unknown"
    assert all(f.size == "unknown" or isinstance(f.size, int) for one in report.models for f in one.files)


def test_nothing_hostile_survives_unmarked(report: Report) -> None:
    data = report.model_dump_json()
    for bad in ("\\u001b", "\u202e", "\u2066", "\\u0000", "\ud800"):
        assert bad not in data
    assert "⟦U+202E⟧" in data


def test_the_same_bytes_twice_and_in_any_order(invented: Catalog) -> None:
    names = ["org/free", "org/duty", "org/merge", "org/gone"]
    texts = {run(REPOS, *order, catalog=invented).model_dump_json() for order in permutations(names)}
    assert len(texts) == 1


def test_asking_twice_changes_nothing(invented: Catalog) -> None:
    assert run(REPOS, "org/free", "org/free", catalog=invented) == run(REPOS, "org/free", catalog=invented)


def test_the_id_names_the_decision_and_not_the_time(report: Report, invented: Catalog) -> None:
    assert report.report_id == report_id(report)
    later = report.run.model_copy(update={"evaluated_at": "2030-01-01T00:00:00Z", "mode": "hub"})
    evidence = tuple(one.model_copy(update={"retrieved_at": "2030-01-01T00:00:00Z"}) for one in report.evidence)
    assert report_id(report.model_copy(update={"run": later, "evidence": evidence})) == report.report_id
    assert report_id(report.model_copy(update={"models": report.models[1:]})) != report.report_id
    other = run(REPOS, *REPOS, catalog=invented, organization="academic")
    assert other.report_id != report.report_id


def test_the_record_reads_back(report: Report) -> None:
    assert Report.model_validate_json(report.model_dump_json()) == report
    assert json.loads(report.model_dump_json())["schema_version"] == "auditor-result/1"


def test_a_revision_is_pinned_only_by_its_commit(invented: Catalog) -> None:
    from fakes import sha_of

    sha = sha_of("org/free")
    floating, branch, pinned = (run(REPOS, one, catalog=invented).models[0].revision for one in ("org/free", "org/free@v2", f"org/free@{sha}"))
    assert [(r.requested, r.resolved, r.pinned) for r in (floating, branch, pinned)] == [("main", sha, False), ("v2", sha, False), (sha, sha, True)]


def test_two_revisions_are_two_models(invented: Catalog) -> None:
    assert [one.requested for one in run(REPOS, "org/free", "org/free@v2", catalog=invented).models] == ["org/free", "org/free@v2"]


def test_what_was_not_checked_is_always_said(report: Report) -> None:
    for one in report.models:
        topics = [entry.topic for entry in one.not_checked]
        assert {"artifact", "serving", "documentation"} <= set(topics)
        assert all(entry.why for entry in one.not_checked)
    by_id = {one.requested: {entry.topic for entry in one.not_checked} for one in report.models}
    assert "everything about the model" in by_id["org/gone"]
    assert {"file LICENSE", "file README.md"} <= by_id["org/unread"]
    assert {"questions of the gate", "file NOTICE"} <= by_id["org/nc"]
    assert {"license_link", "licenses of training data"} <= by_id["org/mixed"]
    assert {"base model org/absent", "base model my own"} <= by_id["org/merge"]
    assert "the Hub's answer" in by_id["org/odd"]


def test_the_profile_is_shown_as_declared(invented: Catalog) -> None:
    found = run(REPOS, "org/free", catalog=invented, uses=("internal", "distil"), organization="unknown", established_in=["EU"]).profile
    assert (found.use, found.use_source) == (("internal", "distil"), "flag")
    assert found.facts == {"organization": "unknown", "established_in": ["EU"]}


def test_without_a_use_or_with_a_policy_of_unknown_rules_nothing_is_audited(invented: Catalog) -> None:
    from fakes import FakeSource

    default = load_policy(invented, "default")
    for uses, policy, message in (
        ((), default, "no use is declared"),
        (("hosted",), Policy(key="mine", title="Mine", rules={"LIC999": "block"}), "unknown rule 'LIC999'"),
    ):
        request = Request((ModelRef("org/free"),), Profile(uses), SizingOptions(), None, policy, "built-in", "review", "2026-11-24T00:00:00Z")  # type: ignore[arg-type]
        with pytest.raises(UsageError, match=message):
            audit(FakeSource(REPOS), request, invented)


def test_a_policy_adds_gating_areas_and_leaves_none_out() -> None:
    assert Policy(key="more", title="More", gate=("license", "lineage", "artifact", "documentation")).gating(False, False) >= {"documentation"}
    with pytest.raises(ValueError, match="license, artifact always gate"):
        Policy(key="loose", title="Loose", gate=("lineage",))


def test_a_stricter_policy_turns_a_note_into_a_review(invented: Catalog) -> None:
    repo = Repo({"license": "free-1"}, {"LICENSE": text("free-1")}, {"NOTICE": "timeout"})
    assert (model(repo, invented).verdict, model(repo, invented, policy="strict").verdict) == ("approved", "review")


@pytest.mark.parametrize(
    ("declared", "verdict"),
    [
        ({}, "review"),
        ({"established_in": ["US"]}, "review"),
        ({"established_in": ["US"], "serves_users_in": ["CA"]}, "approved"),
        ({"established_in": ["US"], "serves_users_in": ["DE"]}, "review"),
        ({"established_in": ["DE"]}, "review"),
    ],
)
def test_a_gate_that_bars_the_european_union(invented: Catalog, declared: dict[str, Any], verdict: str) -> None:
    record = model(REPOS["org/barred"], invented, **declared)
    assert (record.verdict, record.access.eu_disallowed) == (verdict, True)
    assert rules_of(record) == ({"LIC018"} if verdict == "review" else set())


def test_a_parents_modality_decides_its_own_terms(invented: Catalog) -> None:
    child = Repo({"license": "visual-1", "base_model": "org/base"})
    parent = Repo({"license": "visual-1"}, answer={"pipeline_tag": "image-text-to-text"})
    record = model(child, invented, {"org/base": parent}, established_in=["DE"])
    assert (record.verdict, area(record, "license"), area(record, "lineage"), result(record)) == ("blocked", "approved", "blocked", "prohibited")
    assert model(child, invented, {"org/base": parent}, established_in=["US"]).verdict == "approved"


def test_a_figure_at_release_is_taken_only_while_one_frozen_version_is_in_the_run(invented: Catalog) -> None:
    repos: dict[str, Repo | Reason] = {"org/a": Repo({"license": "limit-1"}), "org/b": Repo({"license": "limit-2"}), "org/c": Repo({"license": "flow-1"})}
    declared: dict[str, Any] = {"monthly_active_users_at_release": 5}
    assert run(repos, "org/a", catalog=invented, **declared).summary.verdict == "approved"
    assert {m.id: m.verdict for m in run(repos, "org/a", "org/c", catalog=invented, **declared).models} == {"org/a": "approved", "org/c": "review"}
    assert {m.verdict for m in run(repos, "org/a", "org/b", catalog=invented, **declared).models} == {"review"}
    by_month = {"2024-06": 5, "2025-03": 5_000}
    found = run(repos, "org/a", "org/b", catalog=invented, monthly_active_users_by_month=by_month)
    assert {m.id: m.verdict for m in found.models} == {"org/a": "approved", "org/b": "blocked"}


def test_a_license_that_freezes_at_each_models_own_release_takes_no_figure_for_two(invented: Catalog) -> None:
    repos: dict[str, Repo | Reason] = {"org/a": Repo({"license": "limit-3"}), "org/b": Repo({"license": "limit-3"})}
    assert run(repos, "org/a", catalog=invented, monthly_active_users_at_release=5).summary.verdict == "approved"
    assert run(repos, "org/a", "org/b", catalog=invented, monthly_active_users_at_release=5).summary.verdict == "review"


def test_an_undeclared_fact_is_named_with_what_each_answer_means(invented: Catalog) -> None:
    record = model(Repo({"license": "limit-1"}), invented)
    [finding] = [f for f in record.findings if f.rule == "LIC011"]
    assert finding.how_to_fix == (
        "Declare --fact monthly_active_users=... (<= 1000: permitted) or --fact monthly_active_users_at_release=... (<= 1000: permitted; > 1000: prohibited)."
    )
    hosted = next(p for p in record.permissions if p.use == "hosted")
    assert next((f.fact, f.value, f.result) for f in hosted.flips) == ("monthly_active_users", "<= 1000", "permitted")


def test_obligations_in_the_report(invented: Catalog) -> None:
    record = model(Repo({"license": "free-1", "base_model": "org/base"}), invented, {"org/base": Repo({"license": "duty-1"})})
    assert [(o.id, o.kind, o.modality, o.status, o.applies, o.uses) for o in record.obligations] == [
        ("duty-1/duty", "notice", "must", "open", "yes", ("hosted",)),
        ("duty-1/policy", "acceptable_use", "must", "open", "yes", ("hosted",)),
    ]
    assert all("it flows down from org/base" in o.because for o in record.obligations)
    assert model(Repo({"license": "mixed"}), invented).obligations == ()


def test_the_profile_helper_declares_like_a_user(invented: Catalog) -> None:
    assert profile(invented, ("hosted",), monthly_active_users="10M").facts == {"monthly_active_users": 10_000_000}


def test_a_line_is_one_piece_of_evidence_however_many_values_stand_in_it() -> None:
    """Where the text is withheld the values stand in for the quote; the numbers of the evidence must not depend on that."""
    place = Evidence("card", "https://hub.example", "README.md", "2", "license: mit", "0" * 64, "", 200)
    answer = Evidence("api", "https://hub.example", "tags", "", "license:mit", "0" * 64, "", 200)
    register = Register()
    assert register.ids([place, replace(place, quote="license: gpl"), answer, replace(answer, quote="license:gpl")]) == ("E1", "E2", "E3")
    assert [record.quote for record in register.records()] == ["license: mit", "license:mit", "license:gpl"]

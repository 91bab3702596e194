"""permission(license, use, facts), what would flip it, and what it obliges to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fakes import LIMIT, Repo, facts_of, license_entry, obliging, profile, prohibiting, real_catalog

from auditor.catalog.catalog import Catalog
from auditor.domain.license import USES, License, Use
from auditor.domain.license_facts import FlipFact, UseResult
from auditor.domain.truth import Truth
from auditor.licensing.conditions import Situation
from auditor.licensing.obligations import obligations
from auditor.licensing.permissions import combined, own_results, use_result

CATALOG = real_catalog()
EU: dict[str, Any] = {"kind": "territory", "reads": ["established_in", "serves_users_in"], "regions": ["EU"]}


def made(terms: list[dict[str, Any]], **changes: Any) -> License:
    return License.model_validate(license_entry("made-1", terms=terms, **changes))


def situation(declared: Mapping[str, Any] | None = None, multimodal: Truth = None, single: bool = True) -> Situation:
    return Situation(profile(CATALOG, **(declared or {})).facts, CATALOG.vocabulary, multimodal, single)


def asked(
    terms: list[dict[str, Any]], declared: Mapping[str, Any] | None = None, use: Use = "hosted", multimodal: Truth = None, single: bool = True
) -> UseResult:
    return use_result(made(terms), use, situation(declared, multimodal, single))


@pytest.mark.parametrize(
    ("terms", "declared", "result", "because"),
    [
        ([], {}, "permitted", "License made-1 permits it and asks for nothing"),
        ([prohibiting()], {}, "prohibited", "The term bar bars it."),
        ([obliging()], {}, "conditional", "permitted on 1 condition (notice)"),
        ([obliging(), obliging("policy", "acceptable_use"), obliging("again")], {}, "conditional", "permitted on 3 conditions (notice, acceptable use)"),
        ([obliging(), prohibiting(kind="commercial")], {}, "unknown", "an undeclared fact decides: The term bar bars it."),
        ([obliging(), prohibiting(kind="commercial")], {"organization": "company"}, "prohibited", "The term bar bars it."),
        ([obliging(), prohibiting(kind="commercial")], {"commercial_purpose": False}, "conditional", "permitted on 1 condition (notice)"),
        ([prohibiting(kind="model", property="multimodal")], {}, "unknown", "it could not be told whether the model is multimodal: The term bar bars it."),
        ([prohibiting(kind="field_of_use", any_of=["military"])], {}, "permitted", "License made-1 permits it and asks for nothing"),
        ([prohibiting(kind="field_of_use", any_of=["military"])], {"field_of_use": ["military"]}, "prohibited", "The term bar bars it."),
        ([{**prohibiting(), "unless": {"kind": "organization", "any_of": ["academic"]}}], {"organization": "academic"}, "permitted",
         "License made-1 permits it and asks for nothing"),
        ([{**prohibiting(), "unless": {"kind": "organization", "any_of": ["academic"]}}], {}, "unknown", "an undeclared fact decides: The term bar bars it."),
        ([{**prohibiting(), "unless": {"kind": "organization", "any_of": ["academic"]}}], {"organization": "company"}, "prohibited", "The term bar bars it."),
        ([{**obliging(), "when": {"kind": "commercial"}}], {}, "conditional", "permitted on 1 condition (notice)"),
        ([{**obliging(), "when": {"kind": "commercial"}}], {"commercial_purpose": False}, "permitted", "License made-1 permits it and asks for nothing"),
        ([{**prohibiting(), "uses": ["distil"]}, {**obliging(), "uses": ["embedded"]}], {}, "permitted", "License made-1 permits it and asks for nothing"),
        ([{"id": "say", "kind": "other", "clause": "4", "summary": "It says so.", "effect": "inform"}], {}, "permitted", "License made-1 permits it and asks for nothing"),
    ],
)  # fmt: skip
def test_what_a_license_lets_this_deployer_do(terms: list[dict[str, Any]], declared: dict[str, Any], result: str, because: str) -> None:
    found = asked(terms, declared)
    assert (found.result, found.because, found.decided_by) == (result, because, ("made-1",))
    assert found.clauses


@pytest.mark.parametrize(("given", "result"), [("yes", "permitted"), ("no", "prohibited"), ("silent", "unknown")])
def test_a_grant_decides_before_terms_do(given: str, result: str) -> None:
    license = made([obliging()] if given == "no" else [], grants={use: {"given": given, "clause": "1"} for use in USES})
    assert {use_result(license, use, situation()).result for use in USES} == {result}


def test_silence_is_never_better_than_a_prohibition() -> None:
    license = made([prohibiting()], grants={use: {"given": "silent", "clause": "1"} for use in USES})
    assert use_result(license, "hosted", situation()).result == "prohibited"


def test_clauses_name_the_document_that_they_stand_in() -> None:
    found = asked([{**obliging(), "located_in": "Acceptable Use Policy"}, obliging("other"), obliging("same")])
    assert found.clauses == ("Acceptable Use Policy, 3", "3")


def threshold(**changes: Any) -> list[dict[str, Any]]:
    return [prohibiting("limit", **{**LIMIT, "basis": "ongoing", **changes})]


FROZEN = {"basis": "at_release", "release": "2024-07-23"}
BY_MONTH, AT_RELEASE, USERS = "monthly_active_users_by_month", "monthly_active_users_at_release", "monthly_active_users"
YES, NO, UNKNOWN = "permitted", "prohibited", "unknown"


@pytest.mark.parametrize(
    ("terms", "declared", "single", "flips"),
    [
        (threshold(), {}, True, [(USERS, "<= 1000", YES), (USERS, "> 1000", NO)]),
        (threshold(comparator=">="), {}, True, [(USERS, "< 1000", YES), (USERS, ">= 1000", NO)]),
        (threshold(**FROZEN), {}, True, [(USERS, "<= 1000", YES), (AT_RELEASE, "<= 1000", YES), (AT_RELEASE, "> 1000", NO)]),
        (threshold(**FROZEN), {USERS: 5_000}, True, [(AT_RELEASE, "<= 1000", YES), (AT_RELEASE, "> 1000", NO)]),
        (threshold(**FROZEN), {USERS: 5_000}, False, [(BY_MONTH, "2024-06: <= 1000", YES), (BY_MONTH, "2024-06: > 1000", NO)]),
        (threshold(**FROZEN, comparator="<"), {}, True, [(USERS, "< 1000", NO), (AT_RELEASE, ">= 1000", YES), (AT_RELEASE, "< 1000", NO)]),
        (threshold(basis="at_release"), {USERS: 5_000}, False, []),  # without a date no month can be named
        ([prohibiting(**EU)], {}, True, [("established_in", "in EU", NO), ("established_in", "outside EU", UNKNOWN),
                                         ("serves_users_in", "in EU", NO), ("serves_users_in", "outside EU", UNKNOWN)]),
        ([prohibiting(**EU)], {"established_in": ["US"]}, True, [("serves_users_in", "in EU", NO), ("serves_users_in", "outside EU", YES)]),
        ([prohibiting(kind="commercial")], {}, True, [("organization", "company", NO), ("commercial_purpose", "true", NO), ("commercial_purpose", "false", YES)]),
        ([prohibiting(kind="commercial")], {"organization": "academic"}, True, [("commercial_purpose", "true", NO), ("commercial_purpose", "false", YES)]),
        ([prohibiting(kind="commercial", test="user")], {}, True,
         [("organization", "company", NO), ("organization", "not company", UNKNOWN), ("commercial_purpose", "true", NO), ("commercial_purpose", "false", UNKNOWN)]),
        ([prohibiting(kind="commercial", test="user")], {"commercial_purpose": False}, True, [("organization", "company", NO), ("organization", "not company", YES)]),
        ([prohibiting(kind="commercial", test="user")], {"organization": "academic"}, True, [("commercial_purpose", "true", NO), ("commercial_purpose", "false", YES)]),
        ([prohibiting(kind="organization", any_of=["company", "government"])], {}, True,
         [("organization", "company or government", NO), ("organization", "not company or government", YES)]),
        ([prohibiting(kind="business", any_of=["cloud"])], {}, True, [("business", "cloud", NO), ("business", "not cloud", YES)]),
        ([prohibiting(kind="model", property="multimodal")], {}, True, []),
        ([prohibiting(kind="all", of=[EU, {"kind": "commercial"}])], {"established_in": ["DE"]}, True,
         [("organization", "company", NO), ("commercial_purpose", "true", NO), ("commercial_purpose", "false", YES)]),
        ([{**obliging(), "when": {"kind": "business", "any_of": ["cloud"]}}], {}, True, [("business", "cloud", "conditional"), ("business", "not cloud", YES)]),
        ([prohibiting(kind="commercial"), prohibiting("second", kind="business", any_of=["cloud"])], {}, True,
         [("organization", "company", NO), ("commercial_purpose", "true", NO), ("commercial_purpose", "false", UNKNOWN), ("business", "cloud", NO),
          ("business", "not cloud", UNKNOWN)]),
    ],
)  # fmt: skip
def test_a_flip_names_the_fact_and_the_result_that_each_answer_gives(
    terms: list[dict[str, Any]], declared: dict[str, Any], single: bool, flips: list[tuple[str, str, str]]
) -> None:
    assert [(f.fact, f.value, f.result) for f in asked(terms, declared, single=single).flips] == flips


@pytest.mark.parametrize(
    ("terms", "declared", "flip"),
    [
        (threshold(), {USERS: 1_000}, FlipFact(USERS, "<= 1000", "permitted")),
        (threshold(), {USERS: 1_001}, FlipFact(USERS, "> 1000", "prohibited")),
        (threshold(**FROZEN), {USERS: 1_000}, FlipFact(USERS, "<= 1000", "permitted")),
        (threshold(**FROZEN), {AT_RELEASE: 1_001}, FlipFact(AT_RELEASE, "> 1000", "prohibited")),
        ([prohibiting(**EU)], {"established_in": ["DE"]}, FlipFact("established_in", "in EU", "prohibited")),
        ([prohibiting(**EU)], {"established_in": ["US"]}, FlipFact("established_in", "outside EU", "unknown")),
        ([prohibiting(kind="commercial", test="user")], {"commercial_purpose": False}, FlipFact("commercial_purpose", "false", "unknown")),
        ([prohibiting(kind="commercial")], {"commercial_purpose": False}, FlipFact("commercial_purpose", "false", "permitted")),
    ],
)
def test_declaring_what_a_flip_says_gives_what_it_promises(terms: list[dict[str, Any]], declared: dict[str, Any], flip: FlipFact) -> None:
    assert flip in asked(terms).flips
    assert asked(terms, declared).result == flip.result


def test_a_decided_permission_has_no_flips() -> None:
    assert asked([prohibiting()]).flips == ()
    assert asked([]).flips == ()


@pytest.mark.parametrize(
    ("card", "declared", "result"),
    [
        ({"license": "free-1"}, {}, "permitted"),
        ({"license": "silent-1"}, {}, "unknown"),
        ({"license": "closed-1"}, {}, "prohibited"),
        ({"license": "hearsay-1"}, {}, "unknown"),
        ({"license": "mixed"}, {}, "unknown"),
        ({"license": "barred"}, {"organization": "company"}, "prohibited"),
        ({"license": "barred"}, {}, "unknown"),
        ({"license": "barred-partly"}, {"organization": "company"}, "unknown"),
        ({"license": "other", "license_name": "nc"}, {"organization": "company"}, "prohibited"),
        ({"license": "other", "license_name": "nc"}, {"commercial_purpose": False, "organization": "academic"}, "unknown"),
        ({"license": "other", "license_name": "twin"}, {}, "unknown"),
        ({"license": "Zephyrine"}, {}, "unknown"),
        ({"license": ["nc-1", "free-1"]}, {"organization": "company"}, "unknown"),
        ({"license": ["nc-1", "closed-1"]}, {"organization": "company"}, "prohibited"),
        ({"license": "closed-1", "license_name": "Free License"}, {}, "unknown"),
        ({"license": ["closed-1", "Zephyrine"]}, {}, "unknown"),
        ({}, {}, "unknown"),
    ],
)
def test_a_license_that_is_not_certain_gives_unknown_at_best(invented: Catalog, card: dict[str, Any], declared: dict[str, Any], result: str) -> None:
    results = own_results(facts_of(Repo(card), invented), invented, situation(declared))
    assert tuple(r.use for r in results) == USES
    assert next(r.result for r in results if r.use == "hosted") == result


def test_two_license_texts_give_the_worst_of_both(invented: Catalog) -> None:
    from fakes import text

    facts = facts_of(Repo({}, {"LICENSE": text("free-1"), "LICENSE-MODEL": text("nc-1")}), invented)
    hosted = next(r for r in own_results(facts, invented, situation({"organization": "company"})) if r.use == "hosted")
    assert (hosted.result, hosted.decided_by) == ("prohibited", ("nc-1",))


def plain(result: Any, by: tuple[str, ...] = ("k",)) -> UseResult:
    return UseResult("hosted", result, f"it is {result}", by, ("1",))


def test_the_worst_of_own_and_inherited_decides_and_is_named() -> None:
    own = plain("conditional")
    assert combined(own, []) is own
    assert combined(own, [("org/base", plain("permitted"))]) is own
    assert combined(own, [("org/base", plain("conditional"))]) is own
    found = combined(own, [("org/a", plain("unknown", ())), ("org/b", plain("prohibited"))])
    assert (found.result, found.because, found.decided_by) == ("prohibited", "from the base model org/b: it is prohibited", ("k (license of org/b)",))
    found = combined(own, [("org/a", plain("unknown", ()))])
    assert (found.result, found.decided_by) == ("unknown", ("license of org/a",))


DUTIES = [
    obliging("copy", "license_copy", {"action": "Ship the text", "text": "Exact words", "file": "LICENSE"}, uses=["redistribute", "embedded"]),
    obliging("quiet", "guardrail", {"action": "Do not remove it"}, uses=["hosted"]),
    obliging("cloudy", "reporting", {"action": "Report it"}, when={"kind": "business", "any_of": ["cloud"]}, flows_down=False),
    obliging("policy", "acceptable_use", located_in="Use Policy"),
]


@pytest.fixture
def duties(catalog_with: Callable[..., Catalog]) -> Catalog:
    return catalog_with(license_entry("made-1", terms=[*DUTIES, prohibiting("never", kind="commercial")]), license_entry("made-2", terms=DUTIES[3:]))


def test_obligations_that_the_uses_trigger(duties: Catalog) -> None:
    found = {o.id: o for o in obligations(["made-1"], [], ["hosted", "redistribute"], duties, situation())}
    assert set(found) == {"made-1/copy", "made-1/quiet", "made-1/cloudy", "made-1/policy"}
    copy = found["made-1/copy"]
    assert (copy.kind, copy.modality, copy.action, copy.text, copy.clause) == ("license_copy", "must", "Ship the text", "Exact words", "License made-1, 3")
    assert (copy.trigger, copy.uses, copy.applies, copy.because) == ("any use", ("redistribute",), "yes", "The term copy asks for it.")
    assert (found["made-1/quiet"].modality, found["made-1/quiet"].uses) == ("must_not", ("hosted",))
    assert found["made-1/policy"].clause == "License made-1, Use Policy, 3"
    assert found["made-1/policy"].uses == ("hosted", "redistribute")


@pytest.mark.parametrize(("declared", "applies"), [({}, "unknown"), ({"business": ["cloud"]}, "yes"), ({"business": []}, None)])
def test_an_obligation_that_an_undeclared_fact_decides_is_kept(duties: Catalog, declared: dict[str, Any], applies: str | None) -> None:
    found = {o.id: o for o in obligations(["made-1"], [], ["internal"], duties, situation(declared))}
    cloudy = found.get("made-1/cloudy")
    assert (cloudy.applies if cloudy else None) == applies
    if applies == "unknown" and cloudy:
        assert cloudy.because == "applies unless an undeclared fact rules it out: The term cloudy asks for it."


def test_obligations_flow_down_unless_they_bind_the_first_distributor_only(duties: Catalog) -> None:
    found = {o.id: o for o in obligations(["made-2"], [("org/base", "made-1"), ("org/other", "made-2")], ["hosted"], duties, situation())}
    assert set(found) == {"made-2/policy", "made-1/quiet", "made-1/policy"}
    assert found["made-1/quiet"].because == "The term quiet asks for it.; it flows down from org/base"
    assert found["made-2/policy"].because == "The term policy asks for it."


def test_no_license_no_obligations(duties: Catalog) -> None:
    assert obligations([], [], USES, duties, situation()) == ()
    assert obligations(["made-1"], [], [], duties, situation()) == ()

"""Conditions in three values: thresholds frozen and ongoing, territories, commercial use, businesses, fields, what the model is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from fakes import profile, real_catalog
from pydantic import TypeAdapter

from auditor.domain.conditions import Condition
from auditor.domain.license import Use
from auditor.domain.truth import Truth
from auditor.licensing.conditions import Situation, expand_territories, holds, leaves, month_before

CATALOG = real_catalog()
VOCABULARY = CATALOG.vocabulary
ADAPTER: TypeAdapter[Any] = TypeAdapter(Condition)
USERS = {"kind": "threshold", "fact": "monthly_active_users", "comparator": ">", "value": 700, "affiliates": "included"}
FROZEN = {**USERS, "basis": "at_release", "release": "2024-07-23"}
UNDATED = {**USERS, "basis": "at_release"}
ONGOING = {**USERS, "basis": "ongoing"}


def decided(condition: Mapping[str, Any], declared: Mapping[str, Any], multimodal: Truth = None, single: bool = True, use: Use = "hosted") -> Truth:
    facts = profile(CATALOG, **declared).facts
    return holds(ADAPTER.validate_python(condition), Situation(facts, VOCABULARY, multimodal, single, use))


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, None),
        ({"monthly_active_users": "unknown"}, None),
        ({"monthly_active_users": 700}, False),  # the highest figure ever stays within the limit: so did that month's
        ({"monthly_active_users": 701}, None),  # that month's may have been lower
        ({"monthly_active_users_at_release": 700}, False),
        ({"monthly_active_users_at_release": 701}, True),
        ({"monthly_active_users": 900, "monthly_active_users_at_release": 700}, False),
        ({"monthly_active_users": 5, "monthly_active_users_at_release": 701}, True),
        ({"monthly_active_users_by_month": {"2024-06": 700}}, False),
        ({"monthly_active_users_by_month": {"2024-06": 701}}, True),
        ({"monthly_active_users_by_month": {"2024-05": 1, "2024-07": 1}}, None),
        ({"monthly_active_users_by_month": {"2024-05": 1}, "monthly_active_users": 700}, False),
        ({"monthly_active_users_by_month": {"2024-06": 701}, "monthly_active_users_at_release": 1}, True),
        ({"daily_active_users": 1}, None),
    ],
)
def test_a_frozen_threshold(declared: dict[str, Any], expected: Truth) -> None:
    assert decided(FROZEN, declared) is expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"monthly_active_users_at_release": 5}, None),
        ({"monthly_active_users_at_release": 5_000}, None),
        ({"monthly_active_users_at_release": 5_000, "monthly_active_users": 700}, False),
        ({"monthly_active_users_at_release": 5, "monthly_active_users_by_month": {"2024-06": 701}}, True),
    ],
)
def test_with_two_frozen_versions_in_the_run_the_figure_at_release_may_be_the_others(declared: dict[str, Any], expected: Truth) -> None:
    assert decided(FROZEN, declared, single=False) is expected


@pytest.mark.parametrize(
    ("declared", "single", "expected"),
    [
        ({"monthly_active_users_by_month": {"2024-06": 5}}, True, None),
        ({"monthly_active_users_at_release": 5}, True, False),
        ({"monthly_active_users_at_release": 5}, False, None),
        ({"monthly_active_users": 700}, False, False),
    ],
)
def test_a_frozen_threshold_without_a_date_of_its_own(declared: dict[str, Any], single: bool, expected: Truth) -> None:
    assert decided(UNDATED, declared, single=single) is expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({}, None),
        ({"monthly_active_users": 700}, False),
        ({"monthly_active_users": 701}, True),
        ({"monthly_active_users_at_release": 1}, None),
        ({"monthly_active_users_by_month": {"2024-06": 1}}, None),
    ],
)
def test_an_ongoing_threshold_uses_the_highest_current_figure(declared: dict[str, Any], expected: Truth) -> None:
    assert decided(ONGOING, declared) is expected


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [(">", False, False, True), (">=", False, True, True), ("<", True, False, False), ("<=", True, True, False)],
)
@pytest.mark.parametrize("basis", [ONGOING, {**FROZEN, "basis": "at_release"}])
def test_comparators_at_the_exact_limit(comparator: str, below: bool, at: bool, above: bool, basis: dict[str, Any]) -> None:
    condition = {**basis, "comparator": comparator}
    fact = "monthly_active_users" if basis["basis"] == "ongoing" else "monthly_active_users_at_release"
    assert [decided(condition, {fact: figure}) for figure in (699, 700, 701)] == [below, at, above]


@pytest.mark.parametrize(
    ("comparator", "figure", "expected"),
    [(">", 700, False), (">", 701, None), (">=", 699, False), (">=", 700, None), ("<", 699, True), ("<", 700, None), ("<=", 700, True), ("<=", 701, None)],
)
def test_the_highest_figure_ever_settles_that_a_month_was_below_and_never_that_it_was_above(comparator: str, figure: int, expected: Truth) -> None:
    assert decided({**FROZEN, "comparator": comparator}, {"monthly_active_users": figure}) is expected


@pytest.mark.parametrize(
    ("comparator", "declared", "expected"),
    [
        (">", {"monthly_active_users": 700}, False),
        (">", {"monthly_active_users": 701}, None),
        ("<=", {"monthly_active_users": 700}, True),
        ("<=", {"monthly_active_users": 701}, None),
        (">", {"monthly_active_users": 5, "product_monthly_active_users": 701}, True),
        (">", {"monthly_active_users": 900, "product_monthly_active_users": 700}, False),
    ],
)
def test_users_of_one_product_are_among_all_users(comparator: str, declared: dict[str, Any], expected: Truth) -> None:
    assert decided({**ONGOING, "fact": "product_monthly_active_users", "comparator": comparator}, declared) is expected


def test_a_threshold_on_an_unknown_quantity_is_unknown() -> None:
    assert decided({**ONGOING, "fact": "moon_phases"}, {"monthly_active_users": 1}) is None


@pytest.mark.parametrize(("release", "month"), [("2024-07-23", "2024-06"), ("2024-01-01", "2023-12"), ("2025-12-31", "2025-11")])
def test_the_month_before_a_release(release: str, month: str) -> None:
    assert month_before(ADAPTER.validate_python({**FROZEN, "release": release}).release) == month


def territory(*reads: str, regions: tuple[str, ...] = ("EU",)) -> dict[str, Any]:
    return {"kind": "territory", "reads": list(reads), "regions": list(regions)}


@pytest.mark.parametrize(
    ("condition", "declared", "expected"),
    [
        (territory("established_in"), {}, None),
        (territory("established_in"), {"serves_users_in": ["DE"]}, None),
        (territory("established_in"), {"established_in": ["DE"]}, True),
        (territory("established_in"), {"established_in": ["US", "FR"]}, True),
        (territory("established_in"), {"established_in": ["US"]}, False),
        (territory("established_in"), {"established_in": ["EEA"]}, True),
        (territory("established_in"), {"established_in": ["NO"]}, False),
        (territory("established_in", regions=("EEA",)), {"established_in": ["NO"]}, True),
        (territory("established_in"), {"established_in": ["WORLD"]}, True),
        (territory("established_in", regions=("WORLD",)), {"established_in": ["US"]}, True),
        (territory("established_in", regions=("GB",)), {"established_in": ["UK"]}, True),
        (territory("established_in", regions=("UK",)), {"established_in": ["gb"]}, True),
        (territory("established_in"), {"established_in": ["UK"]}, False),
        (territory("established_in", regions=("EU", "UK", "KR")), {"established_in": ["KR"]}, True),
        (territory("established_in", "serves_users_in"), {"established_in": ["US"]}, None),
        (territory("established_in", "serves_users_in"), {"established_in": ["US"], "serves_users_in": ["CA"]}, False),
        (territory("established_in", "serves_users_in"), {"established_in": ["US"], "serves_users_in": ["CA", "IE"]}, True),
        (territory("established_in", "serves_users_in"), {"serves_users_in": ["IE"]}, True),
    ],
)
def test_territories(condition: dict[str, Any], declared: dict[str, Any], expected: Truth) -> None:
    assert decided(condition, declared) is expected


def test_territories_are_expanded() -> None:
    assert expand_territories(["UK", "us"], VOCABULARY) == {"GB", "US"}
    assert len(expand_territories(("EU",), VOCABULARY)) == 27
    assert expand_territories(("EEA",), VOCABULARY) - expand_territories(("EU",), VOCABULARY) == {"IS", "LI", "NO"}
    assert expand_territories(("WORLD",), VOCABULARY) == set(VOCABULARY.territories)
    with pytest.raises(KeyError):
        expand_territories(("ATLANTIS",), VOCABULARY)


USE, USER = {"kind": "commercial", "test": "use"}, {"kind": "commercial", "test": "user"}


@pytest.mark.parametrize(
    ("declared", "by_use", "by_user"),
    [
        ({}, None, None),
        ({"organization": "company"}, True, True),
        ({"organization": "company", "commercial_purpose": False}, False, True),
        ({"organization": "company", "commercial_purpose": True}, True, True),
        ({"organization": "nonprofit"}, None, None),
        ({"organization": "individual", "commercial_purpose": False}, False, False),
        ({"organization": "academic", "commercial_purpose": True}, True, True),
        ({"commercial_purpose": True}, True, True),
        ({"commercial_purpose": False}, False, None),  # whoever says no more may be a company
    ],
)
def test_commercial_use_and_commercial_user(declared: dict[str, Any], by_use: Truth, by_user: Truth) -> None:
    assert (decided(USE, declared), decided(USER, declared)) == (by_use, by_user)
    assert decided({**USE, "presumed": True}, declared) is (by_use if declared else True)


def test_research_is_not_commercial_by_definition() -> None:
    assert decided(USE, {"organization": "company"}, use="research") is False
    assert decided({**USE, "presumed": True}, {}, use="research") is False


@pytest.mark.parametrize(
    ("condition", "declared", "expected"),
    [
        ({"kind": "organization", "any_of": ["academic", "nonprofit"]}, {}, None),
        ({"kind": "organization", "any_of": ["academic", "nonprofit"]}, {"organization": "nonprofit"}, True),
        ({"kind": "organization", "any_of": ["academic", "nonprofit"]}, {"organization": "company"}, False),
        ({"kind": "business", "any_of": ["cloud", "model_hosting"]}, {}, None),
        ({"kind": "business", "any_of": ["cloud", "model_hosting"]}, {"business": []}, False),
        ({"kind": "business", "any_of": ["cloud", "model_hosting"]}, {"business": ["software_vendor", "cloud"]}, True),
        ({"kind": "business", "any_of": ["cloud", "model_hosting"]}, {"business": ["software_vendor"]}, False),
        ({"kind": "field_of_use", "any_of": ["military"]}, {}, False),  # undeclared does not decide: an obligation asks for it
        ({"kind": "field_of_use", "any_of": ["military"]}, {"field_of_use": "unknown"}, False),
        ({"kind": "field_of_use", "any_of": ["military"]}, {"field_of_use": ["gambling"]}, False),
        ({"kind": "field_of_use", "any_of": ["military"]}, {"field_of_use": ["gambling", "military"]}, True),
    ],
)
def test_organizations_businesses_and_fields(condition: dict[str, Any], declared: dict[str, Any], expected: Truth) -> None:
    assert decided(condition, declared) is expected


@pytest.mark.parametrize("multimodal", [True, False, None])
def test_what_the_model_is(multimodal: Truth) -> None:
    assert decided({"kind": "model", "property": "multimodal"}, {}, multimodal) is multimodal


@pytest.mark.parametrize(
    ("multimodal", "declared", "expected"),
    [
        (False, {}, False),
        (True, {}, None),
        (None, {"established_in": ["US"]}, False),
        (None, {"established_in": ["DE"]}, None),
        (True, {"established_in": ["DE"]}, True),
    ],
)
def test_both_must_hold_and_either_may_rule_it_out(multimodal: Truth, declared: dict[str, Any], expected: Truth) -> None:
    condition = {"kind": "all", "of": [{"kind": "model", "property": "multimodal"}, territory("established_in")]}
    assert decided(condition, declared, multimodal) is expected
    either = {"kind": "not", "of": {"kind": "any", "of": [{"kind": "not", "of": part} for part in condition["of"]]}}
    assert decided(either, declared, multimodal) is expected


def test_leaves_come_in_order() -> None:
    condition = ADAPTER.validate_python({"kind": "all", "of": [ONGOING, {"kind": "not", "of": {"kind": "any", "of": [USE, territory("established_in")]}}]})
    assert [leaf.kind for leaf in leaves(condition)] == ["threshold", "commercial", "territory"]


def test_a_supposed_answer_takes_a_leafs_place() -> None:
    condition = ADAPTER.validate_python({"kind": "not", "of": ONGOING})
    [leaf] = leaves(condition)
    for answer, expected in ((True, False), (False, True), (None, None)):
        assert holds(condition, Situation({"monthly_active_users": 5}, VOCABULARY, None, True, answers={id(leaf): answer})) is expected

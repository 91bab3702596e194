"""Declared facts from text and TOML."""

from __future__ import annotations

import pytest
from fakes import real_catalog

from auditor.config.values import check_figures, parse_fact, parse_uses, split_fact
from auditor.domain.errors import UsageError

VOCABULARY = real_catalog().vocabulary
EU = frozenset(VOCABULARY.territory_groups["EU"])


@pytest.mark.parametrize(
    ("values", "uses"),
    [
        (["hosted"], ("hosted",)),
        (["redistribute-derivative,internal", " FineTune "], ("internal", "finetune", "redistribute_derivative")),
        (["research", "research"], ("research",)),
        ([",hosted,"], ("hosted",)),
    ],
)
def test_uses_in_the_contracts_order(values: list[str], uses: tuple[str, ...]) -> None:
    assert parse_uses(values, "--use") == uses


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["hostd"], "--use: unknown use 'hostd'; did you mean 'hosted'?"),
        (["hosted", "selling"], "--use: unknown use 'selling'"),
        ([" , "], "--use: no use is named"),
        ([], "--use: no use is named"),
    ],
)
def test_an_unknown_use_is_a_usage_error(values: list[str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_uses(values, "--use")
    assert str(error.value) == message
    assert error.value.next_step == "choose from: internal, hosted, embedded, redistribute, finetune, redistribute_derivative, distil, research"
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "pair"),
    [("monthly-active-users=10M", ("monthly_active_users", "10M")), (" a = b=c ", ("a", "b=c")), ("a=", ("a", ""))],
)
def test_a_fact_is_split_at_the_first_equals_sign(text: str, pair: tuple[str, str]) -> None:
    assert split_fact(text) == pair


@pytest.mark.parametrize("text", ["monthly_active_users", "=5", " =5", ""])
def test_a_fact_without_name_or_equals_sign_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="expected NAME=VALUE"):
        split_fact(text)


@pytest.mark.parametrize(
    ("name", "given", "value", "plain"),
    [
        ("monthly_active_users", "10M", 10_000_000, 10_000_000),
        ("monthly_active_users", "0.7B", 700_000_000, 700_000_000),
        ("monthly_active_users", "1.5k", 1_500, 1_500),
        ("monthly_active_users", "2 m", 2_000_000, 2_000_000),
        ("monthly_active_users", "700_000_001", 700_000_001, 700_000_001),
        ("monthly_active_users", 0, 0, 0),
        ("annual_revenue_usd", 1e6, 1_000_000, 1_000_000),
        ("annual_revenue_usd", "999999999999999", 999_999_999_999_999, 999_999_999_999_999),
        ("monthly_active_users", "unknown", None, "unknown"),
        ("monthly_active_users", " UNKNOWN ", None, "unknown"),
        ("organization", "Company", "company", "company"),
        ("organization", "unknown", None, "unknown"),
        ("commercial_purpose", True, True, True),
        ("commercial_purpose", "no", False, False),
        ("commercial_purpose", "TRUE", True, True),
        ("business", "model-hosting, Cloud", frozenset({"model_hosting", "cloud"}), ["cloud", "model_hosting"]),
        ("business", [], frozenset(), []),
        ("field_of_use", ["military"], frozenset({"military"}), ["military"]),
        ("established_in", "us", frozenset({"US"}), ["us"]),
        ("established_in", ["UK", "DE"], frozenset({"GB", "DE"}), ["DE", "UK"]),
        ("serves_users_in", "EU", EU, ["EU"]),
        ("serves_users_in", "eea", EU | {"IS", "LI", "NO"}, ["eea"]),
        ("serves_users_in", "WORLD", frozenset(VOCABULARY.territories), ["WORLD"]),
        ("serves_users_in", [], None, []),
        ("monthly_active_users_by_month", {"2024-06": "4M", "2024-05": 3}, {"2024-05": 3, "2024-06": 4_000_000}, {"2024-05": 3, "2024-06": 4_000_000}),
        ("monthly_active_users_by_month", "2024-06=4M,2024-07=5k", {"2024-06": 4_000_000, "2024-07": 5_000}, {"2024-06": 4_000_000, "2024-07": 5_000}),
    ],
)
def test_a_value_and_its_plain_form(name: str, given: object, value: object, plain: object) -> None:
    assert parse_fact(name, given, VOCABULARY, "--fact") == (value, plain)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("monthly_active_user", 5, "unknown fact 'monthly_active_user'; did you mean 'monthly_active_users'?"),
        ("no_such_thing_at_all", 5, "unknown fact 'no_such_thing_at_all'"),
        *[("monthly_active_users", given, f"monthly_active_users takes a number of users, got {given!r}")
          for given in (True, "", "many", "-5", -5, "5T", "1e3", "1,000", "٣x", float("inf"), float("nan"), [5], {"a": 1}, "1000000000000001", 10**16, "10MM", "1.2.3")],
        ("organization", "firm", "organization = 'firm'"),
        ("organization", "compny", "organization = 'compny'; did you mean 'company'?"),
        ("organization", "", "organization = ''"),
        ("commercial_purpose", "maybe", "commercial_purpose takes true, false or unknown, got 'maybe'"),
        ("commercial_purpose", 1, "commercial_purpose takes true, false or unknown, got 1"),
        ("business", "hosting", "business holds 'hosting', which is not known; did you mean 'model_hosting'?"),
        ("business", ["cloud", "unknown"], "business holds 'unknown', which is not known"),
        ("business", 3, "business takes a list of names, got 3"),
        ("business", ["cloud", 3], "business takes a list of names, got ['cloud', 3]"),
        ("field_of_use", "milatary", "field_of_use holds 'milatary', which is not known; did you mean 'military'?"),
        ("established_in", "USSR", "established_in holds 'USSR', which is no ISO 3166 alpha-2 code"),
        ("established_in", "EUU", "established_in holds 'EUU', which is no ISO 3166 alpha-2 code; did you mean 'EU'?"),
        ("serves_users_in", ["wrold"], "serves_users_in holds 'wrold', which is no ISO 3166 alpha-2 code; did you mean 'WORLD'?"),
        ("established_in", ["DE", "unknown"], "established_in holds 'unknown', which is no ISO 3166 alpha-2 code"),
        ("monthly_active_users_by_month", "2024-13=4M", "monthly_active_users_by_month takes months as YYYY-MM, got '2024-13'"),
        ("monthly_active_users_by_month", "4M", "monthly_active_users_by_month takes months as YYYY-MM, got '4M'"),
        ("monthly_active_users_by_month", {"2024-06": "lots"}, "monthly_active_users_by_month takes a number of users, got 'lots'"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_a_usage_error(name: str, given: object, message: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_fact(name, given, VOCABULARY, "--fact")
    assert str(error.value) == f"--fact: {message}"
    assert error.value.next_step or "takes" in message


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"monthly_active_users": 5, "monthly_active_users_by_month": {"2024-05": 4, "2024-06": 6}},
         "monthly_active_users_by_month of 2024-06 = 6 is above monthly_active_users = 5, which it can never exceed"),
        ({"monthly_active_users": 5, "monthly_active_users_at_release": 6}, "monthly_active_users_at_release = 6 is above monthly_active_users = 5, which it can never exceed"),
        ({"monthly_active_users": 5, "product_monthly_active_users": 6}, "product_monthly_active_users = 6 is above monthly_active_users = 5, which it can never exceed"),
        ({"monthly_revenue_usd": 5, "product_monthly_revenue_usd": 6}, "product_monthly_revenue_usd = 6 is above monthly_revenue_usd = 5, which it can never exceed"),
    ],
)  # fmt: skip
def test_figures_that_cannot_all_be_right_are_a_usage_error(facts: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as error:
        check_figures(facts, VOCABULARY)  # type: ignore[arg-type]
    assert str(error.value) == message


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"monthly_active_users": 5},
        {"monthly_active_users_at_release": 6, "product_monthly_active_users": 7},
        {"monthly_active_users": 5, "monthly_active_users_by_month": {"2024-06": 5}, "monthly_active_users_at_release": 5, "product_monthly_active_users": 5},
    ],
)
def test_figures_that_agree_are_fine(facts: dict[str, object]) -> None:
    check_figures(facts, VOCABULARY)  # type: ignore[arg-type]

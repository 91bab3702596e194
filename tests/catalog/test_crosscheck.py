"""The knowledge as a whole: the real one is consistent, and every kind of inconsistency is named with its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import LIMIT, family_entry, license_entry, prohibiting, real_catalog

from auditor.catalog.catalog import Catalog
from auditor.catalog.crosscheck import problems

ONGOING = {**LIMIT, "basis": "ongoing"}


def test_the_real_knowledge_is_consistent() -> None:
    assert problems(real_catalog()) == []


def test_the_invented_knowledge_is_consistent(invented: Catalog) -> None:
    assert problems(invented) == []


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([license_entry("a-1", aliases=["MIT"])], "rules/licenses/a-1.yaml: aliases: 'MIT' is the Hub id of mit; drop it"),
        ([license_entry("a-1", spdx="Nobodys-1.0")], "rules/licenses/a-1.yaml: spdx: 'Nobodys-1.0' is no SPDX id"),
        ([license_entry("a-1", texts=[])], "rules/licenses/a-1.yaml: texts: a verified license needs the fingerprint of at least one text"),
        ([license_entry("a-1", hub_id="mit")], "rules/licenses/mit.yaml: hub_id: 'mit' belongs to a-1 already"),
        ([license_entry("a-1"), license_entry("a-2", texts=license_entry("a-1")["texts"])], "rules/licenses/a-2.yaml: texts.whole: the same words are a text of a-1"),
        ([family_entry("fam", ["mit", "absent"], False)], "rules/licenses/fam.yaml: members: no license 'absent'"),
        ([family_entry("fam", ["cc"], False)], "rules/licenses/fam.yaml: members: no license 'cc'"),
        ([license_entry("a-1", terms=[prohibiting("t", **{**ONGOING, "fact": "monthly_actve_users"})])],
         "rules/licenses/a-1.yaml: terms.t: fact 'monthly_actve_users' is no number of rules/vocabulary.yaml"),
        ([license_entry("a-1", terms=[prohibiting("t", **{**ONGOING, "fact": "organization"})])],
         "rules/licenses/a-1.yaml: terms.t: fact 'organization' is no number of rules/vocabulary.yaml"),
        ([license_entry("a-1", terms=[prohibiting("t", **{**ONGOING, "fact": "annual_revenue_usd", "currency": "CNY"})])],
         "rules/licenses/a-1.yaml: terms.t: the limit is in CNY, the fact 'annual_revenue_usd' in USD"),
        ([license_entry("a-1", terms=[prohibiting("t", **{**LIMIT, "basis": "at_release", "fact": "headcount"})])],
         "rules/licenses/a-1.yaml: terms.t: fact 'headcount' has no figure for the month before a release (`at_release`)"),
        ([license_entry("a-1", terms=[prohibiting("t", kind="business", any_of=["banking"])])],
         "rules/licenses/a-1.yaml: terms.t: business 'banking' is not in rules/vocabulary.yaml"),
        ([license_entry("a-1", terms=[prohibiting("t", kind="field_of_use", any_of=["gardening"])])],
         "rules/licenses/a-1.yaml: terms.t: field of use 'gardening' is not in rules/vocabulary.yaml"),
        ([license_entry("a-1", terms=[prohibiting("t", kind="territory", reads=["established_in"], regions=["EU", "ATLANTIS"])])],
         "rules/licenses/a-1.yaml: terms.t: region 'ATLANTIS' is no ISO 3166 code or group"),
        ([license_entry("a-1", terms=[{**prohibiting("t"), "unless": {"kind": "not", "of": {"kind": "any", "of": [{"kind": "business", "any_of": ["banking"]}]}}}])],
         "rules/licenses/a-1.yaml: terms.t: business 'banking' is not in rules/vocabulary.yaml"),
    ],
)  # fmt: skip
def test_an_inconsistency_is_named(catalog_with: Callable[..., Catalog], entries: list[dict[str, Any]], problem: str) -> None:
    assert problem in problems(catalog_with(*entries))


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("vocabulary.yaml", "at_most: monthly_active_users", "at_most: annual_revenue_usd",
         "rules/vocabulary.yaml: facts.product_monthly_active_users.at_most: 'annual_revenue_usd' is no fact of type count"),
        ("vocabulary.yaml", "by_month: monthly_active_users_by_month", "by_month: monthly_active_users_at_release",
         "rules/vocabulary.yaml: facts.monthly_active_users.by_month: 'monthly_active_users_at_release' is no fact of type counts_by_month"),
        ("vocabulary.yaml", "  EU: [AT, BE,", "  EU: [AT, XX,", "rules/vocabulary.yaml: territory_groups.EU: 'XX' is no ISO 3166 code"),
        ("vocabulary.yaml", "  distil: ", "  distill: ", "rules/vocabulary.yaml: uses: distil, distill"),
        ("hardware/rtx-4090.yaml", "aliases: [", "aliases: [rtx-3090, ", "rules/hardware/rtx-4090.yaml: aliases: 'rtx-3090' belongs to rtx-3090 already"),
        ("geometry/llama-3.1-8b.yaml", "model_type: llama", "model_type: lama", "rules/geometry/llama-3.1-8b.yaml: model_type: 'lama' is in no file of rules/architectures"),
    ],
)  # fmt: skip
def test_an_inconsistency_of_other_knowledge_is_named(rules_copy: Path, file: str, old: str, new: str, problem: str) -> None:
    content = (rules_copy / file).read_text(encoding="utf-8")
    assert old in content
    (rules_copy / file).write_text(content.replace(old, new, 1), encoding="utf-8")
    assert problem in problems(Catalog(rules_copy))


@pytest.mark.parametrize("name", ["checks/LIC999-x.yml", "licenses/mine.YAML"])
def test_a_file_that_nothing_reads_is_named(rules_copy: Path, name: str) -> None:
    (rules_copy / name).write_text("key: x\n")
    assert problems(Catalog(rules_copy)) == [f"rules/{name}: nothing reads this file; its name must end in .yaml"]

"""The rules: each one's examples, and a loader that refuses what could never fire."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import real_catalog

from auditor.catalog.catalog import Catalog
from auditor.domain.errors import CatalogError, UsageError
from auditor.domain.verdict import AREAS, OUTCOMES
from auditor.engine.policy import Policy
from auditor.engine.rule import Rule, truth
from auditor.engine.rules import check_policy, load_policy, load_rules, policy_names

RULES = load_rules(real_catalog())
FIRES = [pytest.param(rule, example, id=f"{rule.id}: {example.why}") for rule in RULES for example in rule.examples.fires]
SILENT = [pytest.param(rule, example, id=f"{rule.id}: {example.why}") for rule in RULES for example in rule.examples.silent]
PLAIN: dict[str, Any] = {
    "id": "LIC900", "title": "Invented", "area": "license", "each": "model", "outcome": "review",
    "when": {"kind": "equals", "fact": "tag_kind", "value": "none"}, "message": "It is {tag_kind}.", "how_to_fix": "Fix it.", "why": "Because.",
    "examples": {"fires": [{"why": "it does", "facts": {"tag_kind": "none"}}], "silent": [{"why": "it does not", "facts": {"tag_kind": "exact"}}]},
}  # fmt: skip


@pytest.mark.parametrize(("rule", "example"), FIRES)
def test_an_example_fires(rule: Rule, example: Any) -> None:
    assert truth(rule.when, example.facts) is not False


@pytest.mark.parametrize(("rule", "example"), SILENT)
def test_an_example_stays_silent(rule: Rule, example: Any) -> None:
    assert truth(rule.when, example.facts) is False


def test_rules_come_in_order_and_each_id_once() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert {"LIC001", "LIC010", "LIC014", "LIN001", "LIN003", "MEM001"} <= set(ids)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_that_gates_is_never_undecided_into_a_note(rule: Rule) -> None:
    assert rule.area in AREAS
    assert rule.outcome == "note" or rule.unknown_outcome != "note"
    assert OUTCOMES.index(rule.unknown_outcome) >= OUTCOMES.index(rule.outcome)


def changed(**changes: Any) -> dict[str, Any]:
    return {**PLAIN, **changes}


def with_facts(**facts: Any) -> dict[str, Any]:
    return changed(examples={**PLAIN["examples"], "fires": [{"why": "x", "facts": facts}]})


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (changed(when={"kind": "equals", "fact": "tag_kin", "value": "none"}), "unknown fact 'tag_kin' in model; did you mean 'tag_kind'?"),
        (changed(when={"kind": "all", "of": [{"kind": "not", "of": {"kind": "known", "fact": "license_metod"}}]}),
         "unknown fact 'license_metod' in model; did you mean 'license_method'?"),
        (changed(when={"kind": "any", "of": [{"kind": "at_least", "fact": "tag_kind", "value": 1}]}), "which this predicate cannot read"),
        (changed(when={"kind": "one_of", "fact": "has_tag", "values": ["true"]}), "which this predicate cannot read"),
        (changed(when={"kind": "equals", "fact": "has_tag", "value": "true"}), "so it cannot be compared with 'true'"),
        (changed(when={"kind": "equals", "fact": "tag_count", "value": True}), "so it cannot be compared with True"),
        (changed(when={"kind": "equals", "fact": "has_tag", "value": 1}), "so it cannot be compared with 1"),
        (changed(when={"kind": "equals", "fact": "evidence", "value": "x"}), "unknown fact 'evidence' in model"),
        (changed(each="edge"), "unknown fact 'tag_kind' in edge"),
        (changed(message="It is {tag_knd}."), "unknown fact 'tag_knd' in a text of rule LIC900; did you mean 'tag_kind'?"),
        (changed(how_to_fix="See {nothing}."), "unknown fact 'nothing' in a text of rule LIC900"),
        (with_facts(tag_kid="none"), "unknown fact 'tag_kid' in an example of rule LIC900; did you mean 'tag_kind'?"),
        (with_facts(tag_kind=True), "so an example cannot say True"),
        (with_facts(tag_count="2"), "so an example cannot say '2'"),
        (with_facts(has_tag=1), "so an example cannot say 1"),
        (changed(unknown_outcome="note"), "unknown_outcome: an undecided rule that gates must not become a note"),
        (changed(unknown_outcome="block"), "unknown_outcome: must not be worse than the outcome itself"),
        (changed(outcome="note"), "unknown_outcome: must not be worse than the outcome itself"),
    ],
)  # fmt: skip
def test_a_rule_that_could_never_hold_is_refused(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="validation error") as error:
        Rule.model_validate(rule)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "rule",
    [
        changed(when={"kind": "equals", "fact": "tag_kind"}),
        changed(when={"kind": "matches", "fact": "tag_kind", "value": "n.*"}),
        changed(when={"kind": "all", "of": []}),
        changed(when={"kind": "one_of", "fact": "tag_kind", "values": []}),
        changed(each="planet"),
        changed(id="LIC9"),
        changed(id="XXX900"),
        changed(severity="high"),
        changed(message=" "),
        changed(examples={"fires": [], "silent": PLAIN["examples"]["silent"]}),
        changed(examples={"fires": PLAIN["examples"]["fires"], "silent": []}),
        changed(outcome="pass"),
    ],
)
def test_a_malformed_rule_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Rule.model_validate(rule)


def test_the_plain_rule_is_fine() -> None:
    rule = Rule.model_validate(PLAIN)
    assert (rule.unknown_outcome, rule.outcome) == ("review", "review")


def edited(root: Path, name: str, edit: Callable[[str], str], new_name: str | None = None) -> None:
    path = next((root / "checks").glob(f"{name}-*.yaml"))
    content = path.read_text(encoding="utf-8")
    assert edit(content) != content or new_name
    (path.parent / new_name if new_name else path).write_text(edit(content), encoding="utf-8")


def test_a_rule_in_a_file_of_another_name_is_refused(rules_copy: Path) -> None:
    edited(rules_copy, "LIC001", lambda text: text.replace("id: LIC001", "id: LIC901"))
    with pytest.raises(CatalogError, match=r"^rules/checks/LIC001-no-license-stated.yaml:1: id: LIC901 must begin the file's name$") as error:
        load_rules(Catalog(rules_copy))
    assert error.value.next_step == "rename the file to LIC901-<slug>.yaml"


def test_an_id_in_two_files_is_refused(rules_copy: Path) -> None:
    edited(rules_copy, "LIC001", lambda text: text, "LIC001-again.yaml")
    with pytest.raises(CatalogError, match="rule id LIC001 stands in two files; ids are never reused"):
        load_rules(Catalog(rules_copy))


def test_an_error_in_a_rule_file_names_file_and_line(rules_copy: Path) -> None:
    edited(rules_copy, "LIC001", lambda text: text.replace("outcome: review", "outcome: revue"))
    with pytest.raises(
        CatalogError, match=r"^rules/checks/LIC001-no-license-stated.yaml:5: outcome: Input should be 'block', 'incomplete', 'review' or 'note'"
    ):
        load_rules(Catalog(rules_copy))


def test_an_unknown_fact_in_a_rule_file_names_the_file_and_the_likely_fact(rules_copy: Path) -> None:
    edited(rules_copy, "LIN001", lambda text: text.replace("fact: grade", "fact: grad"))
    with pytest.raises(CatalogError, match=r"^rules/checks/LIN001-permission-dropped.yaml:.*unknown fact 'grad' in edge; did you mean 'grade'\?"):
        load_rules(Catalog(rules_copy))


def test_the_built_in_policies() -> None:
    catalog = real_catalog()
    assert {"default", "strict"} <= set(policy_names(catalog))
    default, strict = load_policy(catalog, "default"), load_policy(catalog, "strict")
    assert (default.fail_on, default.require_text, default.rules) == ("review", False, {})
    assert (strict.fail_on, strict.require_text) == ("conditional", True)
    for name in policy_names(catalog):
        check_policy(load_policy(catalog, name), RULES)
        assert {"license", "lineage"} <= set(load_policy(catalog, name).gate)


def test_an_unknown_policy_is_a_usage_error_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match=r"^unknown policy 'strickt'; did you mean 'strict'\?$"):
        load_policy(real_catalog(), "strickt")


def test_a_policy_that_tightens_no_rule_is_refused() -> None:
    policy = Policy(key="mine", title="Mine", rules={"LIC01O": "block"})
    with pytest.raises(UsageError, match=r"^policy mine: unknown rule 'LIC01O'; did you mean 'LIC0\d\d'\?$"):
        check_policy(policy, RULES)

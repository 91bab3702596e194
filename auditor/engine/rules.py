"""The rules and policies of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.catalog.catalog import Catalog
from auditor.catalog.validate import validated
from auditor.domain.errors import CatalogError, UsageError, did_you_mean
from auditor.engine.policy import Policy
from auditor.engine.rule import Rule


def load_rules(catalog: Catalog) -> tuple[Rule, ...]:
    """All rules in order of id. Raises CatalogError when an id stands twice or does not begin its file's name."""
    rules = []
    for name in catalog.store.names("checks"):
        rule: Rule = validated(catalog.store, f"checks/{name}.yaml", Rule)
        if not name.startswith(f"{rule.id}-"):
            raise CatalogError(f"rules/checks/{name}.yaml:1: id: {rule.id} must begin the file's name", f"rename the file to {rule.id}-<slug>.yaml")
        rules.append(rule)
    ids = [rule.id for rule in rules]
    if twice := next((i for i in ids if ids.count(i) > 1), None):
        raise CatalogError(f"rules/checks: rule id {twice} stands in two files; ids are never reused")
    return tuple(sorted(rules, key=lambda rule: rule.id))


def check_policy(policy: Policy, rules: Sequence[Rule], ref: str = "built-in") -> None:
    """Raises UsageError when the policy, or the file `ref` that tightens it, names a rule that does not exist: it would tighten nothing."""
    ids = [rule.id for rule in rules]
    where = f"policy {policy.key}" if ref == "built-in" else f"{ref}: policy.rules"
    for name in policy.rules:
        if name not in ids:
            raise UsageError(f"{where}: unknown rule {name!r}{did_you_mean(name, ids)}", "run: auditor rules")


def policy_names(catalog: Catalog) -> tuple[str, ...]:
    """Names of the built-in policies."""
    return catalog.store.names("policies")


def load_policy(catalog: Catalog, name: str) -> Policy:
    """A built-in policy by name."""
    if name not in policy_names(catalog):
        raise UsageError(f"unknown policy {name!r}{did_you_mean(name, policy_names(catalog))}", f"choose from: {', '.join(policy_names(catalog))}")
    policy: Policy = validated(catalog.store, f"policies/{name}.yaml", Policy)
    return policy

"""Two audits of invented repositories, held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fakes import FakeSource, Repo, profile

from auditor.audit import Request
from auditor.audit.diff import compare
from auditor.audit.pipeline import Audited, audited
from auditor.catalog.catalog import Catalog
from auditor.domain.change import Change, Diff, ModelChange
from auditor.domain.evidence import ModelRef, Reason
from auditor.domain.license import Use
from auditor.domain.memory import SizingOptions
from auditor.engine.rules import load_policy

Repos = Mapping[str, Repo | Reason]
OLD, NEW = "a" * 40, "b" * 40


def audit_of(repos: Repos, ids: Sequence[str], catalog: Catalog, uses: Sequence[Use] = ("hosted",), **declared: object) -> Audited:
    """One side."""
    policy = load_policy(catalog, "default")
    models = tuple(ModelRef(one) for one in ids)
    request = Request(models, profile(catalog, uses, **declared), SizingOptions(), None, policy, "built-in", "review", "2026-11-24T00:00:00Z")
    return audited(FakeSource(repos), request, catalog)


def diff_of(before: Repos, after: Repos, catalog: Catalog, ids: Sequence[str] | None = None, **more: Any) -> Diff:
    """All repositories of both sides, or the ones named; each side at a commit of its own."""
    sides = [(at(before, OLD), ids or list(before)), (at(after, NEW), ids or list(after))]
    audits = [audit_of(repos, names, catalog, **more) for repos, names in sides]
    return compare(audits[0], audits[1], ("before", "after"), catalog)


def at(repos: Repos, sha: str) -> Repos:
    """The repositories at one commit."""
    return {
        name: one if isinstance(one, str) else Repo(one.card, one.files, one.unavailable, {"sha": sha, **one.answer}, one.readme) for name, one in repos.items()
    }


def one_of(before: Repo | Reason, after: Repo | Reason, catalog: Catalog, parents: Repos | None = None, **more: Any) -> ModelChange:
    """`org/model` then and now."""
    [found] = diff_of({"org/model": before, **(parents or {})}, {"org/model": after, **(parents or {})}, catalog, ids=["org/model"], **more).models
    return found


def lines(model: ModelChange, topic: str) -> list[str]:
    """`op name: before > after` of one topic."""
    return [line(change) for change in model.changes if change.topic == topic]


def line(change: Change) -> str:
    values = [one.value if one else "" for one in (change.before, change.after)]
    return f"{change.op} {change.name}: {values[0]} > {values[1]}"


def mirrored(value: Any) -> Any:
    """A dumped record with before and after, added and removed exchanged; lists in an order that does not depend on the side."""
    swap = {"before": "after", "after": "before", "added": "removed", "removed": "added"}
    swap |= {"words_before": "words_after", "words_after": "words_before"}
    if isinstance(value, dict):
        if value.get("op") == "moved":  # the path is that of the side before
            value = {**value, "path": value["moved_to"], "moved_to": value["path"]}
        return dict(sorted((swap.get(key, key), mirrored(one)) for key, one in value.items()))
    if isinstance(value, list):
        return sorted((mirrored(one) for one in value), key=repr)
    return swap.get(value, value) if isinstance(value, str) else value


def plain(value: Any) -> Any:
    """The same order without the exchange."""
    if isinstance(value, dict):
        return dict(sorted((key, plain(one)) for key, one in value.items()))
    return sorted((plain(one) for one in value), key=repr) if isinstance(value, list) else value

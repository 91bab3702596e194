"""The ways from a model to its ancestors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from fakes import Repo, collected

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import Reason
from auditor.domain.license_facts import ParentRef
from auditor.licensing import ancestry as module
from auditor.licensing.ancestry import Member, Step, ancestry
from auditor.licensing.conclude import license_facts


def of(*bases: str, **more: Any) -> Repo:
    return Repo({"license": "free-1", "base_model": list(bases), **more}) if bases else Repo({"license": "free-1"})


def walked(repos: Mapping[str, Repo | Reason], catalog: Catalog, depth: int = 8) -> tuple[Step, ...]:
    def member(name: str) -> Member:
        evidence = collected(repos, name)
        return Member(evidence, license_facts(evidence, catalog))

    def find(ref: ParentRef) -> Member | None:
        return member(ref.name) if ref.name in repos else None

    return ancestry(member("m/root"), find, depth)


def told(steps: tuple[Step, ...]) -> list[tuple[str, str, int]]:
    return [(step.child.evidence.id, step.parent.evidence.id if step.parent else f"({step.ref.name})", step.depth) for step in steps]


def test_nobody(invented: Catalog) -> None:
    assert walked({"m/root": of()}, invented) == ()


def test_nearest_first_and_each_once(invented: Catalog) -> None:
    repos = {"m/root": of("m/a", "m/b"), "m/a": of("m/c"), "m/b": of("m/c", "m/lost"), "m/c": of("free text")}
    assert told(walked(repos, invented)) == [
        ("m/root", "m/a", 1), ("m/root", "m/b", 1), ("m/a", "m/c", 2), ("m/b", "m/c", 2), ("m/b", "(m/lost)", 2), ("m/c", "(free text)", 3),
    ]  # fmt: skip


def test_the_bound_of_steps_names_and_does_not_follow(invented: Catalog) -> None:
    repos = {"m/root": of("m/a"), "m/a": of("m/b"), "m/b": of("m/c", "m/root"), "m/c": of()}
    assert told(walked(repos, invented, 2)) == [("m/root", "m/a", 1), ("m/a", "m/b", 2), ("m/b", "(m/c)", 3), ("m/b", "m/root", 3)]


def test_the_bound_of_ancestors(invented: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ANCESTORS", 2)
    repos = {"m/root": of("m/a", "m/b", "m/c"), "m/a": of(), "m/b": of("m/a"), "m/c": of()}
    assert told(walked(repos, invented)) == [("m/root", "m/a", 1), ("m/root", "m/b", 1), ("m/root", "(m/c)", 1), ("m/b", "m/a", 2)]


@pytest.mark.parametrize(
    ("repos", "cycles"),
    [
        ({"m/root": of("m/a"), "m/a": of("m/root")}, [("m/root", "m/a", "m/root")]),
        ({"m/root": of("m/a"), "m/a": of("m/b"), "m/b": of("m/a", "m/root")}, [("m/a", "m/b", "m/a"), ("m/root", "m/a", "m/b", "m/root")]),
        ({"m/root": of("m/root")}, [("m/root", "m/root")]),
        ({"m/root": of("m/root", "m/a"), "m/a": of()}, []),
        ({"m/root": of("m/a", "m/b"), "m/a": of("m/c"), "m/b": of("m/c"), "m/c": of()}, []),
    ],
)
def test_circles(invented: Catalog, repos: Mapping[str, Repo], cycles: list[tuple[str, ...]]) -> None:
    assert [step.cycle for step in walked(repos, invented) if step.cycle] == cycles


def test_what_reaches_the_model_through_outputs_alone(invented: Catalog) -> None:
    distilled = {"base_model_relation": "distil"}
    repos = {"m/root": of("m/a", **distilled), "m/a": of("m/b", "m/c"), "m/b": of(), "m/c": of()}
    assert [step.distilled for step in walked(repos, invented)] == [True, True, True]
    both = {**repos, "m/root": of("m/x"), "m/x": of("m/a", "m/y", **distilled), "m/y": of("m/c")}
    assert {(s.child.evidence.id, s.ref.name): s.distilled for s in walked(both, invented)} == {
        ("m/root", "m/x"): False, ("m/x", "m/a"): True, ("m/x", "m/y"): True, ("m/a", "m/b"): True, ("m/a", "m/c"): True, ("m/y", "m/c"): True,
    }  # fmt: skip
    direct = {**both, "m/root": of("m/x", "m/c")}
    assert {s.ref.name: s.distilled for s in walked(direct, invented)}["m/c"] is False


def test_two_names_of_one_model_are_one_statement(invented: Catalog) -> None:
    renamed = Repo({"license": "free-1"}, answer={"id": "m/new", "sha": "1" * 40})
    [step] = walked({"m/root": of("m/old", "m/new"), "m/old": renamed, "m/new": renamed}, invented)
    assert (step.ref.name, step.parent.evidence.id if step.parent else "", len(step.ref.evidence) > 2) == ("m/new", "m/new", True)

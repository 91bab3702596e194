"""From an audited model to its tree."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from fakes import FakeSource, Repo, profile, sha_of

from auditor.audit.lineage_tree import lineage_tree
from auditor.audit.pipeline import Request, audited
from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelRef, Reason
from auditor.domain.lineage_tree import LineageTree
from auditor.domain.memory import SizingOptions
from auditor.engine.rules import load_policy


def tree(repos: Mapping[str, Repo | Reason], catalog: Catalog) -> LineageTree:
    request = Request(
        (ModelRef("org/model"),), profile(catalog), SizingOptions(), None, load_policy(catalog, "default"), "built-in", "never", "2026-11-24T00:00:00Z"
    )
    return lineage_tree(audited(FakeSource(repos), request, catalog))


def of(license: str | None, *bases: str) -> Repo:
    return Repo({**({"license": license} if license else {}), **({"base_model": list(bases)} if bases else {})})


def test_nodes_of_every_state(invented: Catalog) -> None:
    found = tree({"org/model": of("free-1", "org/a", "org/lost", "free text"), "org/a": of("mixed", "org/b"), "org/b": of(None)}, invented)
    assert [(n.id, n.revision, n.license, n.expression, n.depth, n.state) for n in found.nodes] == [
        ("org/model", sha_of("org/model"), "free-1", "LicenseRef-free-1", 0, "known"),
        ("org/a", sha_of("org/a"), "unknown", "NOASSERTION", 1, "unidentified"),
        ("org/lost", "unknown", "unknown", "NOASSERTION", 1, "unfetched"),
        ("free text", "unknown", "unknown", "NOASSERTION", 1, "unidentified"),
        ("org/b", sha_of("org/b"), "unknown", "NONE", 2, "no_license"),
    ]
    assert {number for edge in found.edges for number in edge.evidence} == {one.id for one in found.evidence}


@pytest.mark.parametrize(("license", "state"), [("free-1", "known"), (None, "no_license")])
def test_a_model_by_itself(invented: Catalog, license: str | None, state: str) -> None:
    found = tree({"org/model": of(license)}, invented)
    assert ([(n.id, n.state) for n in found.nodes], found.edges, found.cycles, found.evidence) == ([("org/model", state)], (), (), ())


def test_circles_are_named(invented: Catalog) -> None:
    found = tree({"org/model": of("free-1", "org/a"), "org/a": of("free-1", "org/model")}, invented)
    assert (found.cycles, len(found.nodes), len(found.edges)) == ((("org/model", "org/a", "org/model"),), 2, 2)


def test_a_root_whose_license_cannot_be_told(invented: Catalog) -> None:
    assert tree({"org/model": of("Zephyrine")}, invented).nodes[0].state == "unidentified"
    assert tree({"org/model": of("mixed")}, invented).nodes[0].state == "unidentified"

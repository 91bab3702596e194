"""Edges to base models: grade, state, what flows down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fakes import Repo, collected, license_entry, obliging, profile, prohibiting, text

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import Reason
from auditor.domain.license_facts import EdgeFacts
from auditor.domain.profile import Agreement
from auditor.domain.truth import Truth
from auditor.licensing.conclude import license_facts
from auditor.licensing.conditions import Situation
from auditor.licensing.grading import restrictions
from auditor.licensing.lineage import Inheritance, Parent, inheritance
from auditor.licensing.parents import parents as stated_parents
from auditor.licensing.permissions import own_results

STRANGE = "Zephyrine terms: nobody may do anything on Mondays."


def inherited(
    catalog: Catalog,
    child: Repo,
    parent: Repo | Reason | None,
    name: str = "org/base",
    child_name: str = "me/child",
    multimodal: Truth = False,
    **declared: Any,
) -> Inheritance:
    """What one child inherits from its stated parents; `None` for a parent that was not fetched."""
    evidence = collected({child_name: child}, child_name)
    facts = license_facts(evidence, catalog)
    situation = Situation(profile(catalog, **declared).facts, catalog.vocabulary, multimodal, True)
    family = []
    for ref in stated_parents(evidence):
        theirs = None if parent is None or ref.name != name else collected({name: parent}, name)
        family.append(Parent(ref, theirs, license_facts(theirs, catalog) if theirs else None, False))
    return inheritance(child_name, facts, own_results(facts, catalog, situation), family, catalog, situation)


def edge(catalog: Catalog, child: Repo, parent: Repo | Reason | None, **more: Any) -> EdgeFacts:
    [found] = inherited(catalog, child, parent, **more).edges
    return found


def of(license: str | list[str] | None, base: str = "org/base", **more: Any) -> Repo:
    """A child of `base` under a license."""
    return Repo({**({"license": license} if license else {}), "base_model": base, **more})


def hosted(found: Inheritance) -> list[tuple[str, str]]:
    return [(parent, result.result) for parent, result in found.by_use.get("hosted", ())]


@pytest.mark.parametrize(
    ("child", "parent", "grade"),
    [
        ("free-1", "free-1", "benign"),
        ("free-1", "free-2", "benign"),
        ("free-2", "duty-1", "permission_dropped"),  # its use policy binds whoever receives a derivative
        ("duty-1", "free-1", "over_restrictive"),
        ("free-1", "nc-1", "permission_dropped"),
        ("nc-1", "free-1", "over_restrictive"),
        ("free-1", "closed-1", "permission_dropped"),
        ("free-1", "limit-1", "permission_dropped"),
        ("nc-1", "nc-1", "benign"),
        ("free-1", "named-1", "notice_missing"),
        ("Zephyrine", "free-1", "unknown"),
        (None, "free-1", "unknown"),
    ],
)
def test_grades(invented: Catalog, child: str | None, parent: str, grade: str) -> None:
    found = edge(invented, of(child), Repo({"license": parent}), organization="company")
    assert (found.state, found.grade, found.license) == ("known", grade, parent)
    assert found.because and found.evidence


@pytest.mark.parametrize(("name", "grade"), [("me/Zeph-7b", "benign"), ("me/zephyr", "benign"), ("me/my-Zeph", "notice_missing")])
def test_a_prescribed_name_prefix(invented: Catalog, name: str, grade: str) -> None:
    assert edge(invented, of("free-1"), Repo({"license": "named-1"}), child_name=name).grade == grade


def test_a_prescribed_prefix_of_several_words_is_written_with_hyphens(catalog_with: Callable[..., Catalog]) -> None:
    catalog = catalog_with(
        license_entry("mine-1"), license_entry("long-1", hub_id="long-1", terms=[obliging("n", "derivative_naming", {"name_prefix": "Zeph AI"})])
    )
    assert edge(catalog, of("mine-1"), Repo({"license": "long-1"}), child_name="me/zeph-ai-7b").grade == "benign"
    assert edge(catalog, of("mine-1"), Repo({"license": "long-1"}), child_name="me/zephai-7b").grade == "notice_missing"


@pytest.mark.parametrize(
    ("parent", "state", "because"),
    [
        (Repo({"license": "free-2"}), "known", "nothing of License free-2 of the base model org/base is dropped"),
        ("missing", "unfetched", "the license of the base model org/base could not be had: org/base: missing"),
        ("gated_no_token", "unfetched", "the license of the base model org/base could not be had: org/base: gated_no_token"),
        (None, "unfetched", "the license of the base model org/base could not be had: it was not fetched"),
        (Repo({}), "no_license", "the base model org/base states no license, so it permits nothing"),
        (Repo({"license": "mixed"}), "unidentified", "cannot be told: the tag names a family of licenses, not one of them"),
        (Repo({"license": "other"}), "unidentified", "cannot be told: the tag says only that there is some other license"),
        (Repo({"license": "Zephyrine"}), "unidentified", "cannot be told: the stated license is not in the catalogue"),
        (Repo({"license": "other", "license_name": "twin"}), "unidentified", "cannot be told: several licenses go by the stated name"),
        (Repo({"license": ["free-1", "nc-1"]}), "unidentified", "cannot be told: its statements contradict each other: free-1 against nc-1"),
        (Repo({"license": "free-1", "license_name": "Untagged License"}), "unidentified", "contradict each other: Untagged License against free-1"),
        (Repo({"license": "free-1"}, {"LICENSE": text("free-2")}), "unidentified", "contradict each other: free-1 against free-2"),
        (Repo({"license": "free-1", "license_name": ["a", "b"]}), "unidentified", "cannot be told: license_name is a list of 2 where one value is expected"),
        (Repo({"license": "free-1"}, unavailable={"LICENSE": "timeout"}), "unfetched", "could not be had: LICENSE: LICENSE: timeout"),
        (Repo({"license": "free-1"}, {"LICENSE": text("free-1")}, {"MODEL_LICENSE": "timeout"}), "unfetched", "could not be had: MODEL_LICENSE: MODEL_LICENSE: timeout"),
        (Repo({}, unavailable={"LICENSE": "timeout"}), "unfetched", "could not be had: LICENSE: LICENSE: timeout"),
        (Repo({}, unavailable={"README.md": "timeout"}), "unfetched", "could not be had: README.md: README.md: timeout"),
        (Repo({"license": "mixed"}, unavailable={"LICENSE": "timeout"}), "unidentified", "cannot be told: the tag names a family"),
        (Repo({"license": "free-1", "extra_gated_prompt": STRANGE}, {"LICENSE": text("free-1")}), "unidentified", "its gate holds terms that no known text matches"),
    ],
)  # fmt: skip
def test_states_of_a_parent(invented: Catalog, parent: Repo | Reason | None, state: str, because: str) -> None:
    found = edge(invented, of("free-1"), parent)
    assert (found.state, found.excused) == (state, False)
    assert because in found.because


@pytest.mark.parametrize("base", ["my own checkpoint", "https://example.org/model", "gpt-none"])
def test_a_parent_that_is_no_repository(invented: Catalog, base: str) -> None:
    found = edge(invented, Repo({"license": "free-1", "base_model": base}), "missing", name=base)
    assert (found.state, found.grade, found.license) == ("unidentified", "unknown", None)
    assert found.because == f"the base model {base!r} is no repository on the Hub, so its license is unknown"


@pytest.mark.parametrize(
    "parent", [Repo({"license": "free-1"}, {"LICENSE": STRANGE}), Repo({"license": "hearsay-1"}), Repo({"license_name": "Untagged License"})]
)
def test_a_parent_under_one_license_that_cannot_be_trusted_gives_unknown(invented: Catalog, parent: Repo) -> None:
    found = inherited(invented, of("free-1"), parent)
    assert found.edges[0].state == "known"
    assert hosted(found) == [("org/base", "unknown")]


IDENTIFIED = {"LICENSE": text("free-1")}


@pytest.mark.parametrize(
    ("child", "child_name", "parent", "excused"),
    [
        (Repo({"license": "free-1", "base_model": "org/base"}, IDENTIFIED), "org/child", "missing", True),
        (Repo({"license": "free-1", "base_model": "org/base"}, IDENTIFIED), "ORG/child", "gated_no_token", True),
        (Repo({"license": "free-1", "base_model": "org/base"}, IDENTIFIED), "org/child", None, True),
        (Repo({"license": "free-1", "base_model": "org/base"}, IDENTIFIED), "me/child", "missing", False),
        (Repo({"license": "free-1", "base_model": "org/base"}), "org/child", "missing", False),  # a tag alone excuses nothing
        (Repo({"license": "free-1", "base_model": "org/base"}, {**IDENTIFIED, "LICENSE-2": STRANGE}), "org/child", "missing", False),
        (Repo({"license": "free-1", "base_model": "org/base"}, IDENTIFIED), "org/child", Repo({}), False),
        (Repo({"license": "free-1", "base_model": "org/base"}, IDENTIFIED), "org/child", Repo({"license": "mixed"}), False),
    ],
)
def test_an_absent_parent_is_excused_by_an_identified_text_of_the_same_publisher(
    invented: Catalog, child: Repo, child_name: str, parent: Repo | Reason | None, excused: bool
) -> None:
    found = inherited(invented, child, parent, child_name=child_name)
    assert found.edges[0].excused is excused
    assert hosted(found) == ([] if excused else [("org/base", "unknown")])


def test_what_is_known_of_an_excused_parent_still_flows_down(invented: Catalog) -> None:
    child = Repo({"license": "free-1", "base_model": "org/base"}, IDENTIFIED)
    found = inherited(invented, child, Repo({"license": "nc-1"}, unavailable={"LICENSE": "timeout"}), child_name="org/child", organization="company")
    assert (found.edges[0].state, found.edges[0].excused) == ("unfetched", True)
    assert hosted(found) == [("org/base", "prohibited")]


@pytest.mark.parametrize(
    ("parent", "result"),
    [
        (Repo({"license": "free-2"}), "permitted"),
        (Repo({"license": "duty-1"}), "conditional"),
        (Repo({"license": "nc-1"}), "prohibited"),
        (Repo({"license": "silent-1"}), "unknown"),
        (Repo({"license": "barred"}), "prohibited"),  # every member prohibits
        (Repo({"license": "barred-partly"}), "unknown"),
        (Repo({"license": "other", "license_name": "nc"}), "prohibited"),
        (Repo({"license": "mixed"}), "unknown"),
        (Repo({"license": "free-1"}, {"LICENSE": text("nc-1")}), "prohibited"),
        (Repo({"license": "nc-1"}, {"LICENSE": text("free-1")}), "unknown"),
        (Repo({"license": "nc-1"}, unavailable={"LICENSE": "timeout"}), "prohibited"),
        (Repo({}), "unknown"),
        ("missing", "unknown"),
    ],
)
def test_what_flows_down(invented: Catalog, parent: Repo | Reason, result: str) -> None:
    found = inherited(invented, of("free-1"), parent, organization="company")
    assert hosted(found) == [("org/base", result)]
    assert len(found.by_use) == 8


def test_nothing_flows_down_twice_from_a_parent_under_the_same_license(invented: Catalog) -> None:
    found = inherited(invented, of("duty-1"), Repo({"license": "duty-1"}))
    assert (found.by_use, found.obliging, found.edges[0].grade) == ({}, (), "benign")


def test_the_same_license_speaks_of_another_model_when_the_parent_is_multimodal(invented: Catalog) -> None:
    found = inherited(invented, of("visual-1"), Repo({"license": "visual-1"}), multimodal=True, established_in=["DE"])
    assert hosted(found) == [("org/base", "permitted")]  # by the parent's own modality, which is not the child's
    assert inherited(invented, of("visual-1"), Repo({"license": "visual-1"}), multimodal=False, established_in=["DE"]).by_use == {}


def test_the_parents_doubt_flows_down_under_the_same_license(invented: Catalog) -> None:
    assert hosted(inherited(invented, of("free-1"), Repo({"license": "free-1"}, {"LICENSE": STRANGE}))) == [("org/base", "unknown")]


@pytest.mark.parametrize(("name", "grade"), [("me/Zeph-7b", "notice_missing"), ("org/Zeph-7b", "benign")])
def test_an_attribution_that_the_repository_lacks(catalog_with: Callable[..., Catalog], name: str, grade: str) -> None:
    duty = {"file": "NOTICE", "trigger": "passing on"}
    catalog = catalog_with(license_entry("mine-1", hub_id="mine-1", terms=[obliging("n", "notice", duty)]))
    child, parent = collected({name: of("mine-1")}, name), collected({"org/base": Repo({"license": "mine-1"}, {"NOTICE": "By Nobody."})}, "org/base")
    facts, theirs = license_facts(child, catalog), license_facts(parent, catalog)
    situation = Situation({}, catalog.vocabulary, False, True)
    [ref] = stated_parents(child)
    family = [Parent(ref, parent, theirs, False)]
    own = own_results(facts, catalog, situation)
    assert inheritance(name, facts, own, family, catalog, situation, child).edges[0].grade == grade
    assert inheritance(name, facts, own, family, catalog, situation).edges[0].grade == "benign"  # nobody looked


@pytest.mark.parametrize("path", ["adapter_config.json", "mergekit_config.yml"])
def test_a_file_that_would_name_the_base_is_not_excused_by_a_text(invented: Catalog, path: str) -> None:
    child = Repo({"license": "free-1"}, IDENTIFIED, unavailable={path: "timeout"})
    found = inherited(invented, child, None)
    assert [(e.parent, e.state, e.excused) for e in found.edges] == [(path, "unfetched", False)]
    assert hosted(found) == [(path, "unknown")]


def test_an_agreement_with_the_childs_publisher_covers_no_base_model_of_another(invented: Catalog) -> None:
    held = Agreement("me", frozenset({"nc-1"}), ("hosted",), None, "")
    child, parent = collected({"me/child": of("nc-1")}, "me/child"), collected({"org/base": Repo({"license": "nc-1"})}, "org/base")
    facts, theirs = license_facts(child, invented), license_facts(parent, invented)
    situation = Situation(profile(invented, organization="company").facts, invented.vocabulary, False, True, agreements=(held,), publisher="me")
    [ref] = stated_parents(child)
    own = own_results(facts, invented, situation)
    found = inheritance("me/child", facts, own, [Parent(ref, parent, theirs, False)], invented, situation)
    assert ([one.result for one in own if one.use == "hosted"], hosted(found)) == (["conditional"], [("org/base", "prohibited")])


def test_every_parent_of_a_merge_counts(invented: Catalog) -> None:
    child = Repo({"license": "free-1", "base_model": ["org/base", "org/other"], "base_model_relation": "merge"})
    found = inherited(invented, child, Repo({"license": "nc-1"}), organization="company")
    assert [(e.parent, e.relation, e.state) for e in found.edges] == [("org/base", "merge", "known"), ("org/other", "merge", "unfetched")]
    assert hosted(found) == [("org/base", "prohibited"), ("org/other", "unknown")]


def test_obligations_of_a_parent_are_named_with_it(invented: Catalog) -> None:
    assert inherited(invented, of("free-1"), Repo({"license": "duty-1"})).obliging == (("org/base", "duty-1"),)
    assert inherited(invented, of("free-1"), Repo({"license": "mixed"})).obliging == ()


@pytest.mark.parametrize(
    ("terms", "kinds"),
    [
        ([], set()),
        ([prohibiting()], {"other"}),
        ([{**prohibiting(), "flows_down": False}], set()),
        ([obliging("a", "notice"), obliging("b", "license_copy"), obliging("c", "derivative_naming"), obliging("d", "display")], set()),
        ([obliging("a", "share_alike"), obliging("b", "acceptable_use")], {"share_alike", "acceptable_use"}),
    ],
)
def test_restrictions_that_a_relabelling_would_drop(catalog_with: Callable[..., Catalog], terms: list[dict[str, Any]], kinds: set[str]) -> None:
    assert restrictions(catalog_with(license_entry("made-1", terms=terms)).license("made-1")) == kinds


def test_a_right_that_is_withheld_is_a_restriction(invented: Catalog) -> None:
    assert restrictions(invented.license("closed-1")) == {"not_granted"}


@pytest.mark.parametrize(
    ("training", "grade", "flowing"),
    [
        ("free", "benign", []),
        ("not_stated", "benign", []),
        ("derivative", "permission_dropped", [("org/base", "prohibited")]),
        ("conditional", "benign", [("org/base", "prohibited")]),  # what the license says of outputs is kept; what it lets do still counts
        ("forbidden", "permission_dropped", [("org/base", "prohibited")]),
    ],
)
def test_what_was_distilled_inherits_only_where_the_license_reaches_outputs(
    catalog_with: Callable[..., Catalog], training: str, grade: str, flowing: list[tuple[str, str]]
) -> None:
    outputs = {"training": training, "commercial": "not_stated", "clause": "9", "summary": "Outputs."}
    catalog = catalog_with(license_entry("mine-1", hub_id="mine-1"), license_entry("theirs-1", hub_id="theirs-1", terms=[prohibiting()], outputs=outputs))
    child = collected({"me/child": of("mine-1", base_model_relation="distill")}, "me/child")
    [ref] = stated_parents(child)
    parent = collected({"org/base": Repo({"license": "theirs-1"})}, "org/base")
    facts = license_facts(child, catalog)
    situation = Situation({}, catalog.vocabulary, False, True)
    family = [Parent(ref, parent, license_facts(parent, catalog), False, distilled=True)]
    found = inheritance("me/child", facts, own_results(facts, catalog, situation), family, catalog, situation)
    assert (ref.relation, found.edges[0].grade, hosted(found)) == ("distil", grade, flowing)


def test_what_was_distilled_from_an_unknown_license_is_unknown(invented: Catalog) -> None:
    found = inherited(invented, of("free-1", base_model_relation="distil"), "missing")
    assert (found.edges[0].relation, hosted(found)) == ("distil", [("org/base", "unknown")])

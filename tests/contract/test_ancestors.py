"""Ancestors of any depth: what they restrict flows down whatever stands in between, and what is not known of them is never fine."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from fakes import Repo, area, model, result, rules_of, run, text

from auditor.catalog.catalog import Catalog
from auditor.crawler.gather import MAX_DEPTH
from auditor.domain.evidence import Reason
from auditor.domain.report import ModelRecord

Repos = Mapping[str, Repo | Reason]


def of(license: str | None, *bases: str, relation: str | None = None, files: Mapping[str, str] | None = None, **more: Any) -> Repo:
    card = {**({"license": license} if license else {}), **({"base_model": list(bases)} if bases else {})}
    return Repo({**card, **({"base_model_relation": relation} if relation else {}), **more}, files or {})


def chain(*licenses: str | None, relation: str | None = None, last: Repo | Reason | None = None) -> dict[str, Repo | Reason]:
    """`org/model` from `org/a1` from `org/a2` ..., each under its license."""
    names = ["org/model", *(f"org/a{n}" for n in range(1, len(licenses) + 2))]
    found: dict[str, Repo | Reason] = {
        name: of(license, *([names[n + 1]] if n + 1 < len(licenses) or last is not None else []), relation=relation)
        for n, (name, license) in enumerate(zip(names, licenses, strict=False))
    }
    return {**found, **({names[len(licenses)]: last} if last is not None else {})}


def record(repos: Repos, catalog: Catalog, **more: Any) -> ModelRecord:
    return run(repos, "org/model", catalog=catalog, **more).models[0]


@pytest.mark.parametrize("between", [1, 2, 3, MAX_DEPTH - 1])
@pytest.mark.parametrize("relation", [None, "finetune", "adapter", "quantized", "merge"])
def test_a_permissive_model_in_between_lifts_nothing(invented: Catalog, between: int, relation: str | None) -> None:
    found = record(chain("free-1", *["free-1"] * between, "nc-1", relation=relation), invented, organization="company")
    ancestor = f"org/a{between + 1}"
    assert (found.verdict, area(found, "license"), area(found, "lineage"), result(found)) == ("blocked", "approved", "blocked", "prohibited")
    assert next(p.decided_by for p in found.permissions if p.use == "hosted") == (f"nc-1 (license of {ancestor})",)
    assert rules_of(found) == {"LIN001", "LIN006"}
    assert [(e.child, e.parent, e.depth, e.grade) for e in found.lineage][-1] == (f"org/a{between}", ancestor, between + 1, "permission_dropped")


def test_what_was_dropped_on_the_way_and_is_stated_by_the_model_itself_is_a_note(invented: Catalog) -> None:
    found = record(chain("duty-1", "free-1", "duty-1"), invented)
    assert (found.verdict, area(found, "lineage")) == ("conditional", "approved")
    assert [f.rule for f in found.findings if f.area == "lineage"] == ["LIN008", "LIN010"]


def test_obligations_of_a_distant_ancestor_are_owed(invented: Catalog) -> None:
    found = record(chain("free-1", "free-2", "duty-1"), invented)
    assert [(o.id, o.because.rsplit("; ", 1)[1]) for o in found.obligations] == [
        ("duty-1/duty", "it flows down from org/a2"),
        ("duty-1/policy", "it flows down from org/a2"),
    ]
    assert all(o.evidence for o in found.obligations)


@pytest.mark.parametrize(
    ("last", "verdict", "rule"),
    [
        ("missing", "incomplete", "LIN003"),
        ("timeout", "incomplete", "LIN003"),
        ("gated_no_token", "incomplete", "LIN003"),
        (Repo({"license": "free-1"}, unavailable={"LICENSE": "timeout"}), "incomplete", "LIN003"),
        (Repo({}), "review", "LIN005"),
        (Repo({"license": "mixed"}), "review", "LIN005"),
        (of("free-1", "my own checkpoint"), "review", "LIN005"),
    ],
)
def test_a_distant_ancestor_that_cannot_be_had_or_told(invented: Catalog, last: Repo | Reason, verdict: str, rule: str) -> None:
    report = run(chain("free-1", "free-1", last=last), "org/model", catalog=invented)
    [found] = report.models
    assert (found.verdict, area(found, "license"), result(found), rules_of(found)) == (verdict, "approved", "unknown", {rule})
    assert report.run.complete is (verdict == "review")


def test_an_ancestor_that_could_not_be_had_is_an_error_of_the_run(invented: Catalog) -> None:
    report = run(chain("free-1", "free-1", last="timeout"), "org/model", catalog=invented)
    assert [(error.kind, error.message) for error in report.run.errors] == [("timeout", "org/a2: timeout")]


@pytest.mark.parametrize(
    ("between", "publisher", "verdict"),
    [
        ({"LICENSE": text("free-1")}, "org", "approved"),
        ({}, "org", "incomplete"),
        ({"LICENSE": text("free-1")}, "elsewhere", "incomplete"),
    ],
)
def test_an_identified_text_answers_for_an_absent_parent_of_its_publisher(invented: Catalog, between: Mapping[str, str], publisher: str, verdict: str) -> None:
    repos = {"org/model": of("free-1", "org/mid"), "org/mid": of("free-1", f"{publisher}/base", files=between)}
    assert record(repos, invented).verdict == verdict


def test_the_models_own_text_answers_for_an_absent_ancestor_of_its_publisher(invented: Catalog) -> None:
    repos = {"org/model": of("free-1", "me/mid", files={"LICENSE": text("free-1")}), "me/mid": of("free-1", "org/base")}
    assert (record(repos, invented).verdict, [f.rule for f in record(repos, invented).findings]) == ("approved", ["LIN004"])


def test_a_chain_beyond_the_bound_is_not_known(invented: Catalog) -> None:
    within = record(chain(*["free-1"] * (MAX_DEPTH + 1)), invented)
    assert (within.verdict, len(within.lineage)) == ("approved", MAX_DEPTH)
    beyond = record(chain(*["free-1"] * (MAX_DEPTH + 2)), invented)
    assert (beyond.verdict, rules_of(beyond), len(beyond.lineage)) == ("incomplete", {"LIN003"}, MAX_DEPTH + 1)


def test_the_bound_is_that_of_each_model_whatever_else_is_audited(invented: Catalog) -> None:
    repos = chain(*["free-1"] * (MAX_DEPTH + 2))
    together = run(repos, "org/model", "org/a1", "org/a5", catalog=invented)
    assert {m.id: m.verdict for m in together.models} == {"org/model": "incomplete", "org/a1": "approved", "org/a5": "approved"}


@pytest.mark.parametrize(
    ("repos", "cycle"),
    [
        ({"org/model": of("free-1", "org/b"), "org/b": of("free-1", "org/model")}, "org/model -> org/b -> org/model"),
        ({"org/model": of("free-1", "org/b"), "org/b": of("free-1", "org/c"), "org/c": of("free-1", "org/b")}, "org/b -> org/c -> org/b"),
        ({"org/model": of("free-1", "org/model")}, "org/model -> org/model"),
        ({"org/model": of("free-1", "ORG/Model")}, "org/model -> org/model"),
        ({"org/model": of("free-1", "org/b"), "org/b": of("free-1", "org/b")}, "org/b -> org/b"),
    ],
)
def test_a_circle_ends_and_is_a_finding(invented: Catalog, repos: Repos, cycle: str) -> None:
    found = record(repos, invented)
    assert (found.verdict, area(found, "lineage"), rules_of(found)) == ("review", "review", {"LIN009"})
    assert [f.message for f in found.findings if f.rule == "LIN009"] == [f"The stated base models lead back to where they began: {cycle}"]


def test_what_names_the_model_itself_beside_another_is_no_circle(invented: Catalog) -> None:
    assert record({"org/model": of("free-1", "org/model", "org/b"), "org/b": of("free-1")}, invented).verdict == "approved"


def test_two_ways_to_one_ancestor_are_no_circle(invented: Catalog) -> None:
    repos = {"org/model": of("free-1", "org/a", "org/b"), "org/a": of("free-1", "org/c"), "org/b": of("free-1", "org/c"), "org/c": of("free-1")}
    found = record(repos, invented)
    assert (found.verdict, [(e.child, e.parent, e.depth) for e in found.lineage]) == (
        "approved",
        [("org/model", "org/a", 1), ("org/model", "org/b", 1), ("org/a", "org/c", 2), ("org/b", "org/c", 2)],
    )


def test_a_circle_under_a_restriction_does_not_hide_it(invented: Catalog) -> None:
    repos = {"org/model": of("free-1", "org/b"), "org/b": of("free-1", "org/model", "org/c"), "org/c": of("nc-1")}
    assert record(repos, invented, organization="company").verdict == "blocked"


@pytest.mark.parametrize("order", [("org/a", "org/b", "org/c"), ("org/c", "org/b", "org/a"), ("org/b", "org/c", "org/a")])
def test_the_order_of_parents_decides_nothing(invented: Catalog, order: Sequence[str]) -> None:
    repos = {
        "org/model": of("free-1", *order, relation="merge"),
        "org/a": of("free-2"),
        "org/b": of("free-1", "org/d"),
        "org/c": of("duty-1"),
        "org/d": of("limit-1"),
    }
    found = record(repos, invented)
    assert (found.verdict, result(found), rules_of(found)) == ("review", "unknown", {"LIN001", "LIN007"})
    assert sorted(o.id for o in found.obligations) == ["duty-1/duty", "duty-1/policy"]


def test_a_renamed_parent_is_one_with_its_new_name(invented: Catalog) -> None:
    base = of("nc-1")
    renamed = Repo(base.card, answer={"id": "org/new", "sha": "0" * 40})
    repos = {"org/model": of("free-1", "org/old", "org/new"), "org/old": renamed, "org/new": renamed}
    found = record(repos, invented, organization="company")
    assert ([e.parent for e in found.lineage], found.verdict) == (["org/new"], "blocked")


def adapter(base: str | None, card: Mapping[str, Any] | None = None, unavailable: Mapping[str, Reason] | None = None, **answer: Any) -> Repo:
    files = {} if base is None else {"adapter_config.json": json.dumps({"peft_type": "LORA", "base_model_name_or_path": base})}
    return Repo({"license": "free-1", **(card or {})}, files, unavailable or {}, answer)


@pytest.mark.parametrize(
    ("child", "parents", "verdict", "edges"),
    [
        (adapter("org/nc"), {"org/nc": of("nc-1")}, "blocked", [("org/nc", "adapter", "adapter_config", "permission_dropped")]),
        (adapter("org/free"), {"org/free": of("free-2")}, "approved", [("org/free", "adapter", "adapter_config", "benign")]),
        (adapter("org/free"), {}, "incomplete", [("org/free", "adapter", "adapter_config", "unknown")]),
        (adapter("/data/llama"), {}, "review", [("/data/llama", "adapter", "adapter_config", "unknown")]),
        (adapter("/data/llama", {"base_model": "org/free"}), {"org/free": of("free-2")}, "approved", [("org/free", "unknown", "tag", "benign")]),
        (adapter("out/run1", {"base_model": "org/free"}), {"org/free": of("free-2")}, "approved", [("org/free", "unknown", "tag", "benign")]),
        (adapter("org/free", {"base_model": "org/free"}), {"org/free": of("free-2")}, "approved", [("org/free", "adapter", "tag", "benign")]),
        (adapter(None, config={"peft": {"base_model_name_or_path": "org/nc"}}), {"org/nc": of("nc-1")}, "blocked",
         [("org/nc", "adapter", "adapter_config", "permission_dropped")]),
        (adapter(None, unavailable={"adapter_config.json": "timeout"}), {}, "incomplete", [("adapter_config.json", "adapter", "adapter_config", "unknown")]),
        (Repo({"license": "free-1"}, {"adapter_config.json": "{"}), {}, "review",
         [("adapter_config.json is not JSON", "adapter", "adapter_config", "unknown")]),
    ],
)  # fmt: skip
def test_an_adapter_names_its_base(invented: Catalog, child: Repo, parents: Repos, verdict: str, edges: list[tuple[str, ...]]) -> None:
    found = model(child, invented, parents, organization="company")
    assert (found.verdict, [(e.parent, e.relation, e.source, e.grade) for e in found.lineage]) == (verdict, edges)


def test_an_unreadable_adapter_config_hides_a_base_whatever_text_stands_beside_it(invented: Catalog) -> None:
    found = model(Repo({"license": "free-1"}, {"LICENSE": text("free-1")}, {"adapter_config.json": "gated_no_token"}), invented)
    assert (found.verdict, [f.rule for f in found.findings]) == ("incomplete", ["LIN003"])


def lora(base: str) -> str:
    return json.dumps({"peft_type": "LORA", "base_model_name_or_path": base})


def listing(*paths: str) -> dict[str, Any]:
    """The answer about a repository that lists these files and no weights in its root."""
    return {"siblings": [{"rfilename": path} for path in ("README.md", "LICENSE", *paths)]}


def test_every_adapter_of_a_repository_of_adapters_counts(invented: Catalog) -> None:
    files = {"a/adapter_config.json": lora("org/free"), "b/adapter_config.json": lora("org/nc")}
    child = Repo({"license": "free-1"}, {**files, "LICENSE": text("free-1")}, answer=listing(*files))
    found = model(child, invented, {"org/free": of("free-1"), "org/nc": of("nc-1")}, organization="company")
    assert (found.verdict, [(e.parent, e.relation) for e in found.lineage]) == ("blocked", [("org/free", "adapter"), ("org/nc", "adapter")])


def test_an_adapter_among_others_that_cannot_be_read(invented: Catalog) -> None:
    child = Repo({"license": "free-1"}, {"LICENSE": text("free-1")}, {"a/adapter_config.json": "timeout"}, listing("a/adapter_config.json"))
    found = model(child, invented)
    assert (found.verdict, [f.rule for f in found.findings]) == ("incomplete", ["LIN003"])


@pytest.mark.parametrize("reason", ["timeout", "rate_limited", "gated_no_token"])
def test_one_adapter_of_several_that_cannot_be_read(invented: Catalog, reason: Reason) -> None:
    child = Repo(
        {"license": "free-1"},
        {"a/adapter_config.json": lora("org/free"), "LICENSE": text("free-1")},
        {"b/adapter_config.json": reason},
        listing("a/adapter_config.json", "b/adapter_config.json"),
    )
    found = model(child, invented, {"org/free": of("free-1")})
    assert (found.verdict, [f.rule for f in found.findings]) == ("incomplete", ["LIN003"])


def test_more_adapters_than_are_read(invented: Catalog) -> None:
    files = {f"{n:02}/adapter_config.json": lora("org/free") for n in range(12)}
    found = model(Repo({"license": "free-1"}, {**files, "LICENSE": text("free-1")}, answer=listing(*files)), invented, {"org/free": of("free-1")})
    assert (found.verdict, {f.rule for f in found.findings}) == ("incomplete", {"LIN003"})
    assert [e.parent for e in found.lineage if e.grade == "unknown"] == [f"{n:02}/adapter_config.json" for n in range(8, 12)]


def test_adapters_beside_weights_of_its_own_are_parts_of_the_model(invented: Catalog) -> None:
    child = Repo({"license": "free-1"}, {"vision-lora/adapter_config.json": lora("TBA/"), "LICENSE": text("free-1")})
    found = model(child, invented)
    assert (found.verdict, found.lineage) == ("approved", ())


@pytest.mark.parametrize("name", ["mergekit_config.yml", "mergekit_config.yaml"])
def test_every_model_of_a_merge_recipe_counts(invented: Catalog, name: str) -> None:
    child = Repo(
        {"license": "free-1", "base_model": ["org/a"]}, {name: "models:\n  - model: org/a\n  - model: org/b@v1\nmerge_method: ties\nbase_model: org/a\n"}
    )
    found = model(child, invented, {"org/a": of("free-1"), "org/b": of("nc-1")}, organization="company")
    assert (found.verdict, [(e.parent, e.relation, e.source) for e in found.lineage]) == ("blocked", [("org/a", "merge", "tag"), ("org/b", "merge", "recipe")])


@pytest.mark.parametrize(("tags", "verdict"), [(["mergekit", "license:free-1"], "blocked"), (["license:free-1"], "approved")])
def test_a_recipe_that_the_card_of_a_merge_shows(invented: Catalog, tags: list[str], verdict: str) -> None:
    readme = "---\nlicense: free-1\n---\n```yaml\nmodels:\n  - model: org/b\nmerge_method: linear\n```\n"
    found = model(Repo({"license": "free-1"}, readme=readme, answer={"tags": tags}), invented, {"org/b": of("nc-1")}, organization="company")
    assert (found.verdict, bool(found.lineage)) == (verdict, verdict == "blocked")


def test_an_ancestor_that_names_its_parents_in_a_file_alone(invented: Catalog) -> None:
    repos = {"org/model": of("free-1", "org/lora"), "org/lora": adapter("org/nc"), "org/nc": of("nc-1")}
    found = record(repos, invented, organization="company")
    assert (found.verdict, [e.parent for e in found.lineage]) == ("blocked", ["org/lora", "org/nc"])


@pytest.mark.parametrize(
    ("point", "card", "parents", "verdict", "edges"),
    [
        ("org/nc", {}, {"org/nc": of("nc-1")}, "blocked", [("org/nc", "unknown", "config")]),
        ("org/free", {}, {"org/free": of("free-2")}, "approved", [("org/free", "unknown", "config")]),
        ("org/free", {}, {"org/free": "timeout"}, "incomplete", [("org/free", "unknown", "config")]),
        ("outputs/run1", {}, {}, "approved", []),  # no such repository: a folder of whoever saved it
        ("/data/x", {}, {}, "approved", []),
        ("Mistral-7B", {}, {}, "approved", []),
        ("org/model", {}, {}, "approved", []),
        ("org/other", {"base_model": "org/free"}, {"org/free": of("free-2"), "org/other": of("nc-1")}, "approved", [("org/free", "unknown", "tag")]),
    ],
)
def test_what_a_config_was_loaded_from_counts_where_nothing_else_is_stated(
    invented: Catalog, point: str, card: Mapping[str, Any], parents: Repos, verdict: str, edges: list[tuple[str, ...]]
) -> None:
    child = Repo({"license": "free-1", **card}, {"config.json": json.dumps({"_name_or_path": point})})
    found = model(child, invented, parents, organization="company")
    assert (found.verdict, [(e.parent, e.relation, e.source) for e in found.lineage]) == (verdict, edges)
    noted = any(entry.topic == f"{point} in config.json" for entry in found.not_checked)
    assert noted is (point in ("outputs/run1", "org/other"))


def test_an_ancestor_whose_card_only_its_readme_holds(invented: Catalog) -> None:
    middle = Repo({}, readme="---\nlicense: free-1\nbase_model: org/nc\n---\n", answer={"cardData": None, "tags": ["license:free-1"]})
    assert record({"org/model": of("free-1", "org/mid"), "org/mid": middle, "org/nc": of("nc-1")}, invented, organization="company").verdict == "blocked"


def test_a_family_of_the_largest_size_takes_little_time(invented: Catalog) -> None:
    """Every model names sixteen others: 200 models, 3,200 statements, circles everywhere."""
    repos = {f"org/m{n}": of("free-1", *(f"org/m{(n * 7 + k * 13) % 200}" for k in range(1, 17))) for n in range(200)}
    began = time.process_time()
    found = run(repos, "org/m0", catalog=invented).models[0]
    assert found.verdict == "review"
    assert time.process_time() - began < 30

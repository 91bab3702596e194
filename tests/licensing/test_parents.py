"""Base models as a repository states them."""

from __future__ import annotations

import pytest
from fakes import Repo, collected

from auditor.domain.evidence import ModelEvidence, ModelRef, Unavailable
from auditor.domain.license_facts import ParentRef, Relation
from auditor.licensing.model_names import repository_id
from auditor.licensing.parents import merged, parent_ids, parents


@pytest.mark.parametrize(
    ("value", "identifier"),
    [
        ("org/name", "org/name"),
        (" org/name ", "org/name"),
        ("gpt2", "gpt2"),
        ("https://huggingface.co/org/name", "org/name"),
        ("https://huggingface.co/org/name/tree/main", "org/name"),
        ("http://hf.co/org/name/", "org/name"),
        ("https://huggingface.co/gpt2", "gpt2"),
        ("https://example.org/org/name", None),
        ("https://huggingface.co.example.org/org/name", None),
        ("https://[broken", None),
        ("https://huggingface.co/", None),
        ("my own checkpoint", None),
        ("org/name/more", None),
        ("../name", None),
        ("org/", None),
        ("/name", None),
        ("", None),
        ("org/name\nx/y", None),
        ("javascript:alert(1)", None),
        ("o" * 97 + "/name", None),
    ],
)
def test_an_id_or_the_address_of_a_model_page(value: str, identifier: str | None) -> None:
    assert repository_id(value) == identifier


def stated(repo: Repo) -> list[tuple[str, bool, str, str]]:
    return [(p.name, p.is_id, p.relation, p.source) for p in parents(collected({"org/child": repo}, "org/child"))]


BASE = {"base_model": "org/base"}


@pytest.mark.parametrize(
    ("repo", "expected"),
    [
        (Repo({}), []),
        (Repo(BASE), [("org/base", True, "unknown", "tag")]),
        (Repo({**BASE, "base_model_relation": "quantized"}), [("org/base", True, "quantized", "tag")]),
        (Repo({**BASE, "base_model_relation": "Merge"}, answer={"tags": []}), [("org/base", True, "merge", "card")]),
        (Repo({**BASE, "base_model_relation": "friend"}, answer={"tags": []}), [("org/base", True, "unknown", "card")]),
        (Repo({"base_model": ["org/a", "org/b"], "base_model_relation": "merge"}), [("org/a", True, "merge", "tag"), ("org/b", True, "merge", "tag")]),
        (Repo({"base_model": ["org/a", "ORG/A"]}, answer={"tags": []}), [("org/a", True, "unknown", "card")]),
        (Repo({"base_model": [["org/a"], ["org/b"]]}, answer={"tags": []}), [("org/a", True, "unknown", "card"), ("org/b", True, "unknown", "card")]),
        (Repo({"base_model": "my own checkpoint"}), [("my own checkpoint", False, "unknown", "card")]),
        (Repo({"base_model": "https://huggingface.co/org/base"}, answer={"tags": []}), [("org/base", True, "unknown", "card")]),
        (Repo({"base_model": "org/child"}), [("org/child", True, "unknown", "tag")]),  # nothing else is named: the statement runs in a circle
        (Repo({"base_model": ["org/child", "org/base"]}), [("org/base", True, "unknown", "tag")]),
        (Repo({}, readme="---\nbase_model: org/base\n---\n"), [("org/base", True, "unknown", "card")]),
        (Repo(BASE, readme="---\nbase_model: org/other\n---\n"), [("org/base", True, "unknown", "tag"), ("org/other", True, "unknown", "card")]),
        (Repo({"base_model": "org/old"}, answer={"tags": ["base_model:org/new"]}), [("org/new", True, "unknown", "tag")]),  # renamed: the Hub follows
        (Repo({"base_model": "bert-base"}, answer={"tags": ["base_model:google-bert/bert-base"]}), [("google-bert/bert-base", True, "unknown", "tag")]),
        (Repo({}, answer={"tags": ["base_model:adapter:org/base", "base_model:org/base"]}), [("org/base", True, "adapter", "tag")]),
        (Repo({}, answer={"tags": ["base_model:a thing of mine"]}), [("a thing of mine", False, "unknown", "tag")]),
        (Repo({}, answer={"tags": ["base_model:quantized:a thing of mine"]}), [("a thing of mine", False, "quantized", "tag")]),
        (Repo({}, answer={"tags": ["base_model:"]}), [("(empty)", False, "unknown", "tag")]),
        (Repo({**BASE, "base_model_relation": "distill"}), [("org/base", True, "distil", "tag")]),
        (Repo({**BASE, "base_model_relation": "distil"}, answer={"tags": ["base_model:finetune:org/base"]}), [("org/base", True, "finetune", "tag")]),
        (Repo({}, answer={"tags": ["base_model:cousin:org/base"]}), [("org/base", True, "unknown", "tag")]),
        (Repo({}, answer={"tags": ["base_model:https://huggingface.co/org/base"]}), [("org/base", True, "unknown", "tag")]),
        (Repo({"base_model": "org/base@v1"}, answer={"tags": []}), [("org/base", True, "unknown", "card")]),
    ],
)
def test_stated_parents(repo: Repo, expected: list[tuple[str, bool, str, str]]) -> None:
    assert stated(repo) == expected


def test_free_text_is_made_safe_to_show() -> None:
    [(name, is_id, _, _)] = stated(Repo({"base_model": "mine\u202e<script>\n" + "x" * 300}))
    assert (is_id, len(name)) == (False, 120)
    assert name.startswith("mine⟦U+202E⟧<script> x")


def test_every_parent_carries_every_place_that_states_it() -> None:
    [parent] = parents(collected({"org/child": Repo({**BASE, "base_model_relation": "merge"})}, "org/child"))
    assert [(e.kind, e.path) for e in parent.evidence] == [("api", "tags"), ("api", "cardData.base_model"), ("card", "README.md")]


def test_without_metadata_nothing_is_stated() -> None:
    assert parents(ModelEvidence(ModelRef("org/child"), Unavailable("missing", "", ""))) == ()


@pytest.mark.parametrize(
    ("repo", "ids"),
    [
        (Repo({"base_model": ["org/a", "org/A", "my own", "org/child", "https://hf.co/org/b"]}, answer={"tags": []}), ("org/a", "org/b")),
        (Repo({"base_model": "org/old"}, answer={"tags": ["base_model:org/new"]}), ("org/new",)),
        (Repo({"base_model": ["org/a", "org/b"]}, answer={"tags": ["base_model:org/a"]}), ("org/a", "org/b")),
        (Repo({}), ()),
    ],
)
def test_ids_of_parents_that_the_metadata_alone_states(repo: Repo, ids: tuple[str, ...]) -> None:
    evidence = collected({"org/child": repo}, "org/child")
    assert not isinstance(evidence.info, Unavailable)
    assert parent_ids(evidence.info.facts) == ids


def test_a_revision_that_is_pinned_is_asked_for() -> None:
    repo = Repo({"base_model": ["org/base@v1", "https://huggingface.co/org/other/tree/v2", "org/child@v0"]}, answer={"tags": []})
    assert [str(p.asked) for p in parents(collected({"org/child": repo}, "org/child"))] == ["org/base@v1", "org/other@v2", "org/child@v0"]


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("unknown", "merge", "merge"),
        ("distil", "finetune", "finetune"),
        ("finetune", "distil", "finetune"),
        ("distil", "distil", "distil"),
        ("distil", "unknown", "distil"),
    ],
)
def test_distilled_only_if_nobody_says_otherwise(one: Relation, other: Relation, relation: Relation) -> None:
    assert merged(ParentRef("a/b", True, one, "card", ()), ParentRef("a/b", True, other, "tag", ())).relation == relation


@pytest.mark.parametrize("content", ["{}", '{"base_model_name_or_path": null}', '{"base_model_name_or_path": ""}'])
def test_an_adapter_that_names_no_model_still_changes_one(content: str) -> None:
    [parent] = parents(collected({"org/model": Repo({"license": "mit"}, {"adapter_config.json": content})}, "org/model"))
    assert (parent.is_id, parent.relation, parent.source) == (False, "adapter", "adapter_config")
    stated = parents(collected({"org/model": Repo({"base_model": "org/base"}, {"adapter_config.json": content})}, "org/model"))
    assert [ref.name for ref in stated] == ["org/base"]

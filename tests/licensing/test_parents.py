"""Base models as a repository states them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes import Repo, collected

from auditor.domain.evidence import ModelEvidence, ModelRef, Unavailable
from auditor.domain.license_facts import ParentRef, Relation
from auditor.licensing.model_names import repository_id
from auditor.licensing.parents import merged, parent_ids, parents, set_aside


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


@pytest.mark.parametrize("value", ["org/base/", "hf://org/base", "https://huggingface.co/org/base/", " org/base// "])
def test_a_slash_at_the_end_and_an_address_of_a_client_change_nothing(value: str) -> None:
    assert repository_id(value) == "org/base"


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


BROKEN = "```yaml\nmerge_method: slerp\nmodels:\n- model: org/a\n- [\n```\n"
UNREAD = "the merge recipe is not valid YAML"


def merge(base: str | None, body: str = BROKEN, **more: Any) -> Repo:
    """A merge whose card shows a recipe."""
    card = {"license": "free-1", "tags": ["merge"], **({"base_model": base} if base else {})}
    tags = ["merge", *([f"base_model:{base}"] if base else [])]
    return Repo(card, answer={"tags": tags}, readme=f"---\n{json.dumps(card)}\n---\n{body}", **more)


def test_what_a_broken_recipe_in_a_card_names_before_it_breaks_counts() -> None:
    assert stated(merge(None)) == [("org/a", True, "merge", "recipe")]
    assert stated(merge("org/base")) == [("org/base", True, "unknown", "tag"), ("org/a", True, "merge", "recipe")]
    assert stated(merge(None, BROKEN.replace("- model: org/a\n", ""))) == [(UNREAD, False, "merge", "recipe")]
    assert stated(merge("org/base", BROKEN.replace("- model: org/a\n", ""))) == [("org/base", True, "unknown", "tag")]


def test_a_recipe_that_cannot_be_had_may_name_more_and_an_adapter_file_may_not() -> None:
    repo = Repo(BASE, unavailable={"mergekit_config.yml": "timeout", "adapter_config.json": "timeout"})
    found = parents(collected({"org/child": repo}, "org/child"))
    assert [(ref.name, ref.is_id, ref.unread) for ref in found] == [
        ("org/base", True, ""),
        ("mergekit_config.yml", False, "mergekit_config.yml: timeout"),
    ]


@pytest.mark.parametrize("value", [{"name": "org/base"}, [{"name": "org/base"}], [[["org/base"]]]])
def test_a_base_model_in_a_form_that_is_no_text_is_stated_all_the_same(value: object) -> None:
    [(name, is_id, relation, source)] = stated(Repo({"base_model": value}))
    assert (name.startswith("base_model holds a value that is no text: "), is_id, relation, source) == (True, False, "unknown", "card")


@pytest.mark.parametrize("value", [None, [], "", [None]])
def test_an_empty_base_model_states_none(value: object) -> None:
    assert stated(Repo({"base_model": value})) == []


ELSEWHERE = "the base models that are stated elsewhere were followed"


@pytest.mark.parametrize(
    ("repo", "followed", "topics"),
    [
        (Repo(BASE), {"org/base"}, []),
        (Repo(BASE, {"adapter_config.json": '{"base_model_name_or_path": "ORG/base"}'}), {"org/base"}, []),
        (Repo(BASE, {"adapter_config.json": '{"base_model_name_or_path": "/data/llama"}'}), {"org/base"}, ["/data/llama in adapter_config.json"]),
        (Repo(BASE, {"adapter_config.json": '{"base_model_name_or_path": "org/gone"}'}), {"org/base"}, ["org/gone in adapter_config.json"]),
        (Repo({}, {"adapter_config.json": '{"base_model_name_or_path": "/data/llama"}'}), {"/data/llama"}, []),  # followed as the only one
        (Repo(BASE, {"adapter_config.json": "{"}), {"org/base"}, ["adapter_config.json"]),
        (Repo({}, {"adapter_config.json": "{"}), {"adapter_config.json is not json"}, []),
        (Repo(BASE, {"config.json": '{"_name_or_path": "org/other"}'}), {"org/base"}, ["org/other in config.json"]),
        (merge("org/base"), {"org/base", "org/a"}, ["a merge recipe in the card"]),
    ],
)
def test_names_that_nobody_followed_are_told(repo: Repo, followed: set[str], topics: list[str]) -> None:
    found = set_aside(collected({"org/child": repo}, "org/child"), followed)
    assert [topic for topic, _ in found] == topics
    assert all(why.endswith(("were followed", "followed in its place")) for _, why in found)

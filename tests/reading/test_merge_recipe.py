"""Models that a merge recipe names."""

from __future__ import annotations

import pytest

from auditor.domain.evidence import RecipeFacts
from auditor.reading import merge_recipe
from auditor.reading.merge_recipe import read_merge_recipe, recipe_in

SLICES = """
slices:
  - sources:
      - model: a/one
        layer_range: [0, 32]
      - model: a/two
        layer_range: [0, 32]
merge_method: slerp
base_model: a/one
parameters:
  t:
    - filter: self_attn
      value: [0, 0.5]
dtype: bfloat16
"""


@pytest.mark.parametrize(
    ("text", "models"),
    [
        (SLICES, ("a/one", "a/two")),
        ("models:\n  - model: a/one@v1+b/lora\n  - a/two\nbase_model: null\n", ("a/one@v1", "b/lora", "a/two")),
        ("models:\n  - model: {model: {path: a/one, revision: x}, lora: {path: b/lora}}\n", ("a/one", "b/lora")),
        ("base_model: a/one\nexperts:\n  - source_model: a/two\n    positive_prompts: ['model: a/three']\n", ("a/one", "a/two")),
        ("model: ./mine\n", ("./mine",)),
        ("model: 'null'\n", ("null",)),
        ("name: middle\nmodels: [{model: a/one}]\n---\nbase_model: middle\nmodels: [{model: a/two}, {model: middle}]\n", ("a/one", "a/two")),
        ("tokenizer_source: a/other\ndtype: float16\n", ()),
        ("", ()),
        ("just text", ()),
        ("- model: a/one\n", ("a/one",)),
        ("model:\n", ()),
    ],
)
def test_models_in_the_order_in_which_they_stand_there(text: str, models: tuple[str, ...]) -> None:
    facts = read_merge_recipe(text)
    assert (facts.models, facts.problems) == (models, ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("model: &a x/y\nbase_model: *a\n", "the merge recipe uses a YAML anchor or alias"),
        ("model: [", "the merge recipe is not valid YAML"),
        ("a: \x00", "the merge recipe is not valid YAML"),
        ("[" * 40, "the merge recipe is nested deeper than 32"),
        ("x" * (512 * 1024 + 1), "the merge recipe is larger than 524,288 characters"),
    ],
)
def test_what_cannot_be_read_is_a_problem(text: str, problem: str) -> None:
    facts = read_merge_recipe(text)
    assert (facts.models, facts.problems) == ((), (problem,))


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_recipe, "MAX_MODELS", 2)
    assert read_merge_recipe("models: [a/1, a/2, a/3]").problems == ("the merge recipe names 3 models; only the first 2 were read",)
    monkeypatch.setattr(merge_recipe, "MAX_EVENTS", 5)
    assert read_merge_recipe("models: [a/1, a/2, a/3]").problems == ("the merge recipe has more than 5 parts",)


@pytest.mark.parametrize(
    ("body", "models"),
    [
        (f"# A merge\n\n```yaml\n{SLICES}```\nThat is all.\n", ("a/one", "a/two")),
        (f"```YML\n{SLICES}```\n", ("a/one", "a/two")),
        ("```yaml\nmodel: a/one\n```\nA merge_method is a way to merge.\n", None),
        ("```yaml\nmerge_method: [\nmodel: a/one\n```\n", ("a/one",)),
        (f"```yaml\n{SLICES}", ("a/one", "a/two")),  # shown as code to the end
        ("```yaml\nmerge_method: ties\n```\n", None),
        ("", None),
    ],
)
def test_recipes_that_a_card_shows(body: str, models: tuple[str, ...] | None) -> None:
    facts = recipe_in(body)
    assert (facts.models if facts else None) == models


def test_what_stands_before_a_recipe_breaks_counts() -> None:
    broken = "models:\n- model: a/one\n- model: [\n"
    facts = read_merge_recipe(broken)
    assert (facts.models, facts.problems) == (("a/one",), ("the merge recipe is not valid YAML",))
    assert recipe_in(f"```yaml\nmerge_method: ties\n{broken}```\n") == facts


def test_recipes_beyond_the_bound_are_a_problem() -> None:
    one = "```yaml\nmerge_method: x\nmodel: a/one\n```\n"
    assert recipe_in(one * 32) == recipe_in(one) == RecipeFacts(models=("a/one",))
    assert recipe_in(one * 20_000) == RecipeFacts(models=("a/one",), problems=("the card shows more than 32 merge recipes; the others were not read",))


def test_many_blocks_take_little_time() -> None:
    assert recipe_in("```yaml\nmerge_method: x\n" * 50_000) == RecipeFacts(problems=("the merge recipe is larger than 524,288 characters",))


def test_a_recipe_hides_no_repository_behind_its_own_name() -> None:
    assert read_merge_recipe("name: a/1\nmodels:\n- model: a/1\n- model: a/2\n").models == ("a/1", "a/2")

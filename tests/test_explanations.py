"""What `auditor explain` says of each kind of name."""

from typing import get_args

import pytest
from fakes import real_catalog

from auditor.domain.errors import UsageError
from auditor.domain.identification import Method
from auditor.domain.license import ObligationStatus
from auditor.domain.license_facts import Grade
from auditor.domain.verdict import OUTCOMES, RESULTS, AreaVerdict
from auditor.engine.rules import load_rules
from auditor.explanations import WORDS, explanation


def test_every_word_of_a_result_is_explained():
    assert {kind: set(words) for kind, words in WORDS.items()} == {
        "verdict": {word for words in get_args(AreaVerdict) for word in get_args(words)},
        "how a license is known": set(get_args(Method)),
        "result for a use": set(RESULTS),
        "status of an obligation": set(get_args(ObligationStatus)),
        "grade of a step in the lineage": set(get_args(Grade)),
        "outcome of a rule": set(OUTCOMES),
    }


@pytest.mark.parametrize(
    ("term", "first"),
    [
        ("llama3.1", "Llama 3.1 Community License Agreement (llama3.1)"),
        ("rtx 4090", "NVIDIA GeForce RTX 4090 (rtx-4090)"),
        ("lic025", "LIC025: A license text was changed"),
        ("monthly_active_users", "monthly_active_users (fact, count)"),
        ("hosted", "hosted (use)"),
        ("text_changed", "text_changed (how a license is known)"),
        ("text-changed", "text_changed (how a license is known)"),
        ("permission_dropped", "permission_dropped (grade of a step in the lineage)"),
        ("vllm", "vLLM (vllm)"),
        ("trtllm", "TensorRT-LLM (tensorrt-llm)"),
        ("strict", "strict (policy)"),
        ("at_least", "at_least (predicate of a rule)"),
    ],
)
def test_each_kind_of_name(term, first):
    assert explanation(term, real_catalog()).splitlines()[0] == first


def test_a_word_that_is_said_of_several_things_is_explained_for_each():
    heads = [line for line in explanation("unknown", real_catalog()).splitlines() if "unknown" in line and line.endswith(")")]
    assert heads == ["Unknown license (unknown)", "unknown (result for a use)", "unknown (grade of a step in the lineage)"]


def test_a_policy_and_a_stack_say_what_they_do():
    strict = explanation("strict", real_catalog())
    assert "Fails from conditional on. A license text is required.\n" in strict
    assert strict.endswith("Stricter outcomes:\n  LIC013: review\n  LIN002: review\n  LIN004: review\n")
    vllm = explanation("vllm", real_catalog())
    assert "Share of the memory of a card that it takes: 0.92.\nTokens in a page of the cache: 16.\n" in vllm
    assert "\n  before 0.10.0: " in vllm and "\n  from 0.10.0 before 0.11.1: " in vllm


def test_every_rule_and_license_has_an_explanation():
    catalog = real_catalog()
    for rule in load_rules(catalog):
        assert explanation(rule.id, catalog).startswith(f"{rule.id}: {rule.title}\n")
    for key in ("mit", "cc-by-nc-4.0", "gemma"):
        assert f"({key})" in explanation(key, catalog).splitlines()[0]


def test_an_unknown_name_is_a_usage_error():
    with pytest.raises(UsageError, match=r"^nothing is called 'text_chnged'; did you mean 'text") as caught:
        explanation("text_chnged", real_catalog())
    assert caught.value.next_step == "for the names run: auditor licenses, gpus, stacks, rules or policies"

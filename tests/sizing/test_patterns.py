"""Names of modules against the lists of checkpoints."""

from __future__ import annotations

import time

import pytest

from auditor.sizing.patterns import names, tail


@pytest.mark.parametrize(
    ("entry", "inside", "outside"),
    [
        ("lm_head", "lm_head", "layers.0.mlp.up_proj"),
        ("language_model.lm_head", "lm_head", "embed_tokens"),
        ("model.layers.0.self_attn.q_proj", "layers.0.self_attn.q_proj", "layers.10.self_attn.q_proj"),
        ("model.layers.0*", "layers.0.mlp.up_proj", "layers.1.mlp.up_proj"),
        ("model.language_model.layers.3.self_attn*", "layers.3.self_attn.o_proj", "layers.3.mlp.up_proj"),
        ("*.mlp.shared_expert.*", "layers.1.mlp.shared_expert.up_proj", "layers.1.mlp.experts.*.up_proj"),
        ("model.layers.*.self_attn", "layers.7.self_attn.q_proj", "layers.7.mlp.down_proj"),
        ("gate", "layers.1.block_sparse_moe.gate", "layers.1.block_sparse_moe.experts.*.gate_proj"),
        ("re:.*self_attn.*", "layers.2.self_attn.v_proj", "layers.2.mlp.v"),
        (r"re:.*mlp\.(gate|up|gate_up|down)_proj.*", "layers.2.mlp.up_proj", "layers.2.mlp.experts.*.up_proj"),
        (r"re:.*layers\.[0-9]+\.mlp.*", "layers.22.mlp.up_proj", "layers.2.self_attn.q_proj"),
        ("model.layers.5.mlp.gate_up_proj", "layers.5.mlp.gate_proj", "layers.5.mlp.down_proj"),
        ("model.layers.5.mlp.experts", "layers.5.mlp.experts.*.down_proj", "layers.6.mlp.experts.*.down_proj"),
    ],
)
def test_one_entry(entry, inside, outside):
    found = names([entry])
    assert inside in found and outside not in found and found.unread == 0


@pytest.mark.parametrize("entry", ["re:(a+)+$", "re:(?=x)", 7, "re:a{1,9}", "x" * 500, r"re:\w+"])
def test_what_is_not_plain_is_counted_and_matches_nothing(entry):
    found = names([entry])
    assert found.unread == 1 and "layers.0.mlp.up_proj" not in found


def test_no_list_at_all():
    assert names(None).unread == 0 and names("lm_head").unread == 1


def test_hostile_expressions_take_linear_time():
    began = time.process_time()
    found = names(["re:" + ".*a" * 60 + "b"] * 50)
    for number in range(200):
        assert f"layers.{number}." + "a" * 80 not in found
    assert time.process_time() - began < 5


def test_what_stands_before_the_layers_does_not_count():
    assert [tail(n) for n in ("model.language_model.layers.1.x", "backbone.layers.2", "lm_head", "model.embed_tokens")] == [
        "layers.1.x",
        "layers.2",
        "lm_head",
        "embed_tokens",
    ]

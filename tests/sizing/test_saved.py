"""What autograd keeps of a token in one layer, against counts of saved_tensors_hooks on Llama: hidden 1,024, inner 2,816, 8 heads of 128, 2 of keys."""

from __future__ import annotations

import pytest

from auditor.domain.memory import MemoryInputs
from auditor.sizing.classify import classify
from auditor.sizing.families import families
from auditor.sizing.saved import Kept, of_layer
from tests.sizing.conftest import llama

SMALL = llama(2, 1024, 8, 2, 2816, 1000, 2048, head_dim=128)


@pytest.mark.parametrize(
    ("trainer", "full", "quantised", "saved"),
    [
        ("peft", False, False, 2 * 4 * 1024 + 2 * 1024 * 2 + 2 * 256 * 2 + 3 * 2816 * 2),
        ("peft", True, False, 2 * 8 * 1024 + 2 * 1024 * 2 + 2 * 256 * 2 + 4 * 2816 * 2),
        ("litgpt", False, False, 2 * 4 * 1024 + 4 * 1024 * 2 + 3 * 2816 * 2),
        ("litgpt", False, True, 2 * 4 * 1024 + 4 * 1024 * 2 + 3 * 2816 * 2 + 2 * 2 * (2 * 1024 + 2816) + 2 * 1024),
    ],
)
def test_by_module(knowledge, trainer, full, quantised, saved):
    known = families(knowledge.architectures)
    layout = classify(MemoryInputs("one/model", config=SMALL), knowledge, knowledge.stacks["transformers"]).layout
    assert of_layer(layout.layers[0], layout, Kept(known.trainers[trainer], full, quantised, 512)) == saved


@pytest.mark.parametrize(  # bytes that litgpt 0.4.13 saves per token and layer, counted likewise, beside adapters of queries and values
    ("declared", "adapters", "counted"),
    [
        (llama(2, 4096, 32, 8, 14336, 1000, 2048), 3 * 4096 + 2 * 5120, 174_360),
        (llama(2, 4096, 32, 32, 11008, 1000, 2048), 3 * 4096 + 2 * 8192, 176_968),
    ],
)
def test_against_litgpt(knowledge, declared, adapters, counted):
    known = families(knowledge.architectures)
    layout = classify(MemoryInputs("one/model", config=declared), knowledge, knowledge.stacks["transformers"]).layout
    assert of_layer(layout.layers[0], layout, Kept(known.trainers["litgpt"], False, False, 512)) + adapters == pytest.approx(counted, rel=0.003)


def test_norms_side_by_side_have_one_input(knowledge):
    neox = {"architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 1}
    neox |= {"num_attention_heads": 8, "vocab_size": 1000, "max_position_embeddings": 2048}
    known = families(knowledge.architectures)
    kept = Kept(known.trainers["peft"], False, False, 512)
    found = []
    for parallel in (True, False):
        config = neox | {"use_parallel_residual": parallel}
        layout = classify(MemoryInputs("one/model", config=config), knowledge, knowledge.stacks["transformers"]).layout
        found.append(of_layer(layout.layers[0], layout, kept))
    assert found[1] - found[0] == 2 * 1024


def test_every_expert_that_a_token_passes_through_counts(knowledge):
    mixtral = llama(1, 1024, 8, 2, 2816, 1000, 2048) | {
        "model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "num_local_experts": 8, "num_experts_per_tok": 2,
    }  # fmt: skip
    known = families(knowledge.architectures)
    layouts = [classify(MemoryInputs("one/model", config=config), knowledge, knowledge.stacks["transformers"]).layout for config in (SMALL, mixtral)]
    dense, sparse = (of_layer(layout.layers[0], layout, Kept(known.trainers["peft"], False, False, 512)) for layout in layouts)
    assert sparse - dense == 3 * 2816 * 2

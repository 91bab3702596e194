"""Parameter counts, to the unit, against what was published."""

from __future__ import annotations

import pytest

from auditor.domain.memory import Serving

COUNTS = {
    "llama-3.1-8b": 8_030_261_248,
    "llama-3.1-70b": 70_553_706_496,
    "llama-3.2-1b": 1_235_814_400,
    "llama-3.2-3b": 3_212_749_824,
    "llama-2-7b": 6_738_415_616,
    "mistral-7b-v0.3": 7_248_023_552,
    "qwen2.5-7b": 7_615_616_512,
    "qwen3-0.6b": 596_049_920,
    "qwen3-32b": 32_762_123_264,
    "gemma-2b": 2_506_172_416,
    "phi-4": 14_659_507_200,
    "phi-2": 2_779_683_840,
    "bloom": 176_247_271_424,
    "gpt2": 124_439_808,
    "starcoder": 15_517_456_384,
    "gpt-j": 6_050_882_784,
    "falcon-7b": 6_921_720_704,
    "mixtral-8x7b": 46_702_792_704,
    "qwen3-30b-a3b": 30_532_122_624,
    "granite-3.1-1b-a400m": 1_334_628_352,
}


@pytest.mark.parametrize("name", COUNTS)
def test_published_counts(size, config, name):
    memory = size(config(name))
    assert memory.parameters == COUNTS[name]
    assert memory.estimates["parameters"].basis == "formula"


@pytest.mark.parametrize(("name", "active"), [("mixtral-8x7b", 12_879_925_248), ("qwen3-30b-a3b", 3_353_032_704)])
def test_idle_experts_are_not_active(size, config, name, active):
    assert size(config(name)).active_parameters == active


def test_layers_without_experts_are_counted_as_such(size, config):
    sparse = config("qwen3-30b-a3b")
    expert, dense = 3 * 2048 * 768, 3 * 2048 * 6144
    assert size(sparse | {"mlp_only_layers": [0]}).parameters == 30_532_122_624 - 128 * expert - 128 * 2048 + dense
    assert size(sparse | {"decoder_sparse_step": 2}).parameters == 30_532_122_624 - 24 * (128 * expert + 128 * 2048 - dense)


def test_a_switch_that_is_none_makes_the_model_unknown(size, config):
    memory = size(config("qwen3-30b-a3b", tie_word_embeddings="false"))
    assert (memory.architecture_class, memory.parameters) == ("unknown:qwen3_moe", "unknown")


def test_layers_for_multi_token_prediction_are_left_out(size, config):
    mimo = config("qwen2.5-7b", model_type="mimo", architectures=["MiMoForCausalLM"], num_nextn_predict_layers=1, attention_bias=True)
    layer = 2 * 3584 * 3584 + 2 * 3584 * 512 + 3584 + 1024 + 3 * 3584 * 18944 + 2 * 3584  # attention, biases, MLP, norms
    ahead = layer + 2 * 3584 * 3584 + 3 * 3584  # and what joins it to the model
    memory = size(mimo, safetensors_parameters={"BF16": 7_615_616_512 + ahead})
    assert (memory.parameters, memory.mtp_parameters) == (7_615_616_512, ahead)
    assert memory.weights_bytes == 2 * 7_615_616_512
    guessing = size(mimo, serving=Serving(speculative_tokens=1))
    assert guessing.weights_bytes == 2 * (7_615_616_512 + ahead)


def test_a_count_of_the_hub_that_the_config_contradicts_is_noted(size, config):
    memory = size(config("llama-3.1-8b"), safetensors_parameters={"BF16": 16_000_000_000})
    assert memory.parameters == 16_000_000_000
    assert any("8030261248" in note for note in memory.estimates["parameters"].assumed)

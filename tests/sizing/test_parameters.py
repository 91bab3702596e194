"""Parameter counts, to the unit, against what was published."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("changed", [{"decoder_sparse_step": 2}, {"mlp_only_layers": [0]}, {"tie_word_embeddings": "false"}, {"attention_bias": 1}])
def test_no_count_where_the_formula_does_not_hold(size, config, changed):
    memory = size(config("qwen3-30b-a3b", **changed))
    assert memory.parameters == "unknown"
    assert memory.kv_bytes_per_token == 98_304


def test_types_without_a_formula_are_counted_by_their_index_alone(size, config):
    assert size(config("falcon-180b")).parameters == "unknown"
    memory = size(config("falcon-180b"), index_total_size=359_045_130_240)
    assert memory.parameters == 179_522_565_120
    assert memory.estimates["parameters"].basis == "assumed"


def test_layers_for_multi_token_prediction_are_left_out(size, config):
    mimo = config("qwen2.5-7b", model_type="mimo", architectures=["MiMoForCausalLM"], num_nextn_predict_layers=1, attention_bias=True)
    memory = size(mimo, safetensors_parameters={"BF16": 7_900_000_000})
    assert memory.parameters == 7_615_616_512
    assert memory.mtp_parameters == "unknown"
    assert memory.weights_bytes == 15_800_000_000
    assert memory.estimates["weights_bytes"].low == 2 * 7_615_616_512


def test_a_count_of_the_hub_that_the_config_contradicts_is_noted(size, config):
    memory = size(config("llama-3.1-8b"), safetensors_parameters={"BF16": 16_000_000_000})
    assert memory.parameters == 16_000_000_000
    assert any("8030261248" in note for note in memory.estimates["parameters"].assumed)

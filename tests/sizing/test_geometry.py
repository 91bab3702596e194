"""Counts under the names that a type uses, defaults, and values that are none."""

from __future__ import annotations

import pytest

NONSENSE = [-4096, 0, 10**400, 1 << 40, 4096.0, 1e308, float("nan"), float("inf"), "4096", "many", True, [], {}, [4096], b"4096"]


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: str(type(value).__name__))
@pytest.mark.parametrize("key", ["num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim"])
def test_nonsense_makes_the_cache_unknown(size, config, key, value):
    memory = size(config("llama-3.1-8b", **{key: value}), gpus=("h100",))
    assert memory.kv_bytes_per_token == "unknown"
    assert key in memory.estimates["kv_bytes_per_token"].assumed[0]
    assert memory.fits[0].fits == "unknown"


@pytest.mark.parametrize("value", NONSENSE, ids=lambda value: str(type(value).__name__))
def test_nonsense_elsewhere_leaves_the_cache_known(size, config, value):
    memory = size(config("llama-3.1-8b", vocab_size=value), safetensors_parameters={"BF16": 8_030_261_248}, gpus=("h100",))
    assert (memory.kv_bytes_per_token, memory.weights_bytes) == (131_072, 16_060_522_496)
    assert (memory.activation_bytes, memory.total_bytes_per_gpu, memory.fits[0].fits) == ("unknown", "unknown", "unknown")


def test_a_number_beyond_all_printing(size, config):
    assert size(config("llama-3.1-8b", num_hidden_layers=10**5000)).kv_bytes_per_token == "unknown"


def test_head_dim_is_read_before_it_is_derived(size, config):
    assert size(config("qwen3-0.6b")).kv_bytes_per_token == 2 * 28 * 8 * 128 * 2  # 1024 / 16 would be 64
    assert size(config("llama-3.2-1b", head_dim=None)).kv_bytes_per_token == 2 * 16 * 8 * 64 * 2


def test_without_kv_heads_every_head_has_its_own(size, config):
    declared = config("llama-2-7b")
    del declared["num_key_value_heads"]
    assert size(declared).kv_bytes_per_token == 2 * 32 * 32 * 128 * 2


def test_defaults_of_the_model_code_are_used_and_said(size, config):
    declared = config("mistral-7b-v0.3")
    del declared["num_key_value_heads"]
    memory = size(declared)
    assert memory.kv_bytes_per_token == 131_072
    assert any(note.startswith("num_key_value_heads: 8") for note in memory.assumed)


def test_two_names_that_disagree(size, config):
    assert size(config("gpt2", num_hidden_layers=24)).kv_bytes_per_token == "unknown"
    assert size(config("gpt2", num_hidden_layers=12)).kv_bytes_per_token == 2 * 12 * 12 * 64 * 2


@pytest.mark.parametrize("changed", [{"num_key_value_heads": 64}, {"num_key_value_heads": 5}, {"hidden_size": 4097}])
def test_heads_that_do_not_divide(size, config, changed):
    assert size(config("llama-3.1-8b", **changed)).kv_bytes_per_token == "unknown"


@pytest.mark.parametrize(("key", "value"), [("multi_query", "yes"), ("multi_query", 1), ("new_decoder_architecture", "no")])
def test_switches_must_be_true_or_false(size, config, key, value):
    assert size(config("falcon-7b", **{key: value})).kv_bytes_per_token == "unknown"


def test_falcon_without_multi_query(size, config):
    assert size(config("falcon-7b", multi_query=False)).kv_bytes_per_token == 2 * 32 * 71 * 64 * 2


@pytest.mark.parametrize(
    ("scaling", "longest"),
    [
        (None, 32_768),
        ({"type": "linear", "factor": 2.0}, 65_536),
        ({"rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 32_768}, 131_072),
        ({"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192}, 32_768),
        ({"type": "mrope", "mrope_section": [16, 24, 24]}, 32_768),
        ({"type": "unheard-of", "factor": 8}, 32_768),
        ({"type": "linear", "factor": -2}, "unknown"),
        ({"type": "linear", "factor": float("nan")}, "unknown"),
        ({"type": "linear"}, "unknown"),
        ({"type": 7, "factor": 2}, "unknown"),
        ("linear", "unknown"),
    ],
)
def test_rope_scaling_moves_the_longest_context(size, config, scaling, longest):
    fit = size(config("qwen2.5-7b", rope_scaling=scaling), gpus=("b200",)).fits[0]
    assert fit.max_context == longest


def test_the_least_of_several_maxima_holds(size, config):
    assert size(config("llama-3.1-8b", max_seq_len=2048)).context == 2048


def test_a_model_that_declares_no_maximum(size, config):
    memory = size(config("bloom"))
    assert memory.context == 2048
    assert any(note.startswith("max_context: 2048") for note in memory.assumed)

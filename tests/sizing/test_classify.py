"""Which models get figures, and which are unknown by name."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "dense"),
        ({"model_type": "quux", "architectures": ["QuuxForCausalLM"]}, "unknown:quux"),
        ({"model_type": None, "architectures": ["QuuxForCausalLM"]}, "unknown:QuuxForCausalLM"),
        ({"model_type": 7, "architectures": None}, "unknown:unnamed"),
        ({"model_type": "<b>\x1b[31mllama"}, "unknown:b-31mllama"),
        ({"model_type": "x" * 1000}, "unknown:" + "x" * 64),
        ({"architectures": ["LlamaForSequenceClassification"]}, "unknown:LlamaForSequenceClassification"),
        ({"architectures": [["LlamaForCausalLM"]]}, "dense"),
        ({"kv_lora_rank": 512}, "unknown:llama"),
        ({"num_kv_shared_layers": 4}, "unknown:llama"),
        ({"attention_chunk_size": 8192}, "unknown:llama"),
        ({"num_local_experts": 8}, "unknown:llama"),
        ({"layer_types": ["full_attention"] * 32}, "dense"),
        ({"layer_types": ["full_attention"] * 31}, "unknown:llama"),
        ({"layer_types": ["full_attention"] * 31 + ["sparse_attention"]}, "unknown:llama"),
        ({"layer_types": "full_attention"}, "unknown:llama"),
        ({"sliding_window": None}, "dense"),
        ({"sliding_window": 131_072}, "dense"),
        ({"sliding_window": 4096}, "sliding"),
        ({"sliding_window": "4096"}, "unknown:llama"),
    ],
)
def test_class(size, config, changed, expected):
    assert size(config("llama-3.1-8b", **changed)).architecture_class == expected


@pytest.mark.parametrize(
    ("switch", "window", "expected"),
    [(False, 4096, "dense"), (None, 4096, "dense"), (True, 4096, "sliding"), ("no", 4096, "unknown:qwen2")],
)
def test_a_switch_turns_the_window_on(size, config, switch, window, expected):
    declared = config("qwen2.5-7b", use_sliding_window=switch, sliding_window=window, max_window_layers=14)
    assert size(declared).architecture_class == expected


def test_a_window_bounds_the_cache(size, config):
    short, long = (size(config("mistral-7b-v0.1"), context=context, gpus=("l40s",)) for context in (16_384, 32_768))
    assert (short.architecture_class, short.kv_bytes_per_token) == ("sliding", 0)
    pages = -(-(4096 - 1 + 2048) // 16) + 1  # the window, the tokens of a step under way, and a page that is begun
    assert short.kv_bytes_per_request == long.kv_bytes_per_request == pages * 16 * 131_072
    assert long.fits[0].max_context == 32_768


def test_a_window_that_is_not_mentioned_is_an_assumption(size, config):
    declared = config("mistral-7b-v0.3")
    del declared["sliding_window"]
    memory = size(declared)
    assert memory.kv_bytes_per_token == 131_072
    assert any("sliding_window" in note for note in memory.assumed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [({"model_type": "qwen3_vl_text"}, "dense"), ({"model_type": "qwen3_6_text"}, "unknown:qwen3_6_text"), ({"model_type": []}, "unknown:qwen3_vl")],
)
def test_the_nested_language_model_decides(size, config, text, expected):
    nested = config("qwen3-32b") | text
    assert size({"model_type": "qwen3_vl", "architectures": ["Qwen3VLForConditionalGeneration"], "text_config": nested}).architecture_class == expected


def test_moe(size, config):
    assert size(config("mixtral-8x7b")).architecture_class == "moe"
    assert size(config("qwen3-vl-30b-a3b")).architecture_class == "moe"


GATED = {"model_id": "meta-llama/Llama-2-7b-hf", "hub_model_type": "llama", "config_missing": "401 GatedRepo"}


def test_the_catalogue_needs_id_count_and_type_to_agree(size):
    buffers = {"F16": 6_738_415_616, "F32": 2048}  # 32 tables of rotary frequencies beside the parameters
    assert size(None, **GATED, safetensors_parameters=buffers).kv_bytes_per_token == 524_288
    for changed in (
        {"safetensors_parameters": {"F16": 6_700_000_000}},
        {"safetensors_parameters": {"F16": "6738415616"}},
        {"safetensors_parameters": None},
        {"model_id": "someone/Llama-2-7b-hf"},
        {"hub_model_type": "mistral"},
    ):
        memory = size(None, **{**GATED, "safetensors_parameters": buffers, **changed})
        assert memory.kv_bytes_per_token == "unknown"
        assert memory.architecture_class.startswith("unknown:")


def test_the_catalogue_is_not_asked_when_there_is_a_config(size, config):
    memory = size(config("llama-3.2-1b"), **GATED, safetensors_parameters={"F16": 6_738_415_616})
    assert memory.kv_bytes_per_token == 2 * 16 * 8 * 64 * 2


def test_why_a_config_is_missing_is_said(size):
    memory = size(None, hub_architectures=("QuuxForCausalLM",), config_missing="401 GatedRepo")
    assert memory.architecture_class == "unknown:QuuxForCausalLM"
    assert any("401 GatedRepo" in note for note in memory.assumed)

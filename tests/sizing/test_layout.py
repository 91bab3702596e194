"""Layers of every kind: counts as published, what is kept, what is not understood."""

from __future__ import annotations

import pytest

from tests.sizing.models import HYBRIDS

PUBLISHED = {  # parameters in 10^9 as GGUF headers and model cards print them
    "deepseek-v3": (671.026, "mla"),
    "gpt-oss-20b": (20.915, "sliding"),
    "gemma-3-27b": (27.009, "sliding"),
    "gemma-4-26b": (25.233, "sliding"),
    "qwen3-next-80b": (79.674, "hybrid_ssm"),
    "qwen3.5-122b": (122.112, "hybrid_ssm"),
    "nemotron-3-nano": (31.578, "hybrid_ssm"),
    "lfm2": (1.170, "hybrid_ssm"),
    "llama-4-scout": (107.770, "chunked"),
}

PER_TOKEN = {
    "deepseek-v3": 61 * 576 * 2,
    "gpt-oss-20b": 12 * 2 * 8 * 64 * 2,
    "gemma-3-27b": 10 * 2 * 16 * 128 * 2,
    "gemma-4-26b": 5 * 2 * 2 * 512 * 2,
    "qwen3-next-80b": 12 * 2 * 2 * 256 * 2,
    "qwen3.5-122b": 12 * 2 * 2 * 256 * 2,
    "nemotron-3-nano": 6 * 2 * 2 * 128 * 2,
    "lfm2": 6 * 2 * 8 * 64 * 2,
    "nemotron-nas": 2 * 8 * 128 * 2,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_counts_and_classes(size, name):
    billions, kind = PUBLISHED[name]
    memory = size(HYBRIDS[name])
    assert memory.architecture_class == kind
    assert memory.parameters / 1e9 == pytest.approx(billions, abs=0.0006)


@pytest.mark.parametrize("name", PER_TOKEN)
def test_what_one_more_token_adds(size, name):
    assert size(HYBRIDS[name]).kv_bytes_per_token == PER_TOKEN[name]


def test_tensor_parallel_divides_heads_and_leaves_a_latent_whole(size):
    assert size(HYBRIDS["deepseek-v3"], tensor_parallel=8).kv_bytes_per_token == 61 * 576 * 2
    assert size(HYBRIDS["nemotron-3-nano"], tensor_parallel=4).kv_bytes_per_token == 3072  # as a log of SGLang shows: two heads repeat on four GPUs
    assert size(HYBRIDS["gpt-oss-20b"], tensor_parallel=2).kv_bytes_per_token == PER_TOKEN["gpt-oss-20b"] // 2


def test_states_are_of_fixed_size(size):
    # convolution of 8,192 channels x 3 in 16 bit and 32 heads of 128 x 128
    assert size(HYBRIDS["qwen3-next-80b"]).state_bytes_per_sequence == 36 * (8192 * 3 * 2 + 32 * 128 * 128 * 2)
    assert size(HYBRIDS["qwen3.5-122b"]).state_bytes_per_sequence == 36 * ((2 * 2048 + 8192) * 3 * 2 + 64 * 128 * 128 * 4)
    assert size(HYBRIDS["lfm2"]).state_bytes_per_sequence == 10 * 2048 * 2 * 2


def test_every_layer_has_its_own_width_in_nemotron_nas(size):
    memory = size(HYBRIDS["nemotron-nas"])
    attention = 2 * 8192 * 8192 + 2 * 8192 * 1024
    mlp = 3 * 8192 * (28672 + 14336)
    assert memory.parameters == 2 * 128256 * 8192 + 8192 + attention + mlp + 3 * 8192


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("gpt-oss-20b", {"layer_types": ["sliding_attention"] * 23}),
        ("gpt-oss-20b", {"layer_types": ["lightning"] * 24}),
        ("nemotron-3-nano", {"hybrid_override_pattern": "MX" * 26}),
        ("deepseek-v3", {"kv_lora_rank": None}),
        ("deepseek-v3", {"qk_rope_head_dim": None}),
        ("deepseek-v3", {"num_hidden_layers": 10**9}),
        ("qwen3-next-80b", {"linear_key_head_dim": "128"}),
        ("qwen3-next-80b", {"linear_num_value_heads": 0}),
        ("gemma-4-26b", {"global_head_dim": None}),
        ("lfm2", {"full_attn_idxs": None}),
        ("gemma-3-27b", {"sliding_window": 0}),
    ],
)
def test_what_is_not_understood_is_unknown_by_name(size, name, changed):
    memory = size(HYBRIDS[name] | changed)
    assert memory.architecture_class == f"unknown:{HYBRIDS[name]['model_type']}"
    assert (memory.kv_bytes_per_token, memory.total_bytes_per_gpu) == ("unknown", "unknown")
    assert any(note.startswith("geometry: unknown (") for note in memory.assumed)

"""What allocators hand out, against start-up logs."""

from __future__ import annotations

import pytest

from auditor.domain.errors import UsageError
from auditor.domain.memory import Serving
from tests.sizing.models import HYBRIDS

GIB = 2**30


@pytest.mark.parametrize(  # GiB of cache, context, requests at once and settings as logged
    ("name", "gib", "context", "logged", "settings"),
    [
        ("gemma-3-27b", 109.86, 4096, 50.05, {"version": "0.10.2", "max_num_batched_tokens": 8192}),
        ("gemma-4-26b", 51.62, 131072, 33.42, {"version": "0.17.0", "kv_dtype": "fp8", "max_num_batched_tokens": 2048}),
        ("qwen3.5-122b", 21.43, 131072, 11.79, {"version": "0.17.0", "kv_dtype": "fp8", "mamba_cache_mode": "align"}),
        ("qwen3.5-122b", 24.05, 262144, 6.42, {"version": "0.17.0", "kv_dtype": "fp8", "mamba_cache_mode": "align", "speculative_tokens": 1}),
    ],
)
def test_requests_at_once_as_vllm_logged_them(size, name, gib, context, logged, settings):
    memory = size(HYBRIDS[name], gpus=("h100",), context=context, serving=Serving(kv_cache_memory=int(gib * GIB), **settings))
    fit = memory.fits[0]
    assert fit.max_concurrency == pytest.approx(logged, rel=0.001)
    assert fit.kv_capacity_tokens == pytest.approx(fit.max_concurrency * context, abs=10)
    assert fit.kv_budget_bytes == int(gib * GIB)


def test_two_gpus_of_qwen3_next(size):
    memory = size(HYBRIDS["qwen3-next-80b"], gpus=("h100x2",), context=262144, serving=Serving(kv_cache_memory=int(44.59 * GIB), version="0.13.0"))
    assert memory.fits[0].max_concurrency == pytest.approx(14.77, rel=0.001)
    page = memory.estimates["kv_bytes_per_request"].inputs["page_bytes"]
    assert int(44.59 * GIB) // page // 4 * 544 == 973_760  # the tokens that this version prints


def test_blocks_of_a_dense_model_as_logged(size, config):
    fit = size(config("llama-3.1-8b"), gpus=("a100-sxm-40gb",), context=8192, serving=Serving(kv_cache_memory=int(11.12 * GIB))).fits[0]
    assert fit.kv_capacity_tokens == pytest.approx(5691 * 16, rel=0.001)


def test_early_releases_padded_the_latent_and_had_one_allocator(size):
    old, new = (size(HYBRIDS["deepseek-v3"], serving=Serving(version=version)).kv_bytes_per_token for version in ("0.7.3", "0.9.0"))
    assert (old, new) == (61 * 640 * 2, 61 * 576 * 2)
    assert size(HYBRIDS["gemma-3-27b"], serving=Serving(version="0.9.2")).kv_bytes_per_token == 62 * 2 * 16 * 128 * 2


def test_chunked_layers_keep_everything_in_vllm_and_a_chunk_elsewhere(size):
    full = 48 * 2 * 8 * 128 * 2
    assert size(HYBRIDS["llama-4-scout"]).kv_bytes_per_token == full
    assert size(HYBRIDS["llama-4-scout"], stack="transformers").kv_bytes_per_token == full // 4


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"kv_dtype": "q8_0"}, 61 * 576 * 34 // 32),
        ({"mla_cache": 0}, 61 * 128 * (192 + 128) * 2),
        ({"mla_cache": 1}, 61 * (2 * 512 + 64) * 2),
        ({"mla_cache": 2}, 61 * 576 * 2),
        ({"mla_cache": 0, "kv_dtype": "q8_0/f16"}, 61 * 128 * (192 * 34 // 32 + 128 * 2)),
    ],
)
def test_latents_in_llama_cpp(size, settings, expected):
    memory = size(HYBRIDS["deepseek-v3"], stack="llama.cpp", serving=Serving(**settings))
    assert memory.kv_bytes_per_token == pytest.approx(expected, rel=0.0001)


def test_window_cells_of_llama_cpp(size):
    memory = size(HYBRIDS["gpt-oss-20b"], stack="llama.cpp", context=131072, serving=Serving(n_ubatch=512))
    layer = 2 * 8 * 64 * 2
    assert memory.kv_bytes_per_request == 12 * layer * 131072 + 12 * layer * 768
    full = size(HYBRIDS["gpt-oss-20b"], stack="llama.cpp", context=131072, serving=Serving(swa_full=True))
    assert full.kv_bytes_per_request == 24 * layer * 131072


def test_states_of_llama_cpp_are_float32(size):
    nine = HYBRIDS["qwen3.5-122b"] | {"num_hidden_layers": 32, "linear_num_value_heads": 32, "num_attention_heads": 16, "num_key_value_heads": 4}
    assert size(nine, stack="llama.cpp").state_bytes_per_sequence * 4 == 201 * 2**20  # 201.00 MiB logged for four sequences


def test_transformers_keeps_keys_and_values_of_every_head(size):
    memory = size(HYBRIDS["deepseek-v3"], stack="transformers")
    assert memory.kv_bytes_per_token == 61 * 128 * (192 + 128) * 2


def test_the_scheme_of_a_checkpoint_sets_the_cache_where_the_stack_heeds_it(size, config):
    scheme = {"quant_method": "modelopt", "quant_algo": "FP8", "kv_cache_scheme": {"num_bits": 8, "type": "float"}, "ignore": ["lm_head"]}
    declared = config("llama-3.1-8b", quantization_config=scheme)
    assert size(declared).kv_bytes_per_token == 65_536
    assert size(declared, stack="llama.cpp").kv_bytes_per_token == 131_072
    assert size(declared, serving=Serving(kv_dtype="bfloat16")).kv_bytes_per_token == 131_072


@pytest.mark.parametrize("name", HYBRIDS)
@pytest.mark.parametrize("stack", ["vllm", "sglang", "llama.cpp", "transformers", "tensorrt-llm"])
def test_a_request_never_shrinks(size, name, stack):
    held = [size(HYBRIDS[name], stack=stack, context=context, gpus=("h100",)).kv_bytes_per_request for context in (1, 128, 1000, 8192, 65_536, 120_000)]
    assert held == sorted(held)


@pytest.mark.parametrize(
    "settings", [{"kv_dtype": "fp3"}, {"mamba_cache_mode": "some"}, {"mla_cache": 4}, {"version": "new"}, {"dtype": "int8"}, {"block_size": 0}]
)
def test_settings_that_cannot_be(size, config, settings):
    with pytest.raises(UsageError):
        size(config("llama-3.1-8b"), serving=Serving(**settings))


def test_versions_outside_what_was_checked_say_so(size, config):
    assert any("unverified" in note for note in size(config("llama-3.1-8b"), stack="vllm", serving=Serving(version="0.40.0")).assumed)
    assert not any("unverified" in note for note in size(config("llama-3.1-8b"), stack="vllm", serving=Serving(version="0.12.0")).assumed)

"""Bytes per token and per request."""

from __future__ import annotations

import pytest


def gqa(layers: int, heads: int, head_dim: int, width: int = 2) -> int:
    return 2 * layers * heads * head_dim * width


PER_TOKEN = {
    "llama-3.1-8b": gqa(32, 8, 128),
    "llama-3.2-1b": gqa(16, 8, 64),
    "llama-2-7b": gqa(32, 32, 128),
    "qwen3-0.6b": gqa(28, 8, 128),
    "gemma-2b": gqa(18, 1, 256),
    "falcon-7b": gqa(32, 1, 64),
    "falcon-180b": gqa(80, 8, 64),
    "bloom": gqa(70, 112, 128),
    "gpt2": gqa(12, 12, 64),
    "starcoder": gqa(40, 1, 128),
    "phi-4": gqa(40, 10, 128),
    "mixtral-8x7b": gqa(32, 8, 128),
    "qwen3-30b-a3b": gqa(48, 4, 128),
    "qwen2.5-vl-7b": gqa(28, 4, 128),
    "qwen3-vl-30b-a3b": gqa(48, 4, 128),
}


@pytest.mark.parametrize("name", PER_TOKEN)
def test_bytes_per_token(size, config, name):
    assert size(config(name)).kv_bytes_per_token == PER_TOKEN[name]


@pytest.mark.parametrize(
    ("name", "ways", "expected"),
    [
        ("llama-3.1-8b", 2, gqa(32, 4, 128)),
        ("llama-3.1-8b", 8, gqa(32, 1, 128)),
        ("llama-3.1-8b", 16, gqa(32, 1, 128)),  # 8 heads on 16 GPUs: each keeps one whole
        ("qwen3-30b-a3b", 8, gqa(48, 1, 128)),
        ("falcon-180b", 8, gqa(80, 1, 64)),
        ("falcon-7b", 2, "unknown"),  # 71 heads
        ("llama-3.1-8b", 3, "unknown"),
    ],
)
def test_tensor_parallel_divides_or_repeats_heads(size, config, name, ways, expected):
    assert size(config(name), tensor_parallel=ways).kv_bytes_per_token == expected


def test_a_request_takes_whole_pages(size, config):
    assert size(config("llama-3.1-8b"), context=1).kv_bytes_per_request == 16 * gqa(32, 8, 128)
    assert size(config("llama-3.1-8b"), context=17).kv_bytes_per_request == 32 * gqa(32, 8, 128)


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ("FP8", gqa(32, 8, 128, 1)),
        ({"type": "float", "num_bits": 8}, gqa(32, 8, 128, 1)),
        ({"type": "int", "num_bits": 8}, "unknown"),
        ("NVFP4", "unknown"),
        (None, gqa(32, 8, 128)),
    ],
)
def test_the_checkpoint_may_carry_a_scheme(size, config, scheme, expected):
    quantized = config("llama-3.1-8b", quantization_config={"quant_method": "modelopt", "kv_cache_scheme": scheme})
    assert size(quantized).kv_bytes_per_token == expected


def test_fp8_weights_alone_leave_the_cache_in_16_bit(size, config):
    memory = size(config("llama-3.1-8b", quantization_config={"quant_method": "fp8"}), safetensors_parameters={"F8_E4M3": 7_000_000_000, "BF16": 1_030_261_248})
    assert (memory.precision, memory.kv_bytes_per_token) == ("fp8", gqa(32, 8, 128))


def test_a_quantization_file_that_is_not_read_may_hold_a_scheme(size, config):
    assert size(config("llama-3.1-8b"), weight_files=(("hf_quant_config.json", 300),)).kv_bytes_per_token == "unknown"
    assert size(config("llama-3.1-8b"), weight_files=(("quantize_config.json", 300),)).kv_bytes_per_token == gqa(32, 8, 128)


@pytest.mark.parametrize(  # GiB of cache and tokens as engines logged them; the spread is the rounding of the log
    ("name", "gib", "tokens"),
    [("llama-3.1-8b", 11.12, 91_056), ("llama-3.2-3b", 23.46, 219_584), ("llama-3.2-3b", 6.22, 58_192), ("qwen3-0.6b", 37.42, 350_304)],
)
def test_logged_capacities(size, config, name, gib, tokens):
    assert size(config(name)).kv_bytes_per_token == pytest.approx(gib * 2**30 / tokens, rel=0.002)

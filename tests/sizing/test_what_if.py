"""Other precisions than the published one, GGUF recipes among them."""

from __future__ import annotations

import pytest

from auditor.domain.memory import Serving
from tests.sizing.models import HYBRIDS

GIB = 2**30


@pytest.mark.parametrize(("name", "recipe", "logged"), [("gemma-3-27b", "q4_k_m", 15.404), ("qwen3-32b", "q5_k_m", 21.603)])
def test_recipes_as_llama_cpp_prints_them(size, config, name, recipe, logged):
    declared = HYBRIDS.get(name) or config(name)
    if name == "gemma-3-27b":
        declared = declared | {"vocab_size": 262208}  # of the converted file
    assert size(declared, quantization=recipe, stack="llama.cpp").weights_bytes / GIB == pytest.approx(logged, rel=0.001)


def test_rows_of_odd_width_take_another_type(size):
    narrow = HYBRIDS["gemma-3-27b"] | {"hidden_size": 1152, "intermediate_size": 6912, "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 256}
    per_weight = {q: size(narrow, quantization=q).estimates["weights_bytes"].inputs["bits_per_weight"] for q in ("q4_k_m", "q6_k", "q8_0")}
    assert per_weight["q4_k_m"] < per_weight["q6_k"] <= per_weight["q8_0"] < 9


@pytest.mark.parametrize("name", [*HYBRIDS])
def test_no_format_is_larger_than_16_bit_and_order_holds(size, name):
    formats = ("q4_k_m", "q5_k_m", "q6_k", "q8_0", "bf16")
    sizes = [size(HYBRIDS[name], quantization=q).weights_bytes for q in formats]
    assert sizes == sorted(sizes)
    for q in ("int4", "int8", "fp8", "nvfp4", "mxfp4", "nf4"):
        assert size(HYBRIDS[name], quantization=q).weights_bytes <= sizes[-1]


@pytest.mark.parametrize("name", [*HYBRIDS])
def test_sharding_leaves_tensor_bytes_alone_and_adds_up(size, name):
    whole = size(HYBRIDS[name])
    for ways in (2, 4, 8):
        shared = size(HYBRIDS[name], tensor_parallel=ways)
        assert shared.weights_bytes == whole.weights_bytes
        if shared.weights_bytes_per_gpu != "unknown":
            assert shared.weights_bytes_per_gpu < whole.weights_bytes_per_gpu
            assert shared.weights_bytes_per_gpu * ways >= whole.weights_bytes


def test_the_full_matrix_has_every_precision(size, config):
    memory = size(config("llama-3.2-1b"), gpus=("rtx-4090",), every=True)
    assert {fit.precision for fit in memory.fits} == {"bfloat16", "fp8", "int8", "int4", "q8_0", "q6_k", "q5_k_m", "q4_k_m"}
    assert {fit.gpus for fit in memory.fits} == {1, 2, 4, 8}


def test_float32_is_asked_for(size, config):
    memory = size(config("llama-3.2-1b"), serving=Serving(dtype="float32"))
    assert memory.kv_bytes_per_token == 2 * 16 * 8 * 64 * 4

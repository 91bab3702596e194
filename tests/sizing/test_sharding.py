"""Weights as each GPU holds them."""

from __future__ import annotations

import pytest

from auditor.domain.memory import Serving
from tests.sizing.models import HYBRIDS


def test_one_gpu_adds_rotations_and_padding(size, config):
    assert size(config("qwen3-0.6b")).weights_bytes_per_gpu == 1_192_099_840 + 40_960 * 128 * 2
    gpt2 = size(config("gpt2"), safetensors_parameters={"F16": 124_439_808})
    assert gpt2.weights_bytes_per_gpu == 2 * 124_439_808 + (50_304 - 50_257) * 768 * 2  # no rotations, vocabulary up to a multiple of 64


@pytest.mark.parametrize("ways", [2, 4, 8])
@pytest.mark.parametrize("name", ["llama-3.1-8b", "qwen3-30b-a3b", "mixtral-8x7b"])
def test_shares_add_up_to_at_least_the_whole(size, config, name, ways):
    memory = size(config(name), tensor_parallel=ways)
    assert memory.weights_bytes / ways < memory.weights_bytes_per_gpu < 1.03 * memory.weights_bytes / ways + 2**28


def test_two_ways_as_logged(size, config):
    assert size(config("qwen3-32b"), tensor_parallel=2).weights_bytes_per_gpu / 2**30 == pytest.approx(30.59, rel=0.003)


def test_more_gpus_than_kv_heads_repeat_the_projections(size, config):
    eight, sixteen = (size(config("llama-3.1-8b"), tensor_parallel=ways).estimates["weights_bytes_per_gpu"] for ways in (8, 16))
    assert eight.inputs["repeated_bytes"] == 0
    whole_head = 32 * 2 * 4096 * 128 * 2  # keys and values of one head in 32 layers
    assert sixteen.inputs["repeated_bytes"] == whole_head // 2


def test_nothing_known_of_the_layers_is_an_even_split_at_best(size, config):
    memory = size(config("bert"), index_total_size=8000, tensor_parallel=8)
    estimate = memory.estimates["weights_bytes_per_gpu"]
    assert (memory.weights_bytes_per_gpu, estimate.low, estimate.high) == (1000, 1000, 8000)


def test_a_split_that_cannot_be(size, config):
    memory = size(config("falcon-7b"), index_total_size=14_000_000_000, gpus=("h100x2",))
    assert memory.weights_bytes_per_gpu == "unknown"
    assert (memory.fits[0].fits, memory.fits[0].because) == ("no", "71 attention heads cannot be split 2 ways")


def test_the_first_releases_with_latent_attention_keep_products(size):
    """Per layer of DeepSeek-V3: queries 1,536 and hidden 7,168 times 128 heads of 512 in 8 bits, 1,536 x 128 x 64 rotated in 16 bit. 83.88 GiB were logged."""
    old, new = (size(HYBRIDS["deepseek-v3"], tensor_parallel=8, serving=Serving(version=version)) for version in ("0.7.3", "0.8.0"))
    products = 61 * ((1536 + 7168) * 128 * 512 + 1536 * 128 * 64 * 2)
    copies = [memory.estimates["weights_bytes_per_gpu"].inputs["copies_bytes"] for memory in (old, new)]
    assert copies == [products + copies[1], 61 * 512 * 128 * 256 * 2]
    assert old.weights_bytes_per_gpu / 2**30 == pytest.approx(83.88, rel=0.003)


def test_products_of_an_unquantised_model_are_in_16_bit(size):
    plain = {key: value for key, value in HYBRIDS["deepseek-v3"].items() if key != "quantization_config"}
    inputs = size(plain, tensor_parallel=8, serving=Serving(version="0.7.3")).estimates["weights_bytes_per_gpu"].inputs
    assert inputs["copies_bytes"] == 61 * 2 * (512 * 128 * 256 + (1536 + 7168) * 128 * 512 + 1536 * 128 * 64)


def test_before_latent_attention_nothing_is_copied(size):
    assert size(HYBRIDS["deepseek-v3"], serving=Serving(version="0.7.0")).estimates["weights_bytes_per_gpu"].inputs["copies_bytes"] == 0

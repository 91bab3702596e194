"""Witnesses of the weights, in order; those that disagree widen the range."""

from __future__ import annotations

import pytest

from auditor.domain.memory import Serving

HUB = {"BF16": 8_030_261_248}
TOTAL = 16_060_522_496
FILES = tuple((f"model-0000{n}-of-00004.safetensors", TOTAL // 4 + 5000) for n in (1, 2, 3, 4))


def formula(memory):
    return memory.estimates["weights_bytes"].formula, memory.estimates["weights_bytes"].basis


def test_order_of_witnesses(size, config):
    declared = config("llama-3.1-8b")
    everything = {"safetensors_parameters": HUB, "index_total_size": TOTAL, "weight_files": FILES}
    assert formula(size(declared, **everything)) == ("sum of the Hub's counts by dtype x width", "exact")
    del everything["safetensors_parameters"]
    assert formula(size(declared, **everything)) == ("metadata.total_size of model.safetensors.index.json", "exact")
    del everything["index_total_size"]
    assert formula(size(declared, **everything)) == ("sum of the file sizes of model*.safetensors", "assumed")
    assert size(declared, **everything).weights_bytes == TOTAL + 20_000
    assert formula(size(declared))[1] == "formula"
    assert size(declared).weights_bytes == TOTAL


def test_nothing_known(size, config):
    memory = size(config("bert"))
    assert (memory.weights_bytes, memory.total_bytes_per_gpu) == ("unknown", "unknown")


def test_widths(size, config):
    counts = {"F32": 10, "F16": 100, "BF16": 1000, "F8_E4M3": 10_000, "I64": 3, "BOOL": 7}
    memory = size(config("bert"), safetensors_parameters=counts)
    assert memory.weights_bytes == 40 + 200 + 2000 + 10_000 + 24 + 7
    assert memory.parameters == 11_110  # buffers are no parameters


@pytest.mark.parametrize("packed", ["U8", "I32", "U32", "F4", "F8_E8M0"])
def test_packed_elements_are_no_parameters(size, config, packed):
    quantized = config("llama-3.1-8b", quantization_config={"quant_method": "gptq"})
    memory = size(quantized, safetensors_parameters={packed: 6_979_321_856, "F16": 1_052_315_648}, index_total_size=5_700_000_000)
    assert (memory.weights_bytes, memory.parameters, memory.precision) == (5_700_000_000, 8_030_261_248, "gptq")
    assert memory.estimates["parameters"].basis == "formula"


@pytest.mark.parametrize(
    "spoilt",
    [{}, [], [1], "BF16", 7, {"BF16": "many"}, {"BF16": -1}, {"BF16": True}, {"BF16": 1 << 60}, {"BF16": 8_030_261_248, "F32": None}, {"WHAT": 5}, {7: 7}],
)
def test_counts_of_the_wrong_type_are_set_aside(size, config, spoilt):
    memory = size(config("llama-3.1-8b"), safetensors_parameters=spoilt)
    assert memory.weights_bytes == TOTAL
    assert any("set aside" in note for note in memory.assumed)


@pytest.mark.parametrize("total", [0, -5, 1.5, "16060522496", True, 1 << 60])
def test_an_index_of_the_wrong_type_is_set_aside(size, config, total):
    memory = size(config("llama-3.1-8b"), index_total_size=total)
    assert formula(memory)[1] == "formula"
    assert any("total_size" in note for note in memory.assumed)


def test_witnesses_that_disagree_widen_the_range(size, config):
    memory = size(config("llama-3.1-8b"), safetensors_parameters={"BF16": 1000}, index_total_size=TOTAL, gpus=("t4",))
    estimate = memory.estimates["weights_bytes"]
    assert (memory.weights_bytes, estimate.low, estimate.high, estimate.basis) == (2000, 2000, TOTAL, "assumed")
    assert any("disagree" in note for note in estimate.assumed)
    assert memory.fits[0].fits == "uncertain"  # would be yes if the first witness were believed alone


def test_float32_is_held_in_16_bit(size, config):
    memory = size(config("llama-2-7b", torch_dtype="float32"), index_total_size=26_953_670_656)
    assert (memory.weights_bytes, memory.precision, memory.parameters) == (26_953_670_656, "float32", 6_738_415_616)
    assert memory.weights_bytes_per_gpu == pytest.approx(26_953_670_656 // 2, rel=0.005)
    assert any("16 bit" in note for note in memory.assumed)


def test_a_quantization_declared_beside_the_config(size, config):
    memory = size(config("llama-3.1-8b"), weight_files=(("quantize_config.json", 200), ("gptq_model-4bit-128g.safetensors", 5_700_000_000)))
    assert (memory.weights_bytes, memory.precision) == (5_700_000_000, "unknown")
    assert memory.estimates["weights_bytes"].high == 5_700_000_000


def test_absurd_products_are_unknown(size, config):
    dimensions = ("num_hidden_layers", "hidden_size", "num_attention_heads", "num_key_value_heads", "vocab_size", "intermediate_size", "head_dim")
    memory = size(config("llama-3.1-8b", **dict.fromkeys(dimensions, (1 << 40) - 1)), gpus=("h100",))
    assert {memory.weights_bytes, memory.parameters, memory.kv_bytes_per_token, memory.total_bytes_per_gpu} == {"unknown"}


def test_a_second_copy_of_tied_embeddings_is_not_loaded(size, config):
    table = 151_936 * 1024 * 2
    memory = size(config("qwen3-0.6b"), index_total_size=2 * 596_049_920 + table)
    assert memory.weights_bytes == 2 * 596_049_920
    assert any("second copy of the tied embeddings" in note for note in memory.assumed)


def test_buffers_for_adapters_are_in_the_share_of_a_gpu_alone(size, config):
    plain, lora = (size(config("llama-3.2-3b"), serving=Serving(max_loras=loras, max_lora_rank=64)) for loras in (None, 1))
    sides = 28 * (4 * 3072 + 2 * (3072 + 1024) + 3 * (3072 + 8192))
    assert lora.weights_bytes_per_gpu - plain.weights_bytes_per_gpu == 64 * sides * 2
    assert lora.weights_bytes == plain.weights_bytes

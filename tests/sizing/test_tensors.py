"""Weights from the headers of the files themselves: exact, first of all witnesses."""

from __future__ import annotations

import pytest

from auditor.domain.memory import TensorTotal

TOTAL = 16_060_522_496
SHARDS = tuple(f"model-0000{n}-of-00002.safetensors" for n in (1, 2))
HALVES = {path: {"BF16": TensorTotal(4_015_130_624, TOTAL // 2)} for path in SHARDS}
FILES = tuple((path, TOTAL // 2 + 30_000_000) for path in SHARDS)


def told(memory):
    estimate = memory.estimates["weights_bytes"]
    return memory.weights_bytes, estimate.basis, estimate.low, estimate.high


def test_headers_come_first_and_nothing_widens_them(size, config):
    memory = size(config("llama-3.1-8b"), safetensors_parameters={"BF16": 1000}, index_total_size=5, weight_files=FILES, header_tensors=HALVES)
    assert told(memory) == (TOTAL, "exact", TOTAL, TOTAL)
    assert memory.estimates["weights_bytes"].formula == "sum of the tensors in the headers of model*.safetensors, in bytes by type"
    assert any("contradict" in note and "index 5" in note for note in memory.estimates["weights_bytes"].assumed)
    assert (memory.parameters, memory.estimates["parameters"].basis) == (8_030_261_248, "exact")


def test_packed_types_have_exact_bytes_and_no_count(size, config):
    held = {"I32": TensorTotal(872_415_232, 3_489_660_928), "F16": TensorTotal(1_052_315_648, 2_104_631_296), "I64": TensorTotal(0, 0)}
    tensors = {"model.safetensors": held}
    memory = size(
        config("llama-3.1-8b", quantization_config={"quant_method": "gptq"}), weight_files=(("model.safetensors", 5_594_300_000),), header_tensors=tensors
    )
    assert told(memory) == (5_594_292_224, "exact", 5_594_292_224, 5_594_292_224)
    assert (memory.precision, memory.parameters, memory.estimates["parameters"].basis) == ("gptq", 8_030_261_248, "formula")


def test_float32_in_headers_is_held_in_16_bit(size, config):
    tensors = {"model.safetensors": {"F32": TensorTotal(6_738_415_616, 26_953_662_464), "I64": TensorTotal(8, 64)}}
    memory = size(config("llama-2-7b", torch_dtype="float32"), weight_files=(("model.safetensors", 26_953_700_000),), header_tensors=tensors)
    assert told(memory)[:2] == (26_953_662_528, "exact")
    assert memory.weights_bytes_per_gpu == pytest.approx(26_953_662_464 // 2 + 64, rel=0.005)


def test_a_set_with_an_unread_header_falls_back_and_says_so(size, config):
    memory = size(config("llama-3.1-8b"), weight_files=FILES, header_tensors={SHARDS[0]: HALVES[SHARDS[0]]})
    assert told(memory)[:2] == (TOTAL + 60_000_000, "assumed")
    assert "weights: the header of a file of the set model*.safetensors could not be read" in memory.assumed


def test_only_the_loaded_set_counts(size, config):
    extra = {"consolidated.safetensors": {"BF16": TensorTotal(7, 14)}, "x.gguf": {"Q4_K": TensorTotal(256, 144)}}
    files = (*FILES, ("consolidated.safetensors", 100), ("x.gguf", 300))
    assert told(size(config("llama-3.1-8b"), weight_files=files, header_tensors=HALVES | extra))[0] == TOTAL


@pytest.mark.parametrize("tensors", [{}, {"BF16": TensorTotal(0, 0)}, {"BF16": TensorTotal(1 << 59, 1 << 60)}])
def test_headers_that_tell_nothing_are_set_aside(size, config, tensors):
    memory = size(config("llama-3.1-8b"), weight_files=(("model.safetensors", TOTAL),), header_tensors={"model.safetensors": tensors})
    assert told(memory)[:2] == (TOTAL, "assumed")


@pytest.mark.parametrize(
    ("types", "precision", "bytes_", "parameters"),
    [
        ({"Q4_K": TensorTotal(512, 288), "F32": TensorTotal(10, 40)}, "q4_k", 328, 522),
        ({"BF16": TensorTotal(512, 1024), "F32": TensorTotal(10, 40)}, "bfloat16", 1064, 522),
    ],
)
def test_gguf_without_a_config(size, types, precision, bytes_, parameters):
    memory = size(None, weight_files=(("m-Q4_K_M.gguf", 2000),), header_tensors={"m-Q4_K_M.gguf": types}, hub_model_type="llama")
    assert (*told(memory)[:2], memory.parameters, memory.precision) == (bytes_, "exact", parameters, precision)
    assert (memory.architecture_class, memory.kv_bytes_per_token) == ("unknown:llama", "unknown")


def test_shards_of_gguf_add_up(size):
    names = [f"m-0000{n}-of-00002.gguf" for n in (1, 2)]
    tensors = {names[0]: {}, names[1]: {"Q8_0": TensorTotal(64, 68)}}
    assert told(size(None, weight_files=tuple((n, 100) for n in names), header_tensors=tensors))[:2] == (68, "exact")

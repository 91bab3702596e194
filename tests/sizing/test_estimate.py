"""The public entry: exact figures of known models, keys of the contract, defaults among the assumed."""

from __future__ import annotations

import json

import pytest

from auditor.domain.errors import UsageError
from auditor.domain.memory import Memory

KEYS = [
    "stack",
    "stack_version",
    "tensor_parallel",
    "precision",
    "context",
    "concurrency",
    "assumed",
    "architecture_class",
    "parameters",
    "active_parameters",
    "mtp_parameters",
    "weights_bytes",
    "weights_bytes_per_gpu",
    "kv_bytes_per_token",
    "kv_bytes_per_request",
    "state_bytes_per_sequence",
    "activation_bytes",
    "overhead_bytes",
    "total_bytes_per_gpu",
    "fits",
    "finetune",
    "speed",
    "files",
    "estimates",
]
FIT_KEYS = [
    "gpu",
    "gpus",
    "tensor_parallel",
    "precision",
    "context",
    "concurrency",
    "fits",
    "total_bytes",
    "headroom_bytes",
    "max_context",
    "kv_budget_bytes",
    "kv_capacity_tokens",
    "max_concurrency",
    "low_bytes",
    "high_bytes",
    "because",
]


def test_llama_8b_to_the_byte(size, config):
    memory = size(config("llama-3.1-8b"), safetensors_parameters={"BF16": 8_030_261_248})
    assert (memory.weights_bytes, memory.kv_bytes_per_token, memory.parameters) == (16_060_522_496, 131_072, 8_030_261_248)
    assert memory.active_parameters == memory.parameters
    assert (memory.mtp_parameters, memory.state_bytes_per_sequence) == (0, 0)
    assert memory.estimates["weights_bytes"].basis == "exact"
    assert memory.kv_bytes_per_request == 8192 * 131_072
    # rope table of 131,072 positions x 128 x 2 bytes: 14.989 GiB, as the log of vLLM prints (14.9888)
    assert memory.weights_bytes_per_gpu == 16_060_522_496 + 131_072 * 128 * 2


def test_gated_llama_from_the_catalogue(size):
    memory = size(
        None, model_id="meta-llama/Llama-3.1-8B-Instruct", hub_model_type="llama", safetensors_parameters={"BF16": 8_030_261_248}, config_missing="gated"
    )
    assert (memory.weights_bytes, memory.kv_bytes_per_token, memory.parameters) == (16_060_522_496, 131_072, 8_030_261_248)
    assert any("catalogue entry llama-3.1-8b" in note and "gated" in note for note in memory.assumed)


def test_keys_are_those_of_the_contract(size, config):
    answer = json.loads(size(config("llama-3.1-8b"), gpus=("l40s",)).model_dump_json())
    assert list(answer) == KEYS
    assert sorted(answer["fits"][0]) == sorted(FIT_KEYS)
    beside = {f"speed.{name}" for name in answer["speed"] if name != "claim"}
    assert set(answer["estimates"]) - beside == {key for key in KEYS if key.endswith(("_bytes", "_parameters", "_gpu", "_token", "_request", "_sequence"))} | {
        "parameters"
    }
    assert sorted(answer["estimates"]["total_bytes_per_gpu"]) == ["assumed", "basis", "formula", "high", "inputs", "low"]


def test_defaults_are_listed(size, config):
    assumed = "\n".join(size(config("llama-3.1-8b")).assumed)
    for default in ("stack: vllm 0.33.0", "context: 8192", "concurrency: 1", "tensor_parallel: 1", "gpu_memory_utilization: 0.92", "max_num_seqs: 256"):
        assert default in assumed


def test_what_is_said_is_not_assumed(size, config):
    assumed = "\n".join(size(config("llama-3.1-8b"), gpus=("l40sx2",), context=4096, concurrency=2, tensor_parallel=2, stack="vllm").assumed)
    for default in ("stack:", "context:", "concurrency:", "tensor_parallel:"):
        assert default not in assumed


def test_default_context_is_the_smaller_of_8192_and_the_maximum(size, config):
    assert size(config("llama-2-7b")).context == 4096


def test_a_total_is_its_parts_and_every_figure_lies_in_its_range(size, config):
    memory = size(config("llama-3.1-8b"), gpus=("l40s",), context=8192)
    assert memory.total_bytes_per_gpu == memory.weights_bytes_per_gpu + memory.kv_bytes_per_request + memory.activation_bytes + memory.overhead_bytes
    for key, estimate in ((k, e) for k, e in memory.estimates.items() if "." not in k):
        assert estimate.low <= getattr(memory, key) <= estimate.high, key


@pytest.mark.parametrize("name", ["bert"])
def test_an_unknown_architecture_gets_weights_only(size, config, name):
    declared = config(name)
    memory = size(declared, safetensors_parameters={"BF16": 1000}, gpus=("l40s",))
    assert memory.architecture_class == f"unknown:{declared['model_type']}"
    assert memory.weights_bytes == 2000
    known = {"kv_bytes_per_token", "kv_bytes_per_request", "activation_bytes", "total_bytes_per_gpu", "state_bytes_per_sequence", "active_parameters"}
    assert {getattr(memory, key) for key in known} == {"unknown"}
    assert memory.fits[0].fits == "unknown"


def test_weights_alone_decide_against_an_unknown_architecture(size, config):
    assert size(config("bert"), safetensors_parameters={"BF16": 10**12}, gpus=("l40s",)).fits[0].fits == "no"


def test_figures_at_the_top_are_those_of_the_first_gpu(size, config):
    memory = size(config("llama-3.1-8b"), gpus=("h100", "rtx-4090"))
    assert memory.total_bytes_per_gpu == memory.fits[0].total_bytes != memory.fits[1].total_bytes
    assert any("h100 is read as h100-pcie" in note for note in memory.assumed)


def test_cards_in_number_split_the_model(size, config):
    memory = size(config("llama-3.1-70b"), gpus=("h100x4",))
    assert (memory.tensor_parallel, memory.fits[0].gpus, memory.fits[0].fits) == (4, 4, "yes")
    assert any(note.startswith("tensor_parallel: 4") for note in memory.assumed)


def test_one_card_named_stands_for_as_many_as_the_split_needs(size, config):
    memory = size(config("llama-3.1-70b"), gpus=("h100",), tensor_parallel=4)
    assert (memory.fits[0].gpus, memory.fits[0].tensor_parallel) == (4, 4)
    assert any(note.startswith("gpus: 4") for note in memory.assumed)


@pytest.mark.parametrize(
    "options",
    [
        {"context": 0},
        {"concurrency": -1},
        {"tensor_parallel": 0},
        {"context": 1 << 40},
        {"stack": "vlm"},
        {"quantization": "fp9"},
        {"gpus": ("l40sx2",), "tensor_parallel": 4},
    ],
)
def test_options_that_make_no_sense(size, config, options):
    with pytest.raises(UsageError):
        size(config("llama-3.1-8b"), **options)


def test_another_precision_is_a_formula(size, config):
    memory = size(config("llama-3.1-8b"), quantization="int4", safetensors_parameters={"BF16": 8_030_261_248})
    assert memory.precision == "int4"
    linear = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336)
    assert memory.weights_bytes == linear * 4.15625 / 8 + (8_030_261_248 - linear) * 2
    assert memory.estimates["weights_bytes"].basis == "assumed"
    assert memory.parameters == 8_030_261_248


def test_the_published_precision_named_changes_nothing(size, config):
    assert size(config("llama-3.1-8b"), quantization="bfloat16") == size(config("llama-3.1-8b"))


def test_the_answer_survives_json(size, config):
    memory = size(config("mixtral-8x7b"), gpus=("h100x2",))
    assert Memory.model_validate_json(memory.model_dump_json()) == memory

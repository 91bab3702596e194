"""Quantisation by module, as checkpoints declare it."""

from __future__ import annotations

import pytest

from auditor.sizing.declared import declared
from auditor.sizing.families import families
from auditor.sizing.layout import Weight
from tests.sizing.models import HYBRIDS


@pytest.fixture(scope="module")
def known(knowledge):
    return families(knowledge.architectures)


def weight(name: str, kind: str = "linear") -> Weight:
    return Weight(name, kind, 1000, 1, 1, "divided", 10)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("table", "label", "bits"),
    [
        ({"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}, "awq", 4 + 20 / 128),
        ({"quant_method": "awq", "w_bit": 4, "q_group_size": 64, "zero_point": False}, "awq", 4 + 16 / 64),
        ({"quant_method": "gptq", "bits": 8, "group_size": 128}, "gptq", 8 + 24 / 128),
        ({"quant_method": "gptq", "bits": 3, "group_size": -1}, "gptq", 3),
        ({"bits": 4, "group_size": 128, "damp_percent": 0.01, "desc_act": False}, "gptq", 4 + 20 / 128),
        ({"zero_point": True, "q_group_size": 128, "w_bit": 4, "version": "GEMM"}, "awq", 4 + 20 / 128),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_use_double_quant": True}, "bitsandbytes", 4 + 8.125 / 64),
        ({"quant_method": "bitsandbytes", "_load_in_4bit": True}, "bitsandbytes", 4.5),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "bitsandbytes", 8),
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, "fp8", 8 + 32 / 16384),
        ({"quant_method": "fp8", "activation_scheme": "dynamic"}, "fp8", 8),
        ({"quant_algo": "FP8", "producer": {"name": "modelopt"}}, "fp8", 8),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4", 4.5),
        ({"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "NVFP4", "group_size": 16}}, "nvfp4", 4.5),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"g": {"targets": ["Linear"], "weights": {"num_bits": 4, "type": "int", "group_size": 32}}},
            },
            "compressed-tensors",
            4.5,
        ),
        (
            {"quant_method": "compressed-tensors", "config_groups": {"g": {"targets": ["Linear"], "weights": {"num_bits": 8, "type": "float"}}}},
            "compressed-tensors",
            8,
        ),
    ],
)
def test_bits_of_a_weight(known, table, label, bits):
    found = declared(table, known)
    assert (found.label, found.why) == (label, "")
    assert found.plan is not None
    assert found.plan.bits(weight("layers.0.mlp.up_proj")) == pytest.approx(bits)
    for kind, name in (("norm", "norm"), ("embedding", "embed_tokens"), ("head", "lm_head"), ("router", "layers.0.mlp.gate"), ("bias", "layers.0.b")):
        assert found.plan.bits(weight(name, kind)) == 16


@pytest.mark.parametrize(
    "table",
    [{}, {"quant_method": "aqlm"}, {"quant_method": "gptq"}, {"quant_method": "bitsandbytes"}, {"quant_method": "fp8", "weight_block_size": [0, "x"]},
     {"quant_method": "compressed-tensors", "config_groups": {"g": 7}}, {"quantized_layers": {"layers.0.x": {"quant_algo": "FP2"}}}, 7],
)  # fmt: skip
def test_widths_that_are_not_known_say_so(known, table):
    found = declared(table, known)
    assert found.plan is None and found.why


def test_ignored_modules_stay_at_16_bit(known):
    found = declared({"quant_algo": "NVFP4", "exclude_modules": ["lm_head", "model.layers.0.self_attn*"]}, known)
    assert found.plan is not None
    assert [found.plan.bits(weight(f"layers.{n}.self_attn.q_proj")) for n in (0, 1)] == [16, 4.5]


def test_a_map_by_layer_reaches_the_output_layer_and_nothing_else(known):
    layers = {
        "model.language_model.layers.0.mlp.up_proj": {"quant_algo": "W4A16_NVFP4"},
        "model.language_model.layers.0.self_attn.q_proj": {"quant_algo": "FP8"},
        "model.language_model.layers.1.mlp.experts": {"quant_algo": "NVFP4"},
        "lm_head": {"quant_algo": "W4A16_NVFP4"},
    }
    found = declared({"quant_algo": "MIXED_PRECISION", "quantized_layers": layers}, known)
    assert found.plan is not None
    names = ("layers.0.mlp.up_proj", "layers.0.self_attn.q_proj", "layers.0.mlp.down_proj", "layers.1.mlp.experts.*.down_proj")
    assert [found.plan.bits(weight(name)) for name in names] == [4.5, 8, 16, 4.5]
    assert found.plan.bits(weight("lm_head", "head")) == 4.5


@pytest.mark.parametrize(
    ("scheme", "bits"), [({}, None), ({"kv_cache_quant_algo": "FP8"}, 8), ({"kv_cache_scheme": {"num_bits": 8}}, 8), ({"kv_cache_scheme": {"num_bits": 3}}, 0)]
)
def test_the_cache_is_quantised_only_where_a_scheme_says_so(known, scheme, bits):
    assert declared({"quant_algo": "FP8"} | scheme, known).cache_bits == bits


def test_experts_alone_are_mxfp4_in_gpt_oss_and_the_stack_fills_them_up(size):
    memory = size(HYBRIDS["gpt-oss-20b"])
    experts = 24 * 32 * 3 * 2880 * 2880
    assert memory.weights_bytes == pytest.approx(experts * 4.25 / 8 + (20_914_757_184 - experts) * 2, rel=1e-6)
    assert memory.weights_bytes_per_gpu / 2**30 == pytest.approx(13.47, rel=0.002)  # as logged on an H100


def test_a_file_beside_the_config_declares_as_well(size, config):
    separate = {"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8", "exclude_modules": ["lm_head"]}}
    memory = size(config("llama-3.1-8b"), declared_beside=separate)
    assert (memory.precision, memory.kv_bytes_per_token) == ("fp8", 65_536)
    linear = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336)
    assert memory.weights_bytes == linear + (8_030_261_248 - linear) * 2

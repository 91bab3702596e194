"""Labels and widths of what a repository declares."""

from __future__ import annotations

import pytest

from auditor.sizing.precision import Stored, stored


@pytest.mark.parametrize(
    ("changed", "counts", "label"),
    [
        ({}, None, "bfloat16"),
        ({"torch_dtype": None, "dtype": "float16"}, None, "float16"),
        ({"torch_dtype": "torch.bfloat16"}, None, "bfloat16"),
        ({"torch_dtype": "half"}, None, "float16"),
        ({"torch_dtype": "fp4"}, None, "unknown"),
        ({"torch_dtype": ["bfloat16"]}, None, "unknown"),
        ({"torch_dtype": "bfloat16"}, {"F32": 9}, "float32"),
        ({}, {"F8_E4M3": 9, "BF16": 1}, "fp8"),
        ({}, {"I8": 9, "BF16": 1}, "int8"),
        ({"quantization_config": {"quant_method": "AWQ"}}, None, "awq"),
        ({"quantization_config": {"quant_algo": "NVFP4"}}, None, "nvfp4"),
        ({"quantization_config": {}}, None, "unknown"),
        ({"quantization_config": 7}, None, "unknown"),
        ({"quantization_config": {"quant_method": "a<b>\x00c"}}, None, "a-b-c"),
    ],
)
def test_label(size, config, changed, counts, label):
    assert size(config("llama-3.1-8b", **changed), safetensors_parameters=counts).precision == label


@pytest.mark.parametrize("changed", [{"torch_dtype": "fp4"}, {"torch_dtype": 16}, {"quantization_config": 7}])
def test_a_precision_that_is_not_known_leaves_the_cache_unknown(size, config, changed):
    assert size(config("llama-3.1-8b", **changed)).kv_bytes_per_token == "unknown"


def test_no_precision_named_is_an_assumption(size, config):
    memory = size(config("llama-3.1-8b", torch_dtype=None))
    assert memory.kv_bytes_per_token == 131_072
    assert any(note.startswith("kv_dtype: 16 bit") for note in memory.assumed)


def test_stored_reads_every_dtype_name():
    found, why = stored({"BF16": 1, "F8_E5M2": 2, "F64": 3, "I64": 4, "BOOL": 5})
    assert why == ""
    assert [(s.dtype, s.bits, s.parameter) for s in found] == [
        ("BF16", 16, True),
        ("BOOL", 8, False),
        ("F64", 64, True),
        ("F8_E5M2", 8, True),
        ("I64", 64, False),
    ]
    assert not any(s.packed for s in found)
    assert Stored("U8", "U", 8, 1).packed


def test_absent_counts_are_no_fault():
    assert stored(None) == ([], "")

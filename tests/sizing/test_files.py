"""The sets of weights in a GGUF repository."""

from __future__ import annotations

import pytest

from auditor.domain.memory import TensorTotal
from auditor.sizing.files import label, quant_files

FILES = (
    ("m-Q4_K_M.gguf", 4_000_000_000),
    ("m-Q8_0-00001-of-00002.gguf", 4_000_000_000),
    ("m-Q8_0-00002-of-00002.gguf", 3_000_000_000),
    ("mmproj-m-f16.gguf", 800_000_000),
    ("README.md", 10),
)
LLAMA = (("m-Q4_K_M.gguf", 4_920_000_000), ("m-Q8_0.gguf", 8_540_000_000), ("BF16/m-BF16.gguf", 16_068_000_000), ("imatrix.gguf", 5_000_000))
HEADER = {"m-Q4_K_M.gguf": {"Q4_K": TensorTotal(7_000_000_000, 3_937_500_000), "Q6_K": TensorTotal(1_030_261_248, 845_135_555)}}


def test_every_set_is_listed_with_its_size(size, config):
    files = size(config("llama-3.1-8b"), weight_files=FILES, gpus=("rtx-3080-10gb",), stack="llama.cpp").files
    assert [(file.precision, file.bytes, file.fits) for file in files] == [
        ("q4_k_m", 4_000_000_000, ("rtx-3080-10gb",)),
        ("q8_0", 7_000_000_000, ("rtx-3080-10gb",)),
    ]


@pytest.mark.parametrize("ways", [None, 33])  # 32 layers cannot be spread over 33 cards
def test_a_set_whose_cache_is_not_known_fits_nowhere(size, config, ways):
    files = size(config("llama-3.1-8b") if ways else None, weight_files=FILES, gpus=("rtx-3080-10gb",), stack="llama.cpp", tensor_parallel=ways).files
    assert [(file.bytes, file.fits) for file in files] == [(4_000_000_000, ()), (7_000_000_000, ())]


def test_a_set_fits_beside_the_cache(size, config):
    def fits(**options):
        return [file.fits for file in size(config("llama-3.1-8b"), weight_files=LLAMA, gpus=("rtx-3060-12gb",), stack="llama.cpp", **options).files]

    assert fits(context=1024) == [(), ("rtx-3060-12gb",), ("rtx-3060-12gb",)]
    assert fits(context=32_768) == [(), ("rtx-3060-12gb",), ()]  # 4 GiB of cache beside 7.95 GiB
    assert fits(context=32_768, tensor_parallel=2) == [("rtx-3060-12gb",)] * 3


def test_cards_beyond_the_split_hold_nothing_of_a_set(size, config):
    split = {"gpus": ("rtx-3060-12gbx4",), "stack": "llama.cpp", "context": 1024}
    assert size(config("llama-3.1-8b"), weight_files=LLAMA, **split).files[0].fits == ("rtx-3060-12gb",)
    assert size(config("llama-3.1-8b"), weight_files=LLAMA, **split, tensor_parallel=1).files[0].fits == ()


def test_the_one_that_is_asked_for_is_sized(size):
    memory = size(None, weight_files=FILES, quantization="Q8_0", stack="llama.cpp")
    assert memory.weights_bytes == 7_000_000_000
    assert memory.estimates["weights_bytes"].basis == "assumed"  # a file is more than its tensors


def test_none_is_guessed(size, config):
    for given in (None, config("llama-3.1-8b")):  # config.json beside GGUF files is of the model that they were made from
        memory = size(given, weight_files=LLAMA, stack="llama.cpp", gpus=("rtx-4090",))
        assert (memory.weights_bytes, memory.precision, memory.fits[0].fits) == ("unknown", "unknown", "unknown")
        assert "quantization: not said, and 3 sets of GGUF files are published (bf16, q4_k_m, q8_0); --quantization chooses one" in memory.assumed


@pytest.mark.parametrize(("asked", "total"), [("q4_k_m", 4_920_000_000), ("Q8-0", 8_540_000_000), ("bf16", 16_068_000_000)])
@pytest.mark.parametrize("beside", [(), (("model.safetensors", 16_060_522_616),)])
def test_a_chosen_set_is_of_its_own_precision(size, config, asked, total, beside):
    counts = {"BF16": 8_030_261_248} if beside else None
    memory = size(config("llama-3.1-8b"), weight_files=(*LLAMA, *beside), safetensors_parameters=counts, quantization=asked)
    estimate = memory.estimates["weights_bytes"]
    assert (memory.weights_bytes, memory.precision) == (total, asked.lower().replace("-", "_"))
    assert (estimate.low, estimate.high, estimate.assumed) == (total, total, ())  # the recipe agrees with the file
    assert memory.parameters == 8_030_261_248


def test_llama_cpp_takes_gguf_and_others_the_rest(size, config):
    both = {"weight_files": (LLAMA[0], ("model.safetensors", 16_060_522_616)), "safetensors_parameters": {"BF16": 8_030_261_248}}
    assert size(config("llama-3.1-8b"), **both, stack="llama.cpp").weights_bytes == 4_920_000_000
    assert size(config("llama-3.1-8b"), **both).weights_bytes == 16_060_522_496


def test_a_precision_that_is_not_published_is_computed_and_said(size, config):
    memory = size(config("llama-3.1-8b"), weight_files=LLAMA, quantization="q5_k_m")
    assert memory.precision == "q5_k_m" and "weights: q5_k_m is computed, not published" in memory.assumed
    assert "quantization: no single set of the 3 that are published is q5_k_m (bf16, q4_k_m, q8_0)" in memory.assumed


def test_speed_is_of_the_quantized_weights(size, config):
    named, read = (size(config("llama-3.1-8b"), weight_files=LLAMA[:1], header_tensors=tensors, stack="llama.cpp", gpus=("rtx-4090",), context=512)
                   for tensors in ({}, HEADER))  # fmt: skip
    assert named.speed == read.speed
    assert named.speed.ceiling_tokens_per_second == pytest.approx(1008 / 4.7, rel=0.02)


def test_a_size_that_is_not_known_is_unknown(size):
    files = size(None, weight_files=(("a-Q4_0.gguf", None), ("a-Q8_0.gguf", 5))).files
    assert [file.bytes for file in files] == ["unknown", 5]


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("m-Q4_K_M", "q4_k_m"), ("m.Q4_K_M", "q4_k_m"), ("m_iq4_nl", "iq4_nl"), ("UD-Q4_K_XL/m-UD-Q4_K_XL", "ud-q4_k_xl"), ("Q6_K/model", "q6_k"),
        ("m-fp16", "f16"), ("m-F32", "f32"), ("m-bf16-Q5_K_S", "q5_k_s"), ("m-Q4_K_M-imat", "q4_k_m"), ("gpt-oss-20b-mxfp4", "mxfp4"),
        ("m-TQ2_0", "tq2_0"), ("m-IQ2_XXS", "iq2_xxs"), ("model", "unknown"), ("unfp16x", "unknown"),
    ],
)  # fmt: skip
def test_labels(stem, expected):
    assert label(stem) == expected


def test_names_of_folders_are_left_out(size):
    assert [one.name for one in quant_files(LLAMA)] == ["BF16/m-BF16", "m-Q4_K_M", "m-Q8_0"]
    assert [file.name for file in size(None, weight_files=LLAMA).files] == ["m-BF16", "m-Q4_K_M", "m-Q8_0"]

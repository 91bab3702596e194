"""The sets of weights in a GGUF repository."""

from __future__ import annotations

FILES = (
    ("m-Q4_K_M.gguf", 4_000_000_000),
    ("m-Q8_0-00001-of-00002.gguf", 4_000_000_000),
    ("m-Q8_0-00002-of-00002.gguf", 3_000_000_000),
    ("mmproj-m-f16.gguf", 800_000_000),
    ("README.md", 10),
)


def test_every_set_is_listed_with_its_size(size):
    files = size(None, weight_files=FILES, gpus=("rtx-3080-10gb",), stack="llama.cpp").files
    assert [(file.precision, file.bytes, file.fits) for file in files] == [
        ("q4_k_m", 4_000_000_000, ("rtx-3080-10gb",)),
        ("q8_0", 7_000_000_000, ("rtx-3080-10gb",)),
    ]


def test_the_one_that_is_asked_for_is_sized(size):
    memory = size(None, weight_files=FILES, quantization="Q8_0", stack="llama.cpp")
    assert memory.weights_bytes == 7_000_000_000
    assert memory.estimates["weights_bytes"].basis == "assumed"  # a file is more than its tensors


def test_none_is_guessed(size):
    assert size(None, weight_files=FILES, stack="llama.cpp").weights_bytes == "unknown"


def test_a_size_that_is_not_known_is_unknown(size):
    files = size(None, weight_files=(("a-Q4_0.gguf", None), ("a-Q8_0.gguf", 5))).files
    assert [file.bytes for file in files] == ["unknown", 5]

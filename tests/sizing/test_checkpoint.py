"""The one set of files that an engine loads."""

from __future__ import annotations

from itertools import permutations

import pytest

from auditor.sizing.checkpoint import loaded_files, quantization_files

SHARDS = [("model-00001-of-00002.safetensors", 100), ("model-00002-of-00002.safetensors", 50)]


@pytest.mark.parametrize(
    ("files", "name", "total"),
    [
        (SHARDS, "model*.safetensors", 150),
        ([*SHARDS, ("pytorch_model.bin", 150), ("README.md", 9)], "model*.safetensors", 150),
        ([*SHARDS, ("consolidated.safetensors", 150), ("consolidated.00.pth", 150)], "model*.safetensors", 150),
        ([*SHARDS, ("original/consolidated.00.pth", 150), ("onnx/model.safetensors", 7)], "model*.safetensors", 150),
        ([("model.safetensors", 10), ("model.fp16.safetensors", 5)], "model*.safetensors", 10),
        ([*SHARDS, ("model.safetensors", 149)], "model*.safetensors", 150),
        ([("model-00000-of-00002.safetensors", 1), ("model-00001-of-00002.safetensors", 2)], "model*.safetensors", 3),
        ([("model_00001-of-00001.safetensors", 4)], "model*.safetensors", 4),
        ([("gptq_model-4bit-128g.safetensors", 9), ("tokenizer.bin", 1)], "gptq_model-4bit-128g*.safetensors", 9),
        ([("pytorch_model.bin", 8), ("training_args.bin", 1), ("optimizer.pt", 99)], "pytorch_model*.bin", 8),
        ([("gemma-3-1b-it-Q4_K_M.gguf", 6), ("mmproj-model.gguf", 1)], "gemma-3-1b-it-Q4_K_M*.gguf", 6),
        ([*SHARDS, SHARDS[0]], "model*.safetensors", 150),
        ([("consolidated.safetensors", 9), ("params.json", 1)], "consolidated*.safetensors", 9),
        ([("consolidated.00.pth", 5), ("consolidated.01.pth", 4)], "consolidated*.pth", 9),
        ([("consolidated.safetensors", 9), ("consolidated.00.pth", 9)], "consolidated*.safetensors", 9),
        ([("model.fp16.safetensors", 5), ("model.fp32.safetensors", 10), ("model.safetensors", 10)], "model*.safetensors", 10),
        ([("BF16/m-BF16-00001-of-00002.gguf", 3), ("BF16/m-BF16-00002-of-00002.gguf", 4), ("imatrix_m.gguf", 1)], "BF16-m-BF16*.gguf", 7),
    ],
)
def test_chosen(files, name, total):
    found, _ = loaded_files(files)
    assert (found.name, found.total) == (name, total)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        (SHARDS[:1], "missing"),
        ([SHARDS[0], ("model-00003-of-00003.safetensors", 1)], "different length"),
        ([SHARDS[0], ("model-00002-of-00002.safetensors", None)], "size"),
        ([SHARDS[0], ("model-00002-of-00002.safetensors", -1)], "size"),
        ([("model.safetensors", 1), ("model.safetensors", 2)], "size"),
        ([("a.gguf", 1), ("b.gguf", 2)], "2 sets"),
        ([("a.gguf", 1), ("q8/a.gguf", 2)], "2 sets"),
        ([("consolidated.01.pth", 1)], "missing"),
        ([("consolidated.00.pth", 1), ("consolidated.00.pth", 2)], "missing"),
        ([("consolidated.00.pth", None)], "size"),
        ([("a.safetensors", 1), ("b.safetensors", 2)], "2 sets"),
    ],
)
def test_no_set(files, why):
    found, said = loaded_files(files)
    assert found is None
    assert why in said


@pytest.mark.parametrize(
    "files",
    [
        [],
        [("adapter_model.safetensors", 5)],
        [("README.md", 1)],
        [(None, 1), (7, 7)],
        [("model.safetensors/", 1)],
        [("../model.safetensors", 1)],
        [("../m.gguf", 1)],
        [(".git/m.gguf", 1)],
        [("mmproj-f16.gguf", 1)],
        [("model.fp16.safetensors", 1), ("model.fp32.safetensors", 2)],
    ],
)
def test_no_weights_at_all(files):
    assert loaded_files(files) == (None, "")


def test_the_order_of_files_does_not_matter():
    files = [*SHARDS, ("pytorch_model.bin", 150), ("consolidated.safetensors", 1)]
    assert len({loaded_files(order)[0] for order in permutations(files)}) == 1


def test_names_are_made_plain():
    found, _ = loaded_files([("mo\x1b[31mdel\u202e.safetensors", 3)])
    assert found.name == "mo-31mdel*.safetensors"


def test_quantization_files():
    assert quantization_files([("hf_quant_config.json", 1), ("sub/quant_config.json", 1), (None, None)]) == ("hf_quant_config.json",)

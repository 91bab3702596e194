"""The memory of one model on a screen."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.audit.memory import sizing_knowledge
from auditor.domain.memory import Memory, MemoryInputs, SizingOptions
from auditor.formats.memory_terminal import shown
from auditor.sizing import estimate
from tests.fakes import real_catalog

LLAMA = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16", "hidden_size": 4096, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 131072,
}  # fmt: skip
FILES = (("m-Q4_K_M.gguf", 4_920_000_000), ("m-Q8_0.gguf", 8_540_000_000), ("m-Q6_K.gguf", None))


def sized(*gpus: str, files: Any = (), **options: Any) -> Memory:
    knowledge = sizing_knowledge(real_catalog())
    inputs = MemoryInputs(model_id="a/b", config=LLAMA, weight_files=files)
    return estimate(inputs, SizingOptions(gpus=tuple((knowledge.gpus[key], 1) for key in gpus), **options), knowledge)


def bars(memory: Memory) -> list[str]:
    return [line.strip() for line in shown("a/b", memory).splitlines() if line.strip().startswith("[")]


def test_a_bar_for_each_declared_gpu() -> None:
    first, second = bars(sized("l40s", "rtx-4090"))
    assert first == f"[{'█' * 14}▓▒░{'·' * 23}] weights █ cache ▓ activations ▒ overhead ░ of 41.39 GiB"
    assert second == f"[{'█' * 33}{'·' * 7}] of 21.74 GiB"
    assert len(bars(sized())) <= 1


@pytest.mark.parametrize("context", [10**6, 10**12 - 1])
def test_a_bar_is_never_longer_than_twice_its_frame(context: int) -> None:
    text = shown("a/b", sized("l40s", "t4", context=context))
    assert max(map(len, text.splitlines())) < 220
    assert all(len(bar.split("]")[0]) <= 81 for bar in bars(sized("l40s", "t4", context=context)))


def test_every_file_with_its_size_and_where_it_fits() -> None:
    lines = shown("a/b", sized("rtx-3080-10gb", files=FILES, stack="llama.cpp")).splitlines()
    at = lines.index("GGUF files, of which an engine loads one set")
    assert lines[at + 1 : at + 4] == [
        "  m-Q4_K_M: q4_k_m, 4.58 GiB, fits rtx-3080-10gb",
        "  m-Q6_K: q6_k, unknown",
        "  m-Q8_0: q8_0, 7.95 GiB, fits no declared GPU",
    ]
    assert "  m-Q8_0: q8_0, 7.95 GiB" in shown("a/b", sized(files=FILES, stack="llama.cpp")).splitlines()


def test_nothing_is_said_of_a_file_whose_cache_is_not_known() -> None:
    lines = shown("a/b", sized("rtx-3080-10gb", files=FILES, stack="llama.cpp", tensor_parallel=33)).splitlines()
    assert "  m-Q4_K_M: q4_k_m, 4.58 GiB" in lines

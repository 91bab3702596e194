"""Activations against logs of vLLM, and the memory beside them."""

from __future__ import annotations

import pytest

from auditor.domain.memory import Serving
from auditor.sizing.activations import limits_of, overhead

GIB = 2**30


@pytest.mark.parametrize(  # GiB logged by vLLM 0.6 to 0.11 with these limits
    ("name", "seqs", "tokens", "logged"),
    [
        ("llama-3.2-3b", 320, 2048, 1.49),
        ("llama-3.2-3b", 160, 2048, 0.75),
        ("llama-3.2-3b", 192, 2048, 0.90),
        ("llama-3.2-3b", 256, 10_000, 1.22),
        ("phi-4", 128, 512, 0.47),
        ("qwen3-0.6b", 1024, 8192, 5.56),
        ("qwen3-32b", 1024, 8192, 5.64),
    ],
)
def test_logged_activations(size, config, name, seqs, tokens, logged):
    memory = size(config(name), serving=Serving(max_num_seqs=seqs, max_num_batched_tokens=tokens))
    assert memory.activation_bytes / GIB == pytest.approx(logged, rel=0.03)
    assert memory.estimates["activation_bytes"].low <= logged * GIB <= memory.estimates["activation_bytes"].high


@pytest.mark.parametrize(
    ("gpu", "seqs", "tokens"),
    [
        ("rtx-4090", 256, 2048),
        ("a100-sxm-80gb", 256, 2048),
        ("h100-sxm", 1024, 8192),
        ("h200-sxm", 1024, 8192),
        ("b200", 1024, 16_384),
        ("mi300x", 1024, 16_384),
        (None, 256, 2048),
    ],
)
def test_batch_limits_depend_on_the_card(knowledge, gpu, seqs, tokens):
    limits = limits_of(knowledge.stacks["vllm"], knowledge.gpus[gpu] if gpu else None, Serving())
    assert (limits.max_num_seqs, limits.max_num_batched_tokens) == (seqs, tokens)


def test_images_are_allowed_for_at_the_pessimistic_end(size, config):
    plain, multimodal = size(config("qwen2.5-7b")).estimates["activation_bytes"], size(config("qwen2.5-vl-7b")).estimates["activation_bytes"]
    assert multimodal.high - plain.high == 3 * GIB
    assert multimodal.assumed


def test_overhead_grows_with_ways_and_other_vendors(knowledge):
    stack = knowledge.stacks["vllm"]
    one, two, eight = (overhead(knowledge.gpus["h100-sxm"], ways, stack, Serving()) for ways in (1, 2, 8))
    assert one.value < two.value < eight.value
    assert one.high < two.high < eight.high
    assert overhead(knowledge.gpus["mi300x"], 1, stack, Serving()).high - one.high == pytest.approx(6.1 * GIB, abs=1)
    assert one.basis == "assumed"

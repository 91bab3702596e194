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


@pytest.mark.parametrize(
    ("version", "prompt", "expected"),
    [
        ("4.40.2", 1, 2049 * 131_072),  # the cache of the step before, whole at the end
        ("4.42.0", 1, 1 * 6 * 128_256),  # no more
        ("4.40.2", 6144, 6144 * 6 * 128_256),  # logits of the prompt in 16 and 32 bit
        ("4.46.0", 6144, 6144 * 2 * (3 * 14_336 + 7 * 4096 // 2)),  # of its last token only
    ],
)
def test_what_a_step_of_transformers_holds_of_the_one_before(size, config, version, prompt, expected):
    serving = Serving(version=version, prompt_tokens=prompt, generated_tokens=2048)
    assert size(config("llama-3.1-8b"), stack="transformers", context=prompt + 2048, serving=serving).activation_bytes == expected


def test_a_cache_larger_than_half_of_the_logits_is_held_beside_them(size, config):
    """At the second step: float32 logits of the prompt and two caches of it."""
    serving = Serving(version="4.40.2", prompt_tokens=2000, generated_tokens=8)
    answer = size(config("llama-2-7b"), stack="transformers", context=2008, serving=serving)
    assert answer.activation_bytes == max(2008 * 524_288, 2000 * (524_288 + 4 * 32_000))

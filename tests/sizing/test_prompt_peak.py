"""What Transformers holds beside weights and cache, moment by moment."""

from __future__ import annotations

import pytest

from auditor.domain.memory import Serving

CACHE, EXPANDED, WORDS = 131_072, 32 * 256 * 2, 128_256
"""Of llama-3.1-8b, bytes per token: the cache of all layers, keys and values of one layer for every query head; words of the vocabulary."""
LAYER = 2 * (3 * 14_336 + 4 * 4096)


@pytest.mark.parametrize(
    ("version", "prompt", "expected"),
    [
        ("4.40.2", 1, 2049 * (CACHE + EXPANDED)),  # the cache of the step before, whole at the end
        ("4.42.0", 1, 2049 * EXPANDED),  # no more
        ("4.48.0", 1, 0),  # keys and values are no longer expanded
        ("4.40.2", 6144, 6144 * (CACHE + 6 * WORDS) - 8192 * CACHE),  # logits of the prompt in 16 and 32 bit
        ("4.46.0", 6144, 6144 * (CACHE + LAYER) - 8192 * CACHE),  # of its last token only
    ],
)
def test_the_largest_moment_counts(size, config, version, prompt, expected):
    serving = Serving(version=version, prompt_tokens=prompt, generated_tokens=2048)
    assert size(config("llama-3.1-8b"), stack="transformers", context=prompt + 2048, serving=serving).activation_bytes == expected


def test_a_cache_larger_than_half_of_the_logits_is_held_beside_them(size, config):
    """At the second step: float32 logits of the prompt and two caches of it; heads that nobody shares are not expanded."""
    serving = Serving(version="4.40.2", prompt_tokens=2000, generated_tokens=8)
    answer = size(config("llama-2-7b"), stack="transformers", context=2008, serving=serving)
    assert answer.activation_bytes == 2000 * (2 * 524_288 + 4 * 32_000) - 2008 * 524_288


@pytest.mark.parametrize(("version", "bits", "buffer"), [("4.46.0", 4, 2 * 4096 * 14_336), ("4.46.0", 8, 0), ("4.49.0", 4, 0)])
def test_exllama_keeps_room_for_the_largest_weight(size, config, version, bits, buffer):
    declared = config("llama-3.1-8b", quantization_config={"quant_method": "gptq", "bits": bits, "group_size": 128})
    serving = Serving(version=version, prompt_tokens=1, generated_tokens=1)
    found = size(declared, stack="transformers", serving=serving).estimates["activation_bytes"]
    assert found.inputs["buffer"] == buffer


@pytest.mark.parametrize(("method", "version", "loading"), [("awq", "4.46.0", 2 * 128_256 * 3072), ("gptq", "4.46.0", 0), ("awq", "4.51.0", 0)])
def test_a_tied_head_is_there_twice_while_it_loads(size, config, method, version, loading):
    declared = config("llama-3.2-3b", quantization_config={"quant_method": method, "bits": 4, "group_size": 128})
    found = size(declared, stack="transformers", serving=Serving(version=version, prompt_tokens=1, generated_tokens=1)).estimates["activation_bytes"]
    assert found.inputs["loading"] == loading
    assert size(config("llama-3.1-8b"), stack="transformers", serving=Serving(version=version)).estimates["activation_bytes"].inputs["loading"] == 0


def test_without_flash_attention_heads_are_expanded(size, config):
    work = {"version": "5.23.0", "prompt_tokens": 1, "generated_tokens": 2047}
    plain, eager = (size(config("llama-3.1-8b"), stack="transformers", serving=Serving(**work, flash_attn=asked)) for asked in (None, False))
    assert (plain.activation_bytes, eager.activation_bytes) == (0, 2048 * EXPANDED)
    assert plain.estimates["activation_bytes"].high == 2048 * EXPANDED


def test_every_request_at_once_has_its_own(size, config):
    one, three = (size(config("llama-3.1-8b"), stack="transformers", context=4096, concurrency=number).activation_bytes for number in (1, 3))
    assert three == 3 * one == 3 * 4096 * LAYER


@pytest.mark.parametrize(("version", "tables"), [("4.40.2", 32 * 2 * 128 * 32_768 * 2), ("4.41.2", 32 * 2 * 128 * 32_768 * 2), ("4.42.0", 0), ("5.23.0", 0)])
def test_layers_of_old_releases_keep_rotations_of_their_own(size, config, version, tables):
    found = size(config("mistral-7b-v0.3"), stack="transformers", serving=Serving(version=version))
    assert found.weights_bytes_per_gpu - found.weights_bytes == tables

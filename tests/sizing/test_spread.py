"""Stacks that place whole layers: every figure is that of the fullest GPU."""

from __future__ import annotations

import pytest

BY_LAYERS = ("llama.cpp", "transformers")


@pytest.mark.parametrize("stack", BY_LAYERS)
def test_heads_need_not_divide(size, config, stack):
    memory = size(config("llama-3.1-8b"), gpus=("rtx-3090x3",), stack=stack, context=4096)
    assert memory.tensor_parallel == 3
    assert memory.kv_bytes_per_token == 11 * 4096  # eleven of 32 layers, all heads of each
    assert memory.kv_bytes_per_request == 11 * 4096 * 4096
    assert memory.weights_bytes_per_gpu == -(-memory.weights_bytes * 11 // 32)
    assert memory.fits[0].fits == "yes"
    assert "weights_per_gpu: 11 of 32 layers on one GPU; where embeddings and head lie is a range" in memory.estimates["weights_bytes_per_gpu"].assumed


@pytest.mark.parametrize("ways", [1, 2, 3, 5, 8, 32])
@pytest.mark.parametrize("stack", BY_LAYERS)
def test_the_gpus_hold_at_least_the_whole(size, config, stack, ways):
    memory = size(config("llama-3.1-8b"), stack=stack, tensor_parallel=ways, context=1000)
    alone = size(config("llama-3.1-8b"), stack=stack, context=1000)
    assert memory.weights_bytes_per_gpu * ways >= alone.weights_bytes_per_gpu
    assert memory.kv_bytes_per_request * ways >= alone.kv_bytes_per_request
    estimate = memory.estimates["weights_bytes_per_gpu"]
    assert estimate.low <= memory.weights_bytes_per_gpu <= estimate.high


@pytest.mark.parametrize("stack", BY_LAYERS)
def test_not_more_gpus_than_layers(size, config, stack):
    row = size(config("llama-3.1-8b"), gpus=("rtx-3090x33",), stack=stack).fits[0]
    assert (row.fits, row.because) == ("no", "32 layers cannot be spread over 33 GPUs")


def test_a_stack_that_splits_tensors_still_needs_heads_that_divide(size, config):
    row = size(config("llama-3.1-8b"), gpus=("rtx-3090x3",), stack="vllm").fits[0]
    assert (row.fits, row.because) == ("no", "32 attention heads cannot be split 3 ways")


def test_gpus_that_work_in_turn_decode_no_faster(size, config):
    one, two = (size(config("llama-3.1-8b"), gpus=(gpu,), stack="llama.cpp", context=4096).speed for gpu in ("rtx-3090", "rtx-3090x2"))
    assert two.decode_tokens_per_second == one.decode_tokens_per_second
    assert two.ttft_seconds == one.ttft_seconds

"""Verdicts on cards, and the room that is left."""

from __future__ import annotations

import pytest

from auditor.domain.memory import Serving
from auditor.sizing.fit import _requests, limit

GIB = 2**30


@pytest.mark.parametrize(
    ("name", "gpu", "options", "expected"),
    [
        ("llama-3.2-3b", "rtx-4090", {}, "yes"),
        ("llama-3.1-8b", "rtx-4090", {}, "yes"),
        ("llama-3.1-8b", "rtx-5080", {}, "no"),
        ("llama-3.1-8b", "t4", {}, "no"),
        ("llama-3.1-70b", "l40s", {}, "no"),
        ("llama-3.1-70b", "rtx-4090", {}, "no"),
        ("llama-3.1-70b", "h100x4", {}, "yes"),
        ("qwen3-32b", "h100", {}, "yes"),  # logged: 4.45 GiB of cache were left at 0.9 of this card
        ("qwen3-32b", "h100", {"context": 40_960}, "uncertain"),  # 10 GiB of cache
        ("llama-3.1-8b", "rtx-4090", {"context": 16_384}, "yes"),
        ("llama-3.1-8b", "rtx-4090", {"context": 32_768}, "uncertain"),
        ("llama-3.1-8b", "rtx-4090", {"context": 65_536}, "no"),
        ("llama-2-7b", "h100", {"context": 4097}, "no"),  # longer than the model's maximum
    ],
)
def test_verdict(size, config, name, gpu, options, expected):
    row = size(config(name), gpus=(gpu,), **options).fits[0]
    assert row.fits == expected, row


@pytest.mark.parametrize(("context", "longest", "note"), [
    ({}, 2048, "max_context: 2048 (the model declares none; what vllm takes)"),
    ({"context": 1000}, 2048, "max_context: 2048 (the model declares none; what vllm takes)"),
    ({"context": 8192}, 8192, "max_context: 8192 (as asked for, since the model declares none)"),
])  # fmt: skip
def test_a_model_that_declares_no_maximum_takes_what_is_asked_for(size, config, context, longest, note):
    endless = config("llama-2-7b")
    del endless["max_position_embeddings"]
    memory = size(endless, gpus=("h100",), **context)
    assert (memory.fits[0].fits, memory.fits[0].max_context) == ("yes", longest)
    assert note in memory.assumed


def test_a_row_that_fits_leaves_room_for_what_was_asked(size, config):
    row = size(config("llama-3.1-8b"), gpus=("l40s",), context=8192, concurrency=4).fits[0]
    assert row.fits == "yes"
    assert row.max_context >= 8192
    assert row.max_context % 16 == 0
    assert row.max_concurrency >= 4
    assert row.kv_capacity_tokens == row.max_concurrency * 8192
    assert row.kv_capacity_tokens % 16 == 0
    assert row.low_bytes <= row.total_bytes <= row.high_bytes
    assert row.headroom_bytes == int(46_068 * 2**20 * 0.92) - row.total_bytes
    assert row.kv_budget_bytes == row.headroom_bytes + 4 * 8192 * 131_072


@pytest.mark.parametrize("context", [1, 7, 1000, 8192, 40_000, 131_071])
@pytest.mark.parametrize("stack", ["vllm", "sglang", "llama.cpp", "transformers", "tensorrt-llm"])
def test_capacity_is_requests_times_context(size, config, stack, context):
    row = size(config("llama-3.1-8b"), gpus=("l40s",), stack=stack, context=context).fits[0]
    assert row.kv_capacity_tokens == int(row.max_concurrency * context)
    assert row.max_concurrency * context == pytest.approx(row.kv_capacity_tokens, rel=1e-15)


@pytest.mark.parametrize(("tokens", "context", "requests"), [(0, 4096, 0), (4096, 4096, 1), (65_536, 8192, 8), (175_312, 8192, 21.400390625)])
def test_whole_requests_are_whole_numbers(tokens, context, requests):
    found = _requests(tokens, context)
    assert found == requests and type(found) is type(requests)


def test_a_split_that_cannot_be_leaves_no_room(size, config):
    row = size(config("llama-3.1-8b"), gpus=("l40s",), tensor_parallel=3).fits[0]
    assert (row.fits, row.because) == ("no", "32 attention heads cannot be split 3 ways")
    assert (row.max_context, row.kv_budget_bytes, row.kv_capacity_tokens, row.max_concurrency) == (0, 0, 0, 0)


@pytest.mark.parametrize(("serving", "fits"), [({}, "uncertain"), ({"gpu_memory_utilization": 0.5}, "no"), ({"gpu_memory_utilization": 0.99}, "yes")])
def test_what_a_stack_keeps_for_other_things_is_not_room(size, config, serving, fits):
    row = size(config("phi-4"), gpus=("a100-pcie-40gb",), stack="sglang", context=16_000, serving=Serving(**serving)).fits[0]
    assert row.fits == fits and (row.max_context >= 16_000) == (fits == "yes")


@pytest.mark.parametrize(("given", "fits"), [(1 << 30, "yes"), ((1 << 30) - 1, "no")])
def test_a_cache_of_fixed_size_holds_what_was_asked_or_does_not(size, config, given, fits):
    row = size(config("llama-3.1-8b"), gpus=("l40s",), context=8192, serving=Serving(kv_cache_memory=given)).fits[0]
    assert (row.fits, row.kv_budget_bytes) == (fits, given)


@pytest.mark.parametrize(("gib", "fits"), [(20, "yes"), (23, "uncertain"), (30, "no")])
def test_a_cache_of_fixed_size_is_taken_whole(size, config, gib, fits):
    row = size(config("llama-3.1-8b"), gpus=("l40s",), context=8192, serving=Serving(kv_cache_memory=gib * GIB)).fits[0]
    assert row.fits == fits
    assert ("exceed what weights and activations leave" in row.because) == (fits == "no")


@pytest.mark.parametrize(("stack", "serving"), [("transformers", {}), ("transformers", {"prompt_tokens": 500}), ("llama.cpp", {"flash_attn": False})])
def test_activations_of_longer_and_of_more_requests_are_taken_off(size, config, stack, serving):
    def row(**asked):
        return size(config("llama-3.1-8b"), gpus=("rtx-4090",), stack=stack, serving=Serving(**serving), **asked).fits[0]

    asked = row(context=4096)
    longest, most = row(context=asked.max_context), row(context=4096, concurrency=int(asked.max_concurrency))
    assert 4096 < longest.context < 131_072 and most.concurrency > 1
    assert longest.headroom_bytes >= 0 > row(context=asked.max_context + 1).headroom_bytes
    assert most.headroom_bytes >= 0 > row(context=4096, concurrency=int(asked.max_concurrency) + 1).headroom_bytes
    assert int(most.max_concurrency) == int(asked.max_concurrency)


def test_less_than_one_request_is_a_part_of_it(size, config):
    row = size(config("llama-3.1-8b"), gpus=("rtx-4090",), stack="transformers", context=100_000).fits[0]
    assert row.fits == "no" and 0 < row.max_concurrency < 1
    assert row.kv_capacity_tokens == int(row.max_concurrency * 100_000)


def test_memory_that_a_computer_shares_is_shown_when_it_is_declared(size, config):
    row = size(config("llama-3.1-8b"), gpus=("m4-max-128gb",), stack="llama.cpp").fits[0]
    assert (row.gpu, row.fits) == ("apple-m4-max-128gb", "yes")
    assert row.total_bytes + row.headroom_bytes == 110_100 * 2**20


def test_max_context_stops_at_the_model(size, config):
    assert size(config("llama-3.1-8b"), gpus=("h200",)).fits[0].max_context == 131_072


def test_weights_that_do_not_fit_leave_no_room(size, config):
    row = size(config("llama-3.1-70b"), gpus=("rtx-4090",)).fits[0]
    assert (row.max_context, row.kv_budget_bytes, row.kv_capacity_tokens, row.max_concurrency) == (0, 0, 0, 0)
    assert row.headroom_bytes < 0


def test_room_is_shared_between_requests(size, config):
    one, four = (size(config("llama-3.1-8b"), gpus=("rtx-4090",), concurrency=n).fits[0].max_context for n in (1, 4))
    assert four == pytest.approx(one / 4, abs=16)


def test_usable_memory_is_the_logged_one_where_there_is_a_log(knowledge):
    stack = knowledge.stacks["vllm"]
    measured = limit(knowledge.gpus["h100-sxm"], stack, Serving())
    assert measured.value == measured.low == int(79.18 * GIB * 0.92)
    reported = limit(knowledge.gpus["l40s"], stack, Serving())
    assert reported.low == int(46_068 * 2**20 * 0.92 * 0.97) < reported.value


def test_without_a_card_one_row_per_memory_class(size, config, knowledge):
    rows = size(config("llama-3.1-8b")).fits
    assert len(rows) == len({gpu.memory_class_gib for gpu in knowledge.gpus.values() if gpu.memory_type != "unified"})
    sizes = [knowledge.gpus[row.gpu].memory_class_gib for row in rows]
    assert sizes == sorted(set(sizes))
    by_class = dict(zip(sizes, rows, strict=True))
    assert (by_class[24].gpus, by_class[24].fits) == (1, "yes")
    assert (by_class[16].gpus, by_class[16].fits) == (2, "yes")


def test_without_a_card_the_largest_number_shows_that_nothing_helps(size, config):
    large = size(config("llama-3.1-70b")).fits
    assert (large[0].gpus, large[0].fits) == (8, "no")


def test_a_split_given_holds_for_all_rows(size, config):
    assert {row.gpus for row in size(config("llama-3.1-8b"), tensor_parallel=2).fits} == {2}


def test_logged_room_for_the_cache(size, config):
    # vLLM 0.11 on an H100 with 0.9 of the card: 64.45 GiB of cache beside Qwen3-0.6B; it set no graphs aside
    row = size(config("qwen3-0.6b"), gpus=("h100",)).fits[0]
    assert row.kv_budget_bytes / GIB == pytest.approx(64.45 + 79.18 * 0.02 - 0.5, abs=0.15)


def test_sglang_shares_out_what_its_reserve_leaves(size, config):
    memory = size(config("llama-3.1-8b"), gpus=("h100-sxm",), stack="sglang")
    usable = memory.fits[0].total_bytes + memory.fits[0].headroom_bytes
    assert memory.fits[0].kv_budget_bytes == usable - 10 * GIB - memory.weights_bytes_per_gpu
    given = size(config("llama-3.1-8b"), gpus=("h100-sxm",), stack="sglang", serving=Serving(gpu_memory_utilization=0.8)).fits[0]
    assert given.kv_budget_bytes == int(usable * 0.8) - memory.weights_bytes_per_gpu


@pytest.mark.parametrize("broken", [10**500, "x", [], True])
def test_an_encoder_that_cannot_be_read_never_makes_it_fit(size, config, broken):
    memory = size(config("qwen2.5-vl-7b", vision_config=broken), gpus=("a100",), context=4096, concurrency=64)
    assert memory.fits[0].fits == "unknown"

"""Speed of one request, by the roofline."""

from __future__ import annotations

import math

import pytest

from auditor.domain.memory import Serving
from tests.sizing.models import HYBRIDS


def test_the_ceiling_is_bandwidth_over_what_is_read(size, config):
    memory = size(config("llama-3.1-8b"), gpus=("rtx-4090",), context=8192)
    read = 2 * (8_030_261_248 - 128_256 * 4096) + 8192 * 131_072  # the table of input embeddings is not read, one row of it is
    assert memory.speed.ceiling_tokens_per_second == pytest.approx(1008e9 / read, abs=0.01)
    assert memory.speed.decode_tokens_per_second == pytest.approx(1 / (read / (1008e9 * 0.82) + 0.0016), abs=0.01)
    estimate = memory.estimates["speed.decode_tokens_per_second"]
    assert estimate.low < memory.speed.decode_tokens_per_second < estimate.high


def test_only_active_experts_are_read(size, config):
    memory = size(config("qwen3-30b-a3b"), gpus=("rtx-4090",), context=16, quantization="int4")
    assert memory.speed.ceiling_tokens_per_second > 400


def test_cards_share_the_work(size, config):
    one, two = (size(config("llama-3.1-8b"), gpus=(name,), context=64).speed for name in ("l40s", "l40sx2"))
    assert two.ceiling_tokens_per_second == pytest.approx(2 * one.ceiling_tokens_per_second, rel=0.01)
    assert two.ttft_seconds == pytest.approx(one.ttft_seconds / 2, abs=0.0001)


def test_a_request_is_its_prompt_and_its_answer(size, config):
    speed = size(config("llama-3.1-8b"), gpus=("rtx-4090",), serving=Serving(prompt_tokens=1500, generated_tokens=300)).speed
    assert speed.ttft_seconds == pytest.approx(2 * 8_030_261_248 * 1500 / (165e12 * 0.5), abs=0.001)
    assert speed.request_seconds == pytest.approx(speed.ttft_seconds + 300 / speed.decode_tokens_per_second, rel=0.001)


@pytest.mark.parametrize(
    ("claimed", "settings", "said"),
    [
        (3500, {}, "above the ceiling: not possible for one request"),
        (137, {}, "above the ceiling: not possible for one request"),
        (134, {}, "above the ceiling at this context: possible only at a shorter one"),
        (40, {}, "below the ceiling"),
        (3500, {"speculative_tokens": 2}, "not judged: speculative decoding may pass the ceiling"),
        (None, {}, ""),
    ],
)
def test_claims(size, config, claimed, settings, said):
    speed = size(config("llama-3.1-8b"), gpus=("a100-sxm-80gb",), claimed_tokens_per_second=claimed, serving=Serving(**settings)).speed
    assert speed.claim == said


def test_a_claim_that_cannot_be_judged_says_so(size, config):
    assert size(config("bert"), gpus=("l40s",), claimed_tokens_per_second=9.0).speed.claim == "not judged: what one token reads is not known"
    memory = size(config("llama-3.1-8b"), claimed_tokens_per_second=9.0)
    assert memory.speed is None and "claimed_tokens_per_second: not judged, no GPU is declared" in memory.assumed


@pytest.mark.parametrize("gpu", ["l40s", "a40", "rtx-4090", "rx-7900-xtx", "m4-max-128gb"])
def test_a_band_is_for_gddr_and_apple(size, config, gpu):
    memory = size(config("llama-3.1-8b"), gpus=(gpu,))
    speed, estimate = memory.speed, memory.estimates["speed.decode_tokens_per_second"]
    assert (estimate.inputs["band"], estimate.inputs["share_reached"]) == (0.19, 0.82)
    assert (estimate.low, estimate.high) == (
        int(speed.decode_tokens_per_second * 0.81),
        math.ceil(min(1.19 * speed.decode_tokens_per_second, speed.ceiling_tokens_per_second)),
    )


@pytest.mark.parametrize("gpu", ["h100-sxm", "a100-pcie-80gb", "mi300x", "v100-16gb"])
def test_stacked_memory_has_no_band(size, config, gpu):
    memory = size(config("llama-3.1-8b"), gpus=(gpu,))
    speed, estimate = memory.speed, memory.estimates["speed.decode_tokens_per_second"]
    assert "band" not in estimate.inputs and any("no band" in note for note in estimate.assumed)
    assert estimate.low <= 0.311 * speed.ceiling_tokens_per_second
    assert estimate.low < speed.decode_tokens_per_second < estimate.high == math.ceil(speed.ceiling_tokens_per_second)


def test_what_the_prompt_leaves_is_the_answer(size, config):
    one, two = (size(config("llama-3.1-8b"), gpus=("rtx-4090",), context=1800, serving=Serving(**said)).speed
                for said in ({"prompt_tokens": 1500}, {"generated_tokens": 300}))  # fmt: skip
    assert one == two
    assert one.request_seconds == pytest.approx(one.ttft_seconds + 300 / one.decode_tokens_per_second, rel=0.001)


def test_no_card_no_speed_and_an_unknown_model_has_none(size, config):
    assert size(config("llama-3.1-8b")).speed is None
    assert size(config("bert"), gpus=("l40s",)).speed.decode_tokens_per_second == "unknown"
    assert size(HYBRIDS["nemotron-3-nano"], gpus=("l40s",)).speed.decode_tokens_per_second > 0

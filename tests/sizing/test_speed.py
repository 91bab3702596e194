"""Speed of one request, by the roofline."""

from __future__ import annotations

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
    ("claimed", "settings", "said"), [(3500, {}, "above the ceiling"), (40, {}, "below"), (3500, {"speculative_tokens": 2}, "not judged"), (None, {}, "")]
)
def test_claims(size, config, claimed, settings, said):
    speed = size(config("llama-3.1-8b"), gpus=("a100-sxm-80gb",), claimed_tokens_per_second=claimed, serving=Serving(**settings)).speed
    assert speed.claim.startswith(said)


def test_no_card_no_speed_and_an_unknown_model_has_none(size, config):
    assert size(config("llama-3.1-8b")).speed is None
    assert size(config("bert"), gpus=("l40s",)).speed.decode_tokens_per_second == "unknown"
    assert size(HYBRIDS["nemotron-3-nano"], gpus=("l40s",)).speed.decode_tokens_per_second > 0

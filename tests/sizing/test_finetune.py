"""Fine-tuning: parts, ranges, and what is refused."""

from __future__ import annotations

import pytest

from auditor.domain.errors import UsageError
from auditor.domain.memory import Training

GIB = 2**30


def test_lora_counts_both_sides_of_its_targets(size, config):
    tuned = size(config("llama-3.2-3b"), training=Training("lora", rank=32, targets="q_proj,v_proj")).finetune
    assert tuned.trainable_parameters == 9_175_040  # as PEFT prints it
    assert tuned.base_bytes == 2 * 3_212_749_824
    assert tuned.optimizer_bytes == 9_175_040 * 16
    assert tuned.scheme == "4 weight + 4 gradient + 8 state bytes per trained parameter"


@pytest.mark.parametrize(  # GiB as litgpt and PEFT report them
    ("name", "training", "measured", "within"),
    [
        ("llama-3.2-3b", Training("lora", 512, 1, 32, "q_proj,v_proj", trainer="litgpt"), 9.01, 0.05),
        ("llama-3.2-3b", Training("qlora", 512, 2, 32, "q_proj,v_proj", trainer="litgpt"), 9.59, 0.06),
        ("llama-3.2-3b", Training("lora", 768, 4, 32, "q_proj,v_proj", gradient_checkpointing=False, trainer="peft"), 20.76, 0.1),
    ],
)
def test_measured_peaks(size, config, name, training, measured, within):
    memory = size(config(name), training=training)
    assert memory.finetune.total_bytes / GIB == pytest.approx(measured, rel=within)
    estimate = memory.estimates["finetune.total_bytes"]
    assert estimate.low <= measured * GIB <= estimate.high


def test_a_quantised_base_is_smaller_and_full_training_has_none(size, config):
    lora, qlora, full = (size(config("llama-3.2-3b"), training=Training(method)).finetune for method in ("lora", "qlora", "full"))
    assert qlora.base_bytes < lora.base_bytes == 2 * 3_212_749_824
    assert (full.base_bytes, full.trainable_parameters) == (0, 3_212_749_824)
    assert qlora.total_bytes < lora.total_bytes < full.total_bytes


def test_more_tokens_take_more(size, config):
    totals = [size(config("qwen3-0.6b"), training=Training("lora", length, batch)).finetune.total_bytes for length, batch in ((512, 1), (512, 4), (8192, 4))]
    assert totals == sorted(totals)
    kept, again = (size(config("qwen3-0.6b"), training=Training("lora", gradient_checkpointing=on)).finetune.activation_bytes for on in (False, True))
    assert again < kept


def test_every_default_is_among_the_assumptions(size, config):
    assumed = "\n".join(size(config("qwen3-0.6b"), training=Training("qlora")).assumed)
    for name in ("sequence_length", "micro_batch", "rank", "trainer", "optimizer", "targets", "gradient_checkpointing", "fused_cross_entropy"):
        assert f"finetune: {name}: " in assumed


def test_nothing_is_known_of_an_unknown_model(size, config):
    tuned = size(config("bert"), training=Training("lora")).finetune
    assert (tuned.total_bytes, tuned.trainable_parameters) == ("unknown", "unknown")


@pytest.mark.parametrize(
    "training", [Training("dora"), Training("lora", rank=0), Training("lora", trainer="axolotl"), Training("lora", optimizer="muon"), Training("full", -1)]
)
def test_options_that_cannot_be(size, config, training):
    with pytest.raises(UsageError):
        size(config("qwen3-0.6b"), training=training)

"""Fine-tuning: parts, ranges, and what is refused."""

from __future__ import annotations

import pytest

from auditor.domain.errors import UsageError
from auditor.domain.memory import Training
from tests.sizing.conftest import llama

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
        ("llama-3.2-3b", Training("lora", 512, 1, 32, "q_proj,v_proj", trainer="litgpt"), 9.01, 0.025),
        ("llama-3.2-3b", Training("qlora", 512, 2, 32, "q_proj,v_proj", trainer="litgpt"), 9.59, 0.025),
        ("llama-3.2-3b", Training("lora", 768, 4, 32, "q_proj,v_proj", gradient_checkpointing=False, trainer="peft"), 20.76, 0.1),
    ],
)
def test_measured_peaks(size, config, name, training, measured, within):
    memory = size(config(name), training=training)
    assert memory.finetune.total_bytes / GIB == pytest.approx(measured, rel=within)
    estimate = memory.estimates["finetune.total_bytes"]
    assert estimate.low <= measured * GIB <= estimate.high


def test_litgpt_unties_the_head_and_quantises_it(size, config):
    """32,000 words of 2,048: one head of its own beside the embedding, at 4.5 bits in QLoRA."""
    tied, untied = (config("llama-3.2-1b", vocab_size=32_000, tie_word_embeddings=tie) for tie in (True, False))
    for method in ("lora", "qlora"):
        bases = [size(declared, training=Training(method, trainer="litgpt")).finetune.base_bytes for declared in (tied, untied)]
        assert bases[0] == bases[1]
    plain, quantised = (size(tied, training=Training("qlora", trainer=name)).finetune.base_bytes for name in ("peft", "litgpt"))
    assert quantised - plain == 32_000 * 2048 * 4.5 / 8


def test_what_layers_keep_follows_their_shape(size, config):
    """No checkpointing: two RMS norms in float32 or one layer norm in 16 bit, attention with shared heads, a gate or none; capped scores once more."""
    lora = Training("lora", 512, 1, 8, "o_proj", trainer="peft")
    gated = size(config("llama-2-7b"), training=lora).finetune.activation_bytes
    assert gated == 512 * (32 * (2 * 4 * 4096 + 2 * 64 * 256 + 2 * 3 * 11_008 + 4 * 4096) + 12 * 32_000)
    falcon = size(config("falcon-7b"), training=lora).finetune.activation_bytes
    assert falcon == 512 * (32 * (2 * 4544 + 2 * 72 * 128 + 2 * 4 * 4544 + 4 * 4544) + 12 * 65_024)
    gemma = llama(26, 2304, 8, 4, 9216, 256_000, 8192, model_type="gemma2", architectures=["Gemma2ForCausalLM"], head_dim=256, tie_word_embeddings=True)
    capped, plain = (size(gemma | {"attn_logit_softcapping": cap}, training=lora).finetune.activation_bytes for cap in (50.0, 0))
    assert capped - plain == 512 * 26 * 8 * (8 * 512 - 2 * 256)  # and no output of a fused kernel


def test_adapters_with_dropout_keep_their_input(size, config):
    """litgpt: 3 bytes an element, once for queries, keys and values; 2 of what only some of these put in place; the head is a target too."""
    one, three, all_of_them = (
        size(config("llama-2-7b"), training=Training("lora", 512, 1, 8, targets, trainer="litgpt")).finetune.activation_bytes
        for targets in ("q_proj", "q_proj,k_proj,v_proj", "all-linear")
    )
    kept = 2 * 4 * 4096 + 2 * 64 * 256 + 2 * 2 * 4096 + 2 * 3 * 11_008 + 3 * 4096  # norms, attention, the whole of its projection, feed-forward, adapters
    assert three == 512 * (32 * kept + 8 * 32_000)
    assert one - three == 512 * 32 * 2 * 4096
    assert all_of_them - three == 512 * (32 * 3 * (3 * 4096 + 11_008) + 3 * 4096)  # output, gate and up, down; head


def test_litgpt_holds_the_inputs_of_quantised_layers_twice(size, config):
    """And the output of attention once more; the head, its largest weight, in two forms of 16 bit."""
    lora, qlora = (
        size(config("llama-2-7b"), training=Training(method, 512, 1, 8, "q_proj,k_proj,v_proj", trainer="litgpt")).finetune.activation_bytes
        for method in ("lora", "qlora")
    )
    assert qlora - lora == 512 * 32 * (2 * 2 * (2 * 4096 + 11_008) + 2 * 4096) + 4 * 32_000 * 4096


def test_a_gptq_checkpoint_is_trained_as_it_is(size, config):
    """Its own bits, and a layer of its weights in 16 bit with the largest of them unpacked."""
    gptq = config("llama-2-7b", quantization_config={"quant_method": "gptq", "bits": 4, "group_size": 128})
    ours, plain = (size(declared, training=Training("qlora")) for declared in (gptq, config("llama-2-7b")))
    largest, layer = 4096 * 11_008, 4 * 4096 * 4096 + 3 * 4096 * 11_008
    assert ours.finetune.base_bytes == ours.weights_bytes != plain.finetune.base_bytes
    assert ours.finetune.activation_bytes - plain.finetune.activation_bytes == 5 * largest + 2 * layer - 2 * largest


@pytest.mark.parametrize(("length", "measured"), [(256, 11.5), (2048, 13.9), (8192, 23.5)])
def test_deepspeed_against_published_totals(size, config, length, measured):
    """Qwen-7B in GiB: hidden 4,096, 32 layers, inner 11,008, 151,936 words, adapters of rank 64 in every linear layer."""
    gptq = {"quant_method": "gptq", "bits": 4, "group_size": 128}
    qwen = llama(32, 4096, 32, 32, 11_008, 151_936, 8192, quantization_config=gptq)
    memory = size(qwen, training=Training("qlora", length, 1, 64, "all-linear", trainer="deepspeed"))
    assert memory.finetune.total_bytes / GIB == pytest.approx(measured, rel=0.03)
    assert memory.finetune.scheme == "6 weight + 8 gradient + 8 state bytes per trained parameter"


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


def test_adapters_have_no_say_where_all_weights_are_trained(size, config):
    plain, asked = (size(config("llama-3.2-1b"), training=Training("full", **adapter)) for adapter in ({}, {"rank": 4, "targets": "q_proj"}))
    assert asked.finetune == plain.finetune
    assert {"finetune: rank: no effect, all weights are trained", "finetune: targets: no effect, all weights are trained"} <= set(asked.assumed)
    assert not any("rank" in note or "targets" in note for note in plain.assumed)

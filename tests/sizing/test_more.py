"""Model types beside the first ones: parameters in 10^9 as their cards print them, from the geometry of one published model each."""

from __future__ import annotations

from typing import Any

import pytest


def shape(hidden: int, layers: int, heads: int, kv: int, inner: int, vocab: int, tied: bool | None = False, **more: Any) -> dict[str, Any]:
    counts = {"hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": kv, "intermediate_size": inner}
    return {**counts, "vocab_size": vocab, "max_position_embeddings": 4096, "tie_word_embeddings": tied, "torch_dtype": "bfloat16", **more}


ROUTED = {"num_experts_per_tok": 8}
VISION = {"depth": 32, "embed_dim": 1280, "mlp_ratio": 4, "num_heads": 16, "hidden_size": 1536, "patch_size": 14, "spatial_merge_size": 2}
MODELS = [
    ("qwen2_moe", 14.316, "moe", shape(2048, 24, 16, 16, 5632, 151936, moe_intermediate_size=1408, shared_expert_intermediate_size=5632, num_experts=60, **ROUTED)),
    ("olmo2", 7.299, "dense", shape(4096, 32, 32, 32, 11008, 100352)),
    ("olmoe", 6.919, "moe", shape(2048, 16, 16, 16, 1024, 50304, num_experts=64, **ROUTED)),
    ("starcoder2", 3.030, "dense", shape(3072, 30, 24, 2, 12288, 49152, None)),
    (
        "glm4_moe", 106.852, "moe",
        shape(4096, 46, 96, 8, 10944, 151552, head_dim=128, moe_intermediate_size=1408, n_routed_experts=128, n_shared_experts=1, attention_bias=True, **ROUTED),
    ),
    ("stablelm", 1.645, "dense", shape(2048, 24, 32, 32, 5632, 100352, use_qkv_bias=True, partial_rotary_factor=0.25)),
    ("cohere", 34.981, "dense", shape(8192, 40, 64, 64, 22528, 256000, None)),
    ("cohere2", 8.028, "sliding", shape(4096, 32, 32, 8, 14336, 256000, None, head_dim=128)),
    ("phimoe", 41.873, "moe", shape(4096, 32, 32, 8, 6400, 32064, num_local_experts=16, attention_bias=True, lm_head_bias=True, **ROUTED)),
    ("seed_oss", 36.151, "dense", shape(5120, 64, 80, 8, 27648, 155136)),
    ("qwen2_vl", 2.209, "dense", shape(1536, 28, 12, 2, 8960, 151936, True, vision_config=VISION)),
    ("mamba2", 2.703, "ssm", {"hidden_size": 2560, "num_hidden_layers": 64, "num_heads": 80, "head_dim": 64, "state_size": 128, "n_groups": 1, "vocab_size": 50288}),
]  # fmt: skip


MAMBA = {"state_size": 16, "conv_kernel": 4, "use_bias": False, "use_conv_bias": True}
STATES = [
    # model_type, published count, class, kept a token, state of a sequence in 16 bit, config
    ("mamba", 129_135_360, "ssm", 0, 24 * 1536 * (3 + 16) * 2, {
        "hidden_size": 768, "intermediate_size": 1536, "num_hidden_layers": 24, "time_step_rank": 48, "vocab_size": 50280, **MAMBA}),
    ("falcon_mamba", 7_272_665_088, "ssm", 0, 64 * 8192 * (3 + 16) * 2, {
        "hidden_size": 4096, "intermediate_size": 8192, "num_hidden_layers": 64, "time_step_rank": 256, "vocab_size": 65024, "expand": 16,
        "tie_word_embeddings": False, **MAMBA}),
    ("jamba", 51_570_323_328, "hybrid_ssm", 4 * 2 * 8 * 128 * 2, 28 * 8192 * (3 + 16) * 2, {
        "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "num_experts": 16,
        "num_experts_per_tok": 2, "vocab_size": 65536, "mamba_dt_rank": 256, "max_position_embeddings": 262144, "tie_word_embeddings": False}),
]  # fmt: skip


@pytest.mark.parametrize(("model_type", "count", "kind", "token", "state", "config"), STATES)
def test_the_first_kind_of_mamba(size, model_type, count, kind, token, state, config):
    memory = size({"model_type": model_type, "torch_dtype": "bfloat16", **config})
    assert (memory.architecture_class, memory.parameters) == (kind, count)
    assert (memory.kv_bytes_per_token, memory.state_bytes_per_sequence) == (token, state)
    halved = size({"model_type": model_type, "torch_dtype": "bfloat16", **config}, tensor_parallel=2)
    assert (halved.kv_bytes_per_token, halved.state_bytes_per_sequence) == (token // 2, state // 2)


def test_a_rank_that_follows_from_the_width(size):
    *_, config = STATES[0]
    assert size({"model_type": "mamba", **config, "time_step_rank": "auto"}).parameters == 129_135_360


@pytest.mark.parametrize(("model_type", "billions", "kind", "config"), MODELS)
def test_published_sizes(size, model_type, billions, kind, config):
    memory = size({"model_type": model_type, **config})
    assert (memory.architecture_class, round(memory.parameters / 1e9, 3)) == (kind, billions)


def test_a_model_of_states_alone_keeps_nothing_per_token(size):
    memory = size({"model_type": "mamba2", "torch_dtype": "bfloat16", **MODELS[-1][3]}, context=2048)
    state = (5120 + 256) * 3 * 2 + 5120 * 128 * 2
    assert (memory.kv_bytes_per_token, memory.state_bytes_per_sequence) == (0, 64 * state)
    assert memory.kv_bytes_per_request == memory.state_bytes_per_sequence


def test_layers_that_read_the_cache_of_others_keep_none(size):
    types = (["sliding_attention"] * 4 + ["full_attention"]) * 6
    config = shape(2048, 30, 8, 2, 8192, 262400, layer_types=types, num_kv_shared_layers=10)
    memory = size({"model_type": "gemma3n_text", **config})
    assert memory.kv_bytes_per_token == 4 * 2 * 2 * 256 * 2  # of the first twenty layers, four are full
    assert (memory.parameters, memory.weights_bytes) == ("unknown", "unknown")


def test_an_encoder_that_is_not_counted_leaves_weights_to_the_files(size):
    config = shape(4096, 32, 32, 32, 22016, 151936, kv_channels=128, seq_length=2048, visual={"layers": 48})
    assert size({"model_type": "qwen", **config}).weights_bytes == "unknown"
    memory = size({"model_type": "qwen", **config}, index_total_size=19_000_000_000)
    assert memory.weights_bytes == 19_000_000_000
    assert any("encoder is not counted" in note for note in memory.assumed)

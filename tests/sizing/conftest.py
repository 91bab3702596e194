"""The real knowledge, and models written down once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest

from auditor import resources
from auditor.catalog.catalog import Catalog
from auditor.domain.memory import Memory, MemoryInputs, SizingKnowledge, SizingOptions
from auditor.sizing import estimate
from auditor.sizing.gpu_names import choose

LLAMA = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16", "tie_word_embeddings": False}
LLAMA3 = {"llama_scaling": {"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192}}


def llama(layers: int, hidden: int, heads: int, kv: int, inner: int, vocab: int, context: int, **more: Any) -> dict[str, Any]:
    counts = {"num_hidden_layers": layers, "hidden_size": hidden, "num_attention_heads": heads, "num_key_value_heads": kv}
    return {**LLAMA, **counts, "intermediate_size": inner, "vocab_size": vocab, "max_position_embeddings": context, **more}


CONFIGS: Mapping[str, dict[str, Any]] = {
    "llama-3.1-8b": llama(32, 4096, 32, 8, 14336, 128256, 131072, rope_scaling=LLAMA3["llama_scaling"]),
    "llama-3.1-70b": llama(80, 8192, 64, 8, 28672, 128256, 131072),
    "llama-3.2-1b": llama(16, 2048, 32, 8, 8192, 128256, 131072, head_dim=64, tie_word_embeddings=True),
    "llama-3.2-3b": llama(28, 3072, 24, 8, 8192, 128256, 131072, head_dim=128, tie_word_embeddings=True),
    "llama-2-7b": llama(32, 4096, 32, 32, 11008, 32000, 4096),
    "mistral-7b-v0.1": {**llama(32, 4096, 32, 8, 14336, 32000, 32768),
        "model_type": "mistral", "architectures": ["MistralForCausalLM"], "sliding_window": 4096},
    "mistral-7b-v0.3": {**llama(32, 4096, 32, 8, 14336, 32768, 32768),
        "model_type": "mistral", "architectures": ["MistralForCausalLM"], "sliding_window": None},
    "qwen2.5-7b": {
        **llama(28, 3584, 28, 4, 18944, 152064, 32768),
        "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "use_sliding_window": False, "sliding_window": 131072,
    },
    "qwen3-0.6b": {
        **llama(28, 1024, 16, 8, 3072, 151936, 40960),
        "model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "head_dim": 128, "tie_word_embeddings": True, "use_sliding_window": False,
    },
    "qwen3-32b": {**llama(64, 5120, 64, 8, 25600, 151936, 40960), "model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "head_dim": 128},
    "gemma-2b": {**llama(18, 2048, 8, 1, 16384, 256000, 8192),
        "model_type": "gemma", "architectures": ["GemmaForCausalLM"], "head_dim": 256, "tie_word_embeddings": None},
    "phi-4": {**llama(40, 5120, 40, 10, 17920, 100352, 16384), "model_type": "phi3", "architectures": ["Phi3ForCausalLM"], "sliding_window": None},
    "falcon-7b": {
        "architectures": ["FalconForCausalLM"], "model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32, "num_attention_heads": 71,
        "multi_query": True, "new_decoder_architecture": False, "vocab_size": 65024, "torch_dtype": "bfloat16",
    },
    "falcon-180b": {
        "architectures": ["FalconForCausalLM"], "model_type": "falcon", "hidden_size": 14848, "num_hidden_layers": 80, "num_attention_heads": 232,
        "num_kv_heads": 8, "multi_query": True, "new_decoder_architecture": True, "vocab_size": 65024, "torch_dtype": "bfloat16",
    },
    "bloom": {
        "architectures": ["BloomForCausalLM"], "model_type": "bloom", "n_embed": 14336, "n_layer": 70, "num_attention_heads": 112, "vocab_size": 250880,
    },
    "gpt2": {
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024, "vocab_size": 50257,
    },
    "starcoder": {
        "architectures": ["GPTBigCodeForCausalLM"], "model_type": "gpt_bigcode", "n_embd": 6144, "n_head": 48, "n_inner": 24576, "n_layer": 40,
        "n_positions": 8192, "multi_query": True, "vocab_size": 49152, "torch_dtype": "float16",
    },
    "gpt-j": {
        "architectures": ["GPTJForCausalLM"], "model_type": "gptj", "n_embd": 4096, "n_head": 16, "n_inner": None, "n_layer": 28, "n_positions": 2048,
        "vocab_size": 50400, "tie_word_embeddings": False, "torch_dtype": "float16",
    },
    "phi-2": {
        **llama(32, 2560, 32, 32, 10240, 51200, 2048), "model_type": "phi", "architectures": ["PhiForCausalLM"],
        "torch_dtype": "float16", "qk_layernorm": False,
    },
    "qwen2.5-vl-7b": {
        **llama(28, 3584, 28, 4, 18944, 152064, 128000), "model_type": "qwen2_5_vl", "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "use_sliding_window": False, "sliding_window": 32768, "vision_config": {"depth": 32}, "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    },
    "qwen3-vl-30b-a3b": {
        "architectures": ["Qwen3VLMoeForConditionalGeneration"], "model_type": "qwen3_vl_moe", "tie_word_embeddings": False, "vision_config": {"depth": 27},
        "text_config": {
            "model_type": "qwen3_vl_moe_text", "dtype": "bfloat16", "num_hidden_layers": 48, "hidden_size": 2048, "num_attention_heads": 32,
            "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 768, "num_experts": 128, "num_experts_per_tok": 8,
            "vocab_size": 151936, "max_position_embeddings": 262144, "decoder_sparse_step": 1, "mlp_only_layers": [],
        },
    },
    "mixtral-8x7b": {
        **llama(32, 4096, 32, 8, 14336, 32000, 32768), "model_type": "mixtral", "architectures": ["MixtralForCausalLM"], "num_local_experts": 8,
        "num_experts_per_tok": 2, "sliding_window": None,
    },
    "qwen3-30b-a3b": {
        **llama(48, 2048, 32, 4, 6144, 151936, 40960), "model_type": "qwen3_moe", "architectures": ["Qwen3MoeForCausalLM"], "head_dim": 128,
        "num_experts": 128, "num_experts_per_tok": 8, "moe_intermediate_size": 768,
        "decoder_sparse_step": 1, "mlp_only_layers": [], "use_sliding_window": False,
    },
    "granite-3.1-1b-a400m": {
        **llama(24, 1024, 16, 8, 512, 49155, 131072), "model_type": "granitemoe", "architectures": ["GraniteMoeForCausalLM"], "num_local_experts": 32,
        "num_experts_per_tok": 8, "tie_word_embeddings": True,
    },
    "bert": {"architectures": ["BertModel"], "model_type": "bert",
        "hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "vocab_size": 30522},
    "deepseek-v3": {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "kv_lora_rank": 512, "num_hidden_layers": 61},
    "gpt-oss": {"architectures": ["GptOssForCausalLM"], "model_type": "gpt_oss", "sliding_window": 128, "num_hidden_layers": 24},
}  # fmt: skip


@pytest.fixture(scope="session")
def knowledge() -> SizingKnowledge:
    catalog = Catalog(resources.rules())
    return SizingKnowledge(catalog.gpus, catalog.architectures, catalog.geometries, catalog.stacks)


@pytest.fixture(scope="session")
def config() -> Callable[..., dict[str, Any]]:
    """A copy of a model's config, with keys changed."""
    return lambda name, **changed: deepcopy(CONFIGS[name]) | changed


@pytest.fixture(scope="session")
def size(knowledge: SizingKnowledge) -> Callable[..., Memory]:
    """size(config, gpus=[...], <options>, <inputs>): one estimate."""

    def run(config: object = None, gpus: tuple[str, ...] = (), **more: Any) -> Memory:
        chosen = [choose(name, knowledge.gpus) for name in gpus]
        options = {
            key: more.pop(key)
            for key in ("context", "concurrency", "tensor_parallel", "quantization", "stack", "serving", "training", "every", "claimed_tokens_per_second")
            if key in more
        }
        notes = tuple(c.assumed for c in chosen if c.assumed)
        declared_beside = more.pop("declared_beside", None)
        inputs: Any = {"model_id": "someone/something", "quantization": declared_beside, **more}
        declared = SizingOptions(gpus=tuple((c.gpu, c.count) for c in chosen), assumed=notes, **options)
        return estimate(MemoryInputs(config=config, **inputs), declared, knowledge)  # type: ignore[arg-type]

    return run

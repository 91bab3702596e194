"""What other estimators would say, by their published formulas; hf-mem's own functions where the package is installed."""

from __future__ import annotations

from typing import Any

from auditor.domain.memory import Memory

_LLMFIT_BYTES = {"q8_0": 1.0625, "q6_k": 0.82, "q5_k_m": 0.7, "q4_k_m": 0.58, "q4_0": 0.56}
_ACCELERATE_BYTES = {"none": 2, "bf16": 2, "awq-int4": 0.5, "gptq-int4": 0.5, "gptq-int8": 1, "bnb-nf4": 0.5, "fp8": 1}


def weights(memory: Memory, quant: str) -> tuple[tuple[str, float], ...]:
    """accelerate's estimate-memory: parameters x width of the type; llmfit: parameters x bytes per parameter."""
    if not isinstance(memory.parameters, int):
        return ()
    found = []
    if quant in _ACCELERATE_BYTES:
        found.append(("accelerate", memory.parameters * _ACCELERATE_BYTES[quant] / memory.tensor_parallel))
    if quant in _LLMFIT_BYTES:
        found.append(("llmfit", memory.parameters * _LLMFIT_BYTES[quant]))
    return tuple(found)


def kv(memory: Memory, config: dict[str, Any], row: dict[str, Any], tokens: int = 1) -> tuple[tuple[str, float], ...]:
    """hf-mem and llmfit: 2 x layers x KV heads x head dimension x width at full length, whatever the layers are."""
    del memory
    text = config.get("text_config") or config
    layers, heads = text.get("num_hidden_layers"), text.get("num_attention_heads")
    if not layers or not heads:
        return ()
    kv_heads = text.get("num_key_value_heads") or heads
    width = text.get("head_dim") or text["hidden_size"] // heads
    return (("2 x layers x heads x dim (hf-mem, llmfit)", 2 * layers * kv_heads * width * 2 * tokens / (row.get("tp") or 1)),)

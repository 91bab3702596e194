"""Peaks of Transformers 4.38 over several GPUs, as one published table has them: the first GPU's, times their number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from auditor.domain.memory import Memory

Sized = Callable[[dict[str, Any]], Memory]


def first_gpu(config: dict[str, Any], sized: Sized, gpus: int, prompt: int, context: int) -> float:
    """Bytes of the first of several GPUs, which holds the embedding, the first layers and a float32 copy of all logits.

    The layers: get_balanced_memory and infer_auto_device_map of accelerate leave room for one layer and a quarter more, and for the largest module.
    The copy: AlignDevicesHook brings the output to the device of the input. Caches are those of the step before and of this one; keys and values of one
    layer are expanded to every head.
    """
    layers, vocab, hidden, heads = (int(config[key]) for key in ("num_hidden_layers", "vocab_size", "hidden_size", "num_attention_heads"))
    whole, fewer = (sized(config | {"num_hidden_layers": count}) for count in (layers, layers - 1))
    total, less = (float(memory.weights_bytes_per_gpu) for memory in (whole, fewer))
    layer, table = total - less, 2.0 * vocab * hidden
    share = int((total / gpus + 1.25 * layer - 2 * table) / layer) / layers
    token, logits = float(whole.kv_bytes_per_token) * share, 4.0 * vocab
    expanded = 4.0 * heads * int(config.get("head_dim") or hidden // heads)
    buffer = float(whole.estimates["activation_bytes"].inputs["buffer"])
    return table + share * layers * layer + buffer + max(prompt * (2 * token + logits + expanded), context * (2 * token + expanded))

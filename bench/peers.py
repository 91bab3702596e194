"""What other estimators would say: hf-mem's own functions, called in process where the package is installed; accelerate's and llmfit's published formulas.

hf-mem (PyPI, 0.5.6) asks a fixed host for its inputs, so its command cannot be pointed at recorded configs; the functions that compute are called with
them instead. Install it in an environment of its own (`python -m venv E && E/bin/pip install hf-mem`) and add E/lib/pythonX.Y/site-packages to PYTHONPATH.
"""

from __future__ import annotations

import warnings
from typing import Any

from auditor.domain.memory import Memory

try:
    from hf_mem.gguf.kv_cache import compute_gguf_kv_cache_size
    from hf_mem.safetensors.kv_cache import compute_safetensors_kv_cache_size, resolve_kv_cache_dtype
    from hf_mem.safetensors.metadata import parse_safetensors_metadata

    MISSING = ""
except ImportError as error:
    MISSING = f"hf-mem is left out: {error}"

Said = tuple[tuple[str, float | None], ...]
"""Name of a peer and its figure in the unit of the row; None where it raises."""

_LLMFIT_BYTES = {"q8_0": 1.0625, "q6_k": 0.82, "q5_k_m": 0.7, "q4_k_m": 0.58, "q4_0": 0.56}
_ACCELERATE_BYTES = {"none": 2, "bf16": 2, "awq-int4": 0.5, "gptq-int4": 0.5, "gptq-int8": 1, "bnb-nf4": 0.5, "fp8": 1}
_NAMES = {"bf16": "bfloat16", "fp8": "fp8"}
_GGUF = {"f16": "F16", "bf16": "BF16", "f32": "F32", "q8_0": "Q8_0", "q4_0": "Q4_0", "q5_0": "Q5_0"}


def weights(memory: Memory, quant: str) -> Said:
    """accelerate's estimate-memory: parameters x width of the type; llmfit: parameters x bytes per parameter; hf-mem: tensors of a header."""
    if not isinstance(memory.parameters, int):
        return ()
    found: list[tuple[str, float | None]] = []
    if quant in _ACCELERATE_BYTES:
        found.append(("accelerate", memory.parameters * _ACCELERATE_BYTES[quant] / memory.tensor_parallel))
    if quant in _LLMFIT_BYTES:
        found.append(("llmfit", memory.parameters * _LLMFIT_BYTES[quant]))
    if quant == "none" and not MISSING:
        header = {"model.safetensors": {"weights": {"dtype": "BF16", "shape": [memory.parameters]}}}
        found.append(("hf-mem", parse_safetensors_metadata(header).bytes_count / memory.tensor_parallel))
    return tuple(found)


def kv(config: dict[str, Any], row: dict[str, Any], tokens: int = 1) -> Said:
    """Bytes for `tokens` on one GPU. hf-mem splits nothing over GPUs: its figure is divided as evenly as can be."""
    text = config.get("text_config") or config
    ways = row.get("tp") or 1
    layers, heads = text.get("num_hidden_layers"), text.get("num_attention_heads")
    if not layers or not heads:
        return ()
    width = text.get("head_dim") or text["hidden_size"] // heads
    kv_heads = text.get("num_key_value_heads") or heads
    found: list[tuple[str, float | None]] = [("llmfit", 2 * layers * kv_heads * width * 2 * tokens / ways)]
    if not MISSING:
        found.append(("hf-mem", _hf_mem_kv(config, text, row, tokens, ways)))
    return tuple(found)


def _hf_mem_kv(config: dict[str, Any], text: dict[str, Any], row: dict[str, Any], tokens: int, ways: int) -> float | None:
    """None where hf-mem raises. The type of the cache is given to it where the row says it, as a user could."""
    named = (row.get("kv_dtype") or "auto").split()[0].casefold()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if row["engine"].startswith("llama.cpp"):
                return float(compute_gguf_kv_cache_size(_fields(text, tokens), _GGUF[named.split("/")[0]]))
            inner = {**{key: config[key] for key in ("dtype", "torch_dtype", "quantization_config") if key in config}, **text}
            metadata = parse_safetensors_metadata({"model.safetensors": {}})
            kind = resolve_kv_cache_dtype(inner, _NAMES.get(named, "auto"), metadata, row["model"])
            return float(compute_safetensors_kv_cache_size(inner, kind, tokens)) / ways
        except (RuntimeError, KeyError, TypeError, AttributeError, ValueError):
            return None


def _fields(text: dict[str, Any], tokens: int) -> dict[str, Any]:
    """As they stand in the header of a GGUF file."""
    heads = text["num_attention_heads"]
    kv_heads = text.get("num_key_value_heads") or heads
    return {
        "block_count": text["num_hidden_layers"],
        "head_count_kv": kv_heads,
        "head_count": heads,
        "embedding_length": text["hidden_size"],
        "context_length": tokens,
    }

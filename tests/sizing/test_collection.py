"""What must hold for every config of the collection, where the shared material is at hand."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[3] / "shared"
CONFIGS = sorted(SHARED.glob("data/configs/*.json")) + sorted((SHARED / "hub" / "models").glob("**/config.json"))
STACKS = ["vllm", "sglang", "llama.cpp", "transformers"]
GIB = 1 << 30
ORDER = ["yes", "uncertain", "unknown", "no"]
NEEDED = ["num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size", "model_type"]

pytestmark = pytest.mark.skipif(not CONFIGS, reason="the collection of configs is not here")


def read(path: Path) -> Any:
    """A config as it lies there; a file that is no JSON is text to the estimate."""
    text = path.read_text(encoding="utf-8", errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def one_of_each() -> list[Path]:
    """One config of every model type."""
    found: dict[str, Path] = {}
    for path in CONFIGS:
        config = read(path)
        found.setdefault(str(config.get("model_type") if isinstance(config, dict) else None), path)
    return list(found.values())


@pytest.fixture(params=one_of_each(), ids=lambda path: str(path.relative_to(SHARED)))
def declared(request: pytest.FixtureRequest) -> Any:
    return read(request.param)


def test_every_config_gets_an_answer(size):
    """None crashes, and every unknown figure has its reason."""
    for path in CONFIGS:
        memory = size(read(path), gpus=("h100",))
        memory.model_dump_json()
        for key, estimate in memory.estimates.items():
            assert estimate.basis != "unknown" or any(estimate.assumed), f"{path}: {key} is unknown without a reason"


@pytest.mark.parametrize("stack", STACKS)
def test_memory_grows_with_context_and_concurrency(size, declared, stack):
    """A figure that is known stays known, and grows."""
    grid = [size(declared, gpus=("h100",), stack=stack, context=c, concurrency=n) for c, n in ((2048, 1), (8192, 1), (8192, 4), (32_768, 4))]
    for small, large in pairwise(grid):
        for key in ("kv_bytes_per_request", "total_bytes_per_gpu"):
            if isinstance(getattr(small, key), str) or isinstance(getattr(large, key), str):
                assert getattr(small, key) == getattr(large, key) == "unknown"
                continue
            for at in ("low", "high"):
                assert getattr(small.estimates[key], at) <= getattr(large.estimates[key], at)
            assert getattr(small, key) <= getattr(large, key)
        assert ORDER.index(small.fits[0].fits) <= ORDER.index(large.fits[0].fits)


def test_a_split_keeps_all_weights(size, declared):
    """Parts add up to the whole at least, and no what-if takes more than 16 bit."""
    whole = size(declared)
    for ways in (2, 8):
        part = size(declared, tensor_parallel=ways)
        if isinstance(part.weights_bytes_per_gpu, int):
            held = part.weights_bytes // 2 if part.precision == "float32" else part.weights_bytes  # vLLM casts
            assert part.weights_bytes_per_gpu * ways >= held
            assert part.weights_bytes == whole.weights_bytes
    plain = size(declared, quantization="bf16").weights_bytes
    for precision in ("fp8", "int8", "int4", "q8_0", "q6_k", "q5_k_m", "q4_k_m"):
        smaller = size(declared, quantization=precision).weights_bytes
        assert isinstance(smaller, str) or isinstance(plain, str) or smaller <= plain


def test_what_is_unknown_never_fits(size, declared):
    """A lost field never turns a model that does not surely fit into one that does; a model of unknown size never fits."""
    if not isinstance(declared, dict):
        assert size(declared, gpus=("b300",)).fits[0].fits != "yes"
        return
    inner = declared.get("text_config")
    before = size(declared, gpus=("h100",)).fits[0].fits
    for key in NEEDED:
        lost = {k: v for k, v in declared.items() if k != key}
        if isinstance(inner, dict):
            lost["text_config"] = {k: v for k, v in inner.items() if k != key}
        after = size(lost, gpus=("h100",))
        assert before == "yes" or after.fits[0].fits != "yes"
        assert after.weights_bytes != "unknown" or after.fits[0].fits != "yes"


def test_the_longest_context_that_fits_does_fit(size, declared):
    """What the answer says fits is said to fit when it is asked for."""
    row = size(declared, gpus=("h100",)).fits[0]
    if isinstance(row.max_context, int) and row.max_context > 0:
        assert size(declared, gpus=("h100",), context=row.max_context).fits[0].fits != "no"
        assert size(declared, gpus=("h100",)).total_bytes_per_gpu < 80 * GIB or row.fits != "yes"

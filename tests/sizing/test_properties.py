"""What must hold for any input."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.domain.memory import Memory

MODELS = ["llama-3.1-8b", "llama-2-7b", "qwen3-0.6b", "qwen2.5-vl-7b", "gemma-2b", "falcon-7b", "bloom", "mixtral-8x7b", "qwen3-30b-a3b", "mistral-7b-v0.1"]
GPUS = ["rtx-4090", "t4", "l40s", "h100x2", "mi300x", "a100"]
FILES = [*((f"model-0000{n}-of-00003.safetensors", 5_000_000_000) for n in (1, 2, 3)), ("pytorch_model.bin", 15_000_000_000), ("README.md", None)]

numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.just(10**400), st.just((1 << 40) - 1), st.integers(1, 10**6))
nonsense = st.recursive(
    st.one_of(numbers, st.none(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)
invalid = st.one_of(
    st.integers(max_value=0), st.floats(), st.booleans(), st.just(10**400), st.text(min_size=1, max_size=5), st.lists(st.none(), min_size=1, max_size=2)
)


def check_whole(memory: Memory) -> None:
    """Every figure is unknown or a count in its range; the answer can be written down."""
    memory.model_dump_json()
    for key, estimate in ((k, e) for k, e in memory.estimates.items() if "." not in k):
        value = getattr(memory, key)
        if value == "unknown":
            assert (estimate.basis, estimate.low, estimate.high) == ("unknown", "unknown", "unknown")
            assert any(estimate.assumed), f"{key} is unknown without a reason"
        else:
            assert 0 <= estimate.low <= value <= estimate.high < 1 << 60
    for row in memory.fits:
        assert row.max_context == "unknown" or row.max_context >= 0
        if row.fits == "yes":
            assert row.max_context == "unknown" or row.max_context >= row.context
            assert row.max_concurrency >= row.concurrency


@settings(max_examples=150, deadline=None)
@given(data=st.data(), name=st.sampled_from(MODELS), gpu=st.sampled_from(GPUS))
def test_any_config_gets_an_answer(size, config, data, name, gpu):
    declared = config(name)
    for key in data.draw(st.lists(st.sampled_from(sorted(declared)), max_size=4, unique=True)):
        declared[key] = data.draw(nonsense)
    declared |= data.draw(
        st.dictionaries(st.sampled_from(["sliding_window", "rope_scaling", "quantization_config", "layer_types", "text_config", "dtype"]), nonsense, max_size=2)
    )
    check_whole(size(declared, gpus=(gpu,)))


@settings(max_examples=100, deadline=None)
@given(config_=nonsense, counts=nonsense, total=nonsense, model_type=nonsense)
def test_any_input_gets_an_answer(size, config_, counts, total, model_type):
    check_whole(size(config_, safetensors_parameters=counts, index_total_size=total, hub_model_type=model_type))


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(MODELS), low=st.integers(1, 200_000), more=st.integers(0, 200_000), one=st.integers(1, 64), others=st.integers(0, 64))
def test_memory_grows_with_context_and_concurrency(size, config, name, low, more, one, others):
    declared = config(name) | {"sliding_window": None}
    small, large = (size(declared, gpus=("h100",), context=c, concurrency=n, index_total_size=10**10) for c, n in ((low, one), (low + more, one + others)))
    for key in ("kv_bytes_per_request", "total_bytes_per_gpu"):
        assert getattr(small, key) <= getattr(large, key)
        for end in ("low", "high"):
            assert getattr(small.estimates[key], end) <= getattr(large.estimates[key], end)
    assert ["yes", "uncertain", "no"].index(small.fits[0].fits) <= ["yes", "uncertain", "no"].index(large.fits[0].fits)
    assert large.fits[0].max_context <= max(small.fits[0].max_context, low + more)  # a model that declares none takes what is asked for


@settings(max_examples=200, deadline=None)
@given(data=st.data(), name=st.sampled_from(MODELS), gpu=st.sampled_from(GPUS), context=st.sampled_from([None, 512, 4096, 30_000, 120_000]))
def test_an_unknown_value_never_makes_it_fit(size, config, data, name, gpu, context):
    declared = config(name)
    inputs: dict[str, Any] = {"gpus": (gpu,), "context": context, "concurrency": data.draw(st.sampled_from([1, 8, 64]))}
    before = size(declared, **inputs).fits[0].fits
    keys = data.draw(st.lists(st.sampled_from(sorted(declared)), min_size=1, max_size=3, unique=True))
    after = size(declared | {key: data.draw(invalid) for key in keys}, **inputs).fits[0].fits
    assert before == "yes" or after != "yes"


@settings(max_examples=50, deadline=None)
@given(name=st.sampled_from(MODELS), gone=st.sampled_from(["safetensors_parameters", "index_total_size", "weight_files"]), spoilt=nonsense)
def test_a_lost_witness_never_makes_it_fit(size, config, name, gone, spoilt):
    total = 15_000_000_000
    inputs: dict[str, Any] = {"safetensors_parameters": {"BF16": total // 2}, "index_total_size": total, "weight_files": tuple(FILES), "gpus": ("rtx-4090",)}
    before = size(config(name), **inputs).fits[0].fits
    lost = {**inputs, gone: () if gone == "weight_files" else None}
    assert before == "yes" or size(config(name), **lost).fits[0].fits != "yes"
    if gone == "index_total_size" and not isinstance(spoilt, int):
        assert before == "yes" or size(config(name), **{**inputs, gone: spoilt}).fits[0].fits != "yes"


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(FILES))
def test_the_order_of_files_does_not_matter(size, config, order):
    assert size(config("llama-3.1-8b"), weight_files=tuple(order)) == size(config("llama-3.1-8b"), weight_files=tuple(FILES))


def test_depth_does_not_matter(size, config):
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for key in (
        "num_hidden_layers",
        "layer_types",
        "sliding_window",
        "quantization_config",
        "rope_scaling",
        "architectures",
        "model_type",
        "torch_dtype",
        "kv_lora_rank",
    ):
        check_whole(size(config("llama-3.1-8b") | {key: deep}, gpus=("h100",)))

"""What a user may ask of sizing: nonsense is refused with a way out, the rest is heeded or said to change nothing."""

from __future__ import annotations

from dataclasses import fields

import pytest

from auditor.domain.errors import UsageError
from auditor.domain.memory import Serving, SizingOptions, Training
from auditor.sizing.options import check, check_targets, heeded, split, stack_of

NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("serving", "more", "said"),
    [
        ({}, {"context": 0}, "context must be at least 1 and below 2^40, not 0"),
        ({}, {"context": 1 << 40}, "context must be at least 1 and below 2^40"),
        ({}, {"concurrency": -1}, "concurrency must be at least 1"),
        ({}, {"tensor_parallel": 0}, "tensor parallel must be at least 1"),
        ({"kv_cache_memory": 0}, {}, "kv cache memory must be at least 1 and below 2^50, not 0"),
        ({"kv_cache_memory": 1 << 50}, {}, "kv cache memory must be at least 1 and below 2^50"),
        *(({name: value}, {}, f"{name.replace('_', ' ')} must be at least 1")
          for name in ("max_num_seqs", "max_num_batched_tokens", "block_size", "max_loras", "max_lora_rank", "n_ubatch", "parallel", "prompt_tokens")
          for value in (0, -3, 1 << 40)),
        ({"generated_tokens": -1}, {}, "generated tokens must be at least 0 and below 2^40, not -1"),
        ({"speculative_tokens": 1 << 40}, {}, "speculative tokens must be at least 0"),
        *(({"gpu_memory_utilization": value}, {}, "gpu memory utilization must lie above 0 and at most 1") for value in (0.0, -0.5, 1.01, 90.0, NAN, INFINITE)),
        *(({}, {"claimed_tokens_per_second": value}, "claimed tokens per second must be a number above 0") for value in (0.0, -1.0, NAN, INFINITE)),
        ({"dtype": "bflaot16"}, {}, "dtype cannot be 'bflaot16'; did you mean 'bfloat16'?"),
        ({"mamba_cache_mode": "alignn"}, {}, "mamba-cache-mode cannot be 'alignn'; did you mean 'align'?"),
        ({"mla_cache": 4}, {}, "mla-cache must be 0, 1, 2 or 3, not 4"),
        ({"kv_dtype": "fp9"}, {}, "vLLM has no KV cache of type 'fp9'; did you mean 'fp8'?"),
        ({"kv_dtype": "q8_0"}, {}, "vLLM has no KV cache of type 'q8_0'"),
        ({"kv_dtype": ""}, {}, "vLLM has no KV cache of type ''"),
        ({"kv_dtype": "fp8/"}, {}, "vLLM has no KV cache of type ''"),
        ({"kv_dtype": "fp8/fp8/fp8"}, {}, "kv-dtype names one type, or two as in K/V, not 3"),
        ({"kv_dtype": "fp8/bfloat16"}, {}, "vLLM keeps keys and values in one type, not 'fp8/bfloat16'"),
        ({"prompt_tokens": 300, "generated_tokens": 201}, {"context": 500}, "300 prompt tokens and 201 generated tokens do not fit into a context of 500"),
        ({"prompt_tokens": 501}, {"context": 500}, "501 prompt tokens do not fit into a context of 500"),
        ({"generated_tokens": 501}, {"context": 500}, "501 generated tokens do not fit into a context of 500"),
        ({"parallel": 2}, {"concurrency": 4}, "--parallel 2 and a concurrency of 4 contradict each other"),
    ],
)  # fmt: skip
def test_refused(knowledge, serving, more, said):
    with pytest.raises(UsageError) as caught:
        check(SizingOptions(serving=Serving(**serving), **more), knowledge.stacks["vllm"])
    assert said in str(caught.value)
    assert caught.value.exit_code == 2 and caught.value.next_step


@pytest.mark.parametrize(
    ("stack", "serving", "more"),
    [
        ("vllm", {"kv_dtype": "AUTO"}, {}),
        ("vllm", {"kv_dtype": "fp8-e4m3"}, {}),
        ("vllm", {"kv_dtype": "fp8/fp8"}, {}),
        ("llama.cpp", {"kv_dtype": "iq4_nl/f16"}, {}),
        ("llama.cpp", {"kv_dtype": "auto/q8_0"}, {}),
        ("llama.cpp", {"parallel": 4}, {"concurrency": 4}),
        ("vllm", {"gpu_memory_utilization": 1.0, "speculative_tokens": 0, "generated_tokens": 0}, {}),
        ("vllm", {"prompt_tokens": 300, "generated_tokens": 200}, {"context": 500}),
    ],
)
def test_taken(knowledge, stack, serving, more):
    check(SizingOptions(serving=Serving(**serving), **more), knowledge.stacks[stack])


CELLS = {"n_ubatch": 256, "parallel": 2, "swa_full": True, "flash_attn": False, "mla_cache": 1}
PAGES = {"block_size": 32, "prefix_caching": True, "mamba_cache_mode": "all"}
BATCHES = {"max_num_seqs": 8, "max_num_batched_tokens": 512}


@pytest.mark.parametrize(
    ("stack", "own", "strays"),
    [
        ("vllm", {**PAGES, **BATCHES, "enforce_eager": True}, CELLS),
        ("tensorrt-llm", {**PAGES, **BATCHES, "enforce_eager": True}, CELLS),
        ("sglang", {**BATCHES, "enforce_eager": True}, {**CELLS, **PAGES}),
        ("llama.cpp", CELLS, {**PAGES, **BATCHES}),
        ("transformers", {"flash_attn": False}, {**{name: CELLS[name] for name in CELLS if name != "flash_attn"}, **PAGES, **BATCHES, "enforce_eager": True}),
    ],
)
def test_settings_of_another_stack_change_nothing_and_are_named(knowledge, stack, own, strays):
    found, notes = heeded(Serving(**own, **strays), knowledge.stacks[stack])
    assert {one.name: value for one in fields(found) if (value := getattr(found, one.name)) is not None} == own
    assert sorted(notes) == sorted(f"{name}: no effect, no setting of {stack}" for name in strays)


def test_the_rank_of_adapters(knowledge):
    vllm = knowledge.stacks["vllm"]
    assert heeded(Serving(max_loras=2), vllm) == (Serving(max_loras=2, max_lora_rank=16), ("max_lora_rank: 16 (default)",))
    assert heeded(Serving(max_lora_rank=64), vllm)[1] == ("max_lora_rank: no effect without max_loras",)
    assert heeded(Serving(max_loras=2, max_lora_rank=64), vllm) == (Serving(max_loras=2, max_lora_rank=64), ())


@pytest.mark.parametrize(("name", "key"), [("VLLM", "vllm"), ("llamacpp", "llama.cpp"), ("llama-cpp", "llama.cpp"), (None, "vllm")])
def test_stacks_by_name(knowledge, name, key):
    assert stack_of(SizingOptions(stack=name), knowledge)[0].key == key


def test_what_a_split_says(knowledge):
    one, unsure = knowledge.gpus["l40s"], knowledge.gpus["l20"]
    assert split(one, 1, SizingOptions()).assumed == ("tensor_parallel: 1 (default)",)
    assert split(one, 2, SizingOptions()).assumed == ("tensor_parallel: 2 (default: the number of cards)",)
    assert split(one, 1, SizingOptions(tensor_parallel=2)).assumed == ("gpus: 2 of l40s (tensor parallel needs them)",)
    assert split(unsure, 1, SizingOptions(tensor_parallel=1)).assumed == ("gpu: 46068 MiB of l20 are not verified against a source",)
    with pytest.raises(UsageError, match="tensor parallel 4 needs 4 cards, 2 of l40s are declared"):
        split(one, 2, SizingOptions(tensor_parallel=4))


def test_float32_is_held_in_twice_the_bytes(size, config):
    half, whole, same = (size(config("llama-3.1-8b"), gpus=("l40s",), serving=Serving(dtype=name)) for name in (None, "float32", "bfloat16"))
    assert whole.weights_bytes == half.weights_bytes
    assert whole.estimates["weights_bytes_per_gpu"].inputs["weights"] == 2 * half.weights_bytes
    assert whole.kv_bytes_per_token == 2 * half.kv_bytes_per_token
    assert same.weights_bytes_per_gpu == half.weights_bytes_per_gpu
    float32 = {**config("llama-3.1-8b"), "torch_dtype": "float32"}
    kept, cast = (size(float32, stack="transformers", serving=Serving(dtype=name)) for name in (None, "bfloat16"))
    assert kept.weights_bytes == cast.weights_bytes == 2 * half.weights_bytes
    assert kept.weights_bytes_per_gpu == pytest.approx(2 * cast.weights_bytes_per_gpu, rel=0.001)


def test_only_defaults_are_called_defaults(size, config):
    both, one, none = (size(config("llama-3.1-8b"), gpus=("l40s",), serving=Serving(**said)).assumed
                       for said in ({}, {"max_num_seqs": 8}, {"max_num_seqs": 8, "max_num_batched_tokens": 512}))  # fmt: skip
    assert "max_num_seqs: 256, max_num_batched_tokens: 2048 (defaults of vllm on l40s)" in both
    assert "max_num_batched_tokens: 2048 (default of vllm on l40s)" in one
    assert not any("max_num" in note for note in none)


@pytest.mark.parametrize(
    ("serving", "context", "said"),
    [
        ({"prompt_tokens": 1000}, 1000, "generated_tokens: 0 (default: the prompt is the whole context)"),
        ({"generated_tokens": 100}, 8192, "prompt_tokens: 8092 (what the answer leaves of the context)"),
        ({"generated_tokens": 9000}, 9000, "prompt_tokens: 0 (what the answer leaves of the context)"),
        ({"prompt_tokens": 1000, "generated_tokens": 24}, 1024, "concurrency: 1 (default)"),
        ({"speculative_tokens": 2}, 8192, "speculative_tokens: the model announces no layers that guess ahead; a separate draft model is not counted"),
    ],
)
def test_what_is_taken_for_granted_is_said(size, config, serving, context, said):
    memory = size(config("llama-3.1-8b"), serving=Serving(**serving))
    assert memory.context == context
    assert said in memory.assumed


def test_more_requests_than_the_stack_runs_at_once(size, config):
    memory = size(config("llama-3.1-8b"), concurrency=4, serving=Serving(max_num_seqs=2))
    assert "concurrency: 4 requests, of which the stack runs 2 at once (max_num_seqs)" in memory.assumed


@pytest.mark.parametrize(("gpu", "stack", "runs"), [("l40s", "vllm", 256), ("h100", "vllm", 1024), ("l40s", "transformers", None), (None, "vllm", None)])
def test_more_requests_than_the_default_of_the_card_runs_are_said(size, config, gpu, stack, runs):
    memory = size(config("llama-3.2-1b"), concurrency=2000, context=64, gpus=(gpu,) if gpu else (), stack=stack)
    said = [note for note in memory.assumed if "at once" in note]
    assert said == ([f"concurrency: 2000 requests, of which the stack runs {runs} at once (max_num_seqs)"] if runs else [])


@pytest.mark.parametrize("targets", [None, "all-linear", "q_proj", "q_proj, v_proj", "down_proj,"])
def test_targets_of_adapters(targets):
    check_targets(targets, {"q_proj", "v_proj", "down_proj"})


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ("q_porj", "no linear layer of this model is counted as 'q_porj'; did you mean 'q_proj'?"),
        ("q_proj,query_key_value", "no linear layer of this model is counted as 'query_key_value'"),
        ("", "targets names no layer"),
        (",", "targets names no layer"),
    ],
)
def test_targets_that_would_count_for_nothing(targets, said):
    with pytest.raises(UsageError) as caught:
        check_targets(targets, {"q_proj", "v_proj"})
    assert said in str(caught.value) and caught.value.next_step == "choose from: all-linear, q_proj, v_proj"


def test_targets_are_compared_with_the_model(size, config):
    with pytest.raises(UsageError, match="is counted as 'wq'"):
        size(config("llama-3.1-8b"), training=Training("lora", targets="wq"))
    assert size(config("llama-3.1-8b"), training=Training("lora", targets="q_proj,v_proj")).finetune.trainable_parameters == 6_815_744
    assert size(config("bert"), training=Training("lora", targets="wq")).finetune.trainable_parameters == "unknown"

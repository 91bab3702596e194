"""What a user asked for: the stack and its version, cards and how they share the model; nonsense is a usage error."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.hardware import Gpu
from auditor.domain.memory import Serving, SizingKnowledge, SizingOptions
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.cache import MAMBA_MODES
from auditor.sizing.values import LIMIT
from auditor.sizing.versions import at_version

DEFAULT_STACK = "vllm"
DTYPES = ("auto", "bfloat16", "float16", "float32")
ALL_LINEAR = "all-linear"
LORA_RANK = 16
"""Largest rank of served adapters when nothing is said, as vLLM has it."""
_WHOLE = (
    "kv_cache_memory", "max_num_seqs", "max_num_batched_tokens", "block_size", "max_loras", "max_lora_rank", "n_ubatch", "parallel", "prompt_tokens",
)  # fmt: skip


@record
class Split:
    """Declared cards and the ways in which they share the model."""

    gpu: Gpu
    cards: int
    ways: int
    assumed: tuple[str, ...]


def stack_of(options: SizingOptions, knowledge: SizingKnowledge) -> tuple[Stack, str]:
    """The stack at the version that was asked for, and a note when that is outside what was checked."""
    return at_version(stack_named(options.stack or DEFAULT_STACK, knowledge.stacks), options.serving.version)


def stack_named(name: str, stacks: Mapping[str, Stack]) -> Stack:
    """The stack of this name or alias, whatever its case. Raises UsageError with a suggestion."""
    wanted = name.casefold()
    if wanted in stacks:
        return stacks[wanted]
    names = {alias: stack for stack in stacks.values() for alias in (*stack.aliases, stack.key)}
    if wanted not in names:
        raise UsageError(f"no stack is known as {name[:40]!r}{did_you_mean(wanted[:40], names)}", f"choose one of: {', '.join(stacks)}")
    return names[wanted]


def check(options: SizingOptions, stack: Stack) -> None:
    """Raises UsageError for the first option that cannot be."""
    serving = options.serving
    named = [("context", options.context), ("concurrency", options.concurrency), ("tensor_parallel", options.tensor_parallel)]
    for name, value in [*named, *((name, getattr(serving, name)) for name in _WHOLE)]:
        most = 1 << 50 if name == "kv_cache_memory" else LIMIT
        if value is not None and not 0 < value < most:
            raise UsageError(
                f"{name.replace('_', ' ')} must be at least 1 and below 2^{most.bit_length() - 1}, not {value}",
                f"give a number such as --{name.replace('_', '-')} 4",
            )
    share = serving.gpu_memory_utilization
    if share is not None and not 0 < share <= 1:
        raise UsageError(f"gpu memory utilization must lie above 0 and at most 1, not {share}", "give a share such as --gpu-memory-utilization 0.9")
    for name in ("speculative_tokens", "generated_tokens"):
        value = getattr(serving, name)
        if value is not None and not 0 <= value < LIMIT:
            raise UsageError(f"{name.replace('_', ' ')} must be at least 0 and below 2^40, not {value}", f"give a number such as --{name.replace('_', '-')} 1")
    _choice("dtype", serving.dtype, DTYPES)
    _choice("mamba-cache-mode", serving.mamba_cache_mode, MAMBA_MODES)
    if serving.mla_cache is not None and serving.mla_cache not in range(4):
        raise UsageError(f"mla-cache must be 0, 1, 2 or 3, not {serving.mla_cache}", "see the start-up log of llama.cpp")
    _kv_dtype(serving.kv_dtype, stack)
    _request(options)
    if (claim := options.claimed_tokens_per_second) is not None and not (claim > 0 and math.isfinite(claim)):
        raise UsageError(f"claimed tokens per second must be a number above 0, not {claim}", "give a speed such as --claimed-tokens-per-second 40")


def _kv_dtype(named: str | None, stack: Stack) -> None:
    """One type, or one for keys and one for values where the stack tells them apart."""
    if named is None:
        return
    parts, choices = named.casefold().split("/"), f"choose from: auto, {', '.join(stack.kv_bits)}"
    for part in parts:
        if part != "auto" and part.replace("-", "_") not in stack.kv_bits:
            raise UsageError(f"{stack.name} has no KV cache of type {part[:40]!r}{did_you_mean(part[:40], stack.kv_bits)}", choices)
    if len(parts) > 2:
        raise UsageError(f"kv-dtype names one type, or two as in K/V, not {len(parts)}", choices)
    if parts[0] != parts[-1] and not _in_cells(stack):
        raise UsageError(f"{stack.name} keeps keys and values in one type, not {named[:40]!r}", choices)


def _request(options: SizingOptions) -> None:
    """Prompt and answer are parts of the context; llama.cpp runs as many requests at once as it has sequences."""
    serving, context = options.serving, options.context
    parts = {"prompt": serving.prompt_tokens, "generated": serving.generated_tokens}
    together = sum(tokens or 0 for tokens in parts.values())
    if context is not None and together > context:
        said = " and ".join(f"{tokens} {name} tokens" for name, tokens in parts.items() if tokens is not None)
        raise UsageError(f"{said} do not fit into a context of {context}", f"give --context {together}, or fewer tokens")
    if serving.parallel is not None and options.concurrency not in (None, serving.parallel):
        raise UsageError(f"--parallel {serving.parallel} and a concurrency of {options.concurrency} contradict each other", "give one of them")


def heeded(serving: Serving, stack: Stack) -> tuple[Serving, tuple[str, ...]]:
    """The settings that this stack knows, and a note for each that was given and is none of its own: it changes nothing."""
    cells, paged, profiled = _in_cells(stack), stack.cache.allocator == "paged", stack.memory.activations == "profile"
    known = {
        **dict.fromkeys(("n_ubatch", "parallel", "swa_full", "mla_cache"), cells),
        **dict.fromkeys(("block_size", "prefix_caching", "mamba_cache_mode"), paged),
        **dict.fromkeys(("max_num_seqs", "max_num_batched_tokens"), profiled),
        "flash_attn": not profiled,
        "enforce_eager": stack.memory.graphs_gib.high > 0,
    }
    strays: dict[str, Any] = {name: None for name, of_its_own in known.items() if getattr(serving, name) is not None and not of_its_own}
    notes = [f"{name}: no effect, no setting of {stack.key}" for name in strays]
    if serving.max_lora_rank is not None and serving.max_loras is None:
        notes.append("max_lora_rank: no effect without max_loras")
    elif serving.max_loras is not None and serving.max_lora_rank is None:
        notes.append(f"max_lora_rank: {LORA_RANK} (default)")
        strays["max_lora_rank"] = LORA_RANK
    return replace(serving, **strays), tuple(notes)


def _in_cells(stack: Stack) -> bool:
    return stack.cache.allocator == "cells"


def _choice(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise UsageError(f"{name} cannot be {value[:40]!r}{did_you_mean(value[:40], known)}", f"choose from: {', '.join(known)}")


def check_targets(targets: str | None, layers: Collection[str]) -> None:
    """Raises UsageError for a target of adapters that is no layer: it would count for nothing. `layers`: names of the model's linear layers."""
    if targets is None or targets == ALL_LINEAR:
        return
    asked = [part.strip() for part in targets.split(",") if part.strip()]
    stray = next((name for name in asked if name not in layers), None)
    if asked and stray is None:
        return
    choices = f"choose from: {', '.join((ALL_LINEAR, *sorted(layers)))}"
    if stray is None:
        raise UsageError("targets names no layer", choices)
    raise UsageError(f"no linear layer of this model is counted as {stray[:40]!r}{did_you_mean(stray[:40], layers)}", choices)


def split(gpu: Gpu, cards: int, options: SizingOptions) -> Split:
    """Ways to split on declared cards. A card named without a number stands for as many as the split needs."""
    ways = options.tensor_parallel or cards
    if cards > 1 and ways > cards:
        remedy = f"declare {gpu.key}x{ways}, or a smaller --tensor-parallel"
        raise UsageError(f"tensor parallel {ways} needs {ways} cards, {cards} of {gpu.key} are declared", remedy)
    notes = []
    if options.tensor_parallel is None:
        notes.append(f"tensor_parallel: {ways} (default{'' if ways == 1 else ': the number of cards'})")
    elif ways > cards:
        notes.append(f"gpus: {ways} of {gpu.key} (tensor parallel needs them)")
    if "memory_mib" in gpu.unverified and gpu.memory_measured_gib is None:
        notes.append(f"gpu: {gpu.memory_mib} MiB of {gpu.key} are not verified against a source")
    return Split(gpu, max(cards, ways), ways, tuple(notes))

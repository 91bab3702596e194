"""What a user asked for: the stack and its version, cards and how they share the model; nonsense is a usage error."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.hardware import Gpu
from auditor.domain.memory import SizingKnowledge, SizingOptions
from auditor.domain.stack import Stack
from auditor.sizing.cache import MAMBA_MODES
from auditor.sizing.values import LIMIT
from auditor.sizing.versions import at_version

DEFAULT_STACK = "vllm"
DTYPES = ("auto", "bfloat16", "float16", "float32")
_WHOLE = (
    "kv_cache_memory", "max_num_seqs", "max_num_batched_tokens", "block_size", "max_loras", "max_lora_rank", "n_ubatch", "parallel", "prompt_tokens",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Split:
    """Declared cards and the ways in which they share the model."""

    gpu: Gpu
    cards: int
    ways: int
    assumed: str


def stack_of(options: SizingOptions, knowledge: SizingKnowledge) -> tuple[Stack, str]:
    """The stack at the version that was asked for, and a note when that is outside what was checked."""
    name = (options.stack or DEFAULT_STACK).casefold()
    if name in knowledge.stacks:
        return at_version(knowledge.stacks[name], options.serving.version)
    names = {alias: stack for stack in knowledge.stacks.values() for alias in (*stack.aliases, stack.key)}
    if name not in names:
        raise UsageError(f"no stack is known as {name[:40]!r}{did_you_mean(name[:40], names)}", f"choose one of: {', '.join(knowledge.stacks)}")
    return at_version(names[name], options.serving.version)


def check(options: SizingOptions, stack: Stack) -> None:
    """Raises UsageError for the first option that cannot be."""
    serving = options.serving
    named = [("context", options.context), ("concurrency", options.concurrency), ("tensor_parallel", options.tensor_parallel)]
    for name, value in [*named, *((name, getattr(serving, name)) for name in _WHOLE)]:
        most = 1 << 50 if name == "kv_cache_memory" else LIMIT
        if value is not None and not 0 < value < most:
            raise UsageError(f"{name.replace('_', ' ')} must be at least 1 and below 2^40", f"give a number such as --{name.replace('_', '-')} 4")
    share = serving.gpu_memory_utilization
    if share is not None and not 0 < share <= 1:
        raise UsageError(f"gpu memory utilization must lie above 0 and at most 1, not {share}", "give a share such as --gpu-memory-utilization 0.9")
    for name in ("speculative_tokens", "generated_tokens"):
        value = getattr(serving, name)
        if value is not None and not 0 <= value < LIMIT:
            raise UsageError(f"{name.replace('_', ' ')} must not be negative", f"give a number such as --{name.replace('_', '-')} 1")
    _choice("dtype", serving.dtype, DTYPES)
    _choice("mamba-cache-mode", serving.mamba_cache_mode, MAMBA_MODES)
    if serving.mla_cache is not None and serving.mla_cache not in range(4):
        raise UsageError(f"mla-cache must be 0, 1, 2 or 3, not {serving.mla_cache}", "see the start-up log of llama.cpp")
    for part in (serving.kv_dtype or "auto").casefold().split("/"):
        if part not in ("auto", "") and part.replace("-", "_") not in stack.kv_bits:
            raise UsageError(
                f"{stack.name} has no KV cache of type {part[:40]!r}{did_you_mean(part[:40], stack.kv_bits)}", f"choose from: auto, {', '.join(stack.kv_bits)}"
            )


def _choice(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise UsageError(f"{name} cannot be {value[:40]!r}{did_you_mean(value[:40], known)}", f"choose from: {', '.join(known)}")


def split(gpu: Gpu, cards: int, options: SizingOptions) -> Split:
    """Ways to split on declared cards. A card named without a number stands for as many as the split needs."""
    ways = options.tensor_parallel or cards
    if cards > 1 and ways > cards:
        remedy = f"declare {gpu.key}x{ways}, or a smaller --tensor-parallel"
        raise UsageError(f"tensor parallel {ways} needs {ways} cards, {cards} of {gpu.key} are declared", remedy)
    if options.tensor_parallel is None:
        note = f"tensor_parallel: {ways} (default{'' if ways == 1 else ': the number of cards'})"
    else:
        note = f"gpus: {ways} of {gpu.key} (tensor parallel needs them)" if ways > cards else ""
    return Split(gpu, max(cards, ways), ways, note)

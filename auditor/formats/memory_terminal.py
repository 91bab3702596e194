"""The memory of one model for the terminal: figures with range and formula, one bar per GPU, every assumption."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.domain.memory import Count, Fit, Memory, QuantFile
from auditor.domain.text_safety import one_line
from auditor.formats import wording

_FIGURES = {
    "parameters": "Parameters", "active_parameters": "Active parameters", "mtp_parameters": "Prediction layers", "weights_bytes": "Weights",
    "weights_bytes_per_gpu": "Weights per GPU", "kv_bytes_per_token": "KV cache per token", "kv_bytes_per_request": "KV cache per request",
    "state_bytes_per_sequence": "State per sequence", "activation_bytes": "Activations", "overhead_bytes": "Overhead", "total_bytes_per_gpu": "Total per GPU",
}  # fmt: skip
_PARTS = (("weights_bytes_per_gpu", "█"), ("kv_bytes_per_request", "▓"), ("activation_bytes", "▒"), ("overhead_bytes", "░"))
_BAR = 40


def shown(name: str, memory: Memory) -> str:
    """The whole block, ending in a newline."""
    return "\n".join(_lines(name, memory)) + "\n"


def _lines(name: str, memory: Memory) -> Iterator[str]:
    yield f"{one_line(name)}: {one_line(memory.architecture_class)}, {one_line(memory.precision)}"
    yield (
        f"{memory.stack} {one_line(memory.stack_version)}, tensor parallel {memory.tensor_parallel}, context {wording.amount(memory.context)}, "
        f"{wording.counted(memory.concurrency, 'request')} at once"
    )
    for key, title in _FIGURES.items():
        yield f"  {title:<22}{_figure(key, memory)}"
    if memory.fits:
        yield "GPUs"
    for fit in memory.fits:
        yield from _fit(fit, memory)
    yield from _extras(memory)
    if memory.assumed:
        yield "Assumed"
        yield from (f"  - {one_line(note)}" for note in memory.assumed)


def _figure(key: str, memory: Memory) -> str:
    value, estimate = getattr(memory, key), memory.estimates.get(key)
    text = wording.size(value) if "bytes" in key else wording.amount(value)
    if estimate is None or value == "unknown":
        reason = estimate.assumed[0] if estimate is not None and estimate.assumed else ""
        return f"{text}{f' ({one_line(reason)})' if reason else ''}"
    spread = (
        ""
        if estimate.low == estimate.high or not isinstance(estimate.low, int) or not isinstance(estimate.high, int)
        else _range(key, estimate.low, estimate.high)
    )
    return f"{text:<18}{estimate.basis}{spread}"


def _range(key: str, low: int, high: int) -> str:
    ends = (wording.size(low), wording.size(high)) if "bytes" in key else (wording.amount(low), wording.amount(high))
    return f", {ends[0]} to {ends[1]}"


def _fit(fit: Fit, memory: Memory) -> Iterator[str]:
    requests = fit.max_concurrency if isinstance(fit.max_concurrency, str) else f"{fit.max_concurrency:,.2f}".rstrip("0").rstrip(".")
    needs = f"needs {wording.size(fit.total_bytes)}, {_free(fit.headroom_bytes)}"
    yield f"  {wording.cards(fit):<24}{wording.FITS[fit.fits]}: {needs}; longest context {wording.amount(fit.max_context)}, {requests} requests at once"
    if bar := _bar(fit, memory):
        yield f"  {'':<24}{bar}"


def _free(headroom: Count) -> str:
    if isinstance(headroom, str):
        return "headroom unknown"
    return f"{wording.size(headroom)} free" if headroom >= 0 else f"{wording.size(-headroom)} short"


def _bar(fit: Fit, memory: Memory) -> str:
    """What is needed against what the stack may use; in its parts for the deployment that the figures are of. For declared GPUs."""
    if isinstance(fit.total_bytes, str) or isinstance(fit.headroom_bytes, str):
        return ""
    usable = max(1, fit.total_bytes + fit.headroom_bytes)
    if fit is not memory.fits[0] or fit.total_bytes != memory.total_bytes_per_gpu:
        return _drawn("█" * _length(fit.total_bytes, usable)) + f" of {wording.size(usable)}" if memory.speed is not None else ""
    parts = ""
    for key, mark in _PARTS:
        part = getattr(memory, key)
        scale = memory.concurrency if key == "kv_bytes_per_request" else 1
        parts += mark * _length(part * scale, usable)
    return f"{_drawn(parts)} weights █ cache ▓ activations ▒ overhead ░ of {wording.size(usable)}"


def _length(part: int, usable: int) -> int:
    """Marks for a part, bounded: a context without measure is a billion times too long."""
    return min(2 * _BAR, round(_BAR * part / usable))


def _drawn(marks: str) -> str:
    """At most twice the length that is there, so that too much is seen as too much."""
    return f"[{marks[: _BAR * 2].ljust(_BAR, '·')}]"


def _extras(memory: Memory) -> Iterator[str]:
    if memory.speed is not None:
        speed = memory.speed
        yield "Speed of one request, an estimate"
        rate = f"{_number(speed.decode_tokens_per_second)} tokens/s, at most {_number(speed.ceiling_tokens_per_second)}"
        yield f"  {rate}; first token after {_number(speed.ttft_seconds)} s"
        if speed.claim:
            yield f"  claimed speed: {speed.claim}"
    if memory.finetune is not None:
        tuned = memory.finetune
        estimate = memory.estimates["finetune.total_bytes"]
        spread = _range("bytes", estimate.low, estimate.high) if isinstance(estimate.low, int) and isinstance(estimate.high, int) else ""
        yield f"Fine-tuning with {tuned.method}: {wording.size(tuned.total_bytes)}{spread}"
        yield (
            f"  base {wording.size(tuned.base_bytes)}, {wording.amount(tuned.trainable_parameters)} trained parameters {wording.size(tuned.optimizer_bytes)}, "
            f"activations {wording.size(tuned.activation_bytes)}; {tuned.scheme}"
        )
    if memory.files:
        yield "GGUF files, of which an engine loads one set"
        yield from (f"  {one_line(file.name)}: {one_line(file.precision)}, {wording.size(file.bytes)}{_on(file, memory)}" for file in memory.files)


def _on(file: QuantFile, memory: Memory) -> str:
    """On which of the declared GPUs a file fits; nothing where none is declared, or its size or what else takes memory is not known."""
    beside = (memory.kv_bytes_per_request, memory.activation_bytes, memory.overhead_bytes)
    if memory.speed is None or isinstance(file.bytes, str) or "unknown" in beside:
        return ""
    return f", fits {', '.join(map(one_line, file.fits))}" if file.fits else ", fits no declared GPU"


def _number(value: Count | float) -> str:
    return value if isinstance(value, str) else f"{value:,.2f}"

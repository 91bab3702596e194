"""KV cache of full attention: bytes per token and per request, per GPU."""

from __future__ import annotations

from auditor.domain.stack import Stack
from auditor.sizing.classify import Reading
from auditor.sizing.figure import Figure
from auditor.sizing.precision import Precision
from auditor.sizing.sharding import cannot_split


def per_token(reading: Reading, precision: Precision, ways: int) -> Figure:
    """2 x layers x KV heads of this GPU x head dimension x width; a KV head repeats where there are fewer than GPUs."""
    shape = reading.shape
    if shape is None:
        return Figure.unknown(reading.why_unknown)
    if why := shape.missing("layers", "attention_heads", "kv_heads", "head_dim") or cannot_split(reading, ways):
        return Figure.unknown(why)
    if precision.kv_width is None:
        return Figure.unknown(precision.why_unknown)
    heads = max(1, shape["kv_heads"] // ways)
    inputs: dict[str, int | float | str] = {"layers": shape["layers"], "kv_heads_per_gpu": heads, "head_dim": shape["head_dim"], "width": precision.kv_width}
    value = 2 * shape["layers"] * heads * shape["head_dim"] * precision.kv_width
    return Figure.of(value, "formula", "2 x layers x kv_heads_per_gpu x head_dim x width", inputs)


def per_request(token: Figure, context: int | None, why: str, stack: Stack) -> Figure:
    """A request of `context` tokens, in whole pages. `why` says why the context is unknown."""
    if token.value is None:
        return token
    if context is None:
        return Figure.unknown(why)
    pages = -(-context // stack.block_size)
    inputs: dict[str, int | float | str] = {"context": context, "page_tokens": stack.block_size, "bytes_per_token": token.value}
    return Figure.of(pages * stack.block_size * token.value, token.basis, "pages x page_tokens x bytes_per_token", inputs)


def state_per_sequence(reading: Reading) -> Figure:
    """Recurrent state: none in a model of attention alone."""
    if reading.shape is None:
        return Figure.unknown(reading.why_unknown)
    return Figure.of(0, "formula", "no recurrent layers", {})

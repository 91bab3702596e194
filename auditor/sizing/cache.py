"""What one request keeps on each GPU, by the allocator of the stack: pages in groups, cells, or plain growth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from auditor.domain.record import record
from auditor.domain.stack import CacheRules
from auditor.sizing.layout import Keeps

MAMBA_MODES = ("none", "align", "all")


@record
class CacheSettings:
    """One deployment. Bits are of a cached element; `in_flight` tokens are computed in one step."""

    rules: CacheRules
    ways: int
    key_bits: float
    value_bits: float
    state_bits: float
    """Of an element of a recurrent state."""
    conv_bits: float
    block: int
    in_flight: int
    mode: str = "none"
    """How recurrent states are cached: one a request, one more at a page's end (`align`), or one a page (`all`)."""
    ahead: int = 0
    """Tokens guessed ahead."""
    n_ubatch: int = 512
    full_windows: bool = False
    mla: int | None = None
    """How llama.cpp caches latent attention: 0 expanded, 1 with a transposed copy, 2 and 3 once."""


class Allocator(Protocol):
    """Bytes per GPU."""

    unit: int
    """What memory is handed out in."""

    def request(self, tokens: int) -> int: ...

    def growth(self) -> int:
        """What one more token adds beyond all windows."""


def per_token(keeps: Keeps, settings: CacheSettings) -> int:
    """Bytes that one layer keeps of one token on one GPU; 0 for a state."""
    if keeps.kind == "state":
        return 0
    if keeps.kind == "heads":
        heads = max(1, keeps.heads // settings.ways)
        return _bytes(heads * keeps.key, settings.key_bits) + _bytes(heads * keeps.value, settings.value_bits)
    expanded = settings.mla == 0 if settings.mla is not None else not settings.rules.latent
    if expanded:
        heads = max(1, keeps.heads // settings.ways)
        return _bytes(heads * keeps.key, settings.key_bits) + _bytes(heads * keeps.value, settings.value_bits)
    if settings.mla == 1:
        return _bytes(keeps.latent + keeps.rope, settings.key_bits) + _bytes(keeps.latent, settings.value_bits)
    if settings.key_bits == 8 and keeps.index_bytes and settings.rules.sparse_latent_fp8_bytes:
        return settings.rules.sparse_latent_fp8_bytes + keeps.index_bytes
    latent = _bytes(keeps.latent + keeps.rope, settings.key_bits)
    return -(-latent // settings.rules.latent_alignment) * settings.rules.latent_alignment + keeps.index_bytes


def state_bytes(keeps: Keeps, settings: CacheSettings) -> int:
    """Bytes of a recurrent state of one sequence on one GPU."""
    if keeps.kind != "state":
        return 0
    conv = -(-keeps.channels // settings.ways) * (keeps.kernel - 1 + settings.ahead)
    return _bytes(conv, settings.conv_bits) + _bytes(-(-keeps.state // settings.ways), settings.state_bits)


def allocator(keeping: tuple[Keeps, ...], settings: CacheSettings) -> Allocator:
    """The allocator of the stack for these layers."""
    if settings.rules.allocator == "paged":
        return Paged(keeping, settings)
    return Plain(keeping, settings)


def _bytes(elements: int, bits: float) -> int:
    return int(elements * bits / 8)


def _window(keeps: Keeps, settings: CacheSettings, uniform: bool) -> int | None:
    """The window that the stack heeds."""
    if keeps.window is None or not settings.rules.windows or settings.full_windows:
        return None
    return None if uniform and not settings.rules.uniform_windows else keeps.window


def _uniform(keeping: tuple[Keeps, ...]) -> bool:
    """Whether all layers have one and the same window."""
    return len({keeps.window for keeps in keeping}) == 1


class Plain:
    """Every layer for itself: as long as the request, or in cells made at the start."""

    def __init__(self, keeping: tuple[Keeps, ...], settings: CacheSettings) -> None:
        self._settings, cells = settings, settings.rules.allocator == "cells"
        uniform = _uniform(keeping)
        self._layers: dict[tuple[int | None, int], int] = {}
        for keeps in keeping:
            key = (_window(keeps, settings, uniform), per_token(keeps, settings))
            self._layers[key] = self._layers.get(key, 0) + 1
        self._state = sum(state_bytes(keeps, settings) for keeps in keeping)
        self._cells: Callable[[int, int], int] = self._in_cells if cells else min
        self.unit = 1

    def _in_cells(self, tokens: int, window: int) -> int:
        step = self._settings.rules.window_alignment
        return min(tokens, -(-(window + self._settings.n_ubatch) // step) * step)

    def request(self, tokens: int) -> int:
        kept = sum(count * each * (tokens if window is None else self._cells(tokens, window)) for (window, each), count in self._layers.items())
        return kept + self._state

    def growth(self) -> int:
        return sum(count * each for (window, each), count in self._layers.items() if window is None)


@record
class _Bucket:
    """Layers that keep the same: `groups` groups, pages of `block` tokens (0: a state)."""

    groups: int
    block: int
    window: int | None
    chunked: bool


class Paged:
    """Pages of equal size. Layers of one kind form groups of equal number, and a page of one id lies in every layer of a group."""

    def __init__(self, keeping: tuple[Keeps, ...], settings: CacheSettings) -> None:
        self._settings, rules = settings, settings.rules
        states = any(keeps.kind == "state" for keeps in keeping)
        mixed = states or not _uniform(keeping)
        self._everything = mixed and (not rules.hybrid or (rules.chunks_full and any(keeps.chunked for keeps in keeping)))
        """Whether one allocator serves layers that keep different things, so that all keep every token."""
        buckets: dict[tuple[object, ...], list[Keeps]] = {}
        for keeps in keeping:
            buckets.setdefault(self._kind(keeps), []).append(keeps)
        self._buckets: tuple[_Bucket, ...] = ()
        self._growth = sum(per_token(keeps, settings) for keeps in buckets.get(("full",), []))
        if len(buckets) == 1 and not states:
            self._uniform(next(iter(buckets)), keeping)
        else:
            self._hybrid(buckets)

    def _kind(self, keeps: Keeps) -> tuple[object, ...]:
        """The bucket of a layer."""
        if keeps.kind == "state":
            return ("state",)
        window = _window(keeps, self._settings, False)
        return ("full",) if window is None or self._everything else ("window", window, keeps.chunked)

    def _uniform(self, kind: tuple[object, ...], keeping: tuple[Keeps, ...]) -> None:
        each = sum(per_token(keeps, self._settings) for keeps in keeping)
        window, chunked = (kind[1], bool(kind[2])) if kind[0] == "window" else (None, False)
        self.unit = each * self._settings.block
        self._buckets = (_Bucket(1, self._settings.block, window if isinstance(window, int) else None, chunked),)

    def _hybrid(self, buckets: dict[tuple[object, ...], list[Keeps]]) -> None:
        settings, counts = self._settings, [len(layers) for layers in buckets.values()]
        group = min(counts)
        if max(counts) < settings.rules.group_threshold * group:
            group = max(counts)
        tokens = {kind: max(per_token(keeps, settings) for keeps in layers) for kind, layers in buckets.items() if kind != ("state",)}
        states = max((state_bytes(keeps, settings) for keeps in buckets.get(("state",), [])), default=0)
        largest, block = max(tokens.values(), default=0), settings.block
        if states and largest:
            block = settings.block * -(-states // (settings.block * largest))
        page = block * largest if largest else states
        self.unit = page * group
        self._buckets = tuple(
            _Bucket(-(-len(layers) // group), block * largest // tokens[kind] if kind in tokens else 0, *self._reach(kind)) for kind, layers in buckets.items()
        )

    @staticmethod
    def _reach(kind: tuple[object, ...]) -> tuple[int | None, bool]:
        return (kind[1], bool(kind[2])) if kind[0] == "window" and isinstance(kind[1], int) else (None, False)

    def blocks(self, tokens: int) -> int:
        """Pages of one request."""
        return sum(bucket.groups * self._pages(bucket, tokens) for bucket in self._buckets)

    def _pages(self, bucket: _Bucket, tokens: int) -> int:
        settings = self._settings
        if not bucket.block:
            if settings.mode == "all":
                block = max((b.block for b in self._buckets), default=0)
                return max(1, -(-tokens // block)) if block else 1
            return (2 if settings.mode == "align" else 1) + settings.ahead
        if bucket.window is None:
            return -(-tokens // bucket.block)
        if bucket.chunked:
            return -(-min(bucket.window + settings.in_flight, tokens) // bucket.block)
        return -(-min(bucket.window - 1 + settings.in_flight, tokens) // bucket.block) + 1

    def request(self, tokens: int) -> int:
        return self.blocks(tokens) * self.unit

    def growth(self) -> int:
        return self._growth

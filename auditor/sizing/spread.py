"""Whole layers on each GPU, as stacks place them that do not split tensors: every figure is that of the fullest GPU."""

from __future__ import annotations

from auditor.sizing.cache import Allocator, CacheSettings, allocator, state_bytes
from auditor.sizing.figure import Figure
from auditor.sizing.layout import Keeps, Layout

OUTER_WIDTH = 2
"""Bytes of an element of embeddings and head at the worst: recipes keep them in 16 bit or less."""


def blocks(layout: Layout, ways: int) -> tuple[tuple[Keeps, ...], ...]:
    """What the layers of each GPU keep; neighbours stay together, and no GPU has more than one layer above another."""
    count = len(layout.layers)
    parts = [layout.layers[count * n // ways : count * (n + 1) // ways] for n in range(ways)]
    return tuple(tuple(layer.keeps for layer in part if layer.keeps is not None) for part in parts)


def most_layers(layout: Layout, ways: int) -> int:
    """Layers of the GPU that has most of them."""
    return -(-len(layout.layers) // ways)


class Fullest:
    """The allocators of all GPUs, of which the one counts that needs most."""

    def __init__(self, keeping: tuple[tuple[Keeps, ...], ...], settings: CacheSettings) -> None:
        self._each: list[Allocator] = [allocator(part, settings) for part in keeping]
        self._states = [sum(state_bytes(keeps, settings) for keeps in part) for part in keeping]
        self.unit = self._each[0].unit

    @property
    def state(self) -> int:
        """Bytes of the recurrent states of one sequence."""
        return max(self._states)

    def request(self, tokens: int) -> int:
        return max(one.request(tokens) for one in self._each)

    def growth(self) -> int:
        return max(one.growth() for one in self._each)


def fullest_weights(resident: Figure, layout: Layout, ways: int, spread: float) -> Figure:
    """An even number of layers on each GPU; embeddings and head lie with some of them, at the worst all with one. `spread`: of logs."""
    if resident.value is None or resident.low is None or resident.high is None:
        return resident
    most, count = most_layers(layout, ways), len(layout.layers)
    outer = sum(weight.total for weight in layout.outer) * OUTER_WIDTH
    value, low = -(-resident.value * most // count), int(resident.low / ways * (1 - spread))
    high = max(value, int(min(resident.high, resident.high * most / count + outer) * (1 + spread)))
    inputs = {**resident.inputs, "weights": resident.value, "ways": ways, "layers": count, "layers_of_one_gpu": most, "outer_bytes": outer}
    note = f"weights_per_gpu: {most} of {count} layers on one GPU; where embeddings and head lie is a range"
    return Figure.of(value, "assumed", "weights x layers_of_one_gpu / layers", inputs, low=low, high=high, assumed=(*resident.assumed, note))

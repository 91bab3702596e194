"""The layers of a model as its config describes them: weights, what each layer keeps of the past, widths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from auditor.domain.architecture import Block, Cache, LayerKind, ModelType, Part, PartKind, Pattern, Split
from auditor.domain.record import record
from auditor.sizing.expressions import Unreadable, evaluate, number, truth
from auditor.sizing.families import Families
from auditor.sizing.fields import Fields

MOST_LAYERS = 2048
"""Deepest stack that is laid out; the deepest published models have some hundred layers."""

_WHOLE: tuple[PartKind, ...] = ("norm", "router")


@record
class Weight:
    """`count` tensors of `size` parameters each; `active` of them take part in one token."""

    name: str
    """As in the checkpoint, without what stands before `layers.`."""
    kind: PartKind
    size: int
    count: int
    active: int
    split: Split
    columns: int = 0
    """Width of the input; 0 where it is no matrix."""

    @property
    def total(self) -> int:
        """Parameters of all of them."""
        return self.size * self.count


@record
class Keeps:
    """What one layer keeps: elements per head and token, or a state of fixed size. `window` None: every token."""

    kind: Literal["heads", "latent", "state"]
    heads: int
    key: int
    value: int
    latent: int
    rope: int
    index_bytes: int
    channels: int
    kernel: int
    state: int
    window: int | None
    chunked: bool


@record
class Layer:
    """One layer. `keeps` None: nothing of its own."""

    weights: tuple[Weight, ...]
    keeps: Keeps | None
    inner: int
    rotary: int


@record
class Layout:
    """A language model laid out. Figures of the whole model, not of one GPU."""

    model_type: str
    layers: tuple[Layer, ...]
    outer: tuple[Weight, ...]
    mtp: tuple[Weight, ...]
    mtp_keeping: tuple[Keeps, ...]
    """What those layers keep when they guess ahead."""
    hidden: int
    vocab: int
    heads: int
    tied: bool
    capped: bool
    """Whether attention scores are capped."""
    norm_vectors: int
    """Vectors of a norm: 2 with a bias, which are layer norms."""
    parallel: bool
    """Whether attention and feed-forward layer have one input."""
    uncounted: str
    """Why parameters are not counted; empty when `layers` and `outer` hold them all."""

    def language(self) -> Iterator[Weight]:
        """Weights of the language model without layers for multi-token prediction."""
        yield from self.outer
        for layer in self.layers:
            yield from layer.weights

    @property
    def keeping(self) -> tuple[Keeps, ...]:
        """What the layers keep, those that keep nothing left out."""
        return tuple(layer.keeps for layer in self.layers if layer.keeps is not None)

    @property
    def inner(self) -> int:
        """Widest feed-forward activation of one token."""
        return max((layer.inner for layer in self.layers), default=0)

    @property
    def kv_heads(self) -> int:
        """Fewest KV heads of a layer; 0 without any."""
        return min((keeps.heads for keeps in self.keeping if keeps.kind == "heads"), default=0)


def lay_out(fields: Fields, entry: ModelType, model_type: str, known: Families, tied: bool) -> Layout:
    """Lays a model out. Raises Unreadable, with the reason, for a config that does not say all that is needed."""
    count = number("layers", fields)
    if not 0 < count <= MOST_LAYERS:
        raise Unreadable(f"{count} layers are more than any model has" if count else "the model has no layers")
    fields.names = {**fields.names, "tied": ()}
    fields.own = {**fields.own, "tied": str(tied)}
    attention, feed_forward = (_kinds(patterns, fields, count) for patterns in (entry.attention, entry.feed_forward))
    builder = _Builder(fields, entry, known)
    layers = tuple(builder.layer(i, (attention[i], feed_forward[i])) for i in range(count))
    outer = tuple(builder.weights(_blocks(entry.outer, known), "")) if not entry.uncounted else ()
    ahead = number(entry.mtp, fields) if entry.mtp else 0
    if ahead > MOST_LAYERS:
        raise Unreadable("more layers for multi-token prediction than any model has")
    mtp = tuple(w for i in range(ahead) for w in builder.weights(_blocks(entry.mtp_kinds, known), f"mtp.layers.{i}.", i)) if not entry.uncounted else ()
    guessing = tuple(builder.keeps(_blocks(entry.mtp_kinds, known), i) for i in range(ahead))
    return Layout(
        model_type,
        layers,
        outer,
        mtp,
        tuple(k for k in guessing if k),
        number("hidden", fields),
        number("vocab", fields),
        number("heads", fields),
        tied,
        truth("capped", fields),
        number("norm_vectors", fields),
        truth("parallel", fields),
        entry.uncounted,
    )


def tower_weights(entry: ModelType, config: Mapping[str, Any], text: Fields) -> tuple[tuple[Weight, ...], str]:
    """Weights of encoders beside the language model, and why they are not all known (empty when they are)."""
    found: list[Weight] = []
    for name, tower in entry.tower.items():
        nested = next((config[key] for key in tower.config if isinstance(config.get(key), Mapping)), None)
        if nested is None:
            if any(config.get(key) is not None for key in tower.config):
                return tuple(found), f"the {name} encoder is not counted: its entry in config.json is no mapping"
            continue
        if not tower.parts:
            return tuple(found), f"the {name} encoder is not counted"
        own = Fields(nested, tower.names, tower.defaults, tower.derive, outer=text)
        try:
            found += [_weight(part, "", own) for part in tower.parts]
        except Unreadable as why:
            return tuple(found), f"the {name} encoder is not counted: {why}"
    return tuple(found), ""


def _kinds(patterns: Iterable[Pattern], fields: Fields, count: int) -> list[str]:
    for pattern in patterns:
        fields.layer = 0
        if not truth(pattern.when, fields):
            continue
        if pattern.list:
            entries = fields(pattern.list)
            if not isinstance(entries, (list, tuple, str)) or len(entries) != count:
                raise Unreadable(f"{pattern.list}: not one entry a layer")
            strange = next((entry for entry in entries if not isinstance(entry, str) or entry not in pattern.names), None)
            if strange is not None:
                raise Unreadable(f"{pattern.list}: a kind of layer that is not known")
            return [pattern.names[entry] for entry in entries]
        found = []
        for i in range(count):
            fields.layer = i
            found.append(evaluate(pattern.each, fields))
        return found
    raise Unreadable("nothing says which layers are of which kind")


def _blocks(names: Iterable[str], known: Families) -> list[Block]:
    return [known.blocks[name] for name in names]


class _Builder:
    """Builds layers; equal ones are worked out once."""

    def __init__(self, fields: Fields, entry: ModelType, known: Families) -> None:
        self.fields, self.entry, self.known = fields, entry, known
        self._done: dict[tuple[str, str], tuple[list[tuple[Part, Weight]], Keeps | None, int, int]] = {}
        self._plain = dict(fields.own)

    def layer(self, i: int, kinds: tuple[str, str]) -> Layer:
        made = self._done.get(kinds)
        if made is None:
            self.fields.layer, self.fields.used_layer = i, False
            made = self._make(kinds)
            if not self.fields.used_layer:
                self._done[kinds] = made
        weights, keeps, inner, rotary = made
        named = tuple(Weight(f"layers.{i}.{w.name}", w.kind, w.size, w.count, w.active, w.split, w.columns) for _, w in weights)
        return Layer(named, keeps, inner, rotary)

    def weights(self, blocks: Iterable[Block], before: str, i: int | None = None) -> Iterator[Weight]:
        """Weights of blocks outside the layers."""
        self.fields.own, self.fields.layer = dict(self._plain), i
        for block in blocks:
            for part in block.parts:
                if truth(part.when, self.fields):
                    yield _weight(part, before, self.fields, self.entry.rename)

    def keeps(self, blocks: Iterable[Block], i: int) -> Keeps | None:
        """What a layer of these blocks keeps."""
        self.fields.own, self.fields.layer = dict(self._plain), i
        return next((_keeps(block.cache, LayerKind(), self.fields) for block in blocks if block.cache is not None), None)

    def _make(self, kinds: tuple[str, str]) -> tuple[list[tuple[Part, Weight]], Keeps | None, int, int]:
        fields, weights, keeps, inner, rotary = self.fields, [], None, 0, 0
        for name in kinds:
            kind = self.entry.kinds.get(name)
            if kind is None:
                raise Unreadable(f"{name} is no kind of layer")
            fields.own = {**self._plain, **kind.fields}
            for block in _blocks(kind.blocks, self.known):
                if not self.entry.uncounted:
                    weights += [(part, _weight(part, "", fields, self.entry.rename)) for part in block.parts if truth(part.when, fields)]
                inner, rotary = max(inner, number(block.inner, fields) if not self.entry.uncounted else 0), max(rotary, number(block.rotary, fields))
                if block.cache is not None and not kind.reuses_cache:
                    keeps = _keeps(block.cache, kind, fields)
        fields.own = dict(self._plain)
        return weights, keeps, inner, rotary


def _weight(part: Part, before: str, fields: Fields, rename: Mapping[str, str] | None = None) -> Weight:
    name = part.name
    for old, new in (rename or {}).items():
        if name == old or name.startswith(old if old.endswith(".") else f"{old}."):
            name = new + name[len(old) :]
    count, size = number(part.count, fields), number(part.size, fields)
    if not count or not size:
        raise Unreadable(f"{part.name}: a dimension in config.json is zero")
    active = min(count, number(part.active, fields)) if part.active else count
    split: Split = part.split or ("whole" if part.kind in _WHOLE else "divided")
    columns = number(part.columns, fields) if part.kind in ("linear", "expert", "shared") else 0
    return Weight(before + name, part.kind, size, count, active, split, columns)


def _keeps(cache: Cache, kind: LayerKind, fields: Fields) -> Keeps:
    value = {name: number(getattr(cache, name), fields) for name in ("heads", "key", "value", "latent", "rope", "index_bytes", "channels", "kernel", "state")}
    window = number(kind.window, fields) if kind.window else None
    if window == 0:
        raise Unreadable(f"{kind.window} is zero")
    if cache.kind == "latent" and not value["latent"]:
        raise Unreadable("the latent of the attention is zero")
    if cache.kind == "heads":
        heads = number("heads", fields)
        if not value["heads"] or not value["key"] or heads % value["heads"]:
            raise Unreadable("the attention heads are not a multiple of the KV heads")
    return Keeps(cache.kind, **value, window=window, chunked=kind.chunked)

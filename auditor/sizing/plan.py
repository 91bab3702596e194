"""How many bits each weight of a model takes: by module, as a checkpoint declares it, a user asks for it, or a GGUF recipe chooses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol

from auditor.domain.architecture import PartKind, Recipe
from auditor.domain.record import record
from auditor.sizing.families import Families
from auditor.sizing.layout import Weight

if TYPE_CHECKING:
    from auditor.sizing.patterns import Names

QUANTISED: tuple[PartKind, ...] = ("linear", "expert", "shared")


class Plan(Protocol):
    """Bits of one weight."""

    def bits(self, weight: Weight) -> float: ...


@record
class Even:
    """Every weight alike: an unquantised checkpoint."""

    width: int

    def bits(self, weight: Weight) -> float:
        return self.width * 8


@record
class Rule:
    """Modules that take `per_weight` bits; `only` None: every module of these kinds."""

    per_weight: float
    kinds: tuple[PartKind, ...] = QUANTISED
    only: Names | None = None


@record
class ByModule:
    """The first rule that covers a module holds, except for ignored modules; the rest is at `plain` bits. Small tensors are never quantised."""

    rules: tuple[Rule, ...]
    ignored: Names
    plain: float = 16

    def bits(self, weight: Weight) -> float:
        if weight.kind in ("norm", "bias", "router") or not self.rules:
            return self.plain
        rule = next((r for r in self.rules if weight.kind in r.kinds and (r.only is None or weight.name in r.only)), None)
        if rule is None or weight.name in self.ignored:
            return self.plain
        return rule.per_weight


@record
class Gguf:
    """A recipe of llama.cpp. One-dimensional tensors and routers are float32."""

    recipe: Recipe
    known: Families
    layers: int
    experts: int
    tied: bool

    def bits(self, weight: Weight) -> float:
        if weight.kind in ("norm", "bias", "router"):
            return 32
        if weight.kind == "head" or (weight.kind == "embedding" and self.tied):
            return self._of(self.recipe.head, weight)
        return self._of(self._type(weight), weight)

    def _of(self, name: str, weight: Weight) -> float:
        """Rows that are no multiple of 256 take the type that is made for them."""
        return self.known.formats[self.known.fallback.get(name, name) if weight.columns % 256 else name].per_weight

    def _type(self, weight: Weight) -> str:
        segments = weight.name.split(".")
        layer = int(segments[1]) if segments[0] == "layers" else None
        for rule in self.recipe.rules:
            named = not rule.parts or segments[-1] in rule.parts
            if named and (not rule.kinds or weight.kind in rule.kinds) and rule.experts in (None, self.experts) and self._at(rule.layers, layer):
                return rule.type
        return self.recipe.type

    def _at(self, where: str, layer: int | None) -> bool:
        if where == "all":
            return True
        if layer is None:
            return False
        eighth = self.layers // 8
        if where == "more":
            return layer < eighth or layer >= 7 * self.layers // 8 or (layer - eighth) % 3 == 2
        return layer < (eighth if where == "first_eighth" else 4)


def held_bytes(weights: Iterable[Weight], plan: Plan) -> int:
    """Bytes of all of them."""
    return int(sum(weight.total * plan.bits(weight) for weight in weights) / 8 + 0.5)


def by_split(weights: Iterable[Weight], plan: Plan) -> Mapping[str, int]:
    """Bytes by how tensor parallelism treats them."""
    sums = {"divided": 0.0, "whole": 0.0, "kv": 0.0}
    for weight in weights:
        sums[weight.split] += weight.total * plan.bits(weight) / 8
    return {split: int(total + 0.5) for split, total in sums.items()}

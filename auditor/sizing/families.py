"""The model types of all files of rules/architectures as one table, each with what it takes from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.domain.architecture import Architecture, Block, Format, ModelType, Recipe, Trainer


@dataclass(frozen=True, slots=True)
class Families:
    """Every known model type, complete, and the blocks that they are made of."""

    types: Mapping[str, ModelType]
    blocks: Mapping[str, Block]
    formats: Mapping[str, Format]
    algorithms: Mapping[str, str]
    what_if: Mapping[str, str]
    recipes: Mapping[str, Recipe]
    fallback: Mapping[str, str]
    trainers: Mapping[str, Trainer]
    optimizers: Mapping[str, float]

    def find(self, model_type: object) -> ModelType | None:
        """The entry of a `model_type`, which is foreign; case does not count."""
        return self.types.get(model_type.lower()) if isinstance(model_type, str) else None


_TABLES: dict[int, tuple[Mapping[str, Architecture], Families]] = {}
"""Built once per catalogue; the catalogue is kept so that its number is not given to another."""


def families(architectures: Mapping[str, Architecture]) -> Families:
    """The table for one catalogue."""
    found = _TABLES.get(id(architectures))
    if found is None:
        found = _TABLES[id(architectures)] = (architectures, _built(architectures))
    return found[1]


def _built(architectures: Mapping[str, Architecture]) -> Families:
    raw = {name: entry for architecture in architectures.values() for name, entry in architecture.types.items()}
    home = {name: architecture for architecture in architectures.values() for name in architecture.types}
    blocks = {name: block for architecture in architectures.values() for name, block in architecture.blocks.items()}
    base = next((architecture.common for architecture in architectures.values() if architecture.base), ModelType())
    done: dict[str, ModelType] = {}

    def complete(name: str, seen: tuple[str, ...] = ()) -> ModelType:
        if name not in done:
            own = raw[name]
            extends = own.extends in raw and own.extends not in seen
            parent = complete(own.extends, (*seen, name)) if extends else _merged(base, home[name].common)
            done[name] = _merged(parent, own)
        return done[name]

    def gathered(name: str) -> dict[str, Any]:
        return {key: value for architecture in architectures.values() for key, value in getattr(architecture, name).items()}

    types = {name: complete(name) for name in raw}
    return Families(
        types,
        blocks,
        gathered("formats"),
        gathered("algorithms"),
        gathered("what_if"),
        gathered("recipes"),
        gathered("fallback"),
        gathered("trainers"),
        gathered("optimizers"),
    )


_OWN = ("extends", "architectures", "text_config", "tower")
"""Not inherited by a nested type: what names the model itself."""


def _merged(parent: ModelType, own: ModelType) -> ModelType:
    values = {}
    for field in ModelType.model_fields:
        theirs, ours = getattr(parent, field), getattr(own, field)
        if isinstance(ours, dict):
            values[field] = {**theirs, **ours} if field not in ("rename", "tower") or not ours else ours
        elif field in _OWN:
            values[field] = ours or (theirs if field in ("text_config",) else ours)
        else:
            values[field] = ours or theirs
    return own.model_copy(update=values)

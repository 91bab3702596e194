"""The model types of all files of rules/architectures as one table, each with what it takes from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.domain.architecture import Architecture, Block, Format, ModelType, Recipe, Trainer
from auditor.domain.record import record


@record
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
    def gathered(name: str) -> dict[str, Any]:
        return {key: value for architecture in architectures.values() for key, value in getattr(architecture, name).items()}

    return Families(
        _Types(architectures),
        gathered("blocks"),
        gathered("formats"),
        gathered("algorithms"),
        gathered("what_if"),
        gathered("recipes"),
        gathered("fallback"),
        gathered("trainers"),
        gathered("optimizers"),
    )


class _Types(Mapping[str, ModelType]):
    """The model types by name, each completed when it is asked for."""

    def __init__(self, architectures: Mapping[str, Architecture]) -> None:
        self._raw = {name: entry for architecture in architectures.values() for name, entry in architecture.types.items()}
        self._home = {name: architecture.common for architecture in architectures.values() for name in architecture.types}
        self._base = next((architecture.common for architecture in architectures.values() if architecture.base), ModelType.model_construct())
        self._done: dict[str, ModelType] = {}

    def __getitem__(self, name: str) -> ModelType:
        return self._complete(name, ())

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def _complete(self, name: str, seen: tuple[str, ...]) -> ModelType:
        if name not in self._done:
            own = self._raw[name]
            extends = own.extends in self._raw and own.extends not in seen
            parent = self._complete(own.extends, (*seen, name)) if extends else _merged(self._base, self._home[name])
            self._done[name] = _merged(parent, own)
        return self._done[name]


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

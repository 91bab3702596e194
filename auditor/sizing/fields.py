"""Fields of a config under the names that its model type uses, with the defaults of the model code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.sizing.expressions import Unreadable, evaluate
from auditor.sizing.values import LIMIT

_MOST_ENTRIES = 4096
"""Longest list that is looked at; the deepest published models have some hundred layers."""


@dataclass(slots=True)
class Fields:
    """Reads one config. `names`, `defaults` and `derive` are those of its type; what had to be assumed is collected."""

    config: Mapping[str, Any]
    names: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, Any]
    derive: Mapping[str, str]
    outer: Fields | None = None
    """Asked for a name that this config does not know (a tower asks for the width of the language model)."""
    own: dict[str, str] = field(default_factory=dict)
    """Expressions that go before everything else: those of the kind of layer."""
    layer: int | None = None
    assumed: list[str] = field(default_factory=list)
    used_layer: bool = False
    _open: set[str] = field(default_factory=set)
    """Names that are being worked out, so that two which need each other end."""

    def __call__(self, name: str) -> Any:
        """Value of a field; raises Unreadable with the reason where there is none."""
        if name == "i":
            self.used_layer = True
            if self.layer is None:
                raise Unreadable("the number of the layer is not known here")
            return self.layer
        if name in self.own and name not in self._open:
            return self._derived(name, self.own[name])
        keys = self.names.get(name, (name,) if name not in self.derive else ())
        present = [key for key in keys if self.config.get(key) is not None]
        if present:
            return self._read(name, present)
        for key in keys:
            if key in self.defaults:
                self._assume(key)
                return self.defaults[key]
        if name in self.derive and name not in self._open:
            return self._derived(name, self.derive[name])
        if self.outer is not None and name not in self.names:
            return self.outer(name)
        raise Unreadable(f"{' or '.join(keys) or name} is not in config.json")

    def _read(self, name: str, keys: list[str]) -> Any:
        values = [_plain(key, self.config[key]) for key in keys]
        if any(type(value) is not type(values[0]) or value != values[0] for value in values[1:]):
            raise Unreadable(f"{' and '.join(keys)} in config.json disagree")
        return values[0]

    def _derived(self, name: str, expression: str) -> Any:
        self._open.add(name)
        try:
            return evaluate(expression, self)
        finally:
            self._open.discard(name)

    def _assume(self, key: str) -> None:
        value = self.defaults[key]
        note = f"{key}: {str(value).lower() if isinstance(value, bool) else value} (config.json leaves it out; default of the model code)"
        if value is not False and value != 0 and note not in self.assumed:
            self.assumed.append(note)


def _plain(key: str, value: Any) -> Any:
    """A value of a type that arithmetic may meet; raises Unreadable for anything else."""
    if isinstance(value, bool) or value is None or isinstance(value, Mapping):
        return value
    if isinstance(value, int) and 0 <= value < LIMIT:
        return value
    if isinstance(value, float) and math.isfinite(value) and abs(value) < LIMIT:
        return value
    if isinstance(value, (str, list, tuple)) and len(value) <= _MOST_ENTRIES:
        return value
    raise Unreadable(f"{key} in config.json is not a positive whole number below 2^40")

"""Geometry of a model from its config.json: counts under the names that its type uses, defaults of the model code, unknown with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.domain.architecture import Architecture, GeometryField, ModelTypeTraits, Switch
from auditor.domain.stack import RopeScaling, Stack
from auditor.sizing.values import count, factor, mapping, present


@dataclass(frozen=True, slots=True)
class Shape:
    """The numbers that memory follows from; None where one could not be read, `problems` then says why."""

    counts: Mapping[GeometryField, int | None]
    tied: bool | None
    problems: Mapping[str, str]

    def __getitem__(self, name: GeometryField) -> int:
        """The count; callers have asked `missing` before."""
        value = self.counts[name]
        assert value is not None, name
        return value

    def missing(self, *names: GeometryField) -> str:
        """Why the first of these is unknown; empty when all are known."""
        return next((self.problems.get(name, f"{name} is not in config.json") for name in names if self.counts.get(name) is None), "")


@dataclass(slots=True)
class Reader:
    """Reads one config. Collects what it had to assume and what it could not read."""

    text: Mapping[str, Any]
    """The language model's own config."""
    top: Mapping[str, Any]
    model_type: str
    architecture: Architecture
    traits: ModelTypeTraits
    problems: dict[str, str] = field(default_factory=dict)
    assumed: list[str] = field(default_factory=list)

    def shape(self, stack: Stack) -> Shape:
        """All counts. `stack` says how the longest context follows from what is declared."""
        counts: dict[GeometryField, int | None] = {}
        plain: tuple[GeometryField, ...] = ("layers", "hidden_size", "attention_heads", "vocab_size")
        routed: tuple[GeometryField, ...] = ("experts", "experts_per_token")
        for name in plain:
            counts[name] = self._named(name)
        hidden, heads = counts["hidden_size"], counts["attention_heads"]
        counts["kv_heads"] = self._kv_heads(heads)
        counts["head_dim"] = self._named("head_dim") or self._share("head_dim", hidden, heads)
        counts["intermediate_size"] = self._named("intermediate_size") or self._multiple(hidden)
        counts["max_context"] = self._max_context(stack)
        if self.architecture.architecture_class == "moe":
            for name in routed:
                counts[name] = self._named(name)
            same = self.traits.expert_intermediate_is_intermediate
            counts["expert_intermediate_size"] = counts["intermediate_size"] if same else self._named("expert_intermediate_size")
        if heads and counts["kv_heads"] and (counts["kv_heads"] > heads or heads % counts["kv_heads"]):
            counts["kv_heads"] = self._problem("kv_heads", "the attention heads are not a multiple of the KV heads")
        return Shape(counts, self._tied(), dict(self.problems))

    def switch(self, switch: Switch) -> bool | None:
        """Whether a part is there: fixed, or by the config key it names; None when that key holds something else than true or false."""
        if isinstance(switch, bool):
            return switch
        value = self.text.get(switch)
        if value is None:
            value = self.architecture.defaults.get(self.model_type, {}).get(switch, False)
        return value if isinstance(value, bool) else None

    def _problem(self, name: str, why: str) -> int | None:
        """Records why `name` is unknown; always None, so that it can be returned."""
        self.problems.setdefault(name, why)
        return None

    def _keys(self, name: GeometryField) -> tuple[str, ...]:
        return self.traits.names.get(name) or self.architecture.names.get(name, ())

    def _named(self, name: GeometryField) -> int | None:
        keys = self._keys(name)
        found = present(self.text, keys)
        if not found:
            return self._default(name, keys)
        values = {count(self.text[key]) for key in found}
        if None in values:
            return self._problem(name, f"{' or '.join(found)} in config.json is not a positive whole number below 2^40")
        if len(values) > 1:
            return self._problem(name, f"{' and '.join(found)} in config.json disagree")
        return values.pop()

    def _default(self, name: GeometryField, keys: tuple[str, ...]) -> int | None:
        defaults = self.architecture.defaults.get(self.model_type, {})
        for key in keys:
            if (value := count(defaults.get(key))) is not None:
                self.assumed.append(f"{key}: {value} (config.json leaves it out; default of the model code)")
                return value
        return None

    def _kv_heads(self, heads: int | None) -> int | None:
        traits = self.traits
        if traits.single_kv_head_when and not (traits.kv_heads_by_name_when and self.switch(traits.kv_heads_by_name_when)):
            if traits.kv_heads_by_name_when and self.switch(traits.kv_heads_by_name_when) is None:
                return self._problem("kv_heads", f"{traits.kv_heads_by_name_when} in config.json is neither true nor false")
            single = self.switch(traits.single_kv_head_when)
            if single is None:
                return self._problem("kv_heads", f"{traits.single_kv_head_when} in config.json is neither true nor false")
            return 1 if single else heads
        named = self._named("kv_heads")
        if named is None and "kv_heads" not in self.problems:
            return heads
        return named

    def _share(self, name: GeometryField, hidden: int | None, heads: int | None) -> int | None:
        """Hidden size over heads, where the config does not say."""
        if name in self.problems or hidden is None or heads is None:
            return None
        if hidden % heads:
            return self._problem(name, "hidden size is not a multiple of the attention heads")
        return hidden // heads

    def _multiple(self, hidden: int | None) -> int | None:
        if "intermediate_size" in self.problems or hidden is None or self.traits.intermediate_multiple is None:
            return None
        return hidden * self.traits.intermediate_multiple

    def _tied(self) -> bool | None:
        for config in (self.text, self.top):
            if (value := config.get("tie_word_embeddings")) is not None:
                return value if isinstance(value, bool) else None
        return self.traits.tied_by_default

    def _max_context(self, stack: Stack) -> int | None:
        found = present(self.text, self._keys("max_context"))
        values = [count(self.text[key]) for key in found]
        declared = [value for value in values if value is not None]
        if len(declared) < len(values):
            return self._problem("max_context", f"{' or '.join(found)} in config.json is not a positive whole number below 2^40")
        if not declared:
            self.assumed.append(f"max_context: {stack.context_when_undeclared} (the model declares none; what {stack.key} takes)")
            return stack.context_when_undeclared
        return self._scaled(min(declared), stack.rope_scaling)

    def _scaled(self, declared: int, rules: RopeScaling) -> int | None:
        raw = next((value for key in ("rope_scaling", "rope_parameters") if (value := self.text.get(key)) is not None), None)
        if raw is None:
            return declared
        scaling = mapping(raw)
        kind = next((value for key in ("rope_type", "type") if (value := (scaling or {}).get(key)) is not None), "default")
        if scaling is None or not isinstance(kind, str):
            return self._problem("max_context", "rope_scaling in config.json is not what the stack reads")
        if kind in rules.unscaled:
            return declared
        if kind not in (*rules.multiplied, *rules.from_original):
            self.assumed.append("max_context: as declared (rope scaling of a kind that is not known)")
            return declared
        by = factor(scaling.get("factor"))
        original = scaling.get("original_max_position_embeddings") if kind in rules.from_original else None
        base = declared if original is None else count(original)
        if by is None or base is None or count(int(base * by)) is None:
            return self._problem("max_context", "rope_scaling in config.json is not what the stack reads")
        return int(base * by)

"""The longest context of a model: what it declares, scaled as its stack scales rotations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.domain.stack import RopeScaling, Stack
from auditor.sizing.values import count, factor, mapping, present


def max_context(config: Mapping[str, Any], keys: tuple[str, ...], stack: Stack) -> tuple[int | None, str, str]:
    """Tokens, why they are unknown, and what was assumed."""
    found = present(config, keys)
    values = [count(config[key]) for key in found]
    declared = [value for value in values if value is not None]
    if len(declared) < len(values):
        return None, f"{' or '.join(found)} in config.json is not a positive whole number below 2^40", ""
    if not declared:
        return stack.context_when_undeclared, "", f"max_context: {stack.context_when_undeclared} (the model declares none; what {stack.key} takes)"
    return _scaled(min(declared), config, stack.rope_scaling)


def _scaled(declared: int, config: Mapping[str, Any], rules: RopeScaling) -> tuple[int | None, str, str]:
    raw = next((value for key in ("rope_scaling", "rope_parameters") if (value := config.get(key)) is not None), None)
    if raw is None:
        return declared, "", ""
    scaling = mapping(raw)
    kind = next((value for key in ("rope_type", "type") if (value := (scaling or {}).get(key)) is not None), "default")
    if scaling is None or not isinstance(kind, str):
        return None, "rope_scaling in config.json is not what the stack reads", ""
    if kind in rules.unscaled:
        return declared, "", ""
    if kind not in (*rules.multiplied, *rules.from_original):
        return declared, "", "max_context: as declared (rope scaling of a kind that is not known)"
    by = factor(scaling.get("factor"))
    original = scaling.get("original_max_position_embeddings") if kind in rules.from_original else None
    base = declared if original is None else count(original)
    if by is None or base is None or count(int(base * by)) is None:
        return None, "rope_scaling in config.json is not what the stack reads", ""
    return int(base * by), "", ""

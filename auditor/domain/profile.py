"""The deployer: uses, declared facts. An undeclared fact and one declared `unknown` are the same: absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from auditor.domain.license import Use

FactValue = int | bool | str | frozenset[str] | Mapping[str, int]
UseSource = Literal["assumed", "flag", "env", "file"]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the deployer intends and declared."""

    uses: tuple[Use, ...] = ("hosted",)
    use_source: UseSource = "assumed"
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    """By name; territories as sets of ISO codes with groups already expanded. Never holds `unknown`."""
    declared: Mapping[str, object] = field(default_factory=dict)
    """As declared, plain values, `unknown` included; for the report."""

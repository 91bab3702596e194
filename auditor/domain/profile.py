"""The deployer: uses, declared facts. An undeclared fact and one declared `unknown` are the same: absent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from auditor.domain.license import Use
from auditor.domain.record import record

FactValue = int | bool | str | frozenset[str] | Mapping[str, int]
UseSource = Literal["assumed", "flag", "env", "file"]


@record
class Agreement:
    """A license that the deployer holds apart from the public one."""

    licensor: str
    licenses: frozenset[str]
    """Keys of the catalogue that it stands in for."""
    uses: tuple[Use, ...]
    expires: date | None
    """Last day that it holds; None for one without end."""
    document_sha256: str
    """Digest of the signed document; empty when none is given."""
    name: str = ""
    """What the deployer calls it."""
    reference: str = ""
    """The deployer's number for it, or where it is filed."""

    def holds_on(self, day: date) -> bool:
        """Whether it holds on this day; its last day is included."""
        return self.expires is None or day <= self.expires

    def __str__(self) -> str:
        until = f" until {self.expires}" if self.expires else ""
        details = [self.name, self.reference, f"document {self.document_sha256[:12]}" if self.document_sha256 else ""]
        listed = ", ".join(filter(None, details))
        return f"{self.licensor}{until}{f' ({listed})' if listed else ''}"


@record
class Profile:
    """What the deployer intends and declared."""

    uses: tuple[Use, ...] = ("hosted",)
    use_source: UseSource = "assumed"
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    """By name; territories as sets of ISO codes with groups already expanded. Never holds `unknown`."""
    agreements: tuple[Agreement, ...] = ()
    """Held licenses, expired ones included."""
    declared: Mapping[str, object] = field(default_factory=dict)
    """As declared, plain values, `unknown` included; for the report."""

"""What rules may speak of: one record of typed facts per scope. None is unknown."""

from dataclasses import fields
from functools import cache
from typing import Any, get_type_hints

from auditor.domain.evidence import Evidence
from auditor.domain.record import record

Fact = bool | int | str | frozenset[str] | None


@record(kw_only=True)
class Scope:
    """Base: what a finding about it rests on."""

    evidence: tuple[Evidence, ...] = ()


@record(kw_only=True)
class ModelScope(Scope):
    """The model as a whole, one per model."""

    metadata: str
    """`available`, or the reason why not: missing, bad_token, rate_limited, ..."""
    metadata_detail: str
    license_method: str
    """text_exact, text_equivalent, text_changed, tag_only, none"""
    license_name: str
    license_verified: bool | None
    identified_in: str
    """gate_prompt, file, none"""
    tag_kind: str
    """exact, family, shared, placeholder, unmodelled, ignored, none"""
    tag_count: int
    """Licenses that the tag or name names."""
    tag_value: str
    has_tag: bool
    name_without_license: bool
    """A `license_name` stands there without a `license`."""
    unread_license_files: int
    unread_license_files_named: str
    unread_other: int
    unread_other_named: str
    card_problems: int
    card_problems_named: str
    files_listed: bool
    eu_disallowed: bool
    deployer_in_eu: bool | None
    require_text: bool
    """The policy asks for an identified text."""
    intentions: int
    """Passages of the card that say that the model is intended for research, or for no commerce."""
    gate_words: int
    """Words that put restrictions in what a user accepts at the gate beside its prompt."""
    own_reading: str
    """License texts that the organization reads itself, those of base models included, with signatory and day; `no` where there are none."""
    expired_agreements: int
    """Agreements about the license, or that of a base model, whose last day is over and that no other one replaces."""
    expired_agreements_named: str
    foreign_agreements: int
    """Agreements that name the license but are with neither its steward nor the publisher of the model."""
    foreign_agreements_named: str
    knowledge_days: int | None
    """Days between the earlier of two reviews, of the knowledge and of the license, and the day that is judged at."""
    reviewed_named: str
    """Both reviews with their days."""
    gpus_declared: bool
    stack: str
    """The serving stack that is declared; `none` where none is."""
    memory_class: str
    memory_known: bool


@record(kw_only=True)
class TextScope(Scope):
    """One license text or gate prompt that was read."""

    path: str
    kind: str
    """license_file, gate_prompt, readme"""
    identified: bool
    changed: bool
    """It is a known license with changes."""
    license_name: str
    """Of the license that it is, or is a changed copy of."""
    share: str
    """Words in common with it."""
    changes: str
    """Passages that were added or removed, in one line."""
    words: int
    beside: int
    """Lines of a gate prompt or a card that put restrictions beside the known text."""
    bundled: bool = False
    """A file beside the license that holds those of software which comes along."""


@record(kw_only=True)
class ConflictScope(Scope):
    """Witnesses that cannot all be right."""

    kind: str
    values: str


@record(kw_only=True)
class PermissionScope(Scope):
    """One use under the model's own license."""

    use: str
    intended: bool
    result: str
    because: str
    clause: str
    flip_facts: str
    """Facts whose declaration would decide, with the flag to give them."""


@record(kw_only=True)
class InheritedScope(Scope):
    """One use under what flows down from the parents."""

    use: str
    intended: bool
    result: str
    because: str
    parent: str
    flip_facts: str


@record(kw_only=True)
class EdgeScope(Scope):
    """A statement that a model of the family comes from another."""

    child: str
    parent: str
    relation: str
    grade: str
    state: str
    """known, unfetched, unidentified, no_license"""
    excused: bool
    because: str
    carried: bool
    """The restrictions that were dropped here are in the audited model's own license all the same."""
    in_cycle: bool
    """It leads back to a model that led to it."""
    cycle: str
    """Its models in order."""


@record(kw_only=True)
class DatasetScope(Scope):
    """A dataset that the model names."""

    dataset: str
    had: bool
    """The Hub answered about it."""
    license: str
    """As it states it; `no license` where it states none."""
    noncommercial: str
    """Whether the licenses that it states bar commercial use: yes, no, unknown."""


@record(kw_only=True)
class FitScope(Scope):
    """One declared GPU configuration."""

    gpu: str
    fits: str
    """yes, no, uncertain, unknown"""
    because: str
    """The same in words."""
    needed: str
    available: str


@record(kw_only=True)
class DifferenceScope(Scope):
    """A file of a local copy that is not that of the model it claims to be."""

    kind: str
    """missing, extra, size, digest, unreadable, not_compared"""
    path: str
    detail: str


SCOPES: dict[str, type[Scope]] = {
    "model": ModelScope,
    "text": TextScope,
    "conflict": ConflictScope,
    "permission": PermissionScope,
    "inherited": InheritedScope,
    "edge": EdgeScope,
    "dataset": DatasetScope,
    "fit": FitScope,
    "difference": DifferenceScope,
}


@cache
def fact_types(scope: str) -> dict[str, Any]:
    """Names and types of the facts of one scope."""
    hints = get_type_hints(SCOPES[scope])
    return {field.name: hints[field.name] for field in fields(SCOPES[scope]) if field.name != "evidence"}

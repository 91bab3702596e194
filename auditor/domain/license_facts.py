"""What the licensing stage concludes from evidence: witnesses, texts, conclusion, permissions, obligations, lineage. Immutable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from auditor.domain.evidence import Evidence
from auditor.domain.license import Use
from auditor.domain.verdict import PermissionResult

NameKind = Literal["exact", "family", "shared", "placeholder", "unmodelled", "ignored", "none"]
"""exact: names one license; family: a family tag; shared: a name that several licenses share; placeholder: `other`, `unknown`;
unmodelled: a name that the catalogue does not hold; ignored: a `license_name` equal to a Hub id; none: nothing is stated."""

WitnessKind = Literal["card_tag", "card_name", "card_link", "license_file", "gate_prompt"]
Method = Literal["text_exact", "text_equivalent", "text_changed", "tag_only", "none"]
Confidence = Literal["high", "declared", "low", "none"]


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a stated license name means to the catalogue."""

    kind: NameKind
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """One place that states a license."""

    kind: WitnessKind
    value: str
    match: NameMatch
    evidence: tuple[Evidence, ...]
    header: bool = False
    """It stands in the header of a GGUF file, which counts like the card: `kind` is what it would be there."""


@dataclass(frozen=True, slots=True)
class TextMatch:
    """A license text found in a document, identified or not."""

    kind: Literal["license_file", "gate_prompt"]
    path: str
    words: int
    key: str | None
    """Key of the license; None when no known text has this digest."""
    form: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class LicenseConflict:
    """Witnesses that cannot all be right."""

    kind: Literal["witnesses_disagree", "texts_disagree", "tags_disagree"]
    values: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The license that a model carries, and how that is known."""

    key: str | None
    name: str
    expression: str
    method: Method
    confidence: Confidence
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class LicenseFacts:
    """Everything known about one model's own license."""

    witnesses: tuple[Witness, ...]
    texts: tuple[TextMatch, ...]
    conclusion: Conclusion
    conflicts: tuple[LicenseConflict, ...]
    tag: NameMatch
    """What tag and name together say."""
    candidates: tuple[str, ...]
    """Keys that may govern; permissions are the worst of theirs."""
    exhaustive: bool
    """No license outside `candidates` can be meant; only then may all of them prohibit together."""
    trusted: bool
    """False where a favourable reading would be a guess: permissions are then `unknown` at best."""
    why_untrusted: str
    unread_license_files: tuple[str, ...]
    """Listed or expected license files that could not be read, each with the reason."""
    unread_other: tuple[str, ...]
    """Notices, use policies, the card."""
    card_problems: tuple[str, ...]
    gate_words: int
    """Words that put restrictions in what a user accepts at the gate beside its prompt."""
    metadata: Literal["available", "unavailable"]

    @property
    def identified_in(self) -> Literal["gate_prompt", "file", "none"]:
        """Where an identified text was found; the gate prompt counts first, it is what a user accepts."""
        found = {text.kind for text in self.texts if text.key}
        return "gate_prompt" if "gate_prompt" in found else "file" if found else "none"


@dataclass(frozen=True, slots=True)
class FlipFact:
    """What declaring a fact would change."""

    fact: str
    value: str
    result: PermissionResult


@dataclass(frozen=True, slots=True)
class UseResult:
    """What one license, or several together, allow for one use."""

    use: Use
    result: PermissionResult
    because: str
    decided_by: tuple[str, ...]
    clauses: tuple[str, ...]
    flips: tuple[FlipFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ObligationFact:
    """Something to do, triggered by an intended use."""

    id: str
    kind: str
    modality: Literal["must", "must_not"]
    action: str
    text: str | None
    clause: str
    trigger: str
    uses: tuple[Use, ...]
    applies: Literal["yes", "unknown"]
    because: str
    origin: str = ""
    """The base model that it flows down from; empty for the model's own license."""


Relation = Literal["finetune", "adapter", "quantized", "merge", "distil", "unknown"]
Grade = Literal["permission_dropped", "notice_missing", "over_restrictive", "benign", "unknown"]


@dataclass(frozen=True, slots=True)
class ParentRef:
    """A base model as the child states it."""

    name: str
    """A repository id, or the free text that stands in its place."""
    is_id: bool
    relation: Relation
    source: Literal["card", "tag", "gguf"]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class EdgeFacts:
    """A child and one parent, graded."""

    child: str
    parent: str
    relation: Relation
    source: str
    license: str | None
    """Key of the parent's license; None when unknown."""
    grade: Grade
    because: str
    state: Literal["known", "unfetched", "unidentified", "no_license"]
    excused: bool
    """The parent could not be had, but the child's own text is identified and both have one publisher."""
    evidence: tuple[Evidence, ...]

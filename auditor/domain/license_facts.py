"""What the licensing stage concludes from evidence: witnesses, texts, conclusion, permissions, obligations, lineage. Immutable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from auditor.domain.evidence import Evidence, ModelRef
from auditor.domain.identification import UNKNOWN_TEXT, Method, TextIdentity
from auditor.domain.license import ObligationCheck, ObligationStatus, Use
from auditor.domain.record import record
from auditor.domain.verdict import PermissionResult

NameKind = Literal["exact", "expression", "family", "shared", "placeholder", "unmodelled", "ignored", "none"]
"""exact: names one license; expression: an SPDX expression of such names;
family: a family tag; shared: a name that several licenses share; placeholder: `other`, `unknown`;
unmodelled: a name that the catalogue does not hold; ignored: a `license_name` equal to a Hub id; none: nothing is stated."""

WitnessKind = Literal["card_tag", "card_name", "card_link", "license_file", "gate_prompt", "readme"]
Confidence = Literal["high", "declared", "low", "none"]


@record
class NameMatch:
    """What a stated license name means to the catalogue."""

    kind: NameKind
    keys: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Of an expression: what may be chosen, each the licenses that then hold together."""


@record
class Witness:
    """One place that states a license."""

    kind: WitnessKind
    value: str
    match: NameMatch
    evidence: tuple[Evidence, ...]
    header: bool = False
    """It stands in the header of a GGUF file, which counts like the card: `kind` is what it would be there."""
    subject: str = "model"
    """What prose speaks of: model, or unknown where it does not say."""


@record
class TextMatch:
    """A license text found in a document, identified or not."""

    kind: Literal["license_file", "gate_prompt", "readme", "card_link"]
    path: str
    words: int
    evidence: tuple[Evidence, ...]
    identity: TextIdentity = UNKNOWN_TEXT
    covers: Literal["all", "model", "code", "data"] = "all"
    """What its name says that it is about."""
    additions: tuple[Evidence, ...] = ()
    """Passages that the known text does not have, as many as are shown."""
    beside: tuple[Evidence, ...] = ()
    """Of a prompt or a card: lines outside the known text that put restrictions."""
    secondary: bool = False
    """It decides nothing: a linked text where the repository's own is there or another statement contradicts it, or licenses of bundled software."""

    @property
    def key(self) -> str | None:
        """Key of the license whose words these are; None when they are those of no known text."""
        return self.identity.key if self.identity.method in ("text_exact", "text_equivalent") else None

    @property
    def resembles(self) -> str | None:
        """Key of the license that this is a changed copy of; None for another."""
        return self.identity.key if self.identity.method == "text_changed" else None


def of_weights(texts: Sequence[TextMatch]) -> tuple[TextMatch, ...]:
    """The identified texts that are about the weights: those that say so in their name, else those that say nothing of the kind."""
    known = [text for text in texts if text.key and not text.secondary]
    return tuple([text for text in known if text.covers == "model"] or [text for text in known if text.covers == "all"])


@record
class LicenseConflict:
    """Witnesses that cannot all be right."""

    kind: Literal["witnesses_disagree", "texts_disagree", "tags_disagree", "prose_names_another", "prose_restricts", "notice_restricts"]
    values: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@record
class Conclusion:
    """The license that a model carries, and how that is known."""

    key: str | None
    name: str
    expression: str
    method: Method
    confidence: Confidence
    evidence: tuple[Evidence, ...]


@record
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
    alternatives: tuple[tuple[str, ...], ...]
    """Where the licensee has the choice (`OR`): what may be chosen. `candidates` holds them all until one is."""
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
    intentions: tuple[Evidence, ...]
    """Passages of the card that say that the model is intended for research, or for no commerce."""
    gate_words: int
    """Words that put restrictions in what a user accepts at the gate beside its prompt."""
    metadata: Literal["available", "unavailable"]

    @property
    def identified_in(self) -> Literal["gate_prompt", "file", "none"]:
        """Where an identified text was found; the gate prompt counts first, it is what a user accepts."""
        found = {text.kind for text in self.texts if text.key and not text.secondary and text.covers in ("all", "model")}
        return "gate_prompt" if "gate_prompt" in found else "file" if found else "none"

    @property
    def unread(self) -> str:
        """License files that could not be read and may say otherwise; empty where the gate prompt is identified, for that is what a user accepts."""
        return "" if self.identified_in == "gate_prompt" else "; ".join(self.unread_license_files)


@record
class FlipFact:
    """What declaring a fact would change."""

    fact: str
    value: str
    result: PermissionResult


@record
class UseResult:
    """What one license, or several together, allow for one use."""

    use: Use
    result: PermissionResult
    because: str
    decided_by: tuple[str, ...]
    clauses: tuple[str, ...]
    flips: tuple[FlipFact, ...] = ()


@record
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
    license: str = ""
    """Key of the license that asks for it."""
    check: ObligationCheck | None = None
    """What can be looked for in the repository."""
    file: str | None = None
    """The file to ship."""
    name_prefix: str | None = None
    """What the name of a distributed derivative must begin with."""
    derivatives_only: bool = False
    """It binds only who distributes something made from the model, never a plain copy."""
    status: ObligationStatus = "open"
    """See `auditor.licensing.fulfilment`."""
    status_reason: str = ""
    proof: tuple[Evidence, ...] = ()
    """What the status rests on; empty for one that rests on no more than the license."""


Relation = Literal["finetune", "adapter", "quantized", "merge", "distil", "unknown"]
ParentSource = Literal["card", "tag", "gguf", "adapter_config", "recipe", "config"]
EdgeState = Literal["known", "unfetched", "unidentified", "no_license"]
Grade = Literal["permission_dropped", "notice_missing", "over_restrictive", "benign", "unknown"]


@record
class ParentRef:
    """A base model as the child states it."""

    name: str
    """A repository id, or the free text that stands in its place."""
    is_id: bool
    relation: Relation
    source: ParentSource
    evidence: tuple[Evidence, ...]
    revision: str | None = None
    """Pinned by the statement."""
    unread: str = ""
    """Why the file that would name the parent could not be had; `name` is then that file."""

    @property
    def asked(self) -> ModelRef:
        """How the parent is asked for."""
        return ModelRef(self.name, self.revision)


@record
class EdgeFacts:
    """A model of the family and one parent, graded by the license of that model."""

    child: str
    parent: str
    relation: Relation
    source: str
    license: str | None
    """Key of the parent's license; None when unknown."""
    grade: Grade
    because: str
    state: EdgeState
    excused: bool
    """The parent could not be had, but the child's own text, or the audited model's, is identified and both have one publisher."""
    evidence: tuple[Evidence, ...]
    depth: int = 1
    """Steps from the audited model to the parent."""
    cycle: str = ""
    """`a/b -> c/d -> a/b` where this edge leads back to a model that led to it."""
    carried: bool = False
    """Restrictions were dropped here, and the audited model's own license carries them all the same."""

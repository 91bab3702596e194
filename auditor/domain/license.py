"""A license as knowledge: names, texts by fingerprint, grants and terms. One YAML file in rules/licenses/ each."""

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from auditor.domain.conditions import Condition
from auditor.domain.knowledge import Dated, Knowledge, Line, Sha256, Slug

Use = Literal["internal", "hosted", "embedded", "redistribute", "finetune", "redistribute_derivative", "distil", "research"]
USES: tuple[Use, ...] = get_args(Use)

Category = Literal[
    "permissive", "weak_copyleft", "copyleft", "public_domain", "community", "responsible_ai", "noncommercial", "no_derivatives", "source_available", "data"
]
OPEN_CATEGORIES: frozenset[Category] = frozenset({"permissive", "public_domain", "data", "weak_copyleft", "copyleft"})
"""What software and data commonly come under."""

TermKind = Literal[
    "user_threshold", "revenue_threshold", "volume_threshold", "headcount_threshold",
    "territory", "noncommercial", "research_only", "no_derivatives", "no_redistribution", "no_sublicense", "hosting", "no_compete", "business_class",
    "acceptable_use", "field_of_use", "output_training", "output_distillation", "output_use", "output_ownership",
    "license_copy", "notice", "attribution", "change_notice", "naming", "derivative_naming", "display", "pass_through", "share_alike", "source_disclosure",
    "registration", "notice_to_licensor", "reporting", "content_filter", "disclosure", "guardrail", "update_duty", "remote_restriction", "revocable",
    "patent_grant", "patent_termination", "no_patent_grant", "litigation_termination", "termination", "trademark", "governing_law", "end_product_exemption",
    "nonprofit_exemption", "change_date", "trade_controls", "other",
]  # fmt: skip


ObligationCheck = Literal["name_prefix", "license_file", "notice_file", "card_text", "use_policy_file"]
ObligationStatus = Literal["met", "missing", "open", "not_checkable"]


class Obligation(Knowledge):
    """What the deployer has to do when a term applies."""

    action: Line
    """Imperative, concrete, in our own words: who does what, where."""
    text: str | None = None
    """The exact string that the license demands, ready to paste; null when it demands none."""
    file: str | None = None
    """The file to ship, such as LICENSE or NOTICE; null when none."""
    name_prefix: str | None = None
    """What the name of a distributed derivative must begin with; null when nothing."""
    trigger: Line
    """What makes it apply, in words: `distributing the weights`, `offering a service`."""
    check: ObligationCheck | None = None
    """The check that can be run on the audited repository; null when only a person can tell."""


class Term(Knowledge):
    """One thing that the license says, with its clause. `effect` is what it does; `kind` is what it is about."""

    id: Slug
    """Short name, never reused within the license: obligation ids are `<license key>/<id>`."""
    kind: TermKind
    clause: Line
    """Where the text says so: `Section 1.b.i`."""
    summary: Line
    """A paraphrase of our own, one or two sentences; never the license's words."""
    effect: Literal["prohibit", "oblige", "inform"]
    """`prohibit`: these uses are not permitted while `when` holds. `oblige`: these uses are permitted on doing `obligation`.
    `inform`: changes nothing, is shown."""
    uses: tuple[Use, ...] = USES
    """The uses that it touches; all when left out."""
    when: Condition | None = None
    """Holds always when left out. Unknown facts make it unknown."""
    unless: Condition | None = None
    """An exemption: where this holds the term does not apply."""
    obligation: Obligation | None = None
    """Present for `oblige`, absent otherwise."""
    flows_down: bool = True
    """Binds whoever receives a derivative too (use restrictions, share-alike, naming); false for a duty of the first distributor only."""
    located_in: Line | None = None
    """Name of the document, when it is not the license text itself (an acceptable-use policy)."""
    verified: bool = True
    """Read in the text itself; false when known only from a named source."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.effect == "oblige") != (self.obligation is not None):
            raise ValueError(f"term {self.id!r}: `obligation` belongs to `effect: oblige` and only there")
        if self.effect == "inform" and self.when is not None:
            raise ValueError(f"term {self.id!r}: `effect: inform` takes no `when`")
        return self


class Grant(Knowledge):
    """Whether the license gives a right for one use at all, before its terms cut it back."""

    given: Literal["yes", "no", "silent"]
    """`no`: the text withholds it from everyone; `silent`: the text does not speak of it."""
    clause: Line


class Outputs(Knowledge):
    """What the license says about what the model produces."""

    training: Literal["free", "conditional", "derivative", "forbidden", "not_stated"]
    """Training another model on outputs: `derivative` means that the new model falls under the license."""
    commercial: Literal["free", "restricted", "forbidden", "not_stated"]
    clause: Line
    summary: Line


class LicenseText(Knowledge):
    """Fingerprint of one published form of the text. The text itself does not ship."""

    id: Slug
    form: Literal["canonical", "publisher_copy", "gate_prompt"]
    """`canonical`: as its steward publishes it (identifies as `text_exact`); the others identify as `text_equivalent`."""
    words: Annotated[int, Field(gt=0)]
    """Number of normalised words."""
    sha256: Sha256
    """SHA-256 over the normalised words joined by single spaces; see `auditor.licensing.normalize`."""
    source: Line
    """Where this form was seen."""
    released: date | None = None
    """The release date that this form names for its model; an `at_release` limit without a date of its own is frozen there."""
    differs: str = ""
    """How it differs from the canonical form, in our own words."""


class License(Dated):
    """A license that a model can carry."""

    entry: Literal["license"]
    key: Slug
    name: Line
    version: str | None = None
    spdx: str | None = None
    """SPDX id where SPDX has one; else results print `LicenseRef-<key>`."""
    scancode: str | None = None
    """ScanCode key, where it has one."""
    hub_id: str | None = None
    """The id that the Hub accepts in `license:`; null for texts that are tagged `other`."""
    aliases: tuple[Line, ...] = ()
    """`license_name` spellings and old names seen in the wild. Compared without case; space, `_` and `-` are equal."""
    family: Slug
    steward: Line
    released: date | None = None
    category: Category
    osi_approved: bool
    verified: bool
    """Modelled from the text itself. False gives at best `review`."""
    texts: tuple[LicenseText, ...] = ()
    grants: dict[Use, Grant]
    """All eight uses."""
    terms: tuple[Term, ...] = ()
    outputs: Outputs
    notes: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := set(USES) - set(self.grants):
            raise ValueError(f"grants: missing {', '.join(sorted(missing))}")
        ids = [term.id for term in self.terms]
        if twice := {i for i in ids if ids.count(i) > 1}:
            raise ValueError(f"terms: id used twice: {', '.join(sorted(twice))}")
        return self


class Signature(Knowledge):
    """Who answers for a reading."""

    signed_by: Line
    signed_on: date


class Reading(License):
    """An organization's own reading of a text that the catalogue does not hold. Found by the text's digest alone, never by a name."""

    entry: Literal["reading"]  # type: ignore[assignment]
    reading: Signature

    @model_validator(mode="after")
    def _by_digest_alone(self) -> Self:
        if not self.texts:
            raise ValueError("texts: a reading is found by the digest of its text; give at least one (auditor identify prints it)")
        if self.hub_id or self.aliases:
            raise ValueError("aliases, hub_id: a reading is found by its text, not by a name; leave them out")
        return self


class LicenseFamily(Dated):
    """A tag that names several licenses, such as `cc`. It identifies none of them."""

    entry: Literal["family"]
    key: Slug
    name: Line
    hub_id: str | None = None
    aliases: tuple[Line, ...] = ()
    members: tuple[Slug, ...]
    """Keys of the members that the catalogue holds."""
    complete: bool
    """Every member is in the catalogue; only then can the family as a whole be prohibited."""
    notes: str = ""


class NoLicense(Dated):
    """A tag that the Hub accepts and that states no license: `other`, `unknown`."""

    entry: Literal["none"]
    key: Slug
    name: Line
    hub_id: str
    aliases: tuple[Line, ...] = ()
    notes: str = ""


LicenseEntry = Annotated[License | LicenseFamily | NoLicense, Field(discriminator="entry")]

"""The result of `diff`: `auditor-diff/1`. What changed between two audits of the same models, with the evidence of both sides.

What could not be compared stands in `not_known` and nowhere else: it is neither changed nor unchanged. Arrays have a fixed order.
"""

from __future__ import annotations

from typing import Literal

from auditor.domain.report import PolicyRecord, ProfileRecord, Record, Tool
from auditor.domain.verdict import Verdict

SCHEMA_VERSION = "auditor-diff/1"

SideName = Literal["before", "after"]
Op = Literal["added", "removed", "changed"]
Topic = Literal["verdict", "revision", "access", "declared", "license", "grants", "terms", "permissions", "obligations", "lineage", "findings", "memory"]
Role = Literal["weights", "config", "tokenizer", "code", "license", "card", "other"]


class Place(Record):
    """One place that a statement rests on."""

    side: SideName
    kind: str
    """As in `auditor-result/1`: `card`, `license_file`, `api`, ..."""
    repository: str
    """The model that it is a file of, or the base model; of a folder its path."""
    path: str
    revision: str
    """Commit that the file was read at, a digest for a folder without one, or `unknown`."""
    lines: str
    """`12` or `12-14`; empty where there are none."""
    quote: str
    """What stands there; `withheld` where the evidence was saved without it."""
    sha256: str
    url: str


class Statement(Record):
    """What one side says."""

    value: str
    """The word, name or figure that was compared."""
    detail: str = ""
    """The same in a sentence, or what goes with it."""
    clause: str = ""
    evidence: tuple[Place, ...] = ()


class Change(Record):
    """One thing that came, went, or reads otherwise."""

    topic: Topic
    op: Op
    name: str
    """What it is: `key`, a witness, a use, `<license key>/<slug>`, a rule, a base model, an area."""
    before: Statement | None
    """Null for what was added."""
    after: Statement | None
    """Null for what was removed."""


class Passage(Record):
    """Words of a text that only one side has."""

    op: Literal["added", "removed"]
    lines: str
    """Of the text after for what was added, of the text before for what was removed."""
    words: int
    quote: str
    """These lines whole; `withheld` where the evidence was saved without them."""


class TextChange(Record):
    """A license file, notice, use policy or gate prompt that is not the same on both sides."""

    path: str
    op: Literal["added", "removed", "changed", "same_words", "moved"]
    """`same_words`: other bytes, and the same words in the same order once wrapping, markup and copyright lines are set aside;
    `moved`: the same words under another name."""
    moved_to: str
    """Path after; empty unless moved."""
    words_before: int | None
    """Null where the side has no such text."""
    words_after: int | None
    passages: tuple[Passage, ...]
    """Of `changed`; empty too where the same passages stand in another order or number."""
    unlisted: int
    """Passages beyond the ones listed."""
    evidence: tuple[Place, ...]


class FileState(Record):
    """A file on one side."""

    size: int | Literal["unknown"]
    sha256: str
    """`unknown` where neither the Hub gives it nor the file was read."""
    blob: str
    """Git's digest of the file, of the pointer of a large one, as the Hub lists it; else `unknown`."""


class FileChange(Record):
    """A file of the repository that came, went, or has other content."""

    path: str
    role: Role
    op: Op
    before: FileState | None
    after: FileState | None


class FileChanges(Record):
    """Files by what became of them."""

    added: int
    removed: int
    changed: int
    unchanged: int
    undetermined: int
    """Equal or unknown size and no digest that both sides give: whether the content is the same is not known."""
    listed: tuple[FileChange, ...]
    """Weights first; as many as are listed."""
    unlisted: int
    """Changes beyond the ones listed."""


class NotKnown(Record):
    """Something that could not be compared."""

    topic: str
    side: Literal["before", "after", "both"]
    why: str
    reason: Literal["not_had", "not_determined"]
    """`not_had`: evidence could not be had (exit code 4); `not_determined`: the evidence that there is does not say."""


class Subject(Record):
    """A model on one side."""

    id: str
    requested: str
    revision: str
    """Commit, or `unknown`."""
    verdict: Verdict


class ModelChange(Record):
    """One model, or what stands in its place on the other side."""

    before: Subject | None
    """Null for a model that only the other side names."""
    after: Subject | None
    result: Literal["changed", "unchanged", "no_known_change", "added", "removed", "not_known"]
    """`unchanged`: everything is the same, the commit apart; `no_known_change`: everything that could be compared is, and `not_known` holds the rest;
    `not_known`: nothing of one side could be had."""
    note: str
    """How the two came to be compared, where the ids differ; else empty."""
    changes: tuple[Change, ...]
    texts: tuple[TextChange, ...]
    files: FileChanges
    not_known: tuple[NotKnown, ...]


class Origin(Record):
    """Where one side came from."""

    argument: str
    mode: Literal["hub", "bundle", "offline", "local"]


class Diff(Record):
    """`auditor diff A B --format json`."""

    schema_version: Literal["auditor-diff/1"]
    tool: Tool
    policy: PolicyRecord
    profile: ProfileRecord
    evaluated_at: str
    """Both sides are judged at this time, by today's knowledge."""
    before: Origin
    after: Origin
    changed: bool
    """Anything known changed, the commit apart."""
    complete: bool
    """All evidence was had; false gives exit code 4."""
    counts: dict[str, int]
    """Models by `result`, all six always."""
    models: tuple[ModelChange, ...]
    """By id."""

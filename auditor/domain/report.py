"""The result of `check`: `auditor-result/1`. JSON is the record; every other format is a view of it.

Evidence is referred to by id (`E1`) into `evidence[]`. Arrays have a fixed order. Unknown is the word `unknown`.
"""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from auditor.domain.description import FIELD_DOCSTRINGS
from auditor.domain.identification import TextChange
from auditor.domain.license import Use
from auditor.domain.memory import Memory
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import AreaName, AreaVerdict, Outcome, PermissionResult, Severity, Verdict

SCHEMA_VERSION = "auditor-result/1"


class Record(BaseModel):
    """Base of every part of the result."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=FIELD_DOCSTRINGS, defer_build=True)


class Tool(Record):
    name: str
    version: str
    knowledge_sha256: str
    """Digest over the files of rules/, and over the organization's own readings."""
    knowledge_date: str
    """Newest review date in rules/."""


class PolicyRecord(Record):
    name: str
    sha256: str
    ref: str
    """Where the policy came from: `built-in` or a file."""


class AgreementRecord(Record):
    """A license that the deployer holds apart from the public one, as declared."""

    licensor: str
    name: str
    """What the deployer calls it; may be empty, as `reference` may."""
    reference: str
    licenses: tuple[str, ...]
    """Keys that it stands in for."""
    uses: tuple[Use, ...]
    expires: str | None
    """Last day that it holds, ISO 8601; null for one without end."""
    document_sha256: str | None
    """Digest of the signed document; null where none was given."""


class ProfileRecord(Record):
    use: tuple[Use, ...]
    use_source: Literal["assumed", "flag", "env", "file"]
    facts: dict[str, Any]
    """Declared facts, plain values."""
    agreements: tuple[AgreementRecord, ...] = ()
    """Held licenses, expired ones included; `run.evaluated_at` decides."""


class RunError(Record):
    target: str
    kind: str
    message: str
    at: str


class Run(Record):
    mode: Literal["hub", "bundle", "offline", "local"]
    complete: bool
    """Everything asked for was had."""
    evaluated_at: str
    """As-of time that dates are judged at, UTC."""
    errors: tuple[RunError, ...] = ()


class Summary(Record):
    verdict: Verdict
    exit_code: int
    counts: dict[str, int]
    """Models by verdict word, all five always."""


class Revision(Record):
    requested: str
    """`main` when nothing was asked for."""
    resolved: str
    """40 hex digits, or `unknown`."""
    pinned: bool
    """The user asked for this very commit."""


class Access(Record):
    gated: Literal["no", "auto", "manual", "unknown"]
    eu_disallowed: bool


class Area(Record):
    area: AreaName
    verdict: AreaVerdict
    gating: bool
    reasons: tuple[str, ...]


class Declared(Record):
    """What one witness says."""

    value: str
    """A license key where it could be read, else what stands there."""
    witness: Literal["card_tag", "card_name", "card_link", "license_file", "gate_prompt", "readme", "gguf", "base_model"]
    evidence: tuple[str, ...]


class Concluded(Record):
    key: str | None
    name: str
    expression: str
    """SPDX, or `LicenseRef-<key>`; `NONE` where nothing is stated, `NOASSERTION` where it cannot be told."""
    method: Literal["text_exact", "text_equivalent", "text_changed", "tag_only", "none"]
    confidence: Literal["high", "declared", "low", "none"]
    """high: from an identified text; declared: from a tag, or read by the organization itself; low: unverified or changed; none: nothing."""
    evidence: tuple[str, ...]


class Conflict(Record):
    kind: str
    values: tuple[str, ...]
    evidence: tuple[str, ...]


class ChangeRecord(Record):
    """A passage that only the audited text has (`added`), or only the known one (`removed`)."""

    op: Literal["added", "removed"]
    lines: str
    """Of the audited text; empty for `removed`."""
    words: int
    text: str | None
    """The added words; null for `removed`, since license texts are not shipped."""
    clause: str
    """Label of the clause at that place of the known text; empty where it has none."""
    summary: str
    """What was removed, in our words; empty for `added`."""

    @classmethod
    def of(cls, change: TextChange, text: str | None) -> Self:
        """The record of one change; `text`: the added words as they may be shown."""
        return cls(
            op=change.op,
            lines=f"{change.lines[0]}-{change.lines[1]}" if change.lines else "",
            words=change.words,
            text=text,
            clause=change.clause,
            summary=one_line(change.summary, 600),
        )


class TextRecord(Record):
    """A license text that was read, and what it was compared with."""

    path: str
    lines: str
    """Empty for a whole file."""
    covers: Literal["all", "model", "code", "data"]
    """What the name of the file says that it is about."""
    key: str | None
    """Of the license that it is, or is a changed copy of; null when none is near."""
    method: Literal["text_exact", "text_equivalent", "text_changed", "none"]
    score: float
    """Share of words in common with the known text, 0 to 1."""
    rival: str | None
    """The next nearest license; null when none was compared."""
    rival_score: float
    changes: tuple[ChangeRecord, ...]
    evidence: tuple[str, ...]


class LicenseRecord(Record):
    declared: tuple[Declared, ...]
    concluded: Concluded
    conflicts: tuple[Conflict, ...]
    texts: tuple[TextRecord, ...] = ()


class Flip(Record):
    """What declaring a fact would change."""

    fact: str
    value: str
    """`<= 700000000`, `EU`, `company`."""
    result: PermissionResult


class Permission(Record):
    use: Use
    intended: bool
    result: PermissionResult
    because: str
    decided_by: tuple[str, ...]
    """License keys, or parents as `license of org/name`."""
    clauses: tuple[str, ...]
    flips: tuple[Flip, ...]


class ObligationRecord(Record):
    id: str
    """`<license key>/<slug>`."""
    kind: str
    modality: Literal["must", "must_not"]
    action: str
    text: str | None
    """The exact string to use, where the license demands one."""
    file: str | None = None
    """The file to ship, where the license demands one."""
    name_prefix: str | None = None
    """What the name of a distributed derivative has to begin with, where the license demands it."""
    clause: str
    trigger: str
    uses: tuple[Use, ...]
    """Intended uses that trigger it."""
    applies: Literal["yes", "unknown"]
    because: str
    status: Literal["met", "missing", "open", "not_checkable"]
    """Of the audited repository. met: it holds what is asked for; missing: it was read and does not; open: done in the deployment, no repository
    shows it; not_checkable: no check tells, or what had to be read could not be had."""
    status_reason: str = ""
    how_to_check: str = ""
    """What is looked for in the repository, or that a person has to check."""
    evidence: tuple[str, ...]
    """What the status rests on where a repository shows it, else where the license that asks for it is stated."""


class Edge(Record):
    child: str
    parent: str
    relation: Literal["finetune", "adapter", "quantized", "merge", "distil", "unknown"]
    source: str
    """Where the relation is stated: `card`, `tag`, `gguf`, `adapter_config`, `recipe`, `config`."""
    depth: int
    license: str
    """Key of the parent's concluded license, else `unknown`."""
    grade: Literal["permission_dropped", "notice_missing", "over_restrictive", "benign", "unknown"]
    because: str
    evidence: tuple[str, ...]


class Finding(Record):
    id: str
    """Stable within the model: `<rule>-<n>`."""
    rule: str
    area: AreaName
    outcome: Outcome
    rule_outcome: Outcome
    """As the rule has it, before the policy and the area's gating."""
    severity: Severity
    message: str
    how_to_fix: str
    evidence: tuple[str, ...]


class NotChecked(Record):
    topic: str
    why: str


class FileRecord(Record):
    path: str
    size: int | Literal["unknown"]
    sha256: str
    """`unknown` where the Hub gives none."""
    role: Literal["weights", "config", "tokenizer", "code", "license", "card", "other"]


class ModelRecord(Record):
    id: str
    requested: str
    revision: Revision
    access: Access
    verdict: Verdict
    areas: tuple[Area, ...]
    license: LicenseRecord
    permissions: tuple[Permission, ...]
    obligations: tuple[ObligationRecord, ...]
    lineage: tuple[Edge, ...]
    memory: Memory
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...]
    files: tuple[FileRecord, ...]


class EvidenceRecord(Record):
    id: str
    kind: str
    url: str
    path: str
    lines: str
    quote: str
    sha256: str
    retrieved_at: str
    status: int | None
    """HTTP status; null where there was no answer."""


class Report(Record):
    """`auditor check --format json`."""

    schema_version: Literal["auditor-result/1"]
    report_id: str
    """SHA-256 over the canonical JSON without this field and without `run` and the times of retrieval."""
    tool: Tool
    policy: PolicyRecord
    profile: ProfileRecord
    run: Run
    summary: Summary
    models: tuple[ModelRecord, ...]
    """Worst first, then by id."""
    evidence: tuple[EvidenceRecord, ...]

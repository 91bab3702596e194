"""bundle.json: what saved evidence consists of. Read strictly, since a bundle comes from anywhere."""

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from auditor.crawler.files import safe_repo_path, valid_ref
from auditor.domain.evidence import DocumentKind, ModelRef, Reason
from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import one_line, visible

MANIFEST = "bundle.json"
SCHEMA: Literal["auditor-bundle/1"] = "auditor-bundle/1"
WITHHELD_KINDS: frozenset[DocumentKind] = frozenset({"model_info", "card", "license_file", "notice_file", "use_policy", "linked_license"})
"""Documents that hold third-party prose: the metadata does too, in its gate prompt."""


_MAX_TEXT = 16_384


def _clean(value: str) -> str:
    if one_line(value, limit=_MAX_TEXT) != value:
        raise ValueError("is no clean line of text")
    return value


def _visible(value: str) -> str:
    if visible(value) != value or len(value) > _MAX_TEXT:
        raise ValueError("holds characters that cannot be seen")
    return value


Clean = Annotated[str, AfterValidator(_clean)]
Name = Annotated[str, AfterValidator(_visible)]
"""A path in a repository; may hold any spaces."""
Digest = Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{64}\z")]
Commit = Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{40}\z")]
Moment = Annotated[str, StringConstraints(pattern=r"\A(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?\z")]
STORED = lazy_pattern(r"files/[0-9]{4,6}-[a-z_]{1,20}\.(?:json|md|txt)")
StoredName = Annotated[str, StringConstraints(pattern=rf"\A{STORED.pattern}\z")]
"""Derived from number and kind, never from a name in the repository."""


class Strict(BaseModel):
    """Base of the manifest's parts."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Tool(Strict):
    """What wrote the bundle."""

    name: Clean
    version: Clean


class Subject(Strict):
    """A model, asked for or an ancestor of one."""

    id: Clean
    """As the Hub returned it, else as requested."""
    requested: Clean
    revision: Clean | None
    """As requested."""
    sha: Commit | None
    root: bool
    """Asked for by the user."""

    @property
    def ref(self) -> ModelRef:
        """The reference that it was fetched by."""
        return ModelRef(self.requested, self.revision)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not valid_ref(self.ref) or not valid_ref(ModelRef(self.id)):
            raise ValueError("is no id of a model")
        return self


class Missing(Strict):
    """Why a document could not be had."""

    reason: Reason
    detail: Clean


class Entry(Strict):
    """One document: its bytes in `path`, or its facts alone, or why it is missing."""

    kind: DocumentKind
    subject: Clean
    """`requested` or `requested@revision` of its subject."""
    hub_path: Name
    url: Clean
    status: int | None
    headers: dict[Clean, Clean]
    path: StoredName | None
    """File in the bundle."""
    sha256: Digest | None
    size: Annotated[int, Field(ge=0)] | None
    retrieved_at: Moment
    facts: dict[str, Any] | None
    """Only of a withheld text."""
    unavailable: Missing | None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        held = self.path is not None or self.facts is not None
        if held == (self.unavailable is not None) or (self.path is not None and self.facts is not None):
            raise ValueError("needs exactly one of path, facts, unavailable")
        if held != (self.sha256 is not None and self.size is not None and self.status is not None):
            raise ValueError("needs sha256, size and status exactly when there is a document")
        if held and self.kind != "model_info" and not safe_repo_path(self.hub_path):
            raise ValueError("hub_path is no plain relative path")
        return self


class Manifest(Strict):
    """The whole of bundle.json."""

    schema_version: Literal["auditor-bundle/1"]
    tool: Tool
    endpoint: Clean
    withheld: bool
    subjects: tuple[Subject, ...]
    entries: tuple[Entry, ...]
    manifest_sha256: Digest
    """Over the canonical JSON of the rest."""


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def digest(rest: dict[str, Any]) -> str:
    """SHA-256 of the manifest without its own digest."""
    return hashlib.sha256(canonical(rest)).hexdigest()

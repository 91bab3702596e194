"""What was collected about a model: documents with their origin, or why one could not be had. Immutable."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from auditor.domain.record import record
from auditor.domain.text_safety import text_lines

Reason = Literal[
    "absent",  # the repository does not hold it: an answer, not a fault
    "gated_no_token", "gated_no_access", "bad_token", "missing", "disabled", "wrong_revision",
    "rate_limited", "server_error", "timeout", "network", "malformed", "too_large", "too_many", "foreign_redirect", "unsafe_name",
    "offline", "not_recorded",
    "unreadable", "no_plain_file",  # of local files: no permission or a fault of the disk; a link out of the folder, a pipe, a device
]  # fmt: skip

DocumentKind = Literal[
    "model_info", "card", "license_file", "notice_file", "use_policy", "config", "index", "gate_prompt", "safetensors_header", "gguf_header",
    "adapter_config", "merge_recipe", "dataset_info", "linked_license",
]  # fmt: skip


class Facts(BaseModel):
    """Base of what is read from a document; survives when the text itself is withheld."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ProseStatement(Facts):
    """A passage of a README, or of a notice, that states a license or a restriction; the passage itself is no fact and stays in the document."""

    kind: Literal["licensed_under", "noncommercial", "research_only", "personal_only", "restricted", "limited", "intended", "badge"]
    """restricted: commercial use is tied to a permission, an agreement or a condition; limited: copies are barred, or it is for trial alone;
    intended: what the model is said to be meant for."""
    value: str
    """The license as written, on one clean line of at most 200 characters; empty for what names none."""
    line: int
    last_line: int
    subject: Literal["model", "code", "data", "base", "unknown"] = "unknown"
    """What the passage speaks of; base: another model, as a rule one that this was made from."""


class TextFacts(Facts):
    """Fingerprint of a text; see `auditor.reading.normalize`."""

    lines: int
    words: int
    sha256: str
    """Over the normalised words joined by single spaces."""
    first_line: int = 1
    """Line of the document that the text begins in."""
    binding_words: int = 0
    """How often it uses words in which restrictions are put (must, only, not, research, ...); none means that it states none."""
    legal_words: int = 0
    """How often it uses phrases that license texts are made of; a card without them holds no license text."""
    shingles: str | None = None
    """Hashes of its passages (`auditor.reading.shingles`), kept where the text itself is withheld."""
    statements: tuple[ProseStatement, ...] = ()
    """Restrictions that a notice or a use policy states in plain words; not looked for in license texts."""
    of_weights: bool = False
    """A notice speaks of a model, its weights or checkpoints."""


class CardData(Facts):
    """The metadata that matters of a model card, from its front matter or from the Hub's `cardData`; empty where not stated."""

    license: tuple[str, ...] = ()
    license_name: str | None = None
    license_link: Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value or ())] = ()
    """As stated. Saved facts of an earlier version hold one string or nothing."""
    base_model: tuple[str, ...] = ()
    base_model_relation: str | None = None
    datasets: tuple[str, ...] = ()
    library_name: str | None = None
    pipeline_tag: str | None = None
    gate_prompt: TextFacts | None = None
    """Of `extra_gated_prompt`."""
    gate_binding_words: int = 0
    """How often the gate's other words (heading, description, button, checkboxes) put restrictions; see TextFacts.binding_words."""
    gate_eu_disallowed: bool = False
    lines: dict[str, int] = {}
    """Line of each stated key in the document; empty for JSON."""
    problems: tuple[str, ...] = ()
    """What was stated in a form that cannot be read, in words."""


class RecipeFacts(Facts):
    """A merge recipe."""

    models: tuple[str, ...] = ()
    """As they stand there: ids, with or without a revision, or paths."""
    problems: tuple[str, ...] = ()


class CardFacts(Facts):
    """A README.md: its front matter, the fingerprint of the rest, and what that states of licenses."""

    data: CardData
    has_front_matter: bool
    body: TextFacts
    statements: tuple[ProseStatement, ...] = ()
    shown_lines: dict[str, int] | None = None
    """Short lines that the card shows (`Built with X`), by digest, with their line in the document; None where nobody looked for them."""
    recipe: RecipeFacts | None = None
    """Of a merge, where the card shows it."""


class TensorSum(Facts):
    """Tensors of one type in one file."""

    tensors: Annotated[int, Field(ge=0)]
    elements: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]


class HeaderFacts(Facts):
    """The header of a weight file. Its document is the header alone: size and digest are those of the header."""

    format: Literal["safetensors", "gguf"]
    tensors: dict[str, TensorSum]
    """By type as the format names it (`BF16`, `Q4_K`)."""
    metadata: dict[str, str]
    """Of GGUF: the texts under `general.`, by key."""


class AdapterFacts(Facts):
    """An adapter_config.json."""

    base_model: str | None = None
    """As it stands there: an id, or a path on the machine that the adapter was trained on."""
    revision: str | None = None
    """Of the base model."""
    problems: tuple[str, ...] = ()


class DatasetFacts(Facts):
    """The Hub's answer about a dataset."""

    id: str
    licenses: tuple[str, ...] = ()


class RepoFile(Facts):
    """A file of the repository as the Hub, or a local folder, lists it."""

    path: str
    size: int | None = None
    sha256: str | None = None
    """Of LFS files only."""
    blob: str | None = None
    """Git's digest of the file, of an LFS file's pointer; None where the list gives none."""


class ModelInfo(Facts):
    """The Hub's answer about a model, or what a local folder says in its place."""

    id: str
    sha: str | None
    gated: Literal["no", "auto", "manual", "unknown"]
    private: bool
    disabled: bool
    last_modified: str | None
    tags: tuple[str, ...]
    card: CardData | None
    """None when the answer holds no `cardData`."""
    files: tuple[RepoFile, ...] | None
    """None when the answer lists no files: the list is unknown, not empty."""
    pipeline_tag: str | None
    library_name: str | None
    architectures: tuple[str, ...]
    model_type: str | None
    quantization_method: str | None
    safetensors_parameters: dict[str, int] | None
    """Element count by dtype."""
    safetensors_total: int | None
    unsafe_files: tuple[str, ...] = ()
    """Files that the Hub's scan flags unsafe."""
    scan: Literal["done", "pending", "unknown"] = "unknown"
    problems: tuple[str, ...] = ()
    unread_files: str = ""
    """Why more files may exist than are listed; empty when the list is whole."""
    unread_statements: tuple[str, ...] = ()
    """What of the parts that state a license or a base model (tags, card) could not be read."""
    local: str = ""
    """Folder or file that all this was read from, as the user wrote it; empty for an answer of the Hub. `card` then repeats README.md."""
    sha_is_digest: bool = False
    """`sha` is a digest of local content: the folder does not say which commit it holds."""
    header_base_models: tuple[str, ...] = ()
    """Base models that GGUF headers name: an address, or organization and name."""
    adapter_base: str | None = None
    """Base model of an adapter, as the Hub repeats it from adapter_config.json."""


DocumentFacts = TextFacts | CardFacts | ModelInfo | HeaderFacts | AdapterFacts | RecipeFacts | DatasetFacts | None
F = TypeVar("F")


@record
class Unavailable:
    """Why a document could not be had."""

    reason: Reason
    detail: str
    """One clean line."""
    url: str
    status: int | None = None
    """HTTP status, where there was an answer."""
    retrieved_at: str = ""
    """UTC, ISO 8601 with seconds."""


@record
class Document(Generic[F]):
    """A document as received, with what was read from it."""

    kind: DocumentKind
    path: str
    """In the repository; empty for the model info."""
    url: str
    status: int | None
    """HTTP status; None for a local file."""
    retrieved_at: str
    sha256: str
    """Of the bytes as received."""
    size: int
    content: bytes | None
    """None when the text is withheld."""
    facts: F
    headers: Mapping[str, str] = field(default_factory=dict)
    """The ones that matter, lower-case."""

    def text(self) -> str | None:
        """The content as text, None when withheld."""
        return None if self.content is None else self.content.decode("utf-8", errors="replace")

    def quote(self, first: int, last: int) -> str:
        """Lines `first` to `last` (from 1) of the text; `withheld` when there is none."""
        text = self.text()
        return WITHHELD if text is None else "\n".join(text_lines(text)[first - 1 : last])


WITHHELD = "withheld"


@record
class ModelRef:
    """A model as a user names it: `org/name`, `org/name@revision`, or a path."""

    id: str
    revision: str | None = None
    path: str = ""
    """Of a local model: where it lies, as the user wrote it, on one clean line."""

    def __str__(self) -> str:
        return self.path or (self.id if self.revision is None else f"{self.id}@{self.revision}")


@record
class ModelEvidence:
    """Everything collected about one model at one commit."""

    requested: ModelRef
    info: Document[ModelInfo] | Unavailable
    documents: Mapping[str, Document[Any]] = field(default_factory=dict)
    """By path in the repository."""
    unavailable: Mapping[str, Unavailable] = field(default_factory=dict)
    """By path: listed or expected, but not had."""

    @property
    def id(self) -> str:
        """As the Hub returns it, else as requested."""
        return self.requested.id if isinstance(self.info, Unavailable) else self.info.facts.id

    @property
    def sha(self) -> str | None:
        """The commit that everything is pinned to."""
        return None if isinstance(self.info, Unavailable) else self.info.facts.sha


@record
class Evidence:
    """One place that a statement rests on; becomes an entry of the report's evidence register."""

    kind: str
    url: str
    path: str
    lines: str
    """`12` or `12-14`; empty for JSON and for the absence of something."""
    quote: str
    sha256: str
    retrieved_at: str
    status: int | None

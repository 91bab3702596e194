"""One model as the readable documents show it: the record, and what follows from it for the eye. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from auditor.domain.license import Use
from auditor.domain.memory import Count, Estimate
from auditor.domain.record import record
from auditor.domain.report import Conflict, Declared, EvidenceRecord, FileRecord, ModelRecord, ObligationRecord, Permission, Report
from auditor.formats import wording

_FIGURES = {
    "parameters": "Parameters",
    "active_parameters": "Parameters used per token",
    "weights_bytes": "Weights",
    "weights_bytes_per_gpu": "Weights per GPU",
    "kv_bytes_per_token": "KV cache per token and GPU",
    "kv_bytes_per_request": "KV cache per request and GPU",
    "state_bytes_per_sequence": "Recurrent state per sequence",
    "activation_bytes": "Activations",
    "overhead_bytes": "Overhead",
    "total_bytes_per_gpu": "Total per GPU",
}
_ROLES = ("license", "card", "config", "code", "tokenizer", "weights", "other")
_FILES_OF_A_ROLE = 40


def is_https(url: str) -> bool:
    """Whether `url` may be a link: https to a named host, without credentials, plain ASCII."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and re.fullmatch(r"[!-~]+", url) is not None


@record
class Figure:
    """One figure of the memory annex."""

    title: str
    value: Count
    is_bytes: bool
    estimate: Estimate | None


@record
class FileGroup:
    """The files of one role, the first of them named."""

    role: str
    named: tuple[FileRecord, ...]
    unnamed: int


class ModelView:
    """One model and the evidence that it cites."""

    def __init__(self, report: Report, model: ModelRecord, anchor: str) -> None:
        self.report, self.model, self.anchor = report, model, anchor
        self.name = wording.model_name(model)
        cited = set(_cited(model.model_dump()))
        self.evidence = tuple(entry for entry in report.evidence if entry.id in cited)
        self.by_id = {entry.id: entry for entry in self.evidence}

    def place(self, entry: EvidenceRecord) -> str:
        """File and lines; with the repository when it is another one."""
        return wording.place(entry, self.model)

    def quotes(self, conflict: Conflict) -> tuple[EvidenceRecord, ...]:
        """Evidence of both sides."""
        return tuple(self.by_id[entry] for entry in conflict.evidence if entry in self.by_id)

    def witnesses(self) -> tuple[tuple[Declared, str], ...]:
        """Each witness with how it stands to the conclusion; those that disagree first."""
        order = ("disagrees", "differs, no conflict found", "no conclusion to compare with", "agrees")
        return tuple(sorted(((declared, self._stands(declared)) for declared in self.model.license.declared), key=lambda pair: order.index(pair[1])))

    def _stands(self, declared: Declared) -> str:
        key = self.model.license.concluded.key
        if declared.value == key:
            return "agrees"
        if any(declared.value in conflict.values for conflict in self.model.license.conflicts):
            return "disagrees"
        return "differs, no conflict found" if key else "no conclusion to compare with"

    def obligations(self, applies: str) -> tuple[tuple[str, ObligationRecord], ...]:
        """Obligations with their printed number, `O1`; the same numbers in every view of one record."""
        numbered = ((f"O{number}", entry) for number, entry in enumerate(self.model.obligations, 1))
        return tuple(pair for pair in numbered if pair[1].applies == applies)

    def permissions(self) -> tuple[tuple[Permission, Use | None], ...]:
        """Intended uses first; a use of which the very same is said as of an earlier one comes with the name of that."""
        ordered = sorted(self.model.permissions, key=lambda permission: not permission.intended)
        said: dict[str, Use] = {}
        pairs = []
        for permission in ordered:
            earlier = said.setdefault(permission.model_dump_json(exclude={"use", "intended"}), permission.use)
            pairs.append((permission, None if permission.intended or earlier == permission.use else earlier))
        return tuple(pairs)

    @property
    def sized(self) -> bool:
        """Whether the memory annex has a figure that matters."""
        return (self.model.memory.weights_bytes, self.model.memory.total_bytes_per_gpu) != ("unknown", "unknown")

    def figures(self) -> tuple[Figure, ...]:
        """The figures of the memory annex, each with its estimate."""
        memory = self.model.memory
        return tuple(Figure(title, getattr(memory, name), "bytes" in name, memory.estimates.get(name)) for name, title in _FIGURES.items())

    def files(self) -> tuple[FileGroup, ...]:
        """Files by role; of a role with very many, the first ones."""
        groups = ((role, tuple(file for file in self.model.files if file.role == role)) for role in _ROLES)
        return tuple(FileGroup(role, files[:_FILES_OF_A_ROLE], max(len(files) - _FILES_OF_A_ROLE, 0)) for role, files in groups if files)

    def evidence_dates(self) -> str:
        """First and last time of retrieval."""
        times = sorted(entry.retrieved_at for entry in self.evidence if entry.retrieved_at)
        return "" if not times else times[0] if times[0] == times[-1] else f"{times[0]} to {times[-1]}"

    def pinned_url(self) -> str:
        """Page of the very commit on the host that the evidence came from; empty when either is unknown."""
        origins = (urlsplit(entry.url) for entry in self.evidence if is_https(entry.url) and f"/{self.model.id}" in entry.url)
        origin = next((f"{parts.scheme}://{parts.netloc}" for parts in origins), "")
        return f"{origin}/{self.model.id}/tree/{self.model.revision.resolved}" if origin and self.model.revision.resolved != "unknown" else ""


def _cited(value: object) -> Iterable[str]:
    """Every id under a key `evidence`, at any depth."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from item if key == "evidence" and isinstance(item, (list, tuple)) else _cited(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _cited(item)


def uncited(report: Report, views: Iterable[ModelView]) -> tuple[EvidenceRecord, ...]:
    """Evidence that no model refers to; the register must be whole."""
    cited = {entry.id for view in views for entry in view.evidence}
    return tuple(entry for entry in report.evidence if entry.id not in cited)

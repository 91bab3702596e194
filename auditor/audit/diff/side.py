"""One model on one side of a comparison, and what every comparison needs: places, what is missing, and the difference of two mappings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from auditor.audit.assess import Assessment
from auditor.domain.change import Change, NotKnown, Place, SideName, Statement, Topic
from auditor.domain.evidence import Document, Evidence, ModelEvidence, ModelInfo, Unavailable
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.domain.report import EvidenceRecord, ModelRecord
from auditor.domain.text_safety import one_line

_RESOLVED = lazy_pattern(r"https?://[^/?#]+/(?P<id>[^?#]{1,200}?)/resolve/(?P<commit>[^/?#]{1,200})/")
_API = lazy_pattern(r"/api/models/(?P<id>[^?#]{1,200}?)(?:/revision/[^/?#]*)?(?:[?#]|$)")


@record
class Side:
    """One model as it was audited."""

    name: SideName
    record: ModelRecord
    assessment: Assessment
    register: Mapping[str, EvidenceRecord]
    """The report's evidence by id."""

    @property
    def evidence(self) -> ModelEvidence:
        return self.assessment.evidence

    @property
    def info(self) -> Document[ModelInfo]:
        """The metadata; sides without it are never compared."""
        assert not isinstance(self.evidence.info, Unavailable)
        return self.evidence.info

    @property
    def missing(self) -> Mapping[str, Unavailable]:
        """Files that are listed or expected and could not be had, by path."""
        return {path: found for path, found in self.evidence.unavailable.items() if found.reason != "absent"}

    def places(self, ids: Iterable[str]) -> tuple[Place, ...]:
        """Pieces of the report's evidence, by their ids."""
        return tuple(self._place(self.register[entry]) for entry in ids if entry in self.register)

    def place_of(self, document: Document[Any], kind: str, path: str | None = None) -> Place:
        """A document as a whole, or the part of it that `path` names."""
        where = document.path if path is None else path
        return self._place(Evidence(kind, document.url, where, "", "", document.sha256, document.retrieved_at, document.status))

    def _place(self, found: EvidenceRecord | Evidence) -> Place:
        repository, revision = self._origin(found.url)
        return Place(
            side=self.name,
            kind=found.kind,
            repository=one_line(repository),
            path=one_line(found.path),
            revision=one_line(revision),
            lines=found.lines,
            quote=found.quote,
            sha256=found.sha256,
            url=found.url,
        )

    def _origin(self, url: str) -> tuple[str, str]:
        """Repository and commit in the address; the commit of the model's own metadata is its own, that of a base model's is not in it."""
        if resolved := _RESOLVED.match(url):
            return resolved["id"], resolved["commit"]
        asked = _API.search(url)
        own = {self.record.id.lower(), self.evidence.requested.id.lower()}
        if asked is None:
            return self.record.requested, self.record.revision.resolved
        return asked["id"], self.record.revision.resolved if asked["id"].lower() in own else "unknown"


def same_commit(before: Side, after: Side) -> bool:
    """Both are one commit of one repository of the Hub, so that no file of it differs. A folder may have been edited and never is."""
    mine, theirs = before.info.facts, after.info.facts
    return mine.id.lower() == theirs.id.lower() and mine.sha == theirs.sha and not mine.local and not theirs.local


def of_side(before: bool, after: bool) -> Literal["before", "after", "both"]:
    """Name of the sides that something holds of."""
    return "both" if before and after else "before" if before else "after"


def differences(
    topic: Topic, before: Mapping[str, Statement], after: Mapping[str, Statement], key: Callable[[Statement], Any] = lambda statement: statement.value
) -> list[Change]:
    """What only one mapping has, and what both have with another `key`; by name."""
    found = []
    for name in sorted({*before, *after}):
        mine, theirs = before.get(name), after.get(name)
        if mine is None:
            found.append(Change(topic=topic, op="added", name=name, before=None, after=theirs))
        elif theirs is None:
            found.append(Change(topic=topic, op="removed", name=name, before=mine, after=None))
        elif key(mine) != key(theirs):
            found.append(Change(topic=topic, op="changed", name=name, before=mine, after=theirs))
    return found


def split_known(changes: Iterable[Change], before: Side, after: Side) -> tuple[list[Change], list[NotKnown]]:
    """Takes out what seems to have come or gone only because the other side lacks the file that says so."""
    known: list[Change] = []
    unknown: list[NotKnown] = []
    for change in changes:
        stated, other = (change.after, before) if change.op == "added" else (change.before, after)
        hidden = [place.path for place in stated.evidence if place.path in other.missing] if stated and change.op != "changed" else []
        if hidden:
            why = f"{stated.value if stated else ''}: {hidden[0]} could not be had on this side"
            unknown.append(NotKnown(topic=f"{change.topic} {change.name}", side=other.name, why=one_line(why), reason="not_had"))
        else:
            known.append(change)
    return known, unknown

"""Two audits to one record of what changed. Pure: the same two give the same record, and the other way round its mirror image."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias, get_args

from auditor.audit.diff import license as licenses
from auditor.audit.diff import results
from auditor.audit.diff.files import files
from auditor.audit.diff.side import Side
from auditor.audit.diff.texts import texts
from auditor.audit.pipeline import Audited
from auditor.catalog.catalog import Catalog
from auditor.domain.change import SCHEMA_VERSION, Change, Diff, FileChanges, ModelChange, NotKnown, Origin, SideName, Subject, TextChange
from auditor.domain.evidence import Unavailable
from auditor.domain.text_safety import one_line

_Result: TypeAlias = Literal["changed", "unchanged", "no_known_change", "added", "removed", "not_known"]
_RESULTS: tuple[_Result, ...] = get_args(_Result)
_NO_FILES = FileChanges(added=0, removed=0, changed=0, unchanged=0, undetermined=0, listed=(), unlisted=0)

Pair = tuple[Side | None, Side | None]


def compare(before: Audited, after: Audited, arguments: tuple[str, str], catalog: Catalog) -> Diff:
    """What changed from one audit to the other, both made with one profile, policy, time and catalogue. `arguments` are the sides as the user named them."""
    pairs = _paired(_sides("before", before), _sides("after", after))
    models = tuple(sorted((_model(pair, catalog) for pair in pairs), key=_order))
    report = before.report
    return Diff(
        schema_version=SCHEMA_VERSION,
        tool=report.tool,
        policy=report.policy,
        profile=report.profile,
        evaluated_at=report.run.evaluated_at,
        before=Origin(argument=one_line(arguments[0]), mode=report.run.mode),
        after=Origin(argument=one_line(arguments[1]), mode=after.report.run.mode),
        changed=any(model.result in ("changed", "added", "removed") for model in models),
        complete=not any(entry.reason == "not_had" for model in models for entry in model.not_known),
        counts={word: sum(model.result == word for model in models) for word in _RESULTS},
        models=models,
    )


def _sides(name: SideName, audited: Audited) -> list[Side]:
    records = {record.requested: record for record in audited.report.models}
    register = {entry.id: entry for entry in audited.report.evidence}
    return [Side(name, records[str(one.evidence.requested)], one, register) for one in audited.assessments]


def _paired(before: Sequence[Side], after: Sequence[Side]) -> Iterator[Pair]:
    """By id without case; several revisions of one id by the revision asked for, then in their order. One model against one is always a pair."""
    if len(before) == len(after) == 1:
        yield before[0], after[0]
        return
    for name in sorted({side.record.id.lower() for side in (*before, *after)}):
        mine, theirs = ([side for side in sides if side.record.id.lower() == name] for sides in (before, after))
        for side in list(mine):
            if other := next((one for one in theirs if one.evidence.requested.revision == side.evidence.requested.revision), None):
                mine.remove(side)
                theirs.remove(other)
                yield side, other
        for index in range(max(len(mine), len(theirs))):
            yield mine[index] if index < len(mine) else None, theirs[index] if index < len(theirs) else None


def _model(pair: Pair, catalog: Catalog) -> ModelChange:
    before, after = pair
    missing = [_not_had(side) for side in pair if side and isinstance(side.evidence.info, Unavailable)]
    if before is None or after is None:
        return _record(pair, "removed" if before else "added", not_known=missing)
    if missing:
        return _record(pair, "not_known", not_known=missing)
    found = [
        results.verdicts(before, after),
        results.revision(before, after),
        results.access(before, after),
        licenses.declared(before, after),
        licenses.concluded(before, after),
        licenses.terms(before, after, catalog),
        results.permissions(before, after),
        results.obligations(before, after),
        results.lineage(before, after),
        results.findings(before, after),
        results.memory(before, after),
    ]
    changes = [change for some, _ in found for change in some]
    changed_texts, unread = texts(before, after)
    changed_files, unlisted = files(before, after)
    not_known = [*unread, *unlisted, *(entry for _, some in found for entry in some)]
    anything = bool(changed_texts or changed_files.listed or any(change.topic != "revision" for change in changes))
    return _record(pair, "changed" if anything else "no_known_change" if not_known else "unchanged", changes, changed_texts, changed_files, not_known)


def _record(
    pair: Pair,
    result: _Result,
    changes: Iterable[Change] = (),
    texts: Iterable[TextChange] = (),
    files: FileChanges = _NO_FILES,
    not_known: Iterable[NotKnown] = (),
) -> ModelChange:
    before, after = pair
    return ModelChange(
        before=_subject(before) if before else None,
        after=_subject(after) if after else None,
        result=result,
        note=_note(before, after) if before and after else "",
        changes=tuple(changes),
        texts=tuple(texts),
        files=files,
        not_known=tuple(not_known),
    )


def _subject(side: Side) -> Subject:
    record = side.record
    return Subject(id=record.id, requested=record.requested, revision=record.revision.resolved, verdict=record.verdict)


def _note(before: Side, after: Side) -> str:
    if before.record.id.lower() == after.record.id.lower():
        return ""
    return "two models of different names, compared because each side holds only one"


def _not_had(side: Side) -> NotKnown:
    info = side.evidence.info
    assert isinstance(info, Unavailable)
    return NotKnown(topic="everything about the model", side=side.name, why=one_line(info.detail), reason="not_had")


def _order(model: ModelChange) -> tuple[str, ...]:
    """By id, then by what each side asked for, whichever side it is."""
    subjects = [subject for subject in (model.before, model.after) if subject]
    return (min(subject.id.lower() for subject in subjects), *sorted(subject.requested for subject in subjects))

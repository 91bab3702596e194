"""Files of both sides by size and digest. The same size without a digest is no proof of the same content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from auditor.audit.diff.side import Side, of_side, same_commit
from auditor.audit.files import role
from auditor.crawler.files import HEADER_KINDS
from auditor.domain.change import FileChange, FileChanges, FileState, NotKnown, Op
from auditor.domain.evidence import RepoFile
from auditor.domain.text_safety import one_line

MAX_LISTED = 100
"""Changed files that are listed."""
_ROLES = ("weights", "config", "tokenizer", "code", "license", "card", "other")
_NOTHING = FileChanges(added=0, removed=0, changed=0, unchanged=0, undetermined=0, listed=(), unlisted=0)

Kept = Literal["same", "changed", "undetermined"]


def files(before: Side, after: Side) -> tuple[FileChanges, list[NotKnown]]:
    """What became of every file, weights first."""
    mine, theirs = before.info.facts, after.info.facts
    unknown = _not_listed(before, after)
    if mine.files is None or theirs.files is None:
        return _NOTHING, unknown
    old, new = {file.path: file for file in mine.files}, {file.path: file for file in theirs.files}
    same = same_commit(before, after)
    kept = {path: "same" if same else _kept(_state(old[path], before), _state(new[path], after)) for path in {*old} & {*new}}
    unread = bool(mine.unread_files), bool(theirs.unread_files)
    ops: dict[str, Op] = {path: "changed" for path, found in kept.items() if found == "changed"}
    ops |= {path: "removed" for path in {*old} - {*new} if not unread[1]}
    ops |= {path: "added" for path in {*new} - {*old} if not unread[0]}
    changes = sorted((_change(path, op, old, new, before, after) for path, op in ops.items()), key=lambda one: (_ROLES.index(one.role), one.path))
    undetermined = sum(found == "undetermined" for found in kept.values())
    if undetermined:
        why = f"{undetermined:,} file{'' if undetermined == 1 else 's'} of equal or unknown size, without a digest that both sides give"
        unknown.append(NotKnown(topic="content of some files", side="both", why=why, reason="not_determined"))
    counts = {op: sum(found == op for found in ops.values()) for op in ("added", "removed", "changed")}
    return FileChanges(
        added=counts["added"],
        removed=counts["removed"],
        changed=counts["changed"],
        unchanged=sum(found == "same" for found in kept.values()),
        undetermined=undetermined,
        listed=tuple(changes[:MAX_LISTED]),
        unlisted=max(0, len(changes) - MAX_LISTED),
    ), unknown


def _not_listed(before: Side, after: Side) -> list[NotKnown]:
    """Lists of files that are missing or not whole."""
    missing = before.info.facts.files is None, after.info.facts.files is None
    if any(missing):
        return [NotKnown(topic="files", side=of_side(*missing), why="the Hub's answer lists no files", reason="not_had")]
    unread = before.info.facts.unread_files, after.info.facts.unread_files
    if any(unread):
        why = one_line(unread[0] or unread[1])
        return [NotKnown(topic="files beyond those listed", side=of_side(bool(unread[0]), bool(unread[1])), why=why, reason="not_had")]
    return []


def _state(file: RepoFile, side: Side) -> FileState:
    """Size and digest; the latter from the file itself where it was read whole."""
    document = side.evidence.documents.get(file.path)
    read = document.sha256 if document is not None and document.kind not in HEADER_KINDS else None
    return FileState(size="unknown" if file.size is None else file.size, sha256=file.sha256 or read or "unknown", blob=file.blob or "unknown")


def _kept(before: FileState, after: FileState) -> Kept:
    for mine, theirs in ((before.sha256, after.sha256), (before.blob, after.blob)):
        if "unknown" not in (mine, theirs):
            return "same" if mine == theirs else "changed"
    return "changed" if "unknown" not in (before.size, after.size) and before.size != after.size else "undetermined"


def _change(path: str, op: Op, old: Mapping[str, RepoFile], new: Mapping[str, RepoFile], before: Side, after: Side) -> FileChange:
    return FileChange(
        path=one_line(path),
        role=role(old.get(path) or new[path]),
        op=op,
        before=_state(old[path], before) if path in old else None,
        after=_state(new[path], after) if path in new else None,
    )

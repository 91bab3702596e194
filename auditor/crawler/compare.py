"""A local copy against the model that it claims to be: which files are missing, more, or other bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from auditor.crawler.files import HEADER_KINDS
from auditor.crawler.folder import Unreadable
from auditor.crawler.local import LocalSource
from auditor.domain.evidence import Document, ModelEvidence, RepoFile, Unavailable
from auditor.domain.record import record
from auditor.domain.text_safety import one_line


@record
class Difference:
    """One file, or one group of files, that is not the same or could not be compared."""

    kind: Literal["missing", "extra", "size", "digest", "unreadable", "not_compared"]
    """missing: here, not there; a partial download is one. not_compared: nothing tells whether the bytes are the same."""
    path: str
    """On one clean line; empty for the model as a whole."""
    detail: str


def compare(local: LocalSource, other: ModelEvidence) -> tuple[Difference, ...]:
    """Sizes of all files, and digests where `other` (the Hub's answer, or a bundle's) has one: of LFS files and of documents it holds.

    Reads every LFS file in full. Ordered by path; empty only when everything that is listed was compared and is the same.
    """
    if isinstance(other.info, Unavailable):
        return (Difference("not_compared", "", one_line(f"{other.requested} could not be had: {other.info.detail}")),)
    if other.info.facts.files is None:
        return (Difference("not_compared", "", f"{other.id} lists no files"),)
    try:
        held = local.files()
    except (Unreadable, OSError) as error:
        return (Difference("unreadable", "", one_line(str(error))),)
    listed = {file.path: file for file in other.info.facts.files}
    found: list[Difference] = []
    unknown: list[str] = []
    for path in sorted(listed.keys() | held.keys()):
        if path not in held:
            found += [] if local.single else [Difference("missing", one_line(path), f"{other.id} lists this file")]
        elif path not in listed:
            found.append(Difference("extra", one_line(path), f"{other.id} lists no such file"))
        else:
            found += _one(local, other, listed[path], unknown)
    if unknown:
        found.append(Difference("not_compared", one_line(unknown[0]), f"{len(unknown):,} files of the same size, for which {other.id} gives no digest"))
    return tuple(found)


def _one(local: LocalSource, other: ModelEvidence, listed: RepoFile, unknown: list[str]) -> Iterator[Difference]:
    file, path = local.files()[listed.path], one_line(listed.path)
    if file.refused:
        yield Difference("unreadable", path, f"not read: {file.refused}")
        return
    if listed.size is not None and file.size != listed.size:
        yield Difference("size", path, f"{file.size:,} bytes here, {listed.size:,} in {other.id}")
        return
    document = other.documents.get(listed.path)
    held = document.sha256 if isinstance(document, Document) and document.kind not in HEADER_KINDS else None
    expected = listed.sha256 or held
    if expected is None:
        unknown.append(listed.path)
        return
    try:
        digest = local.sha256(listed.path)
    except Unreadable as error:
        yield Difference("unreadable", path, one_line(error.detail))
        return
    if digest != expected:
        yield Difference("digest", path, f"SHA-256 {digest} here, {expected} in {other.id}")

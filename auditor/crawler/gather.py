"""Everything about some models and their ancestors in as few sequential exchanges as the answers allow.

The caller's thread holds all state and decides what to ask next; the workers only fetch. Per model: the metadata; then, at the same time,
its files and its parents' metadata; then the metadata of parents that only its files name. A parent's files come only where the caller needs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeAlias

from auditor.crawler.files import CARD, HEADER_KINDS, Header, Wanted, valid_ref, wanted, wanted_datasets, wanted_links
from auditor.crawler.interface import Source
from auditor.crawler.spans import stated_span
from auditor.crawler.tally import Tally
from auditor.crawler.workers import Workers
from auditor.domain.evidence import Document, DocumentKind, ModelEvidence, ModelInfo, ModelRef, RepoFile, Unavailable
from auditor.domain.record import record

MAX_PARENTS = 64
"""Of one model that are asked for; the others are recorded as too many."""
MAX_DEPTH = 8
"""Steps from a requested model to its farthest ancestor; chains on the Hub are rarely longer than four."""
MAX_ANCESTORS = 512
"""For each requested model."""

ParentsOf: TypeAlias = Callable[[ModelInfo], Sequence[ModelRef]]
ParentsIn: TypeAlias = Callable[[ModelEvidence], Sequence[ModelRef]]
NeedsFiles: TypeAlias = Callable[[ModelEvidence], bool]
HeadersOf: TypeAlias = Callable[[ModelInfo], Sequence[Header]]
_FileKey: TypeAlias = tuple[str, str, str]
"""Id (of a local model its place), commit, path: what makes a file the same in two models."""
_Result: TypeAlias = Document[Any] | Unavailable
_NAMING_NO_PARENT: frozenset[DocumentKind] = frozenset({"dataset_info", "safetensors_header", "linked_license"})
"""Parents that only files name are not held up by these."""


@record
class Gathered:
    """What was collected, in the order of the request."""

    models: dict[ModelRef, ModelEvidence]
    parents: dict[ModelRef, ModelEvidence]
    """Every ancestor that was named, also one that is itself among the models or could not be asked for."""


def gather(
    source: Source,
    refs: Sequence[ModelRef],
    parents_of: ParentsOf,
    needs_files: NeedsFiles,
    workers: int = 16,
    progress: Callable[[int, int], None] | None = None,
    depth: int = MAX_DEPTH,
    parents_in: ParentsIn = lambda _: (),
    datasets: bool = False,
    headers_of: HeadersOf = lambda _: (),
) -> Gathered:
    """Collects `refs` and their ancestors from `source`. Nothing is fetched twice, so a cycle ends; what one model lacks touches no other.

    Ancestors more than `depth` steps away are named at most, not fetched. With `datasets`, those that `refs` name are asked about beside their files;
    so are the weight files of `refs` for the headers that `headers_of` names.

    `parents_of` sees the metadata as soon as it is there, `parents_in` a model with all of its files.
    `needs_files` sees a parent with its metadata alone. An exception of a callable or a source is a bug and propagates;
    an interrupt stops at once, leaving requests under way behind. After each answer `progress` is told how many of how many models have all of theirs.
    """
    run = _Run(source, refs, parents_of, needs_files, workers, progress, depth, parents_in, datasets, headers_of)
    try:
        return run.result()
    finally:
        run.workers.stop()


class _Run:
    """The state of one gathering."""

    def __init__(
        self,
        source: Source,
        refs: Iterable[ModelRef],
        parents_of: ParentsOf,
        needs_files: NeedsFiles,
        workers: int,
        progress: Callable[[int, int], None] | None,
        max_depth: int,
        parents_in: ParentsIn,
        datasets: bool,
        headers_of: HeadersOf,
    ) -> None:
        self.source, self.parents_of, self.needs_files, self.parents_in = source, parents_of, needs_files, parents_in
        self.refs = dict.fromkeys(refs)
        self.tally = Tally(len(self.refs), progress)
        self.workers: Workers[ModelRef | _FileKey, _Result] = Workers(workers)
        self.asked: set[ModelRef | _FileKey] = set()
        self.infos: dict[ModelRef, _Result] = {}
        self.files: dict[_FileKey, _Result] = {}
        self.with_files: set[ModelRef] = set()
        self.links: dict[tuple[ModelRef, bool], Wanted] = {}
        """Files that are linked as the license, by model and whether its card was there."""
        self.missing: dict[ModelRef, set[_FileKey]] = {}
        """Files that a model still waits for."""
        self.users: dict[_FileKey, list[ModelRef]] = {}
        self.parents: dict[ModelRef, tuple[ModelRef, ...]] = {}
        self.max_depth, self.datasets, self.headers_of = max_depth, datasets, headers_of
        self.depth: dict[ModelRef, int] = dict.fromkeys(self.refs, 0)

    def result(self) -> Gathered:
        for ref in self.refs:
            self._ask_info(ref, (ref,))
        while (done := self.workers.next()) is not None:
            key, found = done
            if isinstance(key, ModelRef):
                self._got_info(key, found)
            else:
                self._got_file(key, found)
            self.tally.answered(key)
        models = {ref: self._evidence(ref) for ref in self.refs}
        named = dict.fromkeys(parent for parents in self.parents.values() for parent in parents)
        return Gathered(models, {ref: models.get(ref) or self._evidence(ref) for ref in named})

    def _ask_info(self, ref: ModelRef, models: Iterable[ModelRef]) -> None:
        """Asks for the metadata of `ref`, once; `models` need it."""
        if valid_ref(ref) and ref not in self.infos:
            self.tally.waits(ref, models)
        if ref in self.asked:
            return
        self.asked.add(ref)
        if valid_ref(ref):
            self.workers.submit(ref, partial(self.source.info, ref))
        else:
            self.infos[ref] = Unavailable("unsafe_name", "this is no id of a model on the Hub; it was not requested", self.source.endpoint)

    def _got_info(self, ref: ModelRef, found: _Result) -> None:
        self.infos[ref] = found
        if isinstance(found, Unavailable):
            return
        waiting = self.tally.waiting(ref)
        self._named(ref, self.parents_of(found.facts), waiting)
        if ref in self.refs or self.needs_files(ModelEvidence(ref, found)) or self._links(ref, found.facts).files:
            self._ask_files(ref, found.facts, waiting)

    def _got_file(self, key: _FileKey, found: _Result) -> None:
        self.files[key] = found
        users = self.users.pop(key, ())
        for ref in users if key[2] == CARD else ():
            self._ask_late(ref, self.tally.waiting(key))
        for ref in users:
            self.missing[ref].discard(key)
            if not self.missing[ref]:
                self._named(ref, self.parents_in(self._evidence(ref)), self.tally.waiting(key))

    def _named(self, ref: ModelRef, parents: Iterable[ModelRef], models: Iterable[ModelRef]) -> None:
        """`ref` names these parents: they are asked for within the bounds, and recorded beyond them."""
        if self.depth[ref] >= self.max_depth < MAX_DEPTH:
            return  # the caller asked for no more
        self.parents[ref] = tuple(dict.fromkeys((*self.parents.get(ref, ()), *parents)))
        self._follow(ref, models)

    def _follow(self, ref: ModelRef, models: Iterable[ModelRef]) -> None:
        """Asks for the parents of `ref`; where a shorter way to a known model is found, its own ancestors come nearer too."""
        waiting = [ref]
        while waiting:
            child = waiting.pop()
            step = self.depth[child] + 1
            for parent in self.parents.get(child, ())[:MAX_PARENTS] if step <= self.max_depth else ():
                known = self.depth.get(parent)
                if known is None and len(self.depth) < len(self.refs) * (1 + MAX_ANCESTORS):
                    self.depth[parent] = step
                    self._ask_info(parent, models)
                elif known is not None and step < known:
                    self.depth[parent] = step
                    waiting.append(parent)

    def _ask_files(self, ref: ModelRef, info: ModelInfo, models: Iterable[ModelRef]) -> None:
        self.with_files.add(ref)
        self.missing[ref] = set()
        for path, kind, cap in self._asked_of(ref, info):
            key = _key(info, path)
            if key not in self.files:
                self.tally.waits(key, models)
            if key not in self.files and kind not in _NAMING_NO_PARENT:
                self.missing[ref].add(key)
                self.users.setdefault(key, []).append(ref)
            if key not in self.asked:
                self.asked.add(key)
                self.workers.submit(key, partial(self.source.file, *key, kind, cap) if cap else partial(self.source.file, *key, kind))
        if not self.missing[ref]:
            self._named(ref, self.parents_in(self._evidence(ref)), models)

    def _ask_late(self, ref: ModelRef, models: Iterable[ModelRef]) -> None:
        """Asks for what the card of `ref` links and the metadata did not."""
        info = self.infos[ref]
        if isinstance(info, Unavailable):
            return
        for path, kind in self._links(ref, info.facts).files:
            key = _key(info.facts, path)
            if key not in self.asked:
                self.asked.add(key)
                self.tally.waits(key, models)
                self.workers.submit(key, partial(self.source.file, *key, kind))

    def _links(self, ref: ModelRef, info: ModelInfo) -> Wanted:
        """What the metadata and, as soon as it is there, the card link as the license."""
        card = self.files.get(_key(info, CARD))
        known = (ref, card is not None)
        if known not in self.links:
            self.links[known] = wanted_links(info, self.infos[ref].url, card)
        return self.links[known]

    def _asked_of(self, ref: ModelRef, info: ModelInfo) -> list[tuple[str, DocumentKind, int | None]]:
        """Path, kind and, of a header, most bytes: files, and for requested models what is asked for beside them."""
        beside = wanted_datasets(info) if self.datasets and ref in self.refs else ()
        headers = self.headers_of(info) if ref in self.refs else ()
        links = self._links(ref, info).files
        return [*((path, kind, None) for path, kind in (*wanted(info).files, *links, *beside)), *((one.path, one.kind, one.cap) for one in headers)]

    def _evidence(self, ref: ModelRef) -> ModelEvidence:
        """What is there by now."""
        info = self.infos.get(ref)
        if info is None:
            detail = f"not fetched: more than {MAX_PARENTS} parents of a model, {MAX_ANCESTORS} ancestors for each model or {MAX_DEPTH} steps of lineage"
            return ModelEvidence(ref, Unavailable("too_many", detail, self.source.endpoint))
        if isinstance(info, Unavailable) or ref not in self.with_files:
            return ModelEvidence(ref, info)
        unasked = {**wanted(info.facts).refused, **self._links(ref, info.facts).refused}
        asked = [path for path, kind, _ in self._asked_of(ref, info.facts) if not _predates(kind, self.files.get(_key(info.facts, path)))]
        found = {path: _as_listed(info.facts, path, self.files[key]) for path in asked if (key := _key(info.facts, path)) in self.files}
        refused = {path: Unavailable(reason, detail, info.url, None, info.retrieved_at) for path, (reason, detail) in unasked.items()}
        documents = {path: one for path, one in found.items() if isinstance(one, Document)}
        return ModelEvidence(ref, info, documents, {path: one for path, one in found.items() if isinstance(one, Unavailable)} | refused)


def _predates(kind: DocumentKind, found: _Result | None) -> bool:
    """A header that was not asked for when a bundle was saved is not missed in it: what it sharpens is then as it was."""
    return kind in HEADER_KINDS and isinstance(found, Unavailable) and found.reason == "not_recorded"


def _key(info: ModelInfo, path: str) -> _FileKey:
    assert info.sha is not None  # a source answers without a commit only with Unavailable
    return info.local or info.id, info.sha, path


def _as_listed(info: ModelInfo, path: str, found: _Result) -> _Result:
    """`found`, unless it contradicts the file list of the same commit: a cut file, or one that is listed and yet said to be absent."""
    listed: RepoFile | None = next((file for file in info.files or () if file.path == path), None)
    if listed is None:
        return found
    if isinstance(found, Document) and found.kind in HEADER_KINDS:
        stated = stated_span(found.headers)
        if stated is None or listed.size in (None, stated[1]):
            return found
        return Unavailable(
            "malformed", f"the Hub lists this file with {listed.size:,} bytes and sent a part of {stated[1]:,}", found.url, found.status, found.retrieved_at
        )
    if isinstance(found, Unavailable):
        contradiction = "the Hub lists this file and answers that it is absent" if found.reason == "absent" else ""
    elif listed.size is not None and listed.size != found.size:
        contradiction = f"the Hub lists this file with {listed.size:,} bytes and sent {found.size:,}"
    else:
        contradiction = "the file does not have the digest that the Hub lists" if listed.sha256 not in (None, found.sha256) else ""
    return Unavailable("malformed", contradiction, found.url, found.status, found.retrieved_at) if contradiction else found

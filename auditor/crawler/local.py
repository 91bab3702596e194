"""Evidence from this machine: a folder of a downloaded model, a snapshot of huggingface_hub's cache, or a single GGUF file.

Nothing leaves the machine for the model itself; what it names as base models is asked of another source. Weights are not read, their headers are.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from auditor.crawler.files import CAPS, HEADER_KINDS, valid_ref, wanted, wanted_links
from auditor.crawler.folder import LocalFile, Unreadable, cache_place, cached_id, listing, main_snapshot, opened, read
from auditor.crawler.headers import Malformed, Range, TooLarge, header_cap, read_header
from auditor.crawler.interface import Mode, Source
from auditor.crawler.local_info import facts_of
from auditor.crawler.parse import Received, file_document, utc_now
from auditor.domain.errors import UsageError
from auditor.domain.evidence import Document, DocumentKind, ModelInfo, ModelRef, RepoFile, Unavailable
from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import one_line

DEFAULT_ENDPOINT = "https://huggingface.co"
MAX_HEADER_BYTES = 256 * 1024 * 1024
"""Of all headers of one folder together."""

_NOT_IN_AN_ID = lazy_pattern(r"[^A-Za-z0-9_.-]+")
_OF_THE_HUB: frozenset[DocumentKind] = frozenset({"dataset_info", "linked_license"})
"""Held beside the files of a model, and no files of the folder."""
_Result: TypeAlias = Document[Any] | Unavailable


class LocalSource:
    """The model at `path`; `as_id` (`org/name` or `org/name@revision`) says which one of the Hub it is meant to be. Other models come from `parents`.

    `shown` is the path as the user wrote it.

    UsageError when there is nothing at `path` that could be audited, or `as_id` is no id.
    """

    mode: Mode = "local"

    def __init__(self, path: Path, as_id: str | None = None, parents: Source | None = None, shown: str | None = None) -> None:
        self._shown = one_line(shown or path.as_posix(), 1000)
        self._parents = parents
        self.endpoint = parents.endpoint if parents else DEFAULT_ENDPOINT
        self._folder, self._single, asked_for_commit = _located(path, self._shown)
        place = cache_place(Path(self._folder))
        self._blobs = place.blobs if place else None
        claimed, _, revision = (as_id or "").partition("@")
        if as_id is not None and not valid_ref(ModelRef(claimed, revision or None)):
            raise UsageError(f"{one_line(as_id, 120)!r} is no id of a model", "write it as ORG/NAME or ORG/NAME@REVISION")
        self._commit = place.commit if place and claimed in ("", place.id) else None
        known = claimed or (place.id if place else "")
        self._hub_ref = ModelRef(known, revision or self._commit) if known else None
        name = _NOT_IN_AN_ID.sub("-", Path(self._single or self._folder).name).strip("-._")[:80]
        self._ref = ModelRef(known or f"local/{name or 'model'}", self._commit if asked_for_commit else None, self._shown)
        self._lock = threading.Lock()
        self._loaded: tuple[Document[ModelInfo] | Unavailable, Mapping[str, _Result]] | None = None
        self._files: Mapping[str, LocalFile] | None = None

    def ref(self) -> ModelRef:
        """How this model is asked for."""
        return self._ref

    def hub_ref(self) -> ModelRef | None:
        """The model of the Hub that this claims to be, at the commit that the cache names; None when nothing says which."""
        return self._hub_ref

    @property
    def single(self) -> bool:
        """Whether one file is audited, not a folder."""
        return bool(self._single)

    def info(self, ref: ModelRef) -> Document[ModelInfo] | Unavailable:
        """What the folder says about the model, in the place of the Hub's answer."""
        if ref == self._ref:
            return self._load()[0]
        return self._parents.info(ref) if self._parents else Unavailable("not_recorded", f"{ref} is not the model at {self._shown}", self.endpoint)

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> _Result:
        """One file of the folder; `model_id` is then the path that the model's metadata names as `local`."""
        if model_id == self._shown and kind not in _OF_THE_HUB:
            return self._load()[1].get(path) or Unavailable("absent", "the folder does not hold this file", self._url(path))
        return self._parents.file(model_id, sha, path, kind, cap) if self._parents else Unavailable("not_recorded", "this is another model", self.endpoint)

    def files(self) -> Mapping[str, LocalFile]:
        """Every file by path. Unreadable when the folder cannot be listed in full."""
        if self._files is None:
            if self._single:
                self._files = {Path(self._single).name: LocalFile(os.path.realpath(self._single), Path(self._single).stat().st_size)}
            else:
                self._files = listing(self._folder, self._blobs)
        return self._files

    def sha256(self, path: str) -> str:
        """Digest of all bytes of a file, read in pieces: weights take their time. Unreadable when it cannot be had."""
        with opened(self.files()[path]) as stream:
            try:
                return hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise Unreadable("unreadable", f"the file cannot be read ({error.strerror})") from None

    def _url(self, path: str = "") -> str:
        joined = self._shown if self._single or not path else f"{self._shown.rstrip('/')}/{path}"
        return "file:" + quote(joined, safe="/:", errors="replace")

    def _load(self) -> tuple[Document[ModelInfo] | Unavailable, Mapping[str, _Result]]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._read(utc_now())
            return self._loaded

    def _read(self, now: str) -> tuple[Document[ModelInfo] | Unavailable, Mapping[str, _Result]]:
        try:
            files = self.files()
        except (Unreadable, OSError) as error:
            reason = error.reason if isinstance(error, Unreadable) else "unreadable"
            return Unavailable(reason, one_line(f"{self._shown}: {error}"), self._url(), None, now), {}
        listed = tuple(RepoFile(path=path, size=file.size) for path, file in files.items())
        bare = facts_of(self._ref.id, self._shown, listed, {}, ())
        left = MAX_HEADER_BYTES
        found: dict[str, _Result] = {}
        for path, kind in wanted(bare).files:
            found[path], spent = self._document(path, files[path], kind, left, now)
            left -= spent
        links = [path for path, file in files.items() if file.refused]
        problems: tuple[str, ...] = (f"{len(links):,} links or special files were not read, such as {one_line(links[0], 80)}",) if links else ()
        if self._single:
            problems += ("one file was audited; what lies beside it, such as a license or a card, was not looked at",)
        info = facts_of(self._ref.id, self._shown, listed, found, problems)
        for path, kind in wanted_links(info, self._url(), None).files:
            if kind not in _OF_THE_HUB:
                found[path], _ = self._document(path, files[path], kind, 0, now)
        digests = {path: one.sha256 if isinstance(one, Document) else one.reason for path, one in found.items()}
        content = json.dumps({"files": [[file.path, file.size] for file in listed], "digests": digests}, sort_keys=True, indent=1).encode()
        digest = hashlib.sha256(content).hexdigest()
        info = info.model_copy(update={"sha": self._commit or digest[:40], "sha_is_digest": self._commit is None})
        return Document("model_info", "", self._url(), None, now, digest, len(content), content, info), found

    def _document(self, path: str, file: LocalFile, kind: DocumentKind, left: int, now: str) -> tuple[_Result, int]:
        """The document, and how many bytes of headers were read for it, of the `left` that may be."""
        try:
            if kind in HEADER_KINDS:
                return self._header(path, file, kind, left, now)
            return file_document(kind, path, Received(self._url(path), None, {}, read(file, CAPS[kind]), now)), 0
        except Unreadable as error:
            return Unavailable(error.reason, one_line(error.detail), self._url(path), None, now), 0

    def _header(self, path: str, file: LocalFile, kind: DocumentKind, left: int, now: str) -> tuple[_Result, int]:
        with opened(file) as stream:
            part = Range(stream, file.size or 0, min(header_cap(kind), left))
            try:
                facts = read_header(kind, part)
            except Malformed as error:
                return Unavailable("malformed", one_line(f"the header cannot be believed: {error}"), self._url(path), None, now), part.position
            except TooLarge as error:
                why = str(error) if left >= header_cap(kind) else f"the headers of all files together are larger than {MAX_HEADER_BYTES:,} bytes"
                return Unavailable("too_large", one_line(why), self._url(path), None, now), part.position
            except OSError as error:
                raise Unreadable("unreadable", f"the file cannot be read ({error.strerror})") from None
        return Document(kind, path, self._url(path), None, now, part.digest, part.position, None, facts), part.position


def is_path(text: str) -> bool:
    """Whether an argument of the command line means a path. What can be an id is one, whatever lies there: `./org/name` means the folder."""
    if text in (".", "..") or text.startswith(("./", "../", "~", ".\\", "..\\")) or Path(text).is_absolute():
        return True
    could_be_id = valid_ref(ModelRef(text.partition("@")[0].removeprefix(f"{DEFAULT_ENDPOINT}/").rstrip("/")))
    return (not could_be_id or text.lower().endswith(".gguf")) and os.path.lexists(text)


def _located(path: Path, shown: str) -> tuple[str, str, bool]:
    """Real folder, the single file in it (empty for a folder), and whether the path itself names a commit."""
    try:
        real = Path(os.path.realpath(path))
        is_folder, is_file = real.is_dir(), real.is_file()
    except (OSError, ValueError):
        real, is_folder, is_file = path, False, False
    if is_file and path.name.lower().endswith(".gguf"):
        folder = Path(os.path.realpath(path.parent))
        return str(folder), str(folder / path.name), True
    if not is_folder:
        what = "is neither a folder nor a GGUF file" if os.path.lexists(real) else "does not exist, or may not be looked at"
        raise UsageError(f"{shown!r} {what}", "name the folder of a downloaded model, or a .gguf file")
    if cached_id(real) is None or not (real / "snapshots").is_dir():
        return str(real), "", True
    try:
        return str(main_snapshot(real)), "", False
    except Unreadable as error:
        raise UsageError(f"{shown}: {error.detail}", "name one snapshot of the cache folder, or download the model again") from None

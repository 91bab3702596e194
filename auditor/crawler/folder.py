"""A model's folder on this machine: what lies in it, and the bytes of plain files, never anything outside it.

The one link that is followed is the one that huggingface_hub's cache is made of: from `models--org--name/snapshots/<commit>/` to a plain file
in `models--org--name/blobs/`.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from auditor.crawler.files import valid_ref
from auditor.domain.evidence import ModelRef, Reason
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record

MAX_ENTRIES = 100_000
"""Files and folders of one model that are listed."""
MAX_DEPTH = 32

_TOOL_FOLDERS = (".git", ".cache")
"""In the root: bookkeeping of git and of `hf download --local-dir`, no part of the model."""
_HALF = lazy_pattern(r"[\ud800-\udfff]")
_COMMIT = lazy_pattern(r"[0-9a-f]{40}")
_CACHED = lazy_pattern(r"models--(?:(?P<owner>[\w.-]+?)--)?(?P<name>[\w.-]+)", re.ASCII)


class Unreadable(Exception):
    """Why something of a folder cannot be had; the message is one sentence."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


@record
class LocalFile:
    """A file as listed. `real` holds its bytes; `refused` says why they are not read (empty when they may be)."""

    real: str
    size: int | None
    refused: str = ""


@record
class CachePlace:
    """Where a folder lies in huggingface_hub's cache."""

    id: str
    commit: str
    blobs: str


def cache_place(folder: Path) -> CachePlace | None:
    """Id and commit of a snapshot, from its (real) path alone; None for any other folder."""
    top = folder.parent.parent
    id_ = cached_id(top)
    if id_ is None or folder.parent.name != "snapshots" or not _COMMIT.fullmatch(folder.name):
        return None
    return CachePlace(id_, folder.name, str(top / "blobs"))


def cached_id(top: Path) -> str | None:
    """The id that a `models--org--name` folder stands for. `--` stands in no id, so it is told without doubt."""
    match = _CACHED.fullmatch(top.name)
    if match is None or "--" in match["name"] or "--" in (match["owner"] or ""):
        return None
    id_ = f"{match['owner']}/{match['name']}" if match["owner"] else match["name"]
    return id_ if valid_ref(ModelRef(id_)) else None


def main_snapshot(top: Path) -> Path:
    """The snapshot that `refs/main` of a cache folder names, else its only one. Unreadable when neither tells."""
    snapshots, ref = top / "snapshots", top / "refs" / "main"
    try:
        held = sorted(folder.name for folder in snapshots.iterdir() if _COMMIT.fullmatch(folder.name))
        named = read(LocalFile(str(ref), ref.lstat().st_size), 256).decode("ascii", "replace").strip() if ref.exists() else ""
    except OSError as error:
        raise Unreadable("unreadable", f"the cache folder cannot be read ({error.strerror})") from None
    chosen = named if named in held else held[0] if len(held) == 1 else None
    if chosen is None:
        raise Unreadable("missing", f"the cache folder holds {len(held)} snapshots and does not say which is meant: name one, as in snapshots/<commit>")
    if os.path.realpath(snapshots / chosen) != str(snapshots / chosen):
        raise Unreadable("no_plain_file", "the snapshot is a link")
    return snapshots / chosen


def listing(root: str, blobs: str | None) -> dict[str, LocalFile]:
    """Every file under the real path `root` by its relative path, `/` between segments, in order. Unreadable when it cannot be listed in full."""
    found: dict[str, LocalFile] = {}
    pending, count = [("", 0)], 0
    while pending:
        prefix, depth = pending.pop()
        for entry in _entries(root, prefix):
            count += 1
            if count > MAX_ENTRIES or depth >= MAX_DEPTH:
                raise Unreadable("too_many", f"the folder holds more than {MAX_ENTRIES:,} files, or folders deeper than {MAX_DEPTH}")
            path = prefix + entry.name
            if not entry.is_symlink() and entry.is_dir(follow_symlinks=False):
                if depth or entry.name not in _TOOL_FOLDERS:
                    pending.append((f"{path}/", depth + 1))
            else:
                found[_clean(path)] = _file(entry, blobs)
    return dict(sorted(found.items()))


def _entries(root: str, prefix: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(os.path.join(root, prefix)) as entries:  # noqa: PTH118  names may hold what pathlib drops
            yield from entries
    except OSError as error:
        raise Unreadable("unreadable", f"the folder {_clean(prefix) or '.'!r} cannot be listed ({error.strerror})") from None


def _clean(path: str) -> str:
    """Names that are no UTF-8 get U+FFFD, which makes them unsafe to ask for."""
    return _HALF.sub("\ufffd", path)


def _file(entry: os.DirEntry[str], blobs: str | None) -> LocalFile:
    real = entry.path
    try:
        if entry.is_symlink():
            folder, name = os.path.split(os.path.join(os.path.dirname(entry.path), os.readlink(entry.path)))  # noqa: PTH115, PTH118, PTH120
            if blobs is None or os.path.islink(blobs) or os.path.realpath(folder) != blobs or name in ("", ".", ".."):  # noqa: PTH114
                return LocalFile(real, None, "it is a link, and links are not followed except within huggingface_hub's cache")
            real = f"{blobs}{os.sep}{name}"
        state = os.lstat(real)
    except (OSError, ValueError):
        return LocalFile(real, None, "it cannot be looked at")
    if not stat.S_ISREG(state.st_mode):
        return LocalFile(real, None, "it is no plain file")
    return LocalFile(real, state.st_size)


def opened(file: LocalFile) -> BufferedReader:
    """The plain file, open for reading. Unreadable when it may not be read or is another one by now."""
    if file.refused:
        raise Unreadable("no_plain_file", f"not read: {file.refused}")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(file.real, flags)
    except OSError as error:
        raise Unreadable("unreadable", f"the file cannot be opened ({error.strerror})") from None
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode) or state.st_size != file.size:
        os.close(descriptor)
        raise Unreadable("malformed", "the file changed while the folder was read")
    return os.fdopen(descriptor, "rb")


def read(file: LocalFile, cap: int) -> bytes:
    """All bytes of the file. Unreadable when it has more than `cap`."""
    if file.size is not None and file.size > cap:
        raise Unreadable("too_large", f"the file has {file.size:,} bytes; at most {cap:,} are read")
    with opened(file) as stream:
        try:
            content = stream.read(cap + 1)
        except OSError as error:
            raise Unreadable("unreadable", f"the file cannot be read ({error.strerror})") from None
    if len(content) != file.size:
        raise Unreadable("malformed", "the file changed while it was read")
    return content

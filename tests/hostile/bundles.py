"""Hostile evidence folders: a sound one, and what was done to it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.crawler.manifest import MANIFEST, digest
from auditor.domain.verdict import Verdict

SOUND = Path(__file__).resolve().parents[2] / "reports" / "examples" / "synthetic"
"""Its verdict is review."""


@dataclass(frozen=True)
class HostileBundle:
    """One folder. Exit code 2 and a message, unless it ends in a verdict."""

    name: str
    does: str
    spoil: Callable[[Path], None]
    says: str = ""
    """On standard error."""
    verdict: Verdict | None = None


def sound(folder: Path) -> Path:
    """A copy of the sound evidence in a new `folder`."""
    return Path(shutil.copytree(SOUND, folder))


def _signed(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Changes the manifest and gives it a digest that matches, as an attacker would."""

    def spoil(folder: Path) -> None:
        raw = json.loads((folder / MANIFEST).read_bytes())
        del raw["manifest_sha256"]
        change(raw)
        (folder / MANIFEST).write_text(json.dumps({**raw, "manifest_sha256": digest(raw)}))

    return spoil


def _entry(**values: Any) -> Callable[[Path], None]:
    """Values of the license file's entry."""
    return _signed(lambda raw: next(entry for entry in raw["entries"] if entry["kind"] == "license_file").update(values))


def _top(**values: Any) -> Callable[[Path], None]:
    return _signed(lambda raw: raw.update(values))


def _stored(folder: Path) -> Path:
    return next((folder / "files").glob("*license_file*"))


def _linked_file(folder: Path) -> None:
    inside, outside = _stored(folder), folder.parent / "outside.txt"
    inside.rename(outside)
    inside.symlink_to(outside)


def _linked_folder(folder: Path) -> None:
    (folder / "files").rename(folder.parent / "outside")
    (folder / "files").symlink_to(folder.parent / "outside")


def _pipe(folder: Path) -> None:
    inside = _stored(folder)
    inside.unlink()
    os.mkfifo(inside)


def _pipe_as_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    os.mkfifo(folder / MANIFEST)


def _device_as_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    (folder / MANIFEST).symlink_to("/dev/zero")


def _manifest(content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / MANIFEST).write_bytes(content) and None


def _sparse(folder: Path) -> None:
    os.truncate(folder / MANIFEST, 10 * 2**30)


def _changed(folder: Path) -> None:
    content = _stored(folder).read_bytes()
    _stored(folder).write_bytes(content[:-1] + b"!")


BUNDLES: tuple[HostileBundle, ...] = (
    HostileBundle("a path that climbs", "an entry whose file is ../../etc/passwd, with a digest that matches", _entry(path="../../etc/passwd"), "path"),
    HostileBundle("an absolute path", "an entry whose file is /etc/passwd", _entry(path="/etc/passwd"), "path"),
    HostileBundle("a name that climbs", "an entry for ../LICENSE of the repository", _entry(hub_path="../LICENSE"), "hub_path is no plain relative path"),
    HostileBundle("a linked file", "a stored file that is a link out of the folder", _linked_file, "is no plain file"),
    HostileBundle("a linked folder", "the folder of stored files is a link", _linked_folder, "is no plain file"),
    HostileBundle("a pipe", "a stored file that is a named pipe", _pipe, "is no plain file"),
    HostileBundle("a pipe as manifest", "bundle.json is a named pipe", _pipe_as_manifest, "is no plain file"),
    HostileBundle("a device as manifest", "bundle.json is a link to /dev/zero", _device_as_manifest, "is no plain file"),
    HostileBundle("a changed file", "one byte of a stored file is another", _changed, "was changed: its digest is not the one"),
    HostileBundle("a cut file", "a stored file is shorter", lambda folder: os.truncate(_stored(folder), 3), "does not have the size"),
    HostileBundle("an absent file", "a stored file is gone", lambda folder: _stored(folder).unlink(), "cannot be read"),
    HostileBundle("a changed manifest", "a byte of bundle.json is another", lambda folder: (folder / MANIFEST).write_text((folder / MANIFEST).read_text().replace("license_file", "notice_file", 1)) and None, "was changed after it was written"),
    HostileBundle("a manifest of 10 GB", "bundle.json of 10 GB, sparse", _sparse, "is larger than any bundle's"),
    HostileBundle("a manifest of tiny parts", "bundle.json of 60 MB in 20 million parts", _manifest(b"[" + b"[]," * 20_000_000 + b"[]]"), "more than 2,500,000 parts"),
    HostileBundle("a deep manifest", "bundle.json nested a million deep", _manifest(b"[" * 1_000_000), "is damaged or no bundle"),
    HostileBundle("a manifest that is none", "bundle.json is a text", _manifest(b"hello"), "is damaged or no bundle"),
    HostileBundle("wrong types", "entries is a number", _top(entries=7), "entries"),
    HostileBundle("unknown keys", "a key that no manifest has", _top(surprise=1), "surprise"),
    HostileBundle("escapes in an address", "a terminal escape in an entry's address", _entry(url="https://x.example/\x1b[31m"), "is no clean line of text"),
    HostileBundle("a foreign subject", "an entry of a model that is not among the subjects", _entry(subject="other/model"), "which is no subject of the bundle"),
    HostileBundle("an active address", "an entry whose address is javascript:", _entry(url="javascript:alert(1)"), verdict="review"),
    HostileBundle("commands in an address", "an entry whose address is a workflow command", _entry(url="::error::pwned"), verdict="review"),
)  # fmt: skip

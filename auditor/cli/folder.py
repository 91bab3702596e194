"""Writing a folder of files whole or not at all, and never over anything that was not written by the same command."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditor.domain.errors import UsageError
from auditor.domain.text_safety import one_line

_ANOTHER = "name an empty or new folder with -o"
_MAX_MANIFEST = 64 * 1024 * 1024


def write_folder(directory: Path, files: Mapping[str, bytes], manifest: str, schema: str) -> None:
    """Writes `files` (by relative name) into `directory`, replacing an unchanged earlier result.

    `manifest` is the file that holds `schema_version` and, under `pack`, name and sha256 of the others. UsageError when the folder holds anything else,
    when something in it was changed since, or when it cannot be written.
    """
    import secrets  # costs 3 ms that only writing needs

    from auditor.crawler.bundle import put_in_place

    directory = Path(os.path.realpath(directory))
    building = directory.with_name(f".{directory.name}.{secrets.token_hex(6)}")
    try:
        _check_replaceable(directory, manifest, schema)
        for name, content in files.items():
            target = building / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        put_in_place(building, directory)
    except OSError as error:
        raise UsageError(one_line(f"{directory} cannot be written: {error.strerror}"), "name another folder with -o") from None
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _check_replaceable(directory: Path, manifest: str, schema: str) -> None:
    if not directory.exists():
        return
    if not directory.is_dir():
        raise UsageError(one_line(f"{directory} is a file"), "name a folder with -o")
    held = {entry.relative_to(directory).as_posix(): entry for entry in directory.rglob("*") if entry.is_symlink() or not entry.is_dir()}
    if not held:
        if any(directory.iterdir()):
            raise UsageError(one_line(f"{directory} holds folders that were not written by this command"), _ANOTHER)
        return
    known = _written(directory / manifest, schema)
    for name, entry in sorted(held.items()):
        if name == manifest and known:
            continue
        if name not in known or entry.is_symlink():
            raise UsageError(one_line(f"{directory} is not empty and holds {name!r}, which was not written by this command"), _ANOTHER)
        if hashlib.sha256(entry.read_bytes()).hexdigest() != known[name]:
            raise UsageError(one_line(f"{directory}: {name!r} was changed after it was written"), f"keep your changes: {_ANOTHER}")


def _written(file: Path, schema: str) -> dict[str, Any]:
    """Digest by name of what an earlier manifest lists; empty when there is none that can be read."""
    try:
        if file.is_symlink() or file.stat().st_size > _MAX_MANIFEST:
            return {}
        read = json.loads(file.read_bytes())
        return {entry["name"]: entry["sha256"] for entry in read["pack"]} if read["schema_version"] == schema else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}

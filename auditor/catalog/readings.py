"""An organization's own readings: folders of license files by text digest, for texts that the catalogue does not hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from auditor.catalog import strict_yaml
from auditor.catalog.catalog import Catalog, folded
from auditor.catalog.store import Store
from auditor.catalog.strict_yaml import line_of
from auditor.catalog.terms import unknown_words
from auditor.catalog.validate import validated
from auditor.domain.errors import CatalogError, UsageError
from auditor.domain.license import Reading

_MAX_BYTES = 1024 * 1024


def load_readings(folders: Sequence[Path], catalog: Catalog) -> tuple[tuple[Reading, ...], str]:
    """Readings of all folders, and a digest over their files. UsageError, with file and line, for one that is wrong or that the catalogue contradicts."""
    found: dict[str, Reading] = {}
    digests = []
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no folder with license readings", "mend catalog.extra in the configuration")
        try:
            _plain_files_alone(folder)
            store = Store(folder, compiled=False)
            digests.append(store.sha256)
        except OSError as error:
            raise UsageError(f"{error.filename or folder}: cannot be read: {error.strerror}", "check its permissions") from None
        for path in store.sources:
            try:
                reading: Reading = validated(store, path, Reading)
            except CatalogError as error:
                raise UsageError(str(error).replace("rules/", f"{folder}/", 1), f"mend {folder}/{path}") from None
            _Place(f"{folder}/{path}", store.parse(path).lines).check(reading, found, catalog)
            found[reading.key] = reading
    return tuple(found.values()), "".join(digests)


def _plain_files_alone(folder: Path) -> None:
    """The folder is the user's word; what a link in it leads to is not, and a reading must be a file that can be read to its end."""

    def fail(error: OSError) -> None:
        raise error

    for place, folders, files in os.walk(folder, onerror=fail):
        for name in (*folders, *files):
            path = Path(place, name)
            mode = path.lstat().st_mode
            if stat.S_ISLNK(mode):
                raise UsageError(f"{path}: a link in a folder of readings is not followed", "name the folder that it leads to in catalog.extra")
            if name.endswith(".yml"):
                raise UsageError(f"{path}: a reading ends in .yaml", f"rename it to {path.stem}.yaml")
            if name.endswith(".yaml") and not stat.S_ISDIR(mode):
                if not stat.S_ISREG(mode):
                    raise UsageError(f"{path}: no plain file", "remove it")
                if path.lstat().st_size > _MAX_BYTES:
                    raise UsageError(f"{path}: larger than 1 MiB", "a reading is one license")


class _Place:
    """One file, whose lines are known."""

    def __init__(self, path: str, lines: Mapping[strict_yaml.Path, int]) -> None:
        self.path, self.lines = path, lines

    def fail(self, key: strict_yaml.Path, message: str, next_step: str) -> NoReturn:
        name = ".".join(str(part) for part in key)
        raise UsageError(f"{self.path}:{line_of(self.lines, key)}: {name}: {message}", next_step)

    def check(self, reading: Reading, found: Mapping[str, Reading], catalog: Catalog) -> None:
        """A reading stands beside the catalogue, never in its place."""
        for field, name in (("key", reading.key), ("spdx", reading.spdx or "")):
            if known := catalog.aliases.get(folded(name)) or tuple(key for hub_id, key in catalog.hub_ids.items() if hub_id == name):
                self.fail((field,), f"{name!r} names {', '.join(known)} of the catalogue", "choose another key" if field == "key" else "leave it out")
        if reading.key in found:
            self.fail(("key",), f"{reading.key!r} stands in two files", "choose another key")
        if unknown := next(unknown_words(reading, catalog.vocabulary), None):
            term, _, message = unknown.partition(": ")
            where = f"{self.path}:{self._term_line(reading, term)}"
            raise UsageError(f"{where}: {term}: {message}", "take the names from rules/vocabulary.yaml (auditor explain NAME)")
        others = {text.sha256: key for key, other in found.items() for text in other.texts}
        for index, text in enumerate(reading.texts):
            if text.sha256 in catalog.texts:
                known_key = catalog.texts[text.sha256].license
                self.fail(("texts", index, "sha256"), f"this text is {known_key} of the catalogue", "a known text is not read anew; remove the file")
            if text.sha256 in others:
                self.fail(("texts", index, "sha256"), f"this text is read by {others[text.sha256]} already", "keep one of the two")

    def _term_line(self, reading: Reading, name: str) -> int:
        """Line of the term that a message begins with, as `terms.<id>`."""
        ids = [f"terms.{term.id}" for term in reading.terms]
        return line_of(self.lines, ("terms", ids.index(name)) if name in ids else ())

"""An organization's own readings: folders of license files by text digest, for texts that the catalogue does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from auditor.catalog.catalog import Catalog, folded
from auditor.catalog.store import Store
from auditor.catalog.terms import unknown_words
from auditor.catalog.validate import validated
from auditor.domain.errors import CatalogError, UsageError
from auditor.domain.license import Reading


def load_readings(folders: Sequence[Path], catalog: Catalog) -> tuple[tuple[Reading, ...], str]:
    """Readings of all folders, and a digest over their files. UsageError, which names the file, for one that is wrong or that the catalogue contradicts."""
    found: dict[str, Reading] = {}
    digests = []
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder}: no folder with license readings", "mend catalog.extra in the configuration")
        store = Store(folder)
        digests.append(store.sha256)
        for path in store.sources:
            where = f"{folder}/{path}"
            try:
                reading: Reading = validated(store, path, Reading)
            except CatalogError as error:
                raise UsageError(str(error).replace("rules/", f"{folder}/", 1), f"mend {where}") from None
            _check(reading, where, found, catalog)
            found[reading.key] = reading
    return tuple(found.values()), "".join(digests)


def _check(reading: Reading, where: str, found: dict[str, Reading], catalog: Catalog) -> None:
    """A reading stands beside the catalogue, never in its place."""
    if folded(reading.key) in catalog.aliases:
        raise UsageError(f"{where}: key: {reading.key!r} names {', '.join(catalog.aliases[folded(reading.key)])} of the catalogue", "choose another key")
    if reading.key in found:
        raise UsageError(f"{where}: key: {reading.key!r} stands in two files", "choose another key")
    if unknown := next(unknown_words(reading, catalog.vocabulary), None):
        raise UsageError(f"{where}: {unknown}", "take the names from rules/vocabulary.yaml (auditor explain NAME)")
    others = {text.sha256: key for key, other in found.items() for text in other.texts}
    for text in reading.texts:
        if known := catalog.texts.get(text.sha256):
            raise UsageError(f"{where}: texts.{text.id}: this text is {known.license} of the catalogue", "a known text is not read anew; remove the file")
        if text.sha256 in others:
            raise UsageError(f"{where}: texts.{text.id}: this text is read by {others[text.sha256]} already", "keep one of the two")

"""The catalogue: knowledge as validated models, loaded when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from auditor.catalog.fingerprints import FILE as FINGERPRINTS
from auditor.catalog.fingerprints import Fingerprints
from auditor.catalog.store import Store
from auditor.catalog.validate import validated
from auditor.domain.architecture import Architecture, CataloguedGeometry
from auditor.domain.hardware import Gpu
from auditor.domain.license import License, LicenseEntry, LicenseFamily, Reading
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.domain.vocabulary import Vocabulary

_SEPARATORS = lazy_pattern(r"[\s_-]+")


def folded(name: str) -> str:
    """A license name for comparison: without case; space, `_` and `-` are equal."""
    return _SEPARATORS.sub("-", name.strip().casefold())


@record
class KnownText:
    """A published form of a license text."""

    license: str
    text: str
    form: Literal["canonical", "publisher_copy", "gate_prompt"]


def _indexable(value: Any) -> bool:
    """Whether a raw license entry has names and digests where the indexes look for them."""
    lists = [value.get(name) for name in ("aliases", "texts")] if isinstance(value, dict) else [0]
    texts = value.get("texts") if isinstance(value, dict) else None
    return all(one is None or isinstance(one, list) for one in lists) and all(
        isinstance(text, dict) and {"id", "form", "sha256"} <= set(text) for text in texts or ()
    )


class _Entries(Mapping[str, Any]):
    """The entries of one folder by key, each validated when it is asked for."""

    def __init__(self, store: Store, folder: str, kind: Any) -> None:
        self._store, self._folder, self._kind = store, folder, kind
        self._known: dict[str, Any] = dict.fromkeys(store.names(folder))

    def __getitem__(self, key: str) -> Any:
        if self._known[key] is None:
            self._known[key] = validated(self._store, f"{self._folder}/{key}.yaml", self._kind)
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class Catalog:
    """Everything under one rules/ folder. Entries are validated on first use; `crosscheck` looks at all of them together."""

    def __init__(self, root: Path, readings: tuple[Reading, ...] = (), readings_sha256: str = "") -> None:
        self.store = Store(root)
        self.readings = readings
        self._readings_sha256 = readings_sha256
        self._licenses: dict[str, License | LicenseFamily | Any] = {reading.key: reading for reading in readings}

    @property
    def sha256(self) -> str:
        """One digest that names the knowledge, an organization's own readings included."""
        own = self.store.sha256
        return hashlib.sha256(f"{own}{self._readings_sha256}".encode()).hexdigest() if self.readings else own

    @cached_property
    def license_keys(self) -> tuple[str, ...]:
        return (*self.store.names("licenses"), *(reading.key for reading in self.readings))

    def license_entry(self, key: str) -> LicenseEntry:
        """License, family or placeholder by key; KeyError when there is none."""
        if key not in self._licenses:
            if f"licenses/{key}.yaml" not in self.store.sources:
                raise KeyError(key)
            self._licenses[key] = validated(self.store, f"licenses/{key}.yaml", LicenseEntry)
        entry: LicenseEntry = self._licenses[key]
        return entry

    def license(self, key: str) -> License:
        """License by key; KeyError when the key is unknown or names no single license."""
        entry = self.license_entry(key)
        if not isinstance(entry, License):
            raise KeyError(key)
        return entry

    @cached_property
    def _raw_licenses(self) -> dict[str, dict[str, Any]]:
        """Unvalidated entries, for the indexes: validating all of them is not worth a start-up."""
        raw = {key: self.store.read(f"licenses/{key}.yaml").value for key in self.store.names("licenses")}
        for key, value in raw.items():
            if not _indexable(value):
                self.license_entry(key)  # says what is wrong
        return raw

    @cached_property
    def hub_ids(self) -> Mapping[str, str]:
        """Hub license id to key."""
        if self.store.index is not None:
            return dict(self.store.index["hub_ids"])
        return {str(value["hub_id"]): key for key, value in self._raw_licenses.items() if value.get("hub_id")}

    @cached_property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Folded key or alias to the keys that it names; more than one key means that the name is shared."""
        if self.store.index is not None:
            return {name: tuple(keys) for name, keys in self.store.index["aliases"].items()}
        found: dict[str, list[str]] = {}
        for key, value in self._raw_licenses.items():
            for name in {folded(key), *(folded(str(alias)) for alias in value.get("aliases") or ())}:
                found.setdefault(name, []).append(key)
        return {name: tuple(keys) for name, keys in found.items()}

    @cached_property
    def texts(self) -> Mapping[str, KnownText]:
        """SHA-256 of normalised words to the license text that has it."""
        if self.store.index is not None:
            held = {sha256: KnownText(*known) for sha256, known in self.store.index["texts"].items()}
        else:
            entries = self._raw_licenses.items()
            held = {text["sha256"]: KnownText(key, text["id"], text["form"]) for key, value in entries for text in value.get("texts") or ()}
        return held | {text.sha256: KnownText(reading.key, text.id, text.form) for reading in self.readings for text in reading.texts}

    def index(self) -> dict[str, Any]:
        """What the compiled copy keeps of all licenses, so that a start need not read them."""
        texts = {sha256: [known.license, known.text, known.form] for sha256, known in self.texts.items()}
        return {"hub_ids": dict(self.hub_ids), "aliases": {name: list(keys) for name, keys in self.aliases.items()}, "texts": texts}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        vocabulary: Vocabulary = validated(self.store, "vocabulary.yaml", Vocabulary)
        return vocabulary

    @cached_property
    def gpus(self) -> Mapping[str, Gpu]:
        return {key: validated(self.store, f"hardware/{key}.yaml", Gpu) for key in self.store.names("hardware")}

    @cached_property
    def architectures(self) -> Mapping[str, Architecture]:
        return {key: validated(self.store, f"architectures/{key}.yaml", Architecture) for key in self.store.names("architectures")}

    @cached_property
    def geometries(self) -> Mapping[str, CataloguedGeometry]:
        return _Entries(self.store, "geometry", CataloguedGeometry)

    @cached_property
    def stacks(self) -> Mapping[str, Stack]:
        return _Entries(self.store, "stacks", Stack)

    @cached_property
    def fingerprints(self) -> Fingerprints:
        return Fingerprints(self.store.root / FINGERPRINTS)

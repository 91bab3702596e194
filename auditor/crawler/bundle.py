"""Evidence saved in a folder and read again: every digest is checked before anything is answered."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import ValidationError

from auditor.crawler.files import CAPS, kind_of, valid_ref
from auditor.crawler.gather import Gathered
from auditor.crawler.interface import Mode
from auditor.crawler.manifest import MANIFEST, SCHEMA, STORED, WITHHELD_KINDS, Entry, Manifest, Missing, Subject, Tool, digest
from auditor.crawler.parse import Received, file_document, info_document
from auditor.domain.errors import BundleError, UsageError
from auditor.domain.evidence import CardFacts, Document, DocumentKind, Facts, HeaderFacts, ModelEvidence, ModelInfo, ModelRef, TextFacts, Unavailable
from auditor.domain.text_safety import one_line
from auditor.reading.bounded_json import TooManyParts, load
from auditor.reading.withheld import with_shingles

_MAX_MANIFEST = 64 * 1024 * 1024
_AGAIN = "save the evidence again with `auditor snapshot`"
_FACTS: Mapping[DocumentKind, type[Facts]] = {
    "model_info": ModelInfo, "card": CardFacts, "license_file": TextFacts, "notice_file": TextFacts, "use_policy": TextFacts, "linked_license": TextFacts,
    "safetensors_header": HeaderFacts, "gguf_header": HeaderFacts,
}  # fmt: skip
_EXTENSIONS: Mapping[DocumentKind, str] = {
    "model_info": "json",
    "config": "json",
    "index": "json",
    "card": "md",
    "adapter_config": "json",
    "dataset_info": "json",
}

_Result = Document[Any] | Unavailable


class BundleSource:
    """The bundle in `directory`. BundleError, which names the file, when it is damaged or none."""

    mode: Mode = "bundle"

    def __init__(self, directory: Path) -> None:
        self._manifest = _read_manifest(directory)
        self.endpoint = self._manifest.endpoint
        subjects = {str(subject.ref): subject for subject in self._manifest.subjects}
        self._subjects = _by_every_name(self._manifest.subjects)
        self._infos: dict[ModelRef, _Result] = {}
        self._files: dict[tuple[str, str | None, str, DocumentKind], _Result] = {}
        for entry in self._manifest.entries:
            if (subject := subjects.get(entry.subject)) is None:
                raise BundleError(f"{MANIFEST}: an entry belongs to {entry.subject!r}, which is no subject of the bundle", _AGAIN)
            result = _result(directory, entry)
            if entry.kind == "model_info":
                self._infos[subject.ref] = result
            else:
                self._files.setdefault((subject.id, subject.sha, entry.hub_path, entry.kind), result)

    def roots(self) -> tuple[ModelRef, ...]:
        """The models that the bundle was made for."""
        return tuple(subject.ref for subject in self._manifest.subjects if subject.root)

    def info(self, ref: ModelRef) -> Document[ModelInfo] | Unavailable:
        """As recorded for this id, by either name of a renamed one, and this revision or the commit that it stood for."""
        subject = self._subjects.get(ref)
        result = self._infos.get(subject.ref) if subject else None
        if result is None:
            held = ", ".join(str(each) for each in self.roots()[:5])
            return Unavailable("not_recorded", one_line(f"the bundle does not hold {ref}; it was made for {held}"), f"{self.endpoint}/{quote(ref.id)}")
        return result

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> _Result:
        """As recorded at that commit."""
        url = f"{self.endpoint}/{quote(model_id)}/resolve/{quote(sha, safe='')}/{quote(path, errors='replace')}"
        return self._files.get((model_id, sha, path, kind)) or Unavailable("not_recorded", "the bundle does not hold this file", url)


def _by_every_name(subjects: tuple[Subject, ...]) -> dict[ModelRef, Subject]:
    """Names as requested win over ids as returned, and both over commits."""
    names: dict[ModelRef, Subject] = {}
    for name in (lambda s: s.ref, lambda s: ModelRef(s.id, s.revision), lambda s: ModelRef(s.requested, s.sha), lambda s: ModelRef(s.id, s.sha)):
        for subject in subjects:
            names.setdefault(name(subject), subject)
    return names


def _read_manifest(directory: Path) -> Manifest:
    file = directory / MANIFEST
    try:
        state = file.stat()
        if not stat.S_ISREG(state.st_mode):
            raise BundleError(f"{file} is no plain file", _AGAIN)
        if state.st_size > _MAX_MANIFEST:
            raise BundleError(f"{file} is larger than any bundle's", _AGAIN)
        raw = load(file.read_bytes())
        claimed = raw.pop("manifest_sha256")
        if digest(raw) != claimed:
            raise BundleError(f"{file} was changed after it was written: its digest does not match", _AGAIN)
        return Manifest.model_validate_json(json.dumps({**raw, "manifest_sha256": claimed}))
    except OSError as error:
        raise BundleError(f"{file} cannot be read: {error.strerror}", "name a folder that `auditor snapshot` wrote") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BundleError(one_line(f"{file}: {where}: {first['msg']}"), _AGAIN) from None
    except TooManyParts as error:
        raise BundleError(f"{file} has {error}", _AGAIN) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BundleError(f"{file} is damaged or no bundle", _AGAIN) from None


def _result(directory: Path, entry: Entry) -> _Result:
    if entry.unavailable is not None:
        return Unavailable(entry.unavailable.reason, entry.unavailable.detail, entry.url, entry.status, entry.retrieved_at)
    assert entry.status is not None and entry.sha256 is not None and entry.size is not None  # the manifest's own rule
    if entry.path is not None:
        received = Received(entry.url, entry.status, entry.headers, _read_stored(directory, entry.path, entry), entry.retrieved_at)
        return info_document(received) if entry.kind == "model_info" else file_document(entry.kind, entry.hub_path, received)
    try:
        facts = _FACTS[entry.kind].model_validate_json(json.dumps(entry.facts))
    except (ValidationError, KeyError):
        raise BundleError(f"{MANIFEST}: the facts of {entry.subject} {entry.hub_path or entry.kind} are not those of a {entry.kind}", _AGAIN) from None
    if isinstance(facts, ModelInfo) and (facts.sha is None or facts.disabled or not valid_ref(ModelRef(facts.id))):
        raise BundleError(f"{MANIFEST}: the metadata of {entry.subject} cannot be that of a model", _AGAIN)
    return Document(entry.kind, entry.hub_path, entry.url, entry.status, entry.retrieved_at, entry.sha256, entry.size, None, facts, entry.headers)


def _read_stored(directory: Path, name: str, entry: Entry) -> bytes:
    """Bytes of a stored file, of the size and digest that the manifest says."""
    file = directory / name
    try:
        state = file.lstat()
        if not stat.S_ISREG(state.st_mode) or file.parent.is_symlink():
            raise BundleError(f"{file} is no plain file", _AGAIN)
        if state.st_size != entry.size or state.st_size > CAPS[entry.kind]:
            raise BundleError(f"{file} does not have the size that {MANIFEST} says", _AGAIN)
        content = file.read_bytes()
    except KeyError:
        raise BundleError(f"{MANIFEST}: {name} is of a kind that no bundle stores", _AGAIN) from None
    except OSError as error:
        raise BundleError(f"{file} cannot be read: {error.strerror}", _AGAIN) from None
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise BundleError(f"{file} was changed: its digest is not the one that {MANIFEST} says", _AGAIN)
    return content


def write_bundle(directory: Path, models: Gathered, endpoint: str, tool_version: str, withhold_text: bool) -> None:
    """Saves `models` and their parents; replaces a bundle, and nothing else. UsageError when that cannot be.

    `withhold_text`: third-party prose stays out, the facts read from it go in.
    """
    import secrets  # costs 3 ms that only writing needs

    directory = Path(os.path.realpath(directory))
    evidence = {**models.parents, **models.models}
    ordered = sorted((one for ref, one in evidence.items() if valid_ref(ref)), key=lambda one: str(one.requested))
    building = directory.with_name(f".{directory.name}.{secrets.token_hex(6)}")
    try:
        _check_replaceable(directory)
        (building / "files").mkdir(parents=True)
        entries = list(_store(building, ordered, withhold_text))
        subjects = tuple(_subject(one, root=one.requested in models.models) for one in ordered)
        rest = Manifest(
            schema_version=SCHEMA, tool=Tool(name="auditor", version=tool_version), endpoint=endpoint, withheld=withhold_text,
            subjects=subjects, entries=tuple(entries), manifest_sha256="0" * 64,
        ).model_dump(mode="json", exclude={"manifest_sha256"})  # fmt: skip
        text = json.dumps({**rest, "manifest_sha256": digest(rest)}, sort_keys=True, indent=1)
        (building / MANIFEST).write_bytes(text.encode("ascii") + b"\n")
        put_in_place(building, directory)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error.strerror}", "name another folder with -o") from None
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _subject(one: ModelEvidence, root: bool) -> Subject:
    return Subject(id=one.id, requested=one.requested.id, revision=one.requested.revision, sha=one.sha, root=root)


def _store(building: Path, ordered: list[ModelEvidence], withhold: bool) -> Iterator[Entry]:
    number = 0
    for one in ordered:
        found: dict[str, _Result] = {**one.documents, **one.unavailable, "": one.info}
        for hub_path, result in sorted(found.items()):  # the metadata first: its path is empty
            name = None
            if isinstance(result, Document) and result.content is not None and not (withhold and result.kind in WITHHELD_KINDS):
                number += 1
                name = f"files/{number:04}-{result.kind}.{_EXTENSIONS.get(result.kind, 'txt')}"
                (building / name).write_bytes(result.content)
            yield _entry(str(one.requested), hub_path, result, name)


def _entry(subject: str, hub_path: str, result: _Result, name: str | None) -> Entry:
    if isinstance(result, Unavailable):
        kind: DocumentKind = "model_info" if not hub_path else kind_of(hub_path) or "license_file"
        missing = Missing(reason=result.reason, detail=result.detail)
        return Entry(
            kind=kind, subject=subject, hub_path=hub_path, url=result.url, status=result.status, headers={}, path=None, sha256=None, size=None,
            retrieved_at=result.retrieved_at, facts=None, unavailable=missing,
        )  # fmt: skip
    facts = with_shingles(result).model_dump(mode="json") if name is None and result.facts is not None else None
    return Entry(
        kind=result.kind, subject=subject, hub_path=hub_path, url=result.url, status=result.status, headers=dict(result.headers), path=name,
        sha256=result.sha256, size=result.size, retrieved_at=result.retrieved_at, facts=facts, unavailable=None,
    )  # fmt: skip


def _check_replaceable(directory: Path) -> None:
    """UsageError unless `directory` is absent, empty, or a bundle and nothing beside it."""
    if not directory.exists():
        return
    if not directory.is_dir():
        raise UsageError(f"{directory} is a file", "name a folder with -o")
    names = {entry.relative_to(directory).as_posix() for entry in directory.rglob("*")}
    stray = sorted(name for name in names if name not in (MANIFEST, "files") and not STORED.fullmatch(name))
    if names and (stray or MANIFEST not in names):
        what = f"holds {stray[0]!r}, which is no part of a bundle" if stray else "holds no bundle"
        raise UsageError(one_line(f"{directory} is not empty and {what}"), "name an empty or new folder with -o")


def put_in_place(building: Path, directory: Path) -> None:
    """Makes a finished folder the one at `directory`; what was there stays when that fails."""
    if not directory.exists():
        building.rename(directory)
        return
    old = directory.with_name(f"{building.name}.old")
    directory.rename(old)
    try:
        building.rename(directory)
    except OSError:
        old.rename(directory)
        raise
    shutil.rmtree(old)

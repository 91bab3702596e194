"""Which files of a repository are evidence, how large they may be, and which names are never asked for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import PurePosixPath
from typing import Any, Literal, TypeAlias

from auditor.domain.evidence import Document, DocumentKind, ModelInfo, ModelRef, Reason, Unavailable
from auditor.domain.memory import QUANTIZATION_FILES
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.domain.text_safety import one_line, visible
from auditor.reading import adapter_config, dataset_info, license_link, merge_recipe
from auditor.reading.normalize import compatible

LicenseRole: TypeAlias = Literal["license_file", "notice_file", "use_policy"]

_KIB, _MIB = 1024, 1024 * 1024
CAPS: Mapping[DocumentKind, int] = {
    "model_info": 64 * _MIB, "card": 8 * _MIB, "license_file": _MIB, "notice_file": _MIB, "use_policy": _MIB, "config": 2 * _MIB, "index": 16 * _MIB,
    "adapter_config": _MIB, "merge_recipe": _MIB, "dataset_info": 4 * _MIB,
    "linked_license": _MIB,
}  # fmt: skip
"""Largest document of each kind, in bytes after decompression."""

MAX_LICENSE_FILES = 40
MAX_LICENSE_BYTES = 4 * _MIB
"""Of a model's license-like files together, as listed: reading a megabyte of words takes a fifth of a second."""
MAX_LINKS = 4
"""Files of one model that its card links as the license and that are fetched."""
MAX_ADAPTERS = 8
"""Files of a repository of adapters, one a folder, that say what each is made for."""
MAX_HEADERS = 1024
"""Weight files of a local folder whose headers are read."""
MAX_DATASETS = 8
"""Of one model that are asked for."""
HEADER_KINDS: frozenset[DocumentKind] = frozenset({"safetensors_header", "gguf_header"})
CARD, CONFIG, INDEX = "README.md", "config.json", "model.safetensors.index.json"
_WHEN_UNLISTED = (CARD, CONFIG, "LICENSE", "LICENSE.txt", "LICENSE.md")
"""Asked for when the Hub's answer lists no files."""

_FIXED: Mapping[str, DocumentKind] = {
    CARD: "card", CONFIG: "config", INDEX: "index", **dict.fromkeys(merge_recipe.FILES, "merge_recipe"),
    **dict.fromkeys(QUANTIZATION_FILES, "config"),
}  # fmt: skip

_ROLES: tuple[tuple[re.Pattern[str], LicenseRole], ...] = (
    (lazy_pattern(r"licen[sc]e|copying"), "license_file"),
    (lazy_pattern(r"notice"), "notice_file"),
    (
        lazy_pattern(r"us(?:e|age)[ _-]?policy|(?:acceptable|prohibited|responsible)[ _-]?use(?![a-z]|[ _-]*guid)|terms[ _-]?of[ _-]?(?:use|service)(?![a-z])"),
        "use_policy",
    ),
)
_LICENSE_FOLDER = lazy_pattern(r"licen[sc]es?")
# Code, data, weights and images whose name merely mentions a license. Documents that cannot be read as text (PDF) stay: they do state one.
_NO_LICENSE_TEXT = lazy_pattern(
    r"\.(?:py[cix]?|ipynb|[cm]?js|jsx|tsx?|vue|css|c|cc|cpp|cxx|cu|cuh|h|hpp|rs|go|java|kt|swift|rb|php|sh|bat|ps1|json[l5]?|ya?ml|toml|ini|cfg|csv|tsv|parquet|arrow|npy|npz"
    r"|safetensors|bin|pt|pth|ckpt|gguf|ggml|onnx|h5|msgpack|pkl|pickle|model|tflite|mlmodel|png|jpe?g|gif|svg|webp|ico|wav|mp3|mp4|zip|gz|tar|whl)$"
)

_RESERVED = lazy_pattern(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_ID = lazy_pattern(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
_MAX_PATH, _MAX_SEGMENT, _MAX_REVISION = 1024, 255, 200


def license_role(path: str) -> LicenseRole | None:
    """Role of a license-like file in the root or one folder deep, by name without case; None for every other file.

    Judges hostile spellings too (`../LICENSE`, invisible characters), so that an unsafe name is noticed rather than overlooked.
    """
    if not (path.isascii() and path.isprintable()):
        path = "".join(c for c in compatible(path) if unicodedata.category(c)[0] != "C")
    parts = [part for part in path.casefold().replace("\\", "/").split("/") if part not in ("", ".", "..")]
    if not 1 <= len(parts) <= 2 or _NO_LICENSE_TEXT.search(parts[-1]):
        return None
    found = next((role for pattern, role in _ROLES if pattern.search(parts[-1])), None)
    in_folder = len(parts) == 2 and _LICENSE_FOLDER.fullmatch(parts[0]) is not None  # LICENSES/MIT.txt, as REUSE lays them out
    return found or ("license_file" if in_folder else None)


def kind_of(path: str) -> DocumentKind | None:
    """The kind of evidence that a file of the repository is; None when it is none."""
    if path.startswith(dataset_info.FOLDER):
        return "dataset_info"
    if path.startswith(license_link.FOLDER):
        return "linked_license"
    if adapter_config.is_adapter_config(path):
        return "adapter_config"
    return _FIXED.get(path) or header_kind(path) or license_role(path)


def header_kind(path: str) -> DocumentKind | None:
    """The kind of header that a weight file begins with; None for every other file."""
    name = path.lower()
    return "gguf_header" if name.endswith(".gguf") else "safetensors_header" if name.endswith(".safetensors") else None


def safe_repo_path(path: str) -> bool:
    """Whether a listed name is a plain relative path of bounded length: nothing that climbs, hides or is special to a file system."""
    if not 0 < len(path) <= _MAX_PATH or "\\" in path or "\ufffd" in path or ":" in path.split("/", 1)[0]:
        return False
    if visible(path) != path or not all(c.isprintable() for c in path):
        return False
    parts = PurePosixPath(path).parts
    return "/".join(parts) == path and all(part != ".." and len(part) <= _MAX_SEGMENT and not _RESERVED.fullmatch(part) for part in parts)


def valid_ref(ref: ModelRef) -> bool:
    """Whether a reference, which may come from a hostile card, can be asked for."""
    revision = ref.revision
    plain = revision is None or (0 < len(revision) <= _MAX_REVISION and revision.isprintable() and " " not in revision and revision not in (".", ".."))
    return plain and _ID.fullmatch(ref.id) is not None


@record
class Header:
    """A weight file whose header is worth fetching, at most `cap` bytes of it."""

    path: str
    kind: DocumentKind
    cap: int


@record
class Wanted:
    """What to fetch of one model."""

    files: tuple[tuple[str, DocumentKind], ...]
    """Path and kind, in the order of the evidence."""
    refused: Mapping[str, tuple[Reason, str]] = field(default_factory=dict)
    """By path made visible: reason and sentence for what is not even asked for."""


def wanted(info: ModelInfo) -> Wanted:
    """Card, config.json, what names base models, license-like files and, where the parameter count does not follow from the metadata, the weight index."""
    if info.files is None:
        return Wanted(tuple((path, kind) for path in _WHEN_UNLISTED if (kind := kind_of(path))))
    listed = {file.path: file.size or 0 for file in info.files}
    needs_index = info.safetensors_parameters is None or info.quantization_method is not None
    declared = QUANTIZATION_FILES if info.local and info.quantization_method is None else ()  # on the Hub they are asked for with the weight headers
    adapters = [path for path in adapter_config.adapter_configs(listed) if safe_repo_path(path)]
    expected = (CARD, CONFIG, *declared, *((INDEX,) if needs_index else ()), *adapters[:MAX_ADAPTERS], *merge_recipe.FILES)
    files: list[tuple[str, DocumentKind]] = [(path, kind) for path in expected if path in listed and (kind := kind_of(path))]
    refused: dict[str, tuple[Reason, str]] = {
        path: ("too_many", f"{len(adapters)} adapters are listed; only the first {MAX_ADAPTERS} files about them were fetched")
        for path in adapters[MAX_ADAPTERS:]
    }
    like = _license_like(listed)
    if more := len(like[2 * MAX_LICENSE_FILES :]):
        detail = f"{len(like)} license-like files are listed; only the first {MAX_LICENSE_FILES} were fetched"
        refused[f"({more} more license-like files)"] = ("too_many", detail)
    size = 0
    for count, (path, role) in enumerate(like[: 2 * MAX_LICENSE_FILES]):
        size += min(listed[path], CAPS[role])
        if size > MAX_LICENSE_BYTES:
            refused[one_line(path)] = ("too_large", f"license-like files of more than {MAX_LICENSE_BYTES:,} bytes are listed; this one was not fetched")
        elif count >= MAX_LICENSE_FILES:
            refused[one_line(path)] = ("too_many", f"more than {MAX_LICENSE_FILES} license-like files are listed; this one was not fetched")
        elif not safe_repo_path(path):
            refused[one_line(path)] = ("unsafe_name", "the listed name is no plain relative path; it was not requested")
        else:
            files.append((path, role))
    if info.local:
        _add_headers(listed, files, refused)
    return Wanted(tuple(files), refused)


def wanted_datasets(info: ModelInfo) -> tuple[tuple[str, DocumentKind], ...]:
    """Answers about the datasets that the card names: not files of the repository, but asked for and held beside them."""
    named = dict.fromkeys(name for name in (info.card.datasets if info.card else ()) if valid_ref(ModelRef(name)))
    return tuple((dataset_info.FOLDER + name, "dataset_info") for name in list(named)[:MAX_DATASETS])


def wanted_links(info: ModelInfo, url: str, card: Document[Any] | Unavailable | None) -> Wanted:
    """Files that the card links as the license: of the repository itself those that `wanted` leaves out, of other repositories of the Hub the one file.

    `url` is where `info` came from.
    """
    found = license_link.targets(info, url, card)
    if all(isinstance(one, license_link.NoFile) for one in found.values()):
        return Wanted(())
    listed = None if info.files is None else {file.path: file.size or 0 for file in info.files}
    chosen = wanted(info)
    known = {path for path, _ in chosen.files} | set(chosen.refused)
    files: list[tuple[str, DocumentKind]] = []
    refused: dict[str, tuple[Reason, str]] = {}
    for one in dict.fromkeys(found.values()):
        if isinstance(one, license_link.NoFile):
            continue
        own = isinstance(one, license_link.OwnFile)
        path: str = one.path if isinstance(one, license_link.OwnFile) else one.held_at
        if own and (path in known or (listed is not None and path not in listed) or kind_of(path) not in (None, "license_file")):
            continue  # read anyway, not there, or no file for a license
        if not safe_repo_path(path) or not (own or valid_linked(path)):
            refused[one_line(path)] = ("unsafe_name", "the link names no plain path in a repository; it was not requested")
        elif own and listed is not None and listed[path] > CAPS["license_file"]:
            refused[path] = ("too_large", f"it is linked as the license and larger than {CAPS['license_file']:,} bytes; it was not fetched")
        elif len(files) >= MAX_LINKS:
            refused[path] = ("too_many", f"more than {MAX_LINKS} files are linked as the license; this one was not fetched")
        else:
            files.append((path, "license_file" if own else "linked_license"))
    return Wanted(tuple(files), refused)


def valid_linked(path: str) -> bool:
    """Whether a document may be held at `path` as a file of another repository: its parts can be asked for."""
    found = license_link.held(path)
    return found is not None and found.held_at == path and safe_repo_path(found.path) and valid_ref(ModelRef(found.id, found.revision))


def _add_headers(listed: Iterable[str], files: list[tuple[str, DocumentKind]], refused: dict[str, tuple[Reason, str]]) -> None:
    """Weight files whose header a local source reads. GGUF comes first, since it may state a license; then the root's before those of folders."""
    weights = sorted((not path.lower().endswith(".gguf"), path.count("/"), path) for path in listed if path.lower().endswith((".safetensors", ".gguf")))
    for other, _, path in weights[:MAX_HEADERS]:
        if safe_repo_path(path):
            files.append((path, "safetensors_header" if other else "gguf_header"))
        else:
            refused[one_line(path)] = ("unsafe_name", "the name is no plain relative path; its header was not read")
    if more := weights[MAX_HEADERS:]:
        refused[one_line(more[0][2])] = ("too_many", f"{len(weights):,} weight files are listed; only the headers of the first {MAX_HEADERS:,} were read")


def _license_like(listed: Iterable[str]) -> list[tuple[str, LicenseRole]]:
    """License-like files, the root's before those of folders, so that the bound drops the least important."""
    found = [(path, role) for path in listed if (role := license_role(path))]
    return sorted(found, key=lambda item: (item[0].count("/"), item[0]))

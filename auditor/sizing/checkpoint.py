"""The one set of weight files that an engine would load, out of all the files of a repository."""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditor.domain.memory import QUANTIZATION_FILES
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.sizing.values import count, plain_name

_FILE = lazy_pattern(
    r"(?P<folder>(?:[^/.][^/]*/)*)(?P<stem>[^/]+?)(?:[-_](?P<number>[0-9]{5})-of-(?P<total>[0-9]{5}))?\.(?P<suffix>safetensors|bin|pt|pth|gguf)", re.IGNORECASE
)
_ORDER = (("model", "safetensors"), ("*", "safetensors"), ("pytorch_model", "bin"), ("*", "gguf"))
"""What is loaded first: the published set in safetensors, then one under another name, then pickle, then GGUF."""
NO_MODEL = lazy_pattern(r"mmproj|imatrix|ggml-vocab", re.IGNORECASE)
"""GGUF files beside a model: a projector for images, statistics for quantizing, a vocabulary alone."""
_OTHER = lazy_pattern(
    rf"(?:consolidated|adapter|optimizer|training_args|scheduler|rng_state)|\.(?:fp16|fp32|bf16|ema|non_ema)$|{NO_MODEL.pattern}", re.IGNORECASE
)
"""Second copies of the checkpoint, variants of it, and files that are no model."""
_CONSOLIDATED = lazy_pattern(r"consolidated(?:\.(?P<number>[0-9]{2}))?\.(?P<suffix>safetensors|pth)", re.IGNORECASE)
"""A checkpoint as its publisher trained it: the one that is loaded where it is the only one."""

LARGEST = 1 << 48


@record
class FileSet:
    """A complete set. `name` is how its files are called, `total` their size in bytes."""

    name: str
    paths: tuple[str, ...]
    total: int

    @property
    def files(self) -> int:
        """How many they are."""
        return len(self.paths)

    @property
    def gguf(self) -> bool:
        """Whether it is in the format of llama.cpp."""
        return self.paths[0].lower().endswith(".gguf")


def quantization_files(files: Iterable[tuple[object, object]]) -> tuple[str, ...]:
    """Names of the files that declare a quantization beside config.json."""
    paths = {path for path, _ in files if isinstance(path, str)}
    return tuple(name for name in QUANTIZATION_FILES if name in paths)


def loaded_files(files: Iterable[tuple[object, object]]) -> tuple[FileSet | None, str]:
    """The set and an empty string, or None and why (empty when there are no weight files at all). The order of `files` does not matter."""
    files = tuple(files)
    sets: dict[tuple[str, str], dict[tuple[str, str], set[tuple[str, int | None]]]] = {}
    for path, size in files:
        match = _FILE.fullmatch(path) if isinstance(path, str) else None
        if match is None or not isinstance(path, str) or _OTHER.search(match["stem"]):
            continue
        suffix = match["suffix"].lower()
        if match["folder"] and suffix != "gguf":  # folders hold other formats and parts; of GGUF they hold quantizations
            continue
        key = (match["folder"] + match["stem"], suffix)
        sets.setdefault(key, {}).setdefault((match["number"] or "", match["total"] or ""), set()).add((path, count(size, LARGEST)))
    for stem, suffix in _ORDER:
        matching = sorted(key for key in sets if key[1] == suffix and stem in ("*", key[0]))
        if len(matching) > 1:
            return None, f"weights: {len(matching)} sets of .{suffix} files, of which an engine loads one"
        if matching:
            return _complete(matching[0], sets[matching[0]])
    return _consolidated(files)


def _consolidated(files: Iterable[tuple[object, object]]) -> tuple[FileSet | None, str]:
    """The publisher's own checkpoint: one file, or files numbered from zero."""
    found = [(path, match, count(size, LARGEST)) for path, size in files if isinstance(path, str) and (match := _CONSOLIDATED.fullmatch(path))]
    for suffix in ("safetensors", "pth"):
        parts = sorted({(int(match["number"] or 0), path, size) for path, match, size in found if match["suffix"].lower() == suffix}, key=lambda part: part[:2])
        if not parts:
            continue
        sizes = [size for _, _, size in parts if size is not None]
        if [number for number, _, _ in parts] != list(range(len(parts))):
            return None, f"weights: a file of the set consolidated*.{suffix} is missing"
        if len(sizes) < len(parts):
            return None, f"weights: the size of a file of the set consolidated*.{suffix} is not known"
        return FileSet(f"consolidated*.{suffix}", tuple(path for _, path, _ in parts), sum(sizes)), ""
    return None, ""


def _complete(key: tuple[str, str], parts: dict[tuple[str, str], set[tuple[str, int | None]]]) -> tuple[FileSet | None, str]:
    stem = plain_name(key[0])
    shown = f"{stem}*.{key[1]}"
    whole = parts.pop(("", ""), None) if len(parts) > 1 else None
    totals = {total for _, total in parts}
    if len(totals) > 1:
        return None, f"weights: files {shown} belong to sets of different length"
    expected = int(next(iter(totals)) or 1)
    numbers = sorted(int(number or 1) for number, _ in parts)
    if numbers not in (list(range(1, expected + 1)), list(range(expected))):
        return None, f"weights: a file of the set {shown} is missing"
    sizes = [{size for _, size in found} for found in parts.values()]
    known = [size for found in sizes if len(found) == 1 and (size := next(iter(found))) is not None]
    if len(known) < len(sizes):
        return None, f"weights: the size of a file of the set {shown} is not known"
    note = "" if whole is None else f"weights: {stem}.{key[1]} passed over beside its shards"
    return FileSet(shown, tuple(sorted(min(path for path, _ in found) for found in parts.values())), sum(known)), note

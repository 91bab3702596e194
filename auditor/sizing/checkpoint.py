"""The one set of weight files that an engine would load, out of all the files of a repository."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.sizing.values import count, plain_name

_FILE = re.compile(r"(?P<stem>[^/]+?)(?:[-_](?P<number>[0-9]{5})-of-(?P<total>[0-9]{5}))?\.(?P<suffix>safetensors|bin|pt|pth|gguf)", re.IGNORECASE)
_ORDER = (("model", "safetensors"), ("*", "safetensors"), ("pytorch_model", "bin"), ("*", "gguf"))
"""What is loaded first: the published set in safetensors, then one under another name, then pickle, then GGUF."""
_OTHER = re.compile(r"(?:consolidated|adapter|optimizer|training_args|scheduler|rng_state)|\.(?:fp16|fp32|bf16|ema|non_ema)$|mmproj", re.IGNORECASE)
"""Second copies of the checkpoint, variants of it, and files that are no model."""

_QUANTIZATION = ("hf_quant_config.json", "quant_config.json", "quantize_config.json")
"""Where ModelOpt, AutoAWQ and AutoGPTQ say how weights are quantized when config.json does not."""

LARGEST = 1 << 48


@dataclass(frozen=True, slots=True)
class FileSet:
    """A complete set. `name` is how its files are called, `total` their size in bytes."""

    name: str
    paths: tuple[str, ...]
    total: int

    @property
    def files(self) -> int:
        """How many they are."""
        return len(self.paths)


def quantization_files(files: Iterable[tuple[object, object]]) -> tuple[str, ...]:
    """Names of the files that declare a quantization beside config.json."""
    paths = {path for path, _ in files if isinstance(path, str)}
    return tuple(name for name in _QUANTIZATION if name in paths)


def loaded_files(files: Iterable[tuple[object, object]]) -> tuple[FileSet | None, str]:
    """The set and an empty string, or None and why (empty when there are no weight files at all). The order of `files` does not matter."""
    sets: dict[tuple[str, str], dict[tuple[str, str], set[tuple[str, int | None]]]] = {}
    for path, size in files:
        match = _FILE.fullmatch(path) if isinstance(path, str) else None
        if match is None or not isinstance(path, str) or _OTHER.search(match["stem"]):
            continue
        key = (match["stem"], match["suffix"].lower())
        sets.setdefault(key, {}).setdefault((match["number"] or "", match["total"] or ""), set()).add((path, count(size, LARGEST)))
    for stem, suffix in _ORDER:
        matching = sorted(key for key in sets if key[1] == suffix and stem in ("*", key[0]))
        if len(matching) > 1:
            return None, f"weights: {len(matching)} sets of .{suffix} files, of which an engine loads one"
        if matching:
            return _complete(matching[0], sets[matching[0]])
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

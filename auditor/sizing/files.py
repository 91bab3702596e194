"""The several sets of weights that a GGUF repository holds, of which an engine loads one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from auditor.domain.memory import MemoryInputs, QuantFile, SizingOptions
from auditor.domain.stack import Stack
from auditor.sizing.fit import limit
from auditor.sizing.values import count, plain_name

_NAME = re.compile(
    r"(?P<stem>.+?)(?:-(?P<number>[0-9]{5})-of-(?P<total>[0-9]{5}))?\.gguf",
    re.IGNORECASE,
)
_QUANT = re.compile(
    r"[-._/](?P<q>(?:UD-)?(?:I?Q[1-8]_(?:K(?:_(?:XXL|XL|XS|[SML]))?|[01]|XXS|XS|S|M|NL)|TQ[12]_0|F16|BF16|F32|MXFP4(?:_MOE)?|NVFP4))$", re.IGNORECASE
)
LARGEST = 1 << 48


@dataclass(frozen=True, slots=True)
class Set:
    """One set: its files and their size in bytes (None when one is not known)."""

    name: str
    precision: str
    paths: tuple[str, ...]
    total: int | None

    def answer(self, options: SizingOptions, stack: Stack) -> QuantFile:
        """As shown: on which declared cards the files alone fit."""
        fits = tuple(gpu.key for gpu, cards in options.gpus if self.total is not None and self.total <= limit(gpu, stack, options.serving).low * max(1, cards))
        return QuantFile(name=plain_name(self.name), precision=self.precision, bytes="unknown" if self.total is None else self.total, fits=fits)


def quant_files(files: Iterable[tuple[object, object]]) -> tuple[Set, ...]:
    """Sets of GGUF files by name, sorted; projectors for images are no set."""
    found: dict[str, list[tuple[str, int | None]]] = {}
    for path, size in files:
        match = _NAME.fullmatch(path) if isinstance(path, str) else None
        if match is not None and isinstance(path, str) and "mmproj" not in path.lower():
            found.setdefault(match["stem"], []).append((path, count(size, LARGEST)))
    return tuple(_set(stem, parts) for stem, parts in sorted(found.items()))


def _set(stem: str, parts: list[tuple[str, int | None]]) -> Set:
    sizes = [size for _, size in parts]
    match = _QUANT.search(stem)
    total = None if None in sizes else sum(size for size in sizes if size is not None)
    return Set(stem, match["q"].lower() if match else "unknown", tuple(sorted(path for path, _ in parts)), total)


def chosen_files(inputs: MemoryInputs, sets: tuple[Set, ...], wanted: str | None) -> tuple[MemoryInputs, bool]:
    """Only the files of the precision that was asked for, where exactly one set is named after it; and whether that was so."""
    if wanted is None:
        return inputs, False
    matching = [one for one in sets if one.precision == wanted.casefold().replace("-", "_")]
    if len(matching) != 1:
        return inputs, False
    others = {path for one in sets if one is not matching[0] for path in one.paths}
    return replace(inputs, weight_files=tuple(file for file in inputs.weight_files if file[0] not in others)), True

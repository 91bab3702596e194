"""The several sets of weights that a GGUF repository holds, of which an engine loads one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from auditor.domain.memory import MemoryInputs, QuantFile, SizingOptions
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.checkpoint import LARGEST, NO_MODEL, loaded_files
from auditor.sizing.deployment import Deployment
from auditor.sizing.families import Families
from auditor.sizing.fit import limit
from auditor.sizing.parameters import Counted
from auditor.sizing.plan import Even, Plan
from auditor.sizing.precision import Precision
from auditor.sizing.values import count, plain_name

_NAME = lazy_pattern(r"(?P<stem>.+?)(?:[-_](?P<number>[0-9]{5})-of-(?P<total>[0-9]{5}))?\.gguf", re.IGNORECASE)
_QUANT = lazy_pattern(
    r"(?<![A-Za-z0-9])(?P<q>(?:UD-)?(?:I?Q[1-8]_(?:K(?:_(?:XXL|XL|XS|[SML]))?|[01]|XXS|XS|S|M|NL)"
    r"|TQ[12]_0|B?F16|F32|FP16|FP32|MXFP4(?:_MOE)?|NVFP4))(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SAME = {"fp16": "f16", "fp32": "f32"}
_WIDTHS = {"f16": 2, "bf16": 2, "f32": 4}
_SHOWN = 12


@record
class Set:
    """One set: its files and their size in bytes (None when one is not known)."""

    name: str
    precision: str
    paths: tuple[str, ...]
    total: int | None

    def answer(self, options: SizingOptions, stack: Stack, top: Deployment, concurrency: int) -> QuantFile:
        """As shown: on which declared cards it fits beside cache, activations and overhead, all at the pessimistic end; on none where these are not known."""
        request, active, outside = top.kv_request.high, top.activation.high, top.overhead.high
        known = request is not None and active is not None and outside is not None
        rest = (request or 0) * concurrency + (active or 0) + (outside or 0)
        fits = []
        for gpu, cards in options.gpus if known else ():
            room = (limit(gpu, stack, options.serving).low - rest) * (options.tensor_parallel or cards)
            fits += [gpu.key] if self.total is not None and self.total <= room else []
        name = plain_name(self.name.rpartition("/")[2])
        return QuantFile(name=name, precision=self.precision, bytes="unknown" if self.total is None else self.total, fits=tuple(fits))


def quant_files(files: Iterable[tuple[object, object]]) -> tuple[Set, ...]:
    """Sets of GGUF files by name, sorted; projectors for images and the like are no set."""
    found: dict[str, list[tuple[str, int | None]]] = {}
    for path, size in files:
        match = _NAME.fullmatch(path) if isinstance(path, str) else None
        if match is not None and isinstance(path, str) and not NO_MODEL.search(path):
            found.setdefault(match["stem"], []).append((path, count(size, LARGEST)))
    return tuple(_set(stem, parts) for stem, parts in sorted(found.items()))


def _set(stem: str, parts: list[tuple[str, int | None]]) -> Set:
    sizes = [size for _, size in parts]
    total = None if None in sizes else sum(size for size in sizes if size is not None)
    return Set(stem, label(stem), tuple(sorted(path for path, _ in parts)), total)


def label(stem: str) -> str:
    """The quantization that a name states, lower-case: the last one in it, since names of models may hold such words too."""
    stated = [match["q"].lower() for match in _QUANT.finditer(stem)]
    return _SAME.get(stated[-1], stated[-1]) if stated else "unknown"


def chosen_files(inputs: MemoryInputs, sets: tuple[Set, ...], wanted: str | None) -> tuple[MemoryInputs, bool]:
    """Only the files of the precision that was asked for, where exactly one set is named after it; and whether that was so."""
    asked = (wanted or "").casefold()
    matching = [one for one in sets if one.precision in (asked, asked.replace("-", "_"), _SAME.get(asked))]
    if wanted is None or len(matching) != 1:
        return inputs, False
    return _only(inputs, matching[0].paths), True


def of_its_format(inputs: MemoryInputs, sets: tuple[Set, ...]) -> MemoryInputs:
    """What a stack that reads GGUF alone finds in a repository that holds such files beside others."""
    return _only(inputs, tuple(path for one in sets for path in one.paths))


def _only(inputs: MemoryInputs, paths: tuple[str, ...]) -> MemoryInputs:
    """Without other weights, and without what the Hub and an index say of those: they are in safetensors. Small files stay, their names tell something."""
    kept = set(paths)
    files = tuple(file for file in inputs.weight_files if file[0] in kept or loaded_files((file,)) == (None, ""))
    return replace(inputs, weight_files=files, safetensors_parameters=None, index_total_size=None)


def as_published(declared: Precision, inputs: MemoryInputs, sets: tuple[Set, ...], count: Counted | None, layers: int, known: Families) -> Precision:
    """Precision of the GGUF files that are loaded, by their name; unknown where several are there. What config.json says is of another checkpoint."""
    loaded, why = loaded_files(inputs.weight_files)
    if loaded is None:
        open_ = bool(sets) and ".gguf" in why
        return replace(declared, label="unknown", width=None, quantized=True, plan=None, assumed=_of_cache(declared), why_no_plan=why) if open_ else declared
    one = next((one for one in sets if set(one.paths) == set(loaded.paths)), None)
    if one is None:
        return declared
    width = _WIDTHS.get(one.precision)
    plan: Plan | None = Even(width) if width else None
    if plan is None and count is not None and known.what_if.get(one.precision) in known.recipes:
        from auditor.sizing.what_if import plan_for

        plan = plan_for(one.precision, known, count, layers)
    why = "" if plan else f"the recipe of {one.precision} is not known"
    return replace(declared, label=one.precision, width=width, quantized=width is None, plan=plan, assumed=_of_cache(declared), why_no_plan=why)


def _of_cache(declared: Precision) -> tuple[str, ...]:
    return tuple(note for note in declared.assumed if not note.startswith("precision:"))


def open_choice(sets: tuple[Set, ...], wanted: str | None) -> str:
    """What to say when several sets are there and none was chosen: which there are, and how to choose."""
    names = sorted({one.precision for one in sets})
    listed = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    if wanted is None:
        return f"quantization: not said, and {len(sets)} sets of GGUF files are published ({listed}); --quantization chooses one"
    return f"quantization: no single set of the {len(sets)} that are published is {plain_name(wanted)[:40]} ({listed})"

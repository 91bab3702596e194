"""Tensors of the files that an engine would load, from their own headers: bytes that are read, not claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditor.domain.memory import MemoryInputs, TensorTotal
from auditor.domain.record import record
from auditor.sizing.checkpoint import LARGEST, loaded_files
from auditor.sizing.precision import Precision
from auditor.sizing.values import count, plain_name

_PLAIN = {"F32": ("float32", 4), "F16": ("float16", 2), "BF16": ("bfloat16", 2)}
"""Unquantized types of GGUF: label and bytes of an element."""


@record
class Tensors:
    """All tensors of one set. `name` is how its files are called."""

    name: str
    gguf: bool
    by_type: Mapping[str, TensorTotal]

    @property
    def elements(self) -> dict[str, int]:
        """By type, without empty ones. Logical parameters in GGUF; in safetensors a packed type holds several in one element."""
        return {name: total.elements for name, total in self.by_type.items() if total.elements}

    @property
    def bytes(self) -> dict[str, int]:
        """By type."""
        return {name: total.bytes for name, total in self.by_type.items()}


def loaded_tensors(inputs: MemoryInputs) -> tuple[Tensors | None, str]:
    """The tensors and an empty string; or None, and why where headers were read that do not tell."""
    files, _ = loaded_files(inputs.weight_files)
    if files is None:
        return None, ""
    lost = next((path for path in files.paths if path in inputs.headers_missing), None)
    if lost is not None:
        return None, f"weights: the header of {plain_name(lost)} could not be read ({inputs.headers_missing[lost]})"
    if not inputs.header_tensors:
        return None, ""
    if any(path not in inputs.header_tensors for path in files.paths):
        return None, f"weights: the header of a file of the set {files.name} could not be read"
    sums: dict[str, TensorTotal] = {}
    for path in files.paths:
        for name, total in inputs.header_tensors[path].items():
            before = sums.get(name, TensorTotal(0, 0))
            sums[name] = TensorTotal(before.elements + total.elements, before.bytes + total.bytes)
    if count(sum(total.bytes for total in sums.values()), LARGEST) is None:
        return None, f"weights: the headers of the set {files.name} name no tensors, or absurdly large ones"
    return Tensors(files.name, files.paths[0].lower().endswith(".gguf"), dict(sorted(sums.items()))), ""


def gguf_precision(declared: Precision, tensors: Tensors) -> Precision:
    """Precision of a GGUF file: that of the type which holds most parameters. What config.json beside it says is of the model that it was made from."""
    elements = tensors.elements
    main = max(elements, key=lambda name: (elements[name], name))
    label, width = _PLAIN.get(main, (plain_name(main).lower(), None))
    return replace(declared, label=label, width=width, quantized=width is None, assumed=tuple(n for n in declared.assumed if not n.startswith("precision:")))

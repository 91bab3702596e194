"""Evidence of one model to what sizing asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import HeaderFacts, ModelEvidence, Unavailable
from auditor.domain.memory import Memory, MemoryInputs, SizingKnowledge, SizingOptions, TensorTotal
from auditor.sizing import estimate
from auditor.sizing.checkpoint import quantization_files


def memory_of(evidence: ModelEvidence, options: SizingOptions, catalog: Catalog) -> Memory:
    """The memory section of one model."""
    return estimate(memory_inputs(evidence), options, sizing_knowledge(catalog))


@cache
def sizing_knowledge(catalog: Catalog) -> SizingKnowledge:
    """The parts of the catalogue that sizing reads."""
    return SizingKnowledge(gpus=catalog.gpus, architectures=catalog.architectures, geometries=catalog.geometries, stacks=catalog.stacks)


def total_size(index: Mapping[str, Any] | None) -> int | None:
    """Bytes of all tensors as a weight index states them; None where it states no number that can be."""
    metadata = index.get("metadata") if index else None
    total = metadata.get("total_size") if isinstance(metadata, Mapping) else None
    return int(total) if isinstance(total, (int, float)) and not isinstance(total, bool) and 0 < total < 2**60 else None


def memory_inputs(evidence: ModelEvidence, quantization: Mapping[str, Any] | None = None) -> MemoryInputs:
    """What sizing may know; everything untrusted. `quantization`: the content of a file beside config.json that declares one, else of that in the evidence."""
    config, missing = _json(evidence, "config.json")
    if quantization is None and (config or {}).get("quantization_config") is None:
        quantization = _declared(evidence)
    index, _ = _json(evidence, "model.safetensors.index.json")
    info = None if isinstance(evidence.info, Unavailable) else evidence.info.facts
    return MemoryInputs(
        model_id=evidence.id,
        config=config,
        config_missing=missing,
        hub_model_type=info.model_type if info else None,
        hub_architectures=info.architectures if info else (),
        safetensors_parameters=info.safetensors_parameters if info else None,
        index_total_size=total_size(index),
        quantization=quantization,
        weight_files=tuple((file.path, file.size) for file in (info.files or ())) if info else (),
        header_tensors={
            path: {name: TensorTotal(total.elements, total.bytes) for name, total in document.facts.tensors.items()}
            for path, document in evidence.documents.items()
            if isinstance(document.facts, HeaderFacts)
        },
        headers_missing={path: missing.detail for path, missing in evidence.unavailable.items() if path.lower().endswith((".gguf", ".safetensors"))},
    )


def _declared(evidence: ModelEvidence) -> Mapping[str, Any] | None:
    """Content of the first file that declares a quantization beside config.json, where it was fetched and can be read."""
    for name in quantization_files((path, None) for path in evidence.documents):
        content, _ = _json(evidence, name)
        if content is not None:
            return content
    return None


def _json(evidence: ModelEvidence, path: str) -> tuple[Mapping[str, Any] | None, str]:
    document = evidence.documents.get(path)
    if document is None or document.content is None:
        missing = evidence.unavailable.get(path)
        return None, missing.detail if missing else f"the repository has no {path}"
    try:
        value = json.loads(document.content)
    except (ValueError, RecursionError):
        return None, f"{path} is not valid JSON"
    return (value, "") if isinstance(value, dict) else (None, f"{path} is no JSON object")

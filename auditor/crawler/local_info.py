"""What a folder says about its model, in the form of the Hub's answer. What only the Hub can say (gate, scan, dates) stays unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from auditor.crawler.files import CARD, CONFIG, HEADER_KINDS
from auditor.domain.evidence import CardFacts, Document, HeaderFacts, ModelInfo, RepoFile, Unavailable
from auditor.domain.pattern import lazy_pattern
from auditor.reading.gguf_header import base_models

_SHARD = lazy_pattern(r"model-([0-9]{5})-of-([0-9]{5})\.safetensors")
_WHOLE = "model.safetensors"


def facts_of(model_id: str, shown: str, files: tuple[RepoFile, ...], found: Mapping[str, Document[Any] | Unavailable], problems: tuple[str, ...]) -> ModelInfo:
    """The metadata, from the list of files and the documents read so far; without a commit."""
    card = found.get(CARD)
    data = card.facts.data if isinstance(card, Document) and isinstance(card.facts, CardFacts) else None
    headers = {path: one.facts for path, one in found.items() if isinstance(one, Document) and one.kind in HEADER_KINDS}
    config = _config(found.get(CONFIG))
    quantization = config.get("quantization_config")
    method = quantization.get("quant_method") if isinstance(quantization, dict) else None
    architectures = config.get("architectures")
    counts = _published(headers)
    return ModelInfo(
        id=model_id,
        sha=None,
        gated="unknown",
        private=False,
        disabled=False,
        last_modified=None,
        tags=(),
        card=data,
        files=files,
        pipeline_tag=data.pipeline_tag if data else None,
        library_name=data.library_name if data else None,
        architectures=tuple(a for a in architectures if _text(a)) if isinstance(architectures, list) else (),
        model_type=_text(config.get("model_type")) or next((a for h in headers.values() if (a := h.metadata.get("general.architecture"))), None),
        quantization_method=_text(method) or None,
        safetensors_parameters=counts,
        safetensors_total=sum(counts.values()) if counts else None,
        problems=problems,
        local=shown,
        header_base_models=tuple(dict.fromkeys(value for h in headers.values() for _, value in base_models(h.metadata))),
    )


def _config(document: Document[Any] | Unavailable | None) -> dict[str, Any]:
    """config.json, empty when it is none."""
    try:
        value = json.loads(document.content or b"") if isinstance(document, Document) else None
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    """A string that can be written anywhere, else an empty one."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _published(headers: Mapping[str, HeaderFacts]) -> dict[str, int] | None:
    """Elements by dtype of the published safetensors set (`model.safetensors`, or its shards, all of them); None when it is not there in full."""
    shards = [match for path in headers if (match := _SHARD.fullmatch(path))]
    totals = {match[2] for match in shards}
    complete = len(totals) == 1 and {int(match[1]) for match in shards} == set(range(1, int(min(totals)) + 1))
    chosen = [match[0] for match in shards] if complete else [_WHOLE] if _WHOLE in headers and not shards else []
    counts: dict[str, int] = {}
    for path in chosen:
        for dtype, tensors in headers[path].tensors.items():
            counts[dtype] = counts.get(dtype, 0) + tensors.elements
    return {dtype: count for dtype, count in sorted(counts.items()) if count} or None

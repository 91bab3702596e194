"""Writes the demonstration's evidence from a replay of recorded Hub answers; by hand, where such recordings are at hand.

    HF_ENDPOINT=https://127.0.0.1:PORT SSL_CERT_FILE=... python scripts/record_demo.py RECORDINGS

RECORDINGS is the folder that the replay serves, one folder a repository with a meta.json. The bundle names the public Hub, because the
recorded bytes are its; a parent whose commit the recordings do not know becomes `not_recorded` instead of an answer that nobody gave.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from auditor import __version__, resources
from auditor.audit.pipeline import collect
from auditor.catalog.catalog import Catalog
from auditor.crawler.bundle import write_bundle
from auditor.crawler.gather import Gathered
from auditor.crawler.hub import DEFAULT_ENDPOINT, HubSource
from auditor.crawler.parse import Received, file_document, info_document
from auditor.domain.evidence import DocumentKind, ModelEvidence, ModelRef, Unavailable

MODELS = (
    "meta-llama/Llama-3.1-8B-Instruct",
    "Qwen/Qwen2.5-VL-7B-Instruct",
    "mistralai/Mixtral-8x7B-v0.1",
    "deepseek-ai/DeepSeek-R1",
    "google/gemma-2b-it",
    "adept/fuyu-8b",
    "HuggingFaceH4/zephyr-7b-beta",
)


def has_commit(recordings: Path, model_id: str) -> bool:
    """Whether the recordings know the commit that the repository was seen at."""
    meta = recordings / model_id / "meta.json"
    return meta.is_file() and bool(json.loads(meta.read_text(encoding="utf-8")).get("sha"))


def public(value: Any, endpoint: str) -> Any:
    """A document or a fault with the public Hub's address in place of the replay's."""
    if isinstance(value, Unavailable):
        detail, reason, status = value.detail.replace(endpoint, DEFAULT_ENDPOINT), value.reason, value.status
        if value.status == 501:
            detail, reason, status = "the recordings do not hold this file", "not_recorded", None
        return replace(value, url=value.url.replace(endpoint, DEFAULT_ENDPOINT), detail=detail, reason=reason, status=status)
    return replace(value, url=value.url.replace(endpoint, DEFAULT_ENDPOINT))


def published(evidence: ModelEvidence, endpoint: str, known: bool) -> ModelEvidence:
    """The evidence as the bundle holds it."""
    if not known:
        url = f"{DEFAULT_ENDPOINT}/api/models/{evidence.requested.id}?blobs=true&securityStatus=true"
        return ModelEvidence(evidence.requested, Unavailable("not_recorded", "the recordings hold no answer about this model", url))
    return ModelEvidence(
        evidence.requested,
        public(evidence.info, endpoint),
        {path: public(document, endpoint) for path, document in evidence.documents.items()},
        {path: public(missing, endpoint) for path, missing in evidence.unavailable.items()},
    )


SYNTHETIC_CARD = """---
license: other
license_name: example-model-license
license_link: LICENSE
pipeline_tag: text-generation
---
# Synthetic model

An invented repository: its texts were written for this demonstration, so that a report can quote them.
"""
SYNTHETIC_LICENSE = """Example Model License, version 1

1. You may run the model inside your organization.
2. You may offer it to others once you have told the author.
3. Keep this text with every copy of the weights.
"""
SYNTHETIC_CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 16,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 64,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": True,
    "torch_dtype": "bfloat16",
}


def synthetic() -> ModelEvidence:
    """An invented repository on an invented Hub, with its texts."""
    name, sha, endpoint, at = "example-org/synthetic-1b", "5" * 40, "https://hub.example", "2026-11-24T08:00:00Z"
    card = {"license": "other", "license_name": "example-model-license", "license_link": "LICENSE", "pipeline_tag": "text-generation"}
    files = {"README.md": SYNTHETIC_CARD, "LICENSE": SYNTHETIC_LICENSE, "config.json": json.dumps(SYNTHETIC_CONFIG, indent=1)}
    answer = {
        "id": name,
        "sha": sha,
        "gated": False,
        "private": False,
        "disabled": False,
        "tags": ["transformers", "license:other"],
        "cardData": card,
        "pipeline_tag": "text-generation",
        "library_name": "transformers",
        "config": {"architectures": ["LlamaForCausalLM"], "model_type": "llama"},
        "siblings": [{"rfilename": path, "size": len(text)} for path, text in files.items()] + [{"rfilename": "model.safetensors", "size": 2471645608}],
        "safetensors": {"parameters": {"BF16": 1235814400}, "total": 1235814400},
    }
    kinds: dict[str, DocumentKind] = {"README.md": "card", "LICENSE": "license_file", "config.json": "config"}
    info = info_document(Received(f"{endpoint}/api/models/{name}?blobs=true&securityStatus=true", 200, {}, json.dumps(answer).encode(), at))
    documents = {
        path: file_document(kinds[path], path, Received(f"{endpoint}/{name}/resolve/{sha}/{path}", 200, {}, text.encode(), at)) for path, text in files.items()
    }
    return ModelEvidence(ModelRef(name), info, documents)  # type: ignore[arg-type]


def main(recordings: Path, output: Path) -> None:
    """Collects, publishes, writes."""
    source = HubSource()
    models, parents = collect(source, [ModelRef(name) for name in MODELS], Catalog(resources.rules()))
    kept = {ref: published(evidence, source.endpoint, has_commit(recordings, ref.id)) for ref, evidence in models.items()}
    kept_parents = {ref: kept.get(ref) or published(evidence, source.endpoint, has_commit(recordings, ref.id)) for ref, evidence in parents.items()}
    write_bundle(output, Gathered(kept, kept_parents), DEFAULT_ENDPOINT, __version__, withhold_text=True)
    one = synthetic()
    write_bundle(output.parent / "synthetic", Gathered({one.requested: one}, {}), "https://hub.example", __version__, withhold_text=False)
    for ref in [*kept, *kept_parents]:
        print(ref)


if __name__ == "__main__":
    main(Path(sys.argv[1]), resources.demo_evidence())

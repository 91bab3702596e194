"""The base models that a repository states, from the Hub's tags, from its card and from GGUF headers."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from auditor.domain.evidence import CardData, CardFacts, Document, Evidence, HeaderFacts, ModelEvidence, ModelInfo, Unavailable
from auditor.domain.license_facts import ParentRef, Relation
from auditor.domain.text_safety import one_line
from auditor.licensing.witnesses import document_evidence
from auditor.reading.gguf_header import base_models

_TAG = "base_model:"
_RELATIONS: dict[str, Relation] = {"finetune": "finetune", "adapter": "adapter", "quantized": "quantized", "merge": "merge"}
_ID = re.compile(r"^[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?$")
"""A few old models have ids without an owner (`gpt2`)."""
_HUB_HOSTS = {"huggingface.co", "www.huggingface.co", "hf.co"}


def parents(evidence: ModelEvidence) -> tuple[ParentRef, ...]:
    """Stated base models, each once. The Hub's tags name the ids after renames; the card may say more than the tags."""
    if isinstance(evidence.info, Unavailable):
        return ()
    info = evidence.info
    tagged = _of_tags(info)
    stated = _of_card(info.facts.card, info) if info.facts.card and not info.facts.local else []
    readme = evidence.documents.get("README.md")
    if readme is not None and isinstance(readme.facts, CardFacts):
        stated += _of_card(readme.facts.data, readme)
    if tagged and len({ref.name.lower() for ref in stated}) <= len(tagged):
        # The Hub writes one tag for each entry of the card and follows renames there: the tags are the card, resolved.
        names = {ref.name.lower() for ref in tagged}
        stated = [ref for ref in stated if not ref.is_id or ref.name.lower() in names]
    return _merged(tagged + stated + _of_odd_tags(info) + _of_headers(evidence), own_id=info.facts.id)


def parent_ids(info: ModelInfo) -> tuple[str, ...]:
    """Ids of the base models that the metadata alone states."""
    tagged = [identifier for identifier, _, _ in _tagged(info)]
    card = [identifier for value in (info.card.base_model if info.card else ()) if (identifier := repository_id(value))]
    stated = tagged if tagged and len({name.lower() for name in card}) <= len(tagged) else tagged + card
    stated = stated + [identifier for value in info.header_base_models if (identifier := repository_id(value))]
    return tuple({name.lower(): name for name in reversed(stated) if name.lower() != info.id.lower()}.values())[::-1]


def _merged(refs: list[ParentRef], own_id: str) -> tuple[ParentRef, ...]:
    found: dict[str, ParentRef] = {}
    for ref in refs:
        key = ref.name.lower()
        if key == own_id.lower() and ref.is_id:
            continue
        before = found.get(key)
        if before is None:
            found[key] = ref
        else:
            relation = before.relation if before.relation != "unknown" else ref.relation
            found[key] = ParentRef(before.name, before.is_id, relation, before.source, before.evidence + ref.evidence)
    return tuple(found.values())


def _tagged(info: ModelInfo) -> list[tuple[str, Relation, str]]:
    """(id, relation, tag) of each base model that the tags name."""
    found: dict[str, tuple[str, Relation, str]] = {}
    for tag in info.tags:
        if not tag.startswith(_TAG):
            continue
        head, _, tail = tag.removeprefix(_TAG).partition(":")
        typed = bool(tail) and head in _RELATIONS
        identifier = repository_id(tail if typed else tag.removeprefix(_TAG))
        if identifier is not None and (typed or identifier not in found):
            found[identifier] = (identifier, _RELATIONS[head] if typed else "unknown", tag)
    return list(found.values())


def _of_tags(info: Document[ModelInfo]) -> list[ParentRef]:
    return [ParentRef(identifier, True, relation, "tag", (_tag_evidence(info, tag),)) for identifier, relation, tag in _tagged(info.facts)]


def _of_odd_tags(info: Document[ModelInfo]) -> list[ParentRef]:
    """Base models that a tag names with something that is no id: stated all the same."""
    found = []
    for tag in info.facts.tags:
        head, _, tail = tag.removeprefix(_TAG).partition(":")
        name = tail if head in _RELATIONS else tag.removeprefix(_TAG)
        if tag.startswith(_TAG) and repository_id(name) is None:
            found.append(ParentRef(one_line(name, 120) or "(empty)", False, _RELATIONS.get(head, "unknown"), "tag", (_tag_evidence(info, tag),)))
    return found


def _tag_evidence(info: Document[ModelInfo], tag: str) -> Evidence:
    return Evidence("api", info.url, "tags", "", one_line(tag), info.sha256, info.retrieved_at, info.status)


def _of_card(data: CardData, document: Document[ModelInfo] | Document[CardFacts]) -> list[ParentRef]:
    relation = _RELATIONS.get((data.base_model_relation or "").lower(), "unknown")
    refs = []
    for value in data.base_model:
        identifier = repository_id(value)
        if document.kind == "model_info":
            evidence = Evidence(
                "api", document.url, "cardData.base_model", "", one_line(f"base_model: {value}"), document.sha256, document.retrieved_at, document.status
            )
        else:
            line = data.lines.get("base_model")
            evidence = document_evidence(document, "card", line, line, f"base_model: {value}")
        refs.append(ParentRef(identifier or one_line(value, 120), identifier is not None, relation, "card", (evidence,)))
    return refs


def _of_headers(evidence: ModelEvidence) -> list[ParentRef]:
    """Base models that GGUF headers name; how the file came from them they do not say."""
    refs = []
    for document in evidence.documents.values():
        for key, value in base_models(document.facts.metadata) if isinstance(document.facts, HeaderFacts) else ():
            identifier = repository_id(value)
            proof = document_evidence(document, "gguf", None, None, f"{key}: {value}")
            refs.append(ParentRef(identifier or one_line(value, 120), identifier is not None, "unknown", "gguf", (proof,)))
    return refs


def repository_id(value: str) -> str | None:
    """`org/name` from an id or from the address of a model page on the Hub; None for anything else."""
    value = value.strip()
    if "://" in value:
        try:
            parts = urlsplit(value)
        except ValueError:
            return None
        if parts.hostname not in _HUB_HOSTS:
            return None
        value = "/".join(unquote(parts.path).strip("/").split("/")[:2])
    return value if _ID.match(value) else None

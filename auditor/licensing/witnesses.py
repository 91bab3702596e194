"""The places of a repository that state its license, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import WITHHELD, CardData, CardFacts, Document, Evidence, HeaderFacts, ModelEvidence, ModelInfo, Unavailable
from auditor.domain.license_facts import NameMatch, Witness
from auditor.domain.text_safety import one_line, quoted
from auditor.licensing.names import match_name, match_tag
from auditor.reading.gguf_header import LICENSE, LICENSE_LINK, LICENSE_NAME

_LICENSE_TAG = "license:"


def witnesses(evidence: ModelEvidence, catalog: Catalog) -> tuple[Witness, ...]:
    """Tag, name and link of the Hub's metadata, of the card, and of GGUF headers; equal statements are one witness with all places."""
    found: dict[tuple[str, str, bool], Witness] = {}
    for witness in _stated(evidence, catalog):
        key = (witness.kind, witness.value, witness.header)
        before = found.get(key)
        found[key] = replace(before, evidence=before.evidence + witness.evidence) if before else witness
    return tuple(found.values())


def _stated(evidence: ModelEvidence, catalog: Catalog) -> Iterator[Witness]:
    if isinstance(evidence.info, Unavailable):
        return
    info = evidence.info.facts
    if info.card and not info.local:
        yield from _of_card(info.card, evidence.info, catalog)
    for tag in info.tags:
        if tag.startswith(_LICENSE_TAG) and (value := tag.removeprefix(_LICENSE_TAG).strip()):
            yield Witness("card_tag", one_line(value), match_tag(value, catalog), (_api_evidence(evidence.info, "tags", tag),))
    card = evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts):
        yield from _of_card(card.facts.data, card, catalog)
    for document in evidence.documents.values():
        if isinstance(document.facts, HeaderFacts):
            yield from _of_header(document.facts.metadata, document, catalog)


def _of_header(metadata: Mapping[str, str], document: Document[Any], catalog: Catalog) -> Iterator[Witness]:
    def evidence(key: str, value: str) -> tuple[Evidence]:
        return (document_evidence(document, "gguf", None, None, f"{key}: {value}"),)

    if value := metadata.get(LICENSE, "").strip():
        yield Witness("card_tag", one_line(value), match_tag(value, catalog), evidence(LICENSE, value), header=True)
    if value := metadata.get(LICENSE_NAME, "").strip():
        yield Witness("card_name", one_line(value), match_name(value, catalog), evidence(LICENSE_NAME, value), header=True)
    if value := metadata.get(LICENSE_LINK, "").strip():
        yield Witness("card_link", one_line(value), NameMatch("none"), evidence(LICENSE_LINK, value), header=True)


def _of_card(data: CardData, document: Document[ModelInfo] | Document[CardFacts], catalog: Catalog) -> Iterator[Witness]:
    for value in data.license:
        yield Witness("card_tag", one_line(value), match_tag(value, catalog), (_card_evidence(document, data, "license", value),))
    if data.license_name:
        match = match_name(data.license_name, catalog)
        yield Witness("card_name", one_line(data.license_name), match, (_card_evidence(document, data, "license_name", data.license_name),))
    for link in data.license_link:
        yield Witness("card_link", one_line(link), NameMatch("none"), (_card_evidence(document, data, "license_link", link),))


def _card_evidence(document: Document[ModelInfo] | Document[CardFacts], data: CardData, key: str, value: str) -> Evidence:
    if document.kind == "model_info":
        return _api_evidence(document, f"cardData.{key}", f"{key}: {value}")
    line = data.lines.get(key)
    return document_evidence(document, "card", line, line, f"{key}: {value}")


def _api_evidence(document: Document[ModelInfo] | Document[CardFacts], pointer: str, quote: str) -> Evidence:
    return Evidence("api", document.url, pointer, "", quoted(quote), document.sha256, document.retrieved_at, document.status)


def document_evidence(document: Document[Any], kind: str, first: int | None, last: int | None, fact: str = "") -> Evidence:
    """Evidence for some lines of a document. With the text withheld, `fact` (a value that was read from it) stands in for the quote."""
    lines = "" if first is None else str(first) if first == last or last is None else f"{first}-{last}"
    quote = document.quote(first, last or first) if first is not None else fact
    quote = (fact or WITHHELD) if quote == WITHHELD or not quote.strip() else quote
    return Evidence(kind, document.url, document.path, lines, quoted(quote), document.sha256, document.retrieved_at, document.status)

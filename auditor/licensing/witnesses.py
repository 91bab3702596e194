"""The places of a repository that state its license, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import WITHHELD, CardData, CardFacts, Document, Evidence, HeaderFacts, ModelEvidence, ModelInfo, TextFacts, Unavailable
from auditor.domain.license_facts import NameMatch, TextMatch, Witness
from auditor.domain.text_safety import one_line, quoted
from auditor.licensing.names import match_name, match_tag
from auditor.reading.gguf_header import LICENSE, LICENSE_LINK, LICENSE_NAME

_LICENSE_TAG = "license:"
_QUOTED_LINES = 3


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
    if data.license_link:
        evidence = _card_evidence(document, data, "license_link", data.license_link)
        yield Witness("card_link", one_line(data.license_link), NameMatch("none"), (evidence,))


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


def texts(evidence: ModelEvidence, catalog: Catalog) -> tuple[TextMatch, ...]:
    """License files that were read, and the gate prompt where it states terms, identified by the digest of their normalised words."""
    found = [
        _text_match("license_file", document.path, document.facts, _file_evidence(document), catalog)
        for document in evidence.documents.values()
        if document.kind == "license_file" and isinstance(document.facts, TextFacts)
    ]
    if (prompt := _gate_prompt(evidence)) and prompt[0].binding_words:
        facts, where = prompt
        found.append(_text_match("gate_prompt", where.path, facts, where, catalog))
    return tuple(found)


def use_policies(evidence: ModelEvidence) -> tuple[TextMatch, ...]:
    """Use policies that were read. The catalogue holds no policies by themselves, so none is identified."""
    return tuple(
        TextMatch("license_file", document.path, document.facts.words, None, "", (_file_evidence(document),))
        for document in evidence.documents.values()
        if document.kind == "use_policy" and isinstance(document.facts, TextFacts)
    )


def _text_match(kind: str, path: str, facts: TextFacts, evidence: Evidence, catalog: Catalog) -> TextMatch:
    known = catalog.texts.get(facts.sha256)
    return TextMatch(kind, path, facts.words, known.license if known else None, known.form if known else "", (evidence,))  # type: ignore[arg-type]


def _file_evidence(document: Document[TextFacts]) -> Evidence:
    last = min(document.facts.lines, _QUOTED_LINES) or None
    return document_evidence(document, "license_file", 1 if last else None, last, "" if last else "(the file is empty)")


def _gate_prompt(evidence: ModelEvidence) -> tuple[TextFacts, Evidence] | None:
    """The prompt from the Hub's metadata, else from the card's front matter."""
    info = evidence.info
    if not isinstance(info, Unavailable) and not info.facts.local and info.facts.card and info.facts.card.gate_prompt:
        facts = info.facts.card.gate_prompt
        quote = WITHHELD if info.content is None else _prompt_quote(info)
        return facts, Evidence("gate_prompt", info.url, "cardData.extra_gated_prompt", "", quote, info.sha256, info.retrieved_at, info.status)
    card = evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts) and card.facts.data.gate_prompt:
        line = card.facts.data.gate_prompt.first_line
        return card.facts.data.gate_prompt, document_evidence(card, "gate_prompt", line, line + _QUOTED_LINES - 1)
    return None


def _prompt_quote(info: Document[ModelInfo]) -> str:
    import json

    try:
        prompt = json.loads(info.content or b"")["cardData"]["extra_gated_prompt"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return WITHHELD
    return quoted("\n".join(str(prompt).splitlines()[:_QUOTED_LINES]))

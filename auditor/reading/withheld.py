"""Facts of a document that is saved without its text: enriched, so that everything but quotes can still be worked out."""

from __future__ import annotations

import json
from typing import Any

from auditor.domain.evidence import CardData, CardFacts, Document, Facts, ModelInfo, TextFacts
from auditor.domain.text_safety import text_lines
from auditor.reading.front_matter import read_front_matter
from auditor.reading.shingles import encode, shingles


def with_shingles(document: Document[Any]) -> Facts:
    """The facts of `document`, its texts' shingles included. Facts whose text is withheld already stay as they are."""
    facts, text = document.facts, document.text()
    if text is None:
        return facts  # type: ignore[no-any-return]
    if isinstance(facts, TextFacts):
        return _text(facts, text)
    if isinstance(facts, CardFacts):
        body = "\n".join(text_lines(text)[facts.body.first_line - 1 :])
        data = _card(facts.data, read_front_matter(text).values.get("extra_gated_prompt"))
        return facts.model_copy(update={"body": _text(facts.body, body), "data": data})
    if isinstance(facts, ModelInfo) and facts.card is not None:
        return facts.model_copy(update={"card": _card(facts.card, json.loads(text)["cardData"].get("extra_gated_prompt"))})
    return facts  # type: ignore[no-any-return]


def _text(facts: TextFacts, text: str) -> TextFacts:
    return facts.model_copy(update={"shingles": encode(shingles(text))})


def _card(data: CardData, prompt: object) -> CardData:
    if data.gate_prompt is None or not isinstance(prompt, str):
        return data
    return data.model_copy(update={"gate_prompt": _text(data.gate_prompt, prompt)})

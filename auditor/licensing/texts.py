"""License texts of a repository: its license files, the gate prompt, and a text that stands inside the card; each identified and compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import WITHHELD, CardFacts, Document, Evidence, ModelEvidence, TextFacts, Unavailable
from auditor.domain.identification import UNKNOWN_TEXT, TextIdentity
from auditor.domain.license import OPEN_CATEGORIES
from auditor.domain.license_facts import TextMatch
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.domain.text_safety import quoted, text_lines
from auditor.licensing.witnesses import document_evidence
from auditor.reading.license_link import own_files
from auditor.reading.text import bundles_others

_QUOTED_LINES = 3
_QUOTED_PASSAGES = 50
"""Added passages of one text that are quoted."""
_BESIDE = 12
"""Restricting lines beside a known text that are quoted."""
_LEGAL_WORDS = 2
"""Phrases of license texts below which a card is not searched for one: the shortest known texts have more."""
_ABOUT: tuple[tuple[Literal["model", "code", "data"], re.Pattern[str]], ...] = (
    ("model", lazy_pattern(r"(?:^|[-_./ ])(?:models?|weights|checkpoints?)(?=[-_./ ]|$)", re.IGNORECASE)),
    ("code", lazy_pattern(r"(?:^|[-_./ ])(?:code|software|(?<!open[-_ ])source)(?=[-_./ ]|$)", re.IGNORECASE)),
    ("data", lazy_pattern(r"(?:^|[-_./ ])(?:data|datasets?)(?=[-_./ ]|$)", re.IGNORECASE)),
)

Kind = Literal["license_file", "gate_prompt", "readme", "card_link"]
_FILES = ("license_file", "card_link")


@record
class _Found:
    """A text as it lies in a document; `quote` makes evidence of its lines (from 1)."""

    kind: Kind
    path: str
    facts: TextFacts
    digest: str
    text: Callable[[], str | None]
    quote: Callable[[int, int], Evidence]


def texts(evidence: ModelEvidence, catalog: Catalog) -> tuple[TextMatch, ...]:
    """License files that were read, the gate prompt where it states terms, and every license text inside the card."""
    found = tuple(match for found in _found(evidence) for match in _matches(found, catalog))
    if not any(text.key and text.kind == "license_file" and text.covers in ("all", "model") and not bundles_others(text.path) for text in found):
        return found
    limited = {*own_files(evidence), *(text.path for text in found if text.identity.key and not _is_open(text.identity.key, catalog))}
    others = {text.path: replace(text, covers="code", secondary=True) for text in reversed(found) if text.path not in limited and _is_of_others(text, evidence)}
    return tuple(text for text in found if text.path not in others) + tuple(others.values())


def _is_of_others(text: TextMatch, evidence: ModelEvidence) -> bool:
    """Whether a file beside the license holds those of software that comes along: by its name, where it neither speaks of weights nor restricts."""
    document = evidence.documents.get(text.path)
    if text.kind != "license_file" or document is None or not bundles_others(text.path) or not isinstance(document.facts, TextFacts):
        return False
    return not document.facts.of_weights and not document.facts.statements


def _is_open(key: str, catalog: Catalog) -> bool:
    """Whether it is a license that software comes under and bars nothing: one that does may be meant for what the whole repository holds."""
    license = catalog.license(key)
    barred = any(term.effect == "prohibit" for term in license.terms) or any(grant.given == "no" for grant in license.grants.values())
    return license.category in OPEN_CATEGORIES and not barred


def linked_text(document: Document[TextFacts], shown: str, catalog: Catalog) -> tuple[TextMatch, ...]:
    """What a license file of another repository, shown as `shown`, holds."""
    quote = _quoter(document, "linked_license")
    return tuple(_matches(_Found("card_link", shown, document.facts, document.sha256, document.text, quote), catalog))


def by_digest(sha256: str, catalog: Catalog) -> TextIdentity | None:
    """The license whose normalised words have this digest."""
    known = catalog.texts.get(sha256)
    if known is None:
        return None
    return TextIdentity(known.license, known.form, "text_exact" if known.form == "canonical" else "text_equivalent", 1.0, None, 0.0)


def use_policies(evidence: ModelEvidence) -> tuple[TextMatch, ...]:
    """Use policies that were read. The catalogue holds no policies by themselves, so none is identified."""
    return tuple(
        TextMatch("license_file", document.path, document.facts.words, (_beginning(document.facts, _quoter(document, "license_file")),))
        for document in evidence.documents.values()
        if document.kind == "use_policy" and isinstance(document.facts, TextFacts)
    )


def covers(path: str) -> Literal["all", "model", "code", "data"]:
    """What the name of a license file says that it is about; `all` where it says nothing, or several things."""
    named = [about for about, pattern in _ABOUT if pattern.search(path)]
    return named[0] if len(named) == 1 else "all"


def _found(evidence: ModelEvidence) -> Iterator[_Found]:
    linked = own_files(evidence)
    for document in evidence.documents.values():
        is_license = document.kind == "license_file" or (document.kind == "notice_file" and document.path in linked)
        if is_license and isinstance(document.facts, TextFacts):
            yield _Found("license_file", document.path, document.facts, document.sha256, document.text, _quoter(document, "license_file"))
    if (prompt := _gate_prompt(evidence)) and prompt.facts.binding_words:
        yield prompt
    card = evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts) and card.facts.body.legal_words >= _LEGAL_WORDS:
        body = card.facts.body
        quote = _quoter(card, "card", body.first_line - 1)
        yield _Found("readme", card.path, body, card.sha256, lambda: _from_line(card.text(), body.first_line), quote)


def _matches(found: _Found, catalog: Catalog) -> list[TextMatch]:
    identities = _identities(found, catalog)
    if found.kind in _FILES:
        return [_match(found, identity) for identity in identities or (UNKNOWN_TEXT,)]
    if found.kind == "gate_prompt" and not identities:
        return [_match(found, UNKNOWN_TEXT)]
    beside = _beside(found, identities)
    return [_match(found, identity, beside) for identity in identities]


def _match(found: _Found, identity: TextIdentity, beside: tuple[Evidence, ...] = ()) -> TextMatch:
    first, last = identity.span or (1, found.facts.lines)
    words = found.facts.words if identity.place is None else identity.place[1] - identity.place[0] + 1
    evidence = _beginning(found.facts, found.quote) if identity.span is None else found.quote(first, min(last, first + _QUOTED_LINES - 1))
    additions = [found.quote(*change.lines) for change in identity.changes if change.lines][:_QUOTED_PASSAGES]
    about = covers(found.path) if found.kind == "license_file" else "all"
    return TextMatch(found.kind, found.path, words, (evidence,), identity, about, tuple(additions), beside)


def _identities(found: _Found, catalog: Catalog) -> tuple[TextIdentity, ...]:
    """As the matcher remembers them; it is loaded only for a text whose digest is not known."""
    if known := by_digest(found.facts.sha256, catalog):
        return (known,)
    from auditor.licensing.matcher import matcher_of

    inside = found.kind not in _FILES
    matcher = matcher_of(catalog)
    key = (found.digest, found.path, found.kind)  # a card holds a body and may hold a gate prompt
    if key not in matcher.seen:
        matcher.seen[key] = matcher.identify_all(found.facts.sha256, lambda: _shingles(found), inside)
    return matcher.seen[key]


def _shingles(found: _Found) -> Any:
    """Of the text, else as the bundle keeps them; none where neither is there."""
    from auditor.reading.shingles import decode, shingles

    text = found.text()
    if text is not None:
        return shingles(text)
    try:
        return decode(found.facts.shingles or "")
    except ValueError:
        return shingles("")


def _beside(found: _Found, identities: tuple[TextIdentity, ...]) -> tuple[Evidence, ...]:
    """Lines that put restrictions and lie in no known text."""
    places = [identity.place for identity in identities if identity.place is not None]
    if not places:
        return ()
    held = _shingles(found)
    lines = held.binding_outside(places)
    # What follows the words that are looked at may restrict as well.
    unread = [held.lines[-1]] if held.truncated and held.lines[-1] not in lines else []
    return tuple(found.quote(line, line) for line in (*lines[: _BESIDE - len(unread)], *unread))


def _beginning(facts: TextFacts, quote: Callable[[int, int], Evidence]) -> Evidence:
    return quote(1, min(facts.lines, _QUOTED_LINES))


def _quoter(document: Document[Any], kind: str, lines_before: int = 0) -> Callable[[int, int], Evidence]:
    def quote(first: int, last: int) -> Evidence:
        if last < first:
            return document_evidence(document, kind, None, None, "(the file is empty)")
        return document_evidence(document, kind, first + lines_before, last + lines_before)

    return quote


def _from_line(text: str | None, first: int) -> str | None:
    return None if text is None else "\n".join(text_lines(text)[first - 1 :])


def _gate_prompt(evidence: ModelEvidence) -> _Found | None:
    """The prompt from the Hub's metadata, else from the card's front matter."""
    info = evidence.info
    if not isinstance(info, Unavailable) and not info.facts.local and info.facts.card and info.facts.card.gate_prompt:
        path = "cardData.extra_gated_prompt"

        def quote(first: int, last: int) -> Evidence:
            text = _prompt(info)
            said = WITHHELD if text is None else quoted("\n".join(text_lines(text)[first - 1 : last]))
            return Evidence("gate_prompt", info.url, path, f"{first}-{last}", said, info.sha256, info.retrieved_at, info.status)

        return _Found("gate_prompt", path, info.facts.card.gate_prompt, info.sha256, lambda: _prompt(info), quote)
    card = evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts) and card.facts.data.gate_prompt:
        facts = card.facts.data.gate_prompt
        return _Found("gate_prompt", card.path, facts, card.sha256, lambda: _card_prompt(card), _quoter(card, "gate_prompt", facts.first_line - 1))
    return None


def _prompt(info: Document[Any]) -> str | None:
    import json

    try:
        return str(json.loads(info.content or b"")["cardData"]["extra_gated_prompt"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _card_prompt(card: Document[Any]) -> str | None:
    from auditor.reading.front_matter import read_front_matter

    prompt = read_front_matter(text).values.get("extra_gated_prompt") if (text := card.text()) is not None else None
    return prompt if isinstance(prompt, str) else None

"""What the card's prose says of the license, against what tag and texts say. Prose can contradict; it never grants."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.catalog.catalog import Catalog
from auditor.domain.conditions import AllOf, AnyOf, Commercial, Condition, Not
from auditor.domain.evidence import CardFacts, Document, Evidence, ModelEvidence, ProseStatement, TextFacts
from auditor.domain.license import License
from auditor.domain.license_facts import LicenseConflict, NameMatch, TextMatch, Witness, of_weights
from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import one_line
from auditor.licensing.names import match_prose
from auditor.licensing.witnesses import document_evidence

_OF_THE_MODEL = ("model", "unknown")
_NAMES = ("licensed_under", "badge")
_SAID = {
    "noncommercial": "no commercial use",
    "research_only": "research only",
    "personal_only": "personal or educational use only",
    "restricted": "commercial use on terms of their own",
    "limited": "no copies, or for trial alone",
}
_INTENDED = "intended for research alone, or not for commercial use"
_LIMITS = frozenset({
    "noncommercial", "research_only", "user_threshold", "revenue_threshold", "volume_threshold", "headcount_threshold", "business_class", "registration",
    "hosting", "no_compete", "no_redistribution", "notice_to_licensor",
})  # fmt: skip
"""Kinds of terms that tie commercial use: a card that says so repeats them."""
_BARS = frozenset({"noncommercial", "research_only"})
"""Kinds of terms that bar uses of a business altogether."""
_ANY_TIE = frozenset({"restricted", "limited"})
"""What a license that ties commercial use says as well; that it is barred, only one that bars it."""
_FREE = ("permissive", "public_domain")
_LIMITING_NAME = lazy_pattern(r"\b(?:non-?commercial|nc|research|academic|evaluation|trial|internal|proprietary|confidential)\b", re.IGNORECASE)
"""What the name of a license says of its limits, whoever wrote it."""


def prose_witnesses(evidence: ModelEvidence, catalog: Catalog) -> tuple[Witness, ...]:
    """Licenses that the card's prose names for the model."""
    found: dict[str, Witness] = {}
    for card, statement in _statements(evidence):
        if statement.kind in _NAMES and statement.subject in _OF_THE_MODEL:
            value = one_line(statement.value, 200)
            witness = Witness("readme", value, match_prose(value, catalog), (_evidence(card, statement),), subject=statement.subject)
            before = found.get(value)
            found[value] = witness if before is None else Witness("readme", value, before.match, before.evidence + witness.evidence, subject=before.subject)
    return tuple(found.values())


def prose_conflicts(
    evidence: ModelEvidence, stated: Sequence[Witness], said: Sequence[Witness], tag: NameMatch, found: Sequence[TextMatch], catalog: Catalog
) -> tuple[LicenseConflict, ...]:
    """Prose that names another license than text or tag, and prose or a notice that restricts what they leave free; each kind once."""
    keys = tuple(dict.fromkeys(text.key for text in of_weights(found) if text.key)) or tag.keys
    if not keys:
        return ()
    proof = _proof(stated, found)
    conflicts = []
    tied = any(_ties_commerce(key, catalog) for key in keys)
    other = [w for w in said if _names_another(w, keys, tied, catalog)]
    if other:
        values = tuple(dict.fromkeys([*keys, *(f"the card: {w.value}" for w in other)]))
        conflicts.append(LicenseConflict("prose_names_another", values, proof + tuple(e for w in other for e in w.evidence)))
    limiting = [
        w for w in stated if w.kind == "card_name" and w.match.kind == "unmodelled" and _LIMITING_NAME.search(w.value.replace("-", " ").replace("_", " "))
    ]
    if limiting and not tied:
        values = tuple(dict.fromkeys([*keys, *(f"the name: {w.value}" for w in limiting)]))
        conflicts.append(LicenseConflict("prose_names_another", values, proof + tuple(e for w in limiting for e in w.evidence)))
    barred = any(_bars_commerce(key, catalog) for key in keys)
    noticed = [
        (document, s)
        for document in _notices(evidence)
        for s in document.facts.statements
        if s.subject != "data" and not (tied if s.kind in _ANY_TIE else barred)
    ]
    if noticed:
        values = tuple(dict.fromkeys([*keys, *(f"{one_line(document.path, 80)}: {_SAID.get(s.kind, _INTENDED)}" for document, s in noticed)]))
        proof_of_notices = tuple(document_evidence(document, "license_file", s.line, s.last_line, _SAID.get(s.kind, s.kind)) for document, s in noticed)
        conflicts.append(LicenseConflict("notice_restricts", values, proof + proof_of_notices))
    free = _all_free(keys, catalog)
    restricted = [
        (card, s)
        for card, s in _statements(evidence)
        if s.subject in _OF_THE_MODEL and ((s.kind in _SAID and not (tied if s.kind in _ANY_TIE else barred)) or (s.kind == "intended" and free))
    ]
    if restricted:
        values = tuple(dict.fromkeys([*keys, *(f"the card: {_SAID.get(s.kind, _INTENDED)}" for _, s in restricted)]))
        conflicts.append(LicenseConflict("prose_restricts", values, proof + tuple(_evidence(card, s) for card, s in restricted)))
    return tuple(conflicts)


def _names_another(said: Witness, keys: Sequence[str], tied: bool, catalog: Catalog) -> bool:
    """Whether prose names another license than `keys`. A freer one that does not say what it is about may be that of the code,
    and a name that is not known may be a spelling; a stricter one, also by its own words, is nothing to pass over."""
    if set(said.match.keys) & set(keys):
        return False
    if said.match.kind == "exact" and said.subject == "model":
        return True
    if said.match.kind == "exact":
        stricter = any(_ties_commerce(key, catalog) for key in said.match.keys)
    elif said.match.keys:
        stricter = all(_noncommercial(key, catalog) for key in said.match.keys)
    else:
        stricter = _LIMITING_NAME.search(said.value) is not None
    return stricter and not tied


def _noncommercial(key: str, catalog: Catalog) -> bool:
    entry = catalog.license_entry(key)
    return isinstance(entry, License) and entry.category == "noncommercial"


def _all_free(keys: Sequence[str], catalog: Catalog) -> bool:
    """Whether the licenses ask for nothing about the use: then an exclusive intention contradicts them, with a text or without. A license with use
    restrictions of its own is described by such words."""
    entries = [catalog.license_entry(key) for key in keys]
    return all(isinstance(entry, License) and entry.category in _FREE for entry in entries)


def intentions(evidence: ModelEvidence) -> tuple[Evidence, ...]:
    """Passages that say what the model is intended for, and mean research or no commerce."""
    return tuple(_evidence(card, statement) for card, statement in _statements(evidence) if statement.kind == "intended")


def _statements(evidence: ModelEvidence) -> list[tuple[Document[CardFacts], ProseStatement]]:
    card = evidence.documents.get("README.md")
    if card is None or not isinstance(card.facts, CardFacts):
        return []
    return [(card, statement) for statement in card.facts.statements]


def _notices(evidence: ModelEvidence) -> list[Document[TextFacts]]:
    return [one for one in evidence.documents.values() if one.kind in ("notice_file", "use_policy", "license_file") and isinstance(one.facts, TextFacts)]


def _evidence(card: Document[CardFacts], statement: ProseStatement) -> Evidence:
    fact = f"license: {statement.value}" if statement.value else _SAID.get(statement.kind, statement.kind)
    return document_evidence(card, "card", statement.line, statement.last_line, fact)


def _proof(stated: Sequence[Witness], found: Sequence[TextMatch]) -> tuple[Evidence, ...]:
    known = of_weights(found)
    if known:
        return known[0].evidence
    return tuple(e for w in stated if w.kind in ("card_tag", "card_name") and w.match.kind != "placeholder" for e in w.evidence)


def _ties_commerce(key: str, catalog: Catalog) -> bool:
    entry = catalog.license_entry(key)
    if not isinstance(entry, License):
        return False
    return any(term.kind in _LIMITS or _of_commerce(term.when) or _of_commerce(term.unless) for term in entry.terms) or _bars_commerce(key, catalog)


def _bars_commerce(key: str, catalog: Catalog) -> bool:
    entry = catalog.license_entry(key)
    if not isinstance(entry, License):
        return False
    if any(term.kind in _BARS or (term.effect == "prohibit" and _of_commerce(term.when)) for term in entry.terms):
        return True
    return any(entry.grants[use].given == "no" for use in ("hosted", "embedded", "internal"))


def _of_commerce(condition: Condition | None) -> bool:
    if isinstance(condition, (AllOf, AnyOf)):
        return any(map(_of_commerce, condition.of))
    if isinstance(condition, Not):
        return _of_commerce(condition.of)
    return isinstance(condition, Commercial)

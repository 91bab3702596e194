"""License texts that the card links in other repositories of the Hub: the publisher's word that this is the license, never more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import Evidence, ModelEvidence, TextFacts
from auditor.domain.license_facts import LicenseConflict, NameMatch, TextMatch, Witness, of_weights
from auditor.domain.record import record
from auditor.domain.text_safety import one_line
from auditor.licensing.conflicts import against
from auditor.licensing.texts import covers, linked_text
from auditor.reading.license_link import HubFile, own_files, targets_of

_OF_WEIGHTS = ("all", "model")


@record
class Linked:
    """What the linked texts come to beside the repository's own."""

    governing: tuple[TextMatch, ...]
    """Where the repository holds no text of its own for the weights and no statement contradicts: they take its place."""
    beside: tuple[TextMatch, ...]
    """Otherwise: compared, and no more."""
    conflicts: tuple[LicenseConflict, ...]
    stated: tuple[Witness, ...]
    """The witnesses of the card; links know what their texts are."""


def linked(evidence: ModelEvidence, stated: Sequence[Witness], own: Sequence[TextMatch], catalog: Catalog) -> Linked:
    """Texts that the card links, against `own` texts of the repository and what else is `stated`."""
    found = _elsewhere(evidence, stated, own, catalog)
    if any(text.key and text.covers in _OF_WEIGHTS for text in own):
        return found
    called = tuple(text for text in own if text.key and text.kind == "license_file" and text.path in own_files(evidence))
    return replace(found, conflicts=found.conflicts + _contradictions(stated, called, catalog))


def _elsewhere(evidence: ModelEvidence, stated: Sequence[Witness], own: Sequence[TextMatch], catalog: Catalog) -> Linked:
    by_link = _texts(evidence, stated, catalog)
    if not by_link:
        return Linked((), (), (), tuple(stated))
    stated = tuple(_informed(witness, by_link) for witness in stated)
    texts = tuple(dict.fromkeys(text for found in by_link.values() for text in found))
    known = tuple(text for text in texts if text.key and text.covers in _OF_WEIGHTS)
    if any(text.kind != "readme" and text.covers in _OF_WEIGHTS for text in own):
        return Linked((), _secondary(texts), _differing(of_weights(own), known), stated)
    conflicts = _contradictions(stated, known or tuple(text for text in texts if text.key), catalog)
    return Linked((), _secondary(texts), conflicts, stated) if conflicts else Linked(texts, (), (), stated)


def _contradictions(stated: Sequence[Witness], texts: Sequence[TextMatch], catalog: Catalog) -> tuple[LicenseConflict, ...]:
    """Tags and names against texts that the card calls the license. It does so whatever the file is called, that of code or data too."""
    contradicted = against(stated, texts, catalog)
    if not contradicted:
        return ()
    values = tuple(dict.fromkeys([*(w.value for w in contradicted), *(text.key or "" for text in texts)]))
    proof = tuple(e for w in contradicted for e in w.evidence) + _evidence(texts)
    return (LicenseConflict("witnesses_disagree", values, proof),)


def _texts(evidence: ModelEvidence, stated: Sequence[Witness], catalog: Catalog) -> dict[str, tuple[TextMatch, ...]]:
    """By link as its witness shows it. The statement of the card is part of their evidence."""
    found: dict[str, tuple[TextMatch, ...]] = {}
    for link, target in targets_of(evidence).items():
        document = evidence.documents.get(target.held_at) if isinstance(target, HubFile) else None
        if not isinstance(target, HubFile) or document is None or not isinstance(document.facts, TextFacts):
            continue
        statements = tuple(e for w in stated if w.kind == "card_link" and not w.header and w.value == one_line(link) for e in w.evidence)
        matches = linked_text(document, target.page, catalog)
        found[one_line(link)] = tuple(replace(text, covers=covers(target.path), evidence=text.evidence + statements) for text in matches)
    return found


def _informed(witness: Witness, by_link: dict[str, tuple[TextMatch, ...]]) -> Witness:
    texts = by_link.get(witness.value, ()) if witness.kind == "card_link" and not witness.header else ()
    if not texts:
        return witness
    keys = tuple(dict.fromkeys(text.key for text in texts if text.key))
    match = NameMatch("exact", keys) if keys else NameMatch("unmodelled")
    return replace(witness, match=match, evidence=tuple(dict.fromkeys((*witness.evidence, *_evidence(texts)))))


def _secondary(texts: Sequence[TextMatch]) -> tuple[TextMatch, ...]:
    return tuple(replace(text, secondary=True) for text in texts)


def _differing(own: Sequence[TextMatch], known: Sequence[TextMatch]) -> tuple[LicenseConflict, ...]:
    """An own text and a linked one that are of different licenses; the own one governs all the same."""
    keys = tuple(dict.fromkeys(text.key for text in own if text.key))
    other = [text for text in known if text.key not in keys]
    if not keys or not other:
        return ()
    values = (*keys, *(f"the link: {key}" for key in dict.fromkeys(text.key for text in other)))
    return (LicenseConflict("witnesses_disagree", values, _evidence(own) + _evidence(other)),)


def _evidence(texts: Sequence[TextMatch]) -> tuple[Evidence, ...]:
    return tuple(e for text in texts for e in text.evidence)

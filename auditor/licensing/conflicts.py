"""Statements about a license that cannot all be right: tags, names and texts that name different licenses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from auditor.catalog.catalog import Catalog, folded
from auditor.domain.license_facts import LicenseConflict, TextMatch, Witness, of_weights


def conflicts(stated: Sequence[Witness], found: Sequence[TextMatch], catalog: Catalog) -> tuple[LicenseConflict, ...]:
    """Every kind of contradiction once, with all that contradict each other."""
    identified = of_weights(found)
    text_keys = {text.key for text in identified if text.key}
    tags = [(witness, meant_keys(witness, catalog)) for witness in _telling(stated)]
    contradictions = []
    if len(text_keys) > 1:
        evidence = tuple(e for text in identified for e in text.evidence)
        contradictions.append(LicenseConflict("texts_disagree", tuple(sorted(text_keys)), evidence))
    if any(one.isdisjoint(other) for (_, one), (_, other) in combinations(tags, 2)):
        first = list({meaning: witness for witness, meaning in reversed(tags)}.values())[::-1]
        contradictions.append(LicenseConflict("tags_disagree", _values(first), tuple(e for w in first for e in w.evidence)))
    if contrary := against(stated, identified, catalog):
        values = tuple(dict.fromkeys([*(w.value for w in contrary), *(text.key or "" for text in identified)]))
        contradictions.append(LicenseConflict("witnesses_disagree", values, tuple(e for w in contrary for e in w.evidence) + identified[0].evidence))
    for text in found:
        others = [w for w, meaning in tags if text.resembles and text.resembles not in meaning and not _uninformative(w)]
        if others:
            values = tuple(dict.fromkeys([*(w.value for w in others), f"changed copy of {text.resembles}"]))
            contradictions.append(LicenseConflict("witnesses_disagree", values, tuple(e for w in others for e in w.evidence) + text.evidence))
    return tuple(contradictions)


def against(stated: Sequence[Witness], identified: Sequence[TextMatch], catalog: Catalog) -> list[Witness]:
    """Tags and names that none of these texts bears out."""
    text_keys = {text.key for text in identified if text.key}
    tags = [(witness, meant_keys(witness, catalog)) for witness in _telling(stated)]
    # A license file may well be what a strange name means; a text that the card quotes may be that of anything.
    quoted = bool(identified) and all(text.kind == "readme" for text in identified)
    silent = [w for w, _ in tags if _uninformative(w) and not (quoted and w.match.kind == "unmodelled")]
    return [w for w, meaning in tags if text_keys and not _held(w, meaning, text_keys) and w not in silent]


def _held(witness: Witness, meaning: frozenset[str], text_keys: set[str]) -> bool:
    """Whether the texts bear the statement out: of licenses that hold together (`AND`) every one."""
    if witness.match.alternatives:
        return any(text_keys.issuperset(together) for together in witness.match.alternatives)
    return not meaning.isdisjoint(text_keys)


def _telling(stated: Sequence[Witness]) -> list[Witness]:
    """Tags and names that say something. `other` says nothing by itself, but it does contradict a license that is stated beside it;
    a name that repeats a Hub id is ignored under `other` alone."""
    tags = [w for w in stated if w.kind == "card_tag"]
    names = [w for w in stated if w.kind == "card_name" and w.match.kind != "placeholder"]
    if all(w.match.kind == "placeholder" for w in tags):
        return [w for w in names if w.match.kind != "ignored"]
    return tags + names


def meant_keys(witness: Witness, catalog: Catalog) -> frozenset[str]:
    """Keys that the statement may mean; one that the catalogue does not know means only itself."""
    if witness.match.kind == "ignored":
        return frozenset(key for hub_id, key in catalog.hub_ids.items() if folded(hub_id) == folded(witness.value))
    return frozenset(witness.match.keys) or frozenset({f"({folded(witness.value)})"})


def _values(witnesses: Sequence[Witness]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sorted(w.value for w in witnesses)))


def _uninformative(witness: Witness) -> bool:
    """A name that the catalogue does not know cannot contradict a text, nor can `other` or a name that is ignored."""
    return witness.match.kind in ("ignored", "placeholder") or (witness.kind == "card_name" and witness.match.kind == "unmodelled")

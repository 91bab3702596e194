"""Witnesses to a conclusion. An identified text outranks a tag; whatever is unknown or contradicted makes a favourable reading a guess."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import CardFacts, Evidence, ModelEvidence, Unavailable
from auditor.domain.license import License, LicenseFamily
from auditor.domain.license_facts import Conclusion, Confidence, LicenseConflict, LicenseFacts, NameMatch, TextMatch, Witness
from auditor.licensing.witnesses import texts as find_texts
from auditor.licensing.witnesses import witnesses as find_witnesses

_LICENSE_FILE_MARKS = ("licen", "copying")
_NOTHING = Conclusion(None, "no license stated", "NONE", "none", "none", ())


def license_facts(evidence: ModelEvidence, catalog: Catalog) -> LicenseFacts:
    """Everything that the evidence says about the model's own license."""
    stated = find_witnesses(evidence, catalog)
    found = find_texts(evidence, catalog)
    tag = _tag_match(stated)
    identified = tuple(dict.fromkeys(text.key for text in found if text.key))
    # A prompt beside an identified license file is a finding of its own (LIC008); it does not make that text a guess.
    unknown_texts = [text for text in found if not text.key and (text.kind == "license_file" or not identified)]
    candidates, why_not = _candidates(tag, identified, unknown_texts, catalog)
    conflicts = _conflicts(stated, found, catalog)
    unread_license, unread_other = _unread(evidence)
    return LicenseFacts(
        witnesses=stated + _text_witnesses(found),
        texts=found,
        conclusion=_conclusion(stated, found, tag, identified, unknown_texts, catalog),
        conflicts=conflicts,
        tag=tag,
        candidates=candidates,
        exhaustive=tag.kind != "family" or bool(identified) or _complete_family(stated, catalog),
        trusted=not why_not,
        why_untrusted=why_not,
        unread_license_files=unread_license,
        unread_other=unread_other,
        card_problems=_problems(evidence),
        metadata="unavailable" if isinstance(evidence.info, Unavailable) else "available",
    )


def _tag_match(stated: Sequence[Witness]) -> NameMatch:
    """Tag and name taken together. `other`, or no tag, leaves it to the name; several exact tags give several keys."""
    tags = [w.match for w in stated if w.kind == "card_tag"]
    names = [w.match for w in stated if w.kind == "card_name"]
    telling = [match for match in tags if match.kind != "placeholder"] or names
    if not telling:
        return NameMatch("placeholder" if tags else "none")
    for kind in ("unmodelled", "family", "shared", "ignored"):
        if any(match.kind == kind for match in telling):
            return NameMatch(kind, _keys([m for m in telling if m.kind == kind]))
    return NameMatch("exact", _keys(telling))


def _keys(matches: Sequence[NameMatch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for match in matches for key in match.keys))


def _candidates(tag: NameMatch, identified: tuple[str, ...], unknown: list[TextMatch], catalog: Catalog) -> tuple[tuple[str, ...], str]:
    """Keys that may govern, and why a favourable reading of them would be a guess (empty when it would not)."""
    keys = identified or tag.keys
    if unknown:
        where = ", ".join(text.path for text in unknown)
        return keys, f"the text in {where} is none that the catalogue knows, and it may say anything"
    if not identified:
        if tag.kind == "exact" and len(tag.keys) > 1:
            return keys, f"several licenses are stated ({', '.join(tag.keys)}) and nothing says which covers the weights"
        if tag.kind != "exact":
            return keys, _WHY_NO_NAME[tag.kind]
    unverified = [key for key in keys if not catalog.license(key).verified]
    if unverified:
        return keys, f"the text of {', '.join(unverified)} was not available when its terms were written down"
    return keys, ""


def _complete_family(stated: Sequence[Witness], catalog: Catalog) -> bool:
    """Every family that is named has all its members in the catalogue."""
    families = [w for w in stated if w.match.kind == "family"]
    entries = [catalog.license_entry(key) for w in families for key in (catalog.hub_ids.get(w.value.lower()) or w.value,) if key in catalog.license_keys]
    return bool(entries) and all(isinstance(entry, LicenseFamily) and entry.complete for entry in entries)


_WHY_NO_NAME = {
    "none": "no license is stated, so nothing is permitted",
    "placeholder": "the tag says only that there is some other license",
    "ignored": "the license name repeats a Hub id under `license: other`, which contradicts itself",
    "unmodelled": "the stated license is not in the catalogue",
    "family": "the tag names a family of licenses, not one of them",
    "shared": "several licenses go by the stated name",
}


def _conclusion(
    stated: Sequence[Witness], found: Sequence[TextMatch], tag: NameMatch, identified: tuple[str, ...], unknown: list[TextMatch], catalog: Catalog
) -> Conclusion:
    if len(identified) == 1:
        entry = catalog.license(identified[0])
        matching = [text for text in found if text.key]
        exact = any(text.form == "canonical" for text in matching)
        confidence: Confidence = "high" if entry.verified and not unknown else "low"
        return Conclusion(entry.key, entry.name, _expression(entry), "text_exact" if exact else "text_equivalent", confidence, _of_texts(matching))
    if len(identified) > 1:
        names = [catalog.license(key) for key in sorted(identified)]
        return Conclusion(None, "several license texts", " AND ".join(map(_expression, names)), "none", "low", _of_texts([t for t in found if t.key]))
    if unknown:
        return Conclusion(None, "a text that the catalogue does not know", "NOASSERTION", "none", "none", _of_texts(unknown))
    telling = tuple(e for w in stated if w.kind in ("card_tag", "card_name") and w.match.kind != "placeholder" for e in w.evidence)
    if tag.kind == "exact" and len(tag.keys) == 1:
        entry = catalog.license(tag.keys[0])
        return Conclusion(entry.key, entry.name, _expression(entry), "tag_only", "declared" if entry.verified else "low", telling)
    if tag.kind == "exact":
        names = [catalog.license(key) for key in sorted(tag.keys)]
        return Conclusion(None, "several licenses", " AND ".join(map(_expression, names)), "none", "low", telling)
    if tag.kind == "none":
        return _NOTHING
    return Conclusion(None, _WHY_NO_NAME[tag.kind], "NOASSERTION", "none", "none", telling or tuple(e for w in stated for e in w.evidence))


def _of_texts(matches: Sequence[TextMatch]) -> tuple[Evidence, ...]:
    return tuple(e for text in matches for e in text.evidence)


def _expression(entry: License) -> str:
    return entry.spdx or f"LicenseRef-{entry.key.replace('_', '-').replace('+', '-plus')}"


def _text_witnesses(found: Sequence[TextMatch]) -> tuple[Witness, ...]:
    return tuple(
        Witness(
            text.kind,
            text.key or f"text of {text.words} words, not identified",
            NameMatch("exact", (text.key,)) if text.key else NameMatch("unmodelled"),
            text.evidence,
        )
        for text in found
    )


def _conflicts(stated: Sequence[Witness], found: Sequence[TextMatch], catalog: Catalog) -> tuple[LicenseConflict, ...]:
    """Statements that cannot all be right: tags, names and texts that name different licenses."""
    conflicts = []
    text_keys = {text.key for text in found if text.key}
    if len(text_keys) > 1:
        conflicts.append(LicenseConflict("texts_disagree", tuple(sorted(k for k in text_keys if k)), _of_texts([t for t in found if t.key])))
    tags = [w for w in stated if w.kind in ("card_tag", "card_name") and w.match.kind in ("exact", "unmodelled", "family")]
    tag_values = {_meaning(w) for w in tags}
    if len(tag_values) > 1:
        conflicts.append(
            LicenseConflict("tags_disagree", tuple(sorted(w.value for w in _first_of_each(tags))), tuple(e for w in _first_of_each(tags) for e in w.evidence))
        )
    against = [w for w in tags if text_keys and not text_keys & set(w.match.keys) and not _uninformative(w, stated)]
    if against:
        first = next(text for text in found if text.key)
        values = tuple(dict.fromkeys([*(w.value for w in against), *(text.key or "" for text in found if text.key)]))
        conflicts.append(LicenseConflict("witnesses_disagree", values, tuple(e for w in against for e in w.evidence) + first.evidence))
    return tuple(conflicts)


def _meaning(witness: Witness) -> tuple[str, ...]:
    return witness.match.keys or (witness.value.casefold(),)


def _uninformative(witness: Witness, stated: Sequence[Witness]) -> bool:
    """A free name beside `license: other` that the catalogue does not know cannot contradict a text."""
    return witness.kind == "card_name" and witness.match.kind == "unmodelled"


def _first_of_each(tags: Sequence[Witness]) -> list[Witness]:
    return list({_meaning(w): w for w in reversed(tags)}.values())[::-1]


def _unread(evidence: ModelEvidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    license_files, other = [], []
    for path, missing in evidence.unavailable.items():
        name = path.rsplit("/", 1)[-1].lower()
        if missing.reason == "absent":
            continue
        said = f"{path}: {missing.detail}"
        if any(mark in name for mark in _LICENSE_FILE_MARKS):
            license_files.append(said)
        elif path == "README.md" or "notice" in name or "policy" in name:
            other.append(said)
    return tuple(license_files), tuple(other)


def _problems(evidence: ModelEvidence) -> tuple[str, ...]:
    """What of the license statements themselves could not be read."""
    problems: list[str] = []
    if not isinstance(evidence.info, Unavailable) and evidence.info.facts.card:
        problems += evidence.info.facts.card.problems
    card = evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts):
        problems += card.facts.data.problems
    return tuple(dict.fromkeys(problems))

"""Witnesses to a conclusion. An identified text outranks a tag; whatever is unknown or contradicted makes a favourable reading a guess."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from auditor.catalog.catalog import Catalog, folded
from auditor.domain.evidence import CardFacts, Evidence, ModelEvidence, Unavailable
from auditor.domain.license import License, LicenseFamily, Reading
from auditor.domain.license_facts import Conclusion, Confidence, LicenseConflict, LicenseFacts, NameMatch, TextMatch, Witness, of_weights
from auditor.licensing.conflicts import conflicts, meant_keys
from auditor.licensing.linked import linked
from auditor.licensing.prose import intentions, prose_conflicts, prose_witnesses
from auditor.licensing.texts import texts as find_texts
from auditor.licensing.texts import use_policies
from auditor.licensing.unread import unread
from auditor.licensing.witnesses import witnesses as find_witnesses

_CITED = 6
"""Passages of a changed text that stand as evidence of the conclusion; the text's own record has them all."""
_NOTHING = Conclusion(None, "no license stated", "NONE", "none", "none", ())
_OUT_OF_REACH = Conclusion(None, "no license stated in what could be read", "NOASSERTION", "none", "none", ())
_NOT_HAD = Conclusion(None, "not known: the metadata could not be had", "NOASSERTION", "none", "none", ())
_OWN_POLICY = "acceptable_use"
_OF_WEIGHTS = ("all", "model")
"""What a license file may say in its name and still be about the weights."""
_IN_CARD = frozenset({"card_link", "readme"})
"""Kinds of texts that only the card leads to."""
_OTHER = "other"
"""The only tag that leaves it to `license_name` which license is meant."""


def license_facts(evidence: ModelEvidence, catalog: Catalog) -> LicenseFacts:
    """Everything that the evidence says about the model's own license."""
    available = not isinstance(evidence.info, Unavailable)
    stated = find_witnesses(evidence, catalog)
    tag = _tag_match(stated)
    read = find_texts(evidence, catalog)
    own, bundled = tuple(text for text in read if not text.secondary), tuple(text for text in read if text.secondary)
    links = linked(evidence, stated, own, catalog)
    stated, found = links.stated, own + links.governing
    identified = tuple(dict.fromkeys(text.key for text in found if text.key and text.covers in _OF_WEIGHTS))
    found += _foreign_policies(evidence, identified or tag.keys, catalog)
    # A prompt beside an identified license file is a finding of its own (LIC008); it does not make that text a guess.
    unknown_texts = [text for text in found if not text.key and (text.kind in ("license_file", "card_link") or not identified)]
    said = prose_witnesses(evidence, catalog)
    contradictions = conflicts(stated, found, catalog) + links.conflicts + prose_conflicts(evidence, stated, said, tag, found, catalog)
    gate_words = _gate_words(evidence)
    where = {text.kind for text in of_weights(found)}
    candidates, why_not = _candidates(stated, tag, identified, unknown_texts, contradictions, where, catalog)
    if gate_words and not identified:
        why_not = why_not or "what a user accepts at the gate beside its prompt speaks of restrictions"
    tagged = any(w.kind == "card_tag" and w.match.kind != "placeholder" for w in stated)
    unread_license, unread_other = unread(evidence, bool(identified), bool(where - {"card_link"}), tagged)
    if identified:
        conclusion = _of_known_texts(of_weights(found), bool(unknown_texts), catalog)
    else:
        conclusion = _of_statements(stated, tag, unknown_texts, contradictions, catalog)
    if conclusion is _NOTHING and (unread_license or unread_other):
        conclusion = _OUT_OF_REACH
    return LicenseFacts(
        witnesses=stated + _text_witnesses([text for text in found if text.kind != "card_link"]) + said,
        texts=found + links.beside + bundled,
        conclusion=conclusion if available else _NOT_HAD,
        conflicts=contradictions,
        tag=tag,
        candidates=candidates,
        alternatives=tag.alternatives if not identified and not why_not and len(tag.alternatives) > 1 else (),
        exhaustive=bool(identified) or (_exhaustive(stated, contradictions, catalog) and all(text.resembles in (None, *tag.keys) for text in unknown_texts)),
        trusted=not why_not,
        why_untrusted=why_not if available else "nothing is known of this model",
        unread_license_files=unread_license,
        unread_other=unread_other,
        card_problems=_problems(evidence),
        intentions=intentions(evidence),
        gate_words=gate_words,
        metadata="available" if available else "unavailable",
    )


def _foreign_policies(evidence: ModelEvidence, keys: Sequence[str], catalog: Catalog) -> tuple[TextMatch, ...]:
    """Use policies that were read and belong to none of these licenses: terms of their own. A license that speaks of acceptable use brings its policy along."""
    known = [entry for key in keys if isinstance(entry := catalog.license_entry(key), License)]
    if any(term.kind == _OWN_POLICY for entry in known for term in entry.terms):
        return ()
    return use_policies(evidence)


def _tag_match(stated: Sequence[Witness]) -> NameMatch:
    """Tag and name taken together. `other`, or no tag, leaves it to the name, `unknown` does not; several exact tags give several keys."""
    tags = [w.match for w in stated if w.kind == "card_tag"]
    unknown = any(w.match.kind == "placeholder" and folded(w.value) != _OTHER for w in stated if w.kind == "card_tag")
    names = [w.match for w in stated if w.kind == "card_name" and not unknown]
    telling = [match for match in tags if match.kind != "placeholder"] or [match for match in names if match.kind != "placeholder"]
    if not telling:
        return NameMatch("placeholder" if tags or names else "none")
    for kind in ("unmodelled", "family", "shared", "ignored"):
        if any(match.kind == kind for match in telling):
            return NameMatch(kind, _keys([m for m in telling if m.kind == kind]))
    if len(set(telling)) == 1:
        return telling[0]
    return NameMatch("exact", _keys(telling))


def _keys(matches: Sequence[NameMatch]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for match in matches for key in match.keys))


def _candidates(
    stated: Sequence[Witness],
    tag: NameMatch,
    identified: tuple[str, ...],
    unknown: Sequence[TextMatch],
    contradictions: Sequence[LicenseConflict],
    where: Set[str],
    catalog: Catalog,
) -> tuple[tuple[str, ...], str]:
    """Keys that may govern, and why a favourable reading of them would be a guess (empty when it would not). `where`: kinds of the identified texts."""
    keys = identified or tag.keys
    if unknown:
        resembled = () if identified else tuple(text.resembles for text in unknown if text.resembles)
        return tuple(dict.fromkeys((*keys, *resembled))), _why_unknown(unknown, catalog)
    if identified and "card_link" in where and where <= _IN_CARD and not _is_tagged(stated):
        return keys, "a link in the card alone leads to the license text, and no tag says that the model has one"
    if identified and where == {"readme"} and not set(identified) & set(tag.keys):
        return keys, "the license text stands in the card alone, and no tag says that it is the model's"
    if not identified:
        if tag.kind == "exact" and len(tag.keys) > 1:
            return keys, f"several licenses are stated ({', '.join(tag.keys)}) and nothing says which covers the weights"
        if contradictions:
            every = dict.fromkeys(key for w in stated for key in sorted(meant_keys(w, catalog)) if key in catalog.license_keys)
            return tuple(key for key in every if isinstance(catalog.license_entry(key), License)), "the statements about the license contradict each other"
        if tag.kind not in ("exact", "expression"):
            return keys, _WHY_NO_NAME[tag.kind]
        if not any(w.kind == "card_tag" for w in stated):
            return keys, "a license name stands there without a license"
    unverified = [key for key in keys if not catalog.license(key).verified]
    if unverified:
        return keys, f"the text of {', '.join(unverified)} was not available when its terms were written down"
    return keys, ""


def _is_tagged(stated: Sequence[Witness]) -> bool:
    """Whether a tag says that the model has a license: `unknown` does not."""
    return any(w.kind == "card_tag" and (w.match.kind != "placeholder" or folded(w.value) == _OTHER) for w in stated)


def _why_unknown(unknown: Sequence[TextMatch], catalog: Catalog) -> str:
    changed = [text for text in unknown if text.resembles]
    if len(changed) == len(unknown):
        return "; ".join(f"the text in {text.path} is {catalog.license(str(text.resembles)).name} with changes, and they may say anything" for text in changed)
    where = ", ".join(text.path for text in unknown if not text.resembles)
    return f"the text in {where} is none that the catalogue knows, and it may say anything"


def _exhaustive(stated: Sequence[Witness], contradictions: Sequence[LicenseConflict], catalog: Catalog) -> bool:
    """Every family that is named has all its members in the catalogue, and nothing else is stated that the catalogue does not know."""
    named = [w for w in stated if w.kind in ("card_tag", "card_name")]
    if contradictions and any(w.match.kind in ("unmodelled", "placeholder") for w in named):
        return False
    keys = [catalog.hub_ids.get(w.value.lower()) or catalog.aliases.get(folded(w.value), ("",))[0] for w in named if w.match.kind == "family"]
    families = [catalog.license_entry(key) for key in keys]
    return all(isinstance(entry, LicenseFamily) and entry.complete for entry in families)


_WHY_NO_NAME = {
    "none": "no license is stated, so nothing is permitted",
    "placeholder": "the tag says only that there is some other license",
    "ignored": "the license name repeats a Hub id under `license: other`, which contradicts itself",
    "unmodelled": "the stated license is not in the catalogue",
    "family": "the tag names a family of licenses, not one of them",
    "shared": "several licenses go by the stated name",
}


def _of_known_texts(known: Sequence[TextMatch], beside_unknown: bool, catalog: Catalog) -> Conclusion:
    keys = tuple(dict.fromkeys(text.key for text in known if text.key))
    if len(keys) > 1:
        names = [catalog.license(key) for key in sorted(keys)]
        return Conclusion(None, "several license texts", " AND ".join(map(_expression, names)), "none", "low", _of_texts(known))
    entry = catalog.license(keys[0])
    exact = any(text.identity.method == "text_exact" for text in known)
    own = isinstance(entry, Reading)
    confidence: Confidence = ("declared" if own else "high") if entry.verified and not beside_unknown else "low"
    name = f"{entry.name} (as read by {entry.reading.signed_by}, {entry.reading.signed_on})" if isinstance(entry, Reading) else entry.name
    return Conclusion(entry.key, name, _expression(entry), "text_exact" if exact else "text_equivalent", confidence, _of_texts(known))


def _of_statements(
    stated: Sequence[Witness], tag: NameMatch, unknown: Sequence[TextMatch], contradictions: Sequence[LicenseConflict], catalog: Catalog
) -> Conclusion:
    if nearest := max((text for text in unknown if text.resembles), key=lambda text: text.identity.score, default=None):
        entry = catalog.license(str(nearest.resembles))
        name = f"{entry.name}, changed"
        return Conclusion(entry.key, name, f"{_reference(entry)}-changed", "text_changed", "low", nearest.evidence + nearest.additions[:_CITED])
    if unknown:
        return Conclusion(None, "a text that the catalogue does not know", "NOASSERTION", "none", "none", _of_texts(unknown))
    telling = tuple(e for w in stated if w.kind in ("card_tag", "card_name") and w.match.kind != "placeholder" for e in w.evidence)
    if tag.kind == "exact" and len(tag.keys) > 1:
        names = [catalog.license(key) for key in sorted(tag.keys)]
        return Conclusion(None, "several licenses", " AND ".join(map(_expression, names)), "none", "low", telling)
    if contradictions:
        return Conclusion(None, "contradictory statements", "NOASSERTION", "none", "none", tuple(e for c in contradictions for e in c.evidence))
    if tag.kind == "expression":
        known = all(catalog.license(key).verified for key in tag.keys)
        expression = " OR ".join(_together(one, len(tag.alternatives) > 1, catalog) for one in tag.alternatives)
        return Conclusion(None, "several licenses", expression, "tag_only", "declared" if known else "low", telling)
    if tag.kind == "exact":
        entry = catalog.license(tag.keys[0])
        tagged = any(w.kind == "card_tag" for w in stated)
        return Conclusion(entry.key, entry.name, _expression(entry), "tag_only", "declared" if entry.verified and tagged else "low", telling)
    if tag.kind == "none":
        return _NOTHING
    return Conclusion(None, _WHY_NO_NAME[tag.kind], "NOASSERTION", "none", "none", telling or tuple(e for w in stated for e in w.evidence))


def _together(keys: Sequence[str], in_a_choice: bool, catalog: Catalog) -> str:
    names = " AND ".join(_expression(catalog.license(key)) for key in keys)
    return f"({names})" if in_a_choice and len(keys) > 1 else names


def chosen(facts: LicenseFacts, keys: Sequence[str], catalog: Catalog) -> LicenseFacts:
    """The facts of a licensee who chose these of the alternatives, and says so."""
    names = " and ".join(catalog.license(key).name for key in keys)
    concluded = replace(facts.conclusion, key=keys[0] if len(keys) == 1 else None, name=f"{names}, chosen from {facts.conclusion.expression}")
    return replace(facts, candidates=tuple(keys), alternatives=(), conclusion=concluded)


def _of_texts(matches: Sequence[TextMatch]) -> tuple[Evidence, ...]:
    return tuple(e for text in matches for e in text.evidence)


def _expression(entry: License) -> str:
    return entry.spdx or _reference(entry)


def _reference(entry: License) -> str:
    return f"LicenseRef-{entry.key.replace('_', '-').replace('+', '-plus')}"


def _text_witnesses(found: Sequence[TextMatch]) -> tuple[Witness, ...]:
    return tuple(
        Witness(
            text.kind,
            text.key or (f"changed copy of {text.resembles}" if text.resembles else f"text of {text.words} words, not identified"),
            NameMatch("exact", (text.key,)) if text.key else NameMatch("unmodelled"),
            text.evidence,
        )
        for text in found
    )


def _problems(evidence: ModelEvidence) -> tuple[str, ...]:
    """What of the license statements themselves could not be read."""
    problems: list[str] = []
    if not isinstance(evidence.info, Unavailable):
        problems += evidence.info.facts.unread_statements
        problems += evidence.info.facts.card.problems if evidence.info.facts.card else ()
    card = evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts):
        problems += card.facts.data.problems
    return tuple(dict.fromkeys(problems))


def _gate_words(evidence: ModelEvidence) -> int:
    """The larger count of the Hub's metadata and of the card: either may be the one that a user sees."""
    info, card = evidence.info, evidence.documents.get("README.md")
    stated = [] if isinstance(info, Unavailable) or info.facts.card is None else [info.facts.card]
    if card is not None and isinstance(card.facts, CardFacts):
        stated.append(card.facts.data)
    return max((data.gate_binding_words for data in stated), default=0)

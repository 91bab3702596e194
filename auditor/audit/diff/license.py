"""What the license is said and concluded to be on both sides, and what the catalogue's terms of the two licenses do not share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.audit.diff.side import Side, differences, same_commit, split_known
from auditor.catalog.catalog import Catalog
from auditor.domain.change import Change, NotKnown, Statement
from auditor.domain.license import License, Term

_CONCLUDED = ("key", "name", "expression", "method", "confidence")
_NONE = "none"

Found = tuple[list[Change], list[NotKnown]]


def declared(before: Side, after: Side) -> Found:
    """Tag, name, link and the other witnesses, each kind with all that it says."""
    return split_known(differences("declared", _declared(before), _declared(after)), before, after)


def _declared(side: Side) -> dict[str, Statement]:
    values: dict[str, dict[str, tuple[str, ...]]] = {}
    for entry in side.record.license.declared:
        said = values.setdefault(entry.witness, {})
        said[entry.value] = (*said.get(entry.value, ()), *entry.evidence)
    return {
        witness: Statement(value=", ".join(sorted(said)), evidence=side.places(dict.fromkeys(ids for found in said.values() for ids in found)))
        for witness, said in values.items()
    }


def concluded(before: Side, after: Side) -> Found:
    """Key, name, expression, method and confidence. That nothing is concluded while a license file could not be read is no change."""
    blind = [side for side in (before, after) if side.record.license.concluded.key is None and side.assessment.license.unread_license_files]
    if len(blind) == 1:
        why = "nothing is concluded while a license file could not be read: " + "; ".join(blind[0].assessment.license.unread_license_files)
        return [], [NotKnown(topic="concluded license", side=blind[0].name, why=why, reason="not_had")]
    return differences("license", _concluded(before), _concluded(after)), []


def _concluded(side: Side) -> dict[str, Statement]:
    found = side.record.license.concluded
    evidence = side.places(found.evidence)
    return {name: Statement(value=getattr(found, name) or _NONE, evidence=evidence) for name in _CONCLUDED}


def terms(before: Side, after: Side, catalog: Catalog) -> Found:
    """Grants and terms that come or go where another license governs; nothing where the licenses are the same."""
    mine, theirs = _governing(before), _governing(after)
    unknown = _unsettled(before, after)
    if not mine or not theirs:
        if not unknown and not same_commit(before, after):
            unknown = [_unstated(side) for side, keys in ((before, mine), (after, theirs)) if not keys]
        return [], unknown
    if mine == theirs:
        return [], unknown
    licenses = [catalog.license(key) for key in mine], [catalog.license(key) for key in theirs]
    grants = differences("grants", _grants(licenses[0], before), _grants(licenses[1], after))
    return [*grants, *_terms(licenses[0], licenses[1], before, after)], unknown


def _governing(side: Side) -> tuple[str, ...]:
    """The concluded license, else those of which every one may govern and no other can."""
    facts = side.assessment.license
    return (facts.conclusion.key,) if facts.conclusion.key else tuple(sorted(facts.candidates)) if facts.trusted else ()


def _unsettled(before: Side, after: Side) -> list[NotKnown]:
    """Sides whose license is not settled. What is open on both sides of one commit for one reason did not change."""
    whys = {side.name: side.assessment.license.why_untrusted for side in (before, after) if not side.assessment.license.trusted}
    if len(whys) == 2 and len(set(whys.values())) == 1 and same_commit(before, after):
        return []
    return [NotKnown(topic="which license governs", side=name, why=why or "nothing settles it", reason="not_determined") for name, why in whys.items()]


def _unstated(side: Side) -> NotKnown:
    return NotKnown(topic="terms", side=side.name, why="no license is concluded, so there are no terms to compare", reason="not_determined")


def _grants(licenses: Iterable[License], side: Side) -> Mapping[str, Statement]:
    found: dict[str, Statement] = {}
    evidence = side.places(side.record.license.concluded.evidence)
    for license_ in licenses:
        for use, grant in license_.grants.items():
            before = found.get(use)
            clause = f"{license_.name}, {grant.clause}"
            value = grant.given if before is None or before.value == grant.given else "several"
            found[use] = Statement(value=value, clause=clause if before is None else f"{before.clause}; {clause}", evidence=evidence)
    return found


def _terms(before: list[License], after: list[License], here: Side, there: Side) -> list[Change]:
    """Terms that say the same are passed over; the only two of a kind that are left are one term that reads otherwise."""
    mine, theirs = _by_meaning(before), _by_meaning(after)
    gone = [pair for meaning, pair in mine.items() if meaning not in theirs]
    come = [pair for meaning, pair in theirs.items() if meaning not in mine]
    changes = []
    for kind in sorted({term.kind for _, term in (*gone, *come)}):
        old, new = [pair for pair in gone if pair[1].kind == kind], [pair for pair in come if pair[1].kind == kind]
        if len(old) == len(new) == 1:
            changes.append(Change(topic="terms", op="changed", name=kind, before=_term(*old[0], here), after=_term(*new[0], there)))
            continue
        changes += [Change(topic="terms", op="removed", name=kind, before=_term(*pair, here), after=None) for pair in old]
        changes += [Change(topic="terms", op="added", name=kind, before=None, after=_term(*pair, there)) for pair in new]
    return changes


def _by_meaning(licenses: Iterable[License]) -> dict[str, tuple[License, Term]]:
    """By all that a term says, its own name and its clause apart."""
    return {term.model_dump_json(exclude={"id", "clause", "located_in", "verified"}): (entry, term) for entry in licenses for term in entry.terms}


def _term(license_: License, term: Term, side: Side) -> Statement:
    clause = term.clause if term.located_in is None else f"{term.located_in}, {term.clause}"
    evidence = side.places(side.record.license.concluded.evidence)
    return Statement(value=f"{license_.key}/{term.id}", detail=f"{term.effect}: {term.summary}", clause=clause, evidence=evidence)

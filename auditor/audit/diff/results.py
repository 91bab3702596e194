"""Conclusions of both sides: verdicts, access, permissions, obligations, base models, findings, memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from auditor.audit.diff.side import Side, differences, of_side, same_commit, split_known
from auditor.domain.change import Change, NotKnown, Place, Statement
from auditor.domain.report import Edge, Finding, ObligationRecord

_FIGURES = ("weights_bytes", "kv_bytes_per_token")

Found = tuple[list[Change], list[NotKnown]]
_Said = tuple[str, str, str]
"""Rule, message and outcome of a finding: what makes it the same one."""


def verdicts(before: Side, after: Side) -> Found:
    """The model's verdict and those of its areas, with the reasons."""
    return differences("verdict", _verdicts(before), _verdicts(after)), []


def _verdicts(side: Side) -> dict[str, Statement]:
    areas: dict[str, Statement] = {area.area: Statement(value=area.verdict, detail=" ".join(area.reasons)) for area in side.record.areas}
    return {"model": Statement(value=side.record.verdict), **areas}


def revision(before: Side, after: Side) -> Found:
    """The commit."""
    return differences("revision", _revision(before), _revision(after)), []


def _revision(side: Side) -> dict[str, Statement]:
    return {"commit": Statement(value=side.record.revision.resolved, evidence=(_metadata(side, "sha"),))}


def access(before: Side, after: Side) -> Found:
    """How the repository is gated, and whether its gate is closed to the EU. A folder does not tell."""
    mine, theirs = _access(before), _access(after)
    changes: list[Change] = []
    unknown: list[NotKnown] = []
    for name, why in (("gated", "nothing there says whether the repository is gated"), ("eu_disallowed", "the answer holds no metadata of the card")):
        silent = mine[name].value == "unknown", theirs[name].value == "unknown"
        if not any(silent):
            changes += differences("access", {name: mine[name]}, {name: theirs[name]})
        elif not (all(silent) and same_commit(before, after)):
            unknown.append(NotKnown(topic=f"access: {name.replace('_', ' ')}", side=of_side(*silent), why=why, reason="not_determined"))
    return changes, unknown


def _access(side: Side) -> dict[str, Statement]:
    found = side.record.access
    closed = "unknown" if side.info.facts.card is None else "yes" if found.eu_disallowed else "no"
    return {
        "gated": Statement(value=found.gated, evidence=(_metadata(side, "gated"),)),
        "eu_disallowed": Statement(value=closed, evidence=(_metadata(side, "cardData.extra_gated_eu_disallowed"),)),
    }


def permissions(before: Side, after: Side) -> Found:
    """Results per use, and what decides them."""
    changes = differences("permissions", _permissions(before), _permissions(after), lambda found: (found.value, found.clause))
    return changes, []


def _permissions(side: Side) -> dict[str, Statement]:
    evidence = side.places(side.record.license.concluded.evidence)
    return {
        one.use: Statement(
            value=one.result,
            detail=one.because,
            clause="".join((", ".join(one.clauses), f" ({', '.join(one.decided_by)})" if one.decided_by else "")).strip(),
            evidence=evidence,
        )
        for one in side.record.permissions
    }


def obligations(before: Side, after: Side) -> Found:
    """What comes and goes of the checklist. While a license is not settled, nothing is said to have gone with it."""
    changes = differences("obligations", _obligations(before), _obligations(after), lambda found: (found.value, found.detail, found.clause))
    held: dict[str, list[str]] = {"before": [], "after": []}
    kept: list[Change] = []
    for change in changes:
        side, other = (after, before) if change.op == "added" else (before, after)
        if change.op != "changed" and not _tells(other, _origin(side, change.name)):
            held[other.name].append(change.name)
        else:
            kept.append(change)
    why = "the license that they come from is not settled there"
    unknown = [
        NotKnown(topic="obligations", side=side.name, why=f"{why}: {', '.join(names)}", reason="not_determined")
        for side in (before, after)
        if (names := held[side.name])
    ]
    return kept, unknown


def _obligations(side: Side) -> dict[str, Statement]:
    return {
        one.id: Statement(
            value=f"{one.action}{f' ({one.text})' if one.text else ''}", detail=_state(one), clause=one.clause, evidence=side.places(one.evidence)
        )
        for one in side.record.obligations
    }


def _state(one: ObligationRecord) -> str:
    applies = "applies" if one.applies == "yes" else "may apply"
    return f"{applies} to {', '.join(one.uses)}; {one.status}"


def _origin(side: Side, obligation: str) -> str:
    """The base model that it flows down from; empty for the model's own."""
    return next((one.origin for one in side.assessment.obligations if one.id == obligation), "")


def _tells(side: Side, origin: str) -> bool:
    """Whether the absence of an obligation says something: its license is settled here."""
    edges = side.assessment.inheritance.edges
    if origin:
        return all(edge.state == "known" for edge in edges)
    return side.assessment.license.trusted


def lineage(before: Side, after: Side) -> Found:
    """Base models and their licenses. One that could not be had has a license that is not known, whatever the other side says."""
    unfetched = {name for side in (before, after) for name in _unfetched(side)}
    mine, theirs = _edges(before), _edges(after)
    found = differences("lineage", mine, theirs, lambda one: (one.value, one.detail))
    changes, unknown = split_known([change for change in found if change.op != "changed" or change.name not in unfetched], before, after)
    for name in sorted(unfetched):
        sides = of_side(name in _unfetched(before), name in _unfetched(after))
        why = next(edge.because for side in (before, after) for edge in side.record.lineage if _edge_name(edge) == name and name in _unfetched(side))
        unknown.append(NotKnown(topic=f"license of the base model {name}", side=sides, why=why, reason="not_had"))
    return changes, unknown


def _edges(side: Side) -> dict[str, Statement]:
    found = [
        (_edge_name(edge), Statement(value=edge.license, detail=f"{edge.relation}, {edge.grade}", evidence=side.places(edge.evidence)))
        for edge in side.record.lineage
    ]
    return dict(_numbered(found))


def _edge_name(edge: Edge) -> str:
    """The base model; with whose it is where it is not the model's own."""
    return edge.parent if edge.depth == 1 else f"{edge.parent} (of {edge.child})"


def _unfetched(side: Side) -> set[str]:
    states = {edge.parent: edge.state for edge in side.assessment.inheritance.edges}
    return {_edge_name(edge) for edge in side.record.lineage if states.get(edge.parent) == "unfetched"}


def findings(before: Side, after: Side) -> Found:
    """Findings that come and go. The only two of a rule that are left are one finding that says something else."""
    mine, theirs = list(before.record.findings), list(after.record.findings)
    same = Counter(map(_said, mine)) & Counter(map(_said, theirs))
    gone, come = list(_without(mine, same)), list(_without(theirs, same))
    changes: list[Change] = []
    for rule in sorted({one.rule for one in (*gone, *come)}):
        old = [_finding(one, before) for one in gone if one.rule == rule]
        new = [_finding(one, after) for one in come if one.rule == rule]
        if len(old) == len(new) == 1:
            changes.append(Change(topic="findings", op="changed", name=rule, before=old[0], after=new[0]))
            continue
        changes += [Change(topic="findings", op="removed", name=rule, before=one, after=None) for one in old]
        changes += [Change(topic="findings", op="added", name=rule, before=None, after=one) for one in new]
    return split_known(changes, before, after)


def _without(found: Iterable[Finding], same: Counter[_Said]) -> Iterator[Finding]:
    left = Counter(same)
    for one in found:
        if left[_said(one)]:
            left[_said(one)] -= 1
        else:
            yield one


def _said(one: Finding) -> _Said:
    return one.rule, one.message, one.outcome


def _finding(one: Finding, side: Side) -> Statement:
    return Statement(value=one.outcome, detail=one.message, evidence=side.places(one.evidence))


def memory(before: Side, after: Side) -> Found:
    """Bytes of the weights and of the cache per token."""
    changes: list[Change] = []
    unknown: list[NotKnown] = []
    for name in _FIGURES:
        mine, theirs = getattr(before.record.memory, name), getattr(after.record.memory, name)
        if mine == theirs == "unknown" and same_commit(before, after):
            continue  # one commit has one size, known or not
        if "unknown" in (mine, theirs):
            sides = of_side(mine == "unknown", theirs == "unknown")
            unknown.append(
                NotKnown(topic=f"memory {name}", side=sides, why="no source for the figure, or an architecture that is not sized", reason="not_determined")
            )
        else:
            changes += differences("memory", {name: _figure(mine, before)}, {name: _figure(theirs, after)})
    return changes, unknown


def _figure(value: int, side: Side) -> Statement:
    config = side.evidence.documents.get("config.json")
    read = (side.place_of(config, "config"),) if config is not None else ()
    return Statement(value=str(value), evidence=(*read, _metadata(side, "safetensors")))


def _metadata(side: Side, pointer: str) -> Place:
    local = bool(side.info.facts.local)
    return side.place_of(side.info, "folder" if local else "api", "" if local else pointer)


def _numbered(found: Iterable[tuple[str, Statement]]) -> Iterator[tuple[str, Statement]]:
    """Names, a second one of the same kind with its number."""
    seen: Counter[str] = Counter()
    for name, statement in found:
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), statement

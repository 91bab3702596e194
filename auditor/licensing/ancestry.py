"""From a model to its farthest ancestors: which statements lead there, how deep they stand, and where they run in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from auditor.domain.evidence import ModelEvidence, Unavailable
from auditor.domain.license_facts import LicenseFacts, ParentRef
from auditor.domain.record import record
from auditor.licensing.parents import merged, parents

MAX_ANCESTORS = 512
"""Of one model that are judged; those beyond count as not fetched."""

_Key: TypeAlias = tuple[str, str | None]
"""Id without case, and commit: what makes two names one model."""


@record
class Member:
    """A model of the family with what is known of it."""

    evidence: ModelEvidence
    facts: LicenseFacts

    @property
    def key(self) -> _Key:
        return self.evidence.id.lower(), self.evidence.sha


@record
class Step:
    """A statement that one model of the family comes from another."""

    child: Member
    ref: ParentRef
    parent: Member | None
    """None when nothing was asked for: no id, or beyond the bounds."""
    depth: int
    """1 for a parent of the audited model."""
    cycle: tuple[str, ...] = ()
    """Ids in order from a model back to itself, where this statement closes the circle."""
    distilled: bool = False
    """On every way from the parent to the audited model something was trained on outputs."""


Find: TypeAlias = Callable[[ParentRef], Member | None]


def ancestry(root: Member, find: Find, max_depth: int) -> tuple[Step, ...]:
    """Every statement that leads away from `root`, nearest first, each once."""
    steps: list[Step] = []
    expanded: dict[_Key, Member] = {root.key: root}
    level = [root]
    for depth in range(1, max_depth + 1):
        following: list[Member] = []
        for child in level:
            for ref, parent in _statements(child, find):
                within = parent is None or parent.key in expanded or len(expanded) <= MAX_ANCESTORS
                steps.append(Step(child, ref, parent if within else None, depth))
                if parent is not None and within and parent.key not in expanded:
                    expanded[parent.key] = parent
                    following.append(parent)
        level = following
    # What stands at the bound may have parents of its own: they are named, and count as not fetched.
    for child in level:
        beyond = _statements(child, find)
        steps += [Step(child, ref, parent if parent and parent.key in expanded else None, max_depth + 1) for ref, parent in beyond]
    return _with_cycles(root, _with_distilled(root, steps))


def _statements(child: Member, find: Find) -> list[tuple[ParentRef, Member | None]]:
    """Stated parents with what was found of them, by name: the order in which they are stated means nothing.

    Two names of one model are one statement; the model itself counts only where it is all that is named.
    """
    found: dict[object, tuple[ParentRef, Member | None]] = {}
    for ref in sorted(parents(child.evidence), key=lambda ref: (not ref.is_id, ref.name.lower(), ref.name, ref.revision or "")):
        itself = ref.is_id and ref.revision is None and ref.name.lower() == child.evidence.id.lower()
        parent = child if itself else find(ref) if ref.is_id else None
        key = parent.key if parent and parent.evidence.sha else (ref.name.lower(), ref.revision, ref.is_id)
        found[key] = (merged(found[key][0], ref), found[key][1]) if key in found else (ref, parent)
    statements = [entry for entry in found.values() if not _folder(*entry, alone=len(found) == 1)]
    others = [(ref, parent) for ref, parent in statements if parent is None or parent.key != child.key]
    return others or statements


def _folder(ref: ParentRef, parent: Member | None, alone: bool) -> bool:
    """What a saved config names and the Hub does not hold is a folder of whoever saved it, unless it is an adapter's only base."""
    missing = parent is not None and isinstance(parent.evidence.info, Unavailable) and parent.evidence.info.reason == "missing"
    return missing and (ref.source == "config" or (ref.source == "adapter_config" and not alone))


def _with_distilled(root: Member, steps: Sequence[Step]) -> list[Step]:
    """Marks what reaches the model through outputs alone."""
    reached = {root.key}
    grown = True
    while grown:
        more = {s.parent.key for s in steps if s.parent and s.ref.relation != "distil" and s.child.key in reached} - reached
        reached |= more
        grown = bool(more)
    return [
        replace(s, distilled=s.parent.key not in reached if s.parent and s.parent.evidence.sha else s.ref.relation == "distil" or s.child.key not in reached)
        for s in steps
    ]


def _with_cycles(root: Member, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Marks the statements that lead back to a model that led to them."""
    leaving: dict[_Key, list[int]] = {}
    for number, step in enumerate(steps):
        leaving.setdefault(step.child.key, []).append(number)
    marked = list(steps)
    path: list[Member] = [root]
    on_path: set[_Key] = {root.key}
    done: set[_Key] = set()
    walks: list[Iterator[int]] = [iter(leaving.get(root.key, ()))]
    while walks:
        number = next(walks[-1], -1)
        if number < 0:
            walks.pop()
            left = path.pop()
            on_path.discard(left.key)
            done.add(left.key)
            continue
        parent = steps[number].parent
        if parent is None or parent.key in done:
            continue
        if parent.key in on_path:
            first = next(place for place, member in enumerate(path) if member.key == parent.key)
            marked[number] = replace(steps[number], cycle=(*(member.evidence.id for member in path[first:]), parent.evidence.id))
            continue
        path.append(parent)
        on_path.add(parent.key)
        walks.append(iter(leaving.get(parent.key, ())))
    return tuple(marked)

"""The statements that changed, as rows: a label for each topic, uses with the same answer together, terms that only inform folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.domain.change import Change, Place, Statement, Topic
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import OF_PERMISSION, RESULTS, VERDICTS
from auditor.formats import wording
from auditor.formats.sheet import GLUE, Sheet

MARKS = {"added": "+", "removed": "-", "changed": "~", "same_words": "~", "moved": "~"}
LABELS: dict[Topic, str] = {
    "verdict": "Verdict",
    "access": "Access",
    "declared": "Declared",
    "license": "License",
    "grants": "Grants",
    "terms": "Terms",
    "permissions": "Uses",
    "obligations": "To do",
    "lineage": "Lineage",
    "findings": "Findings",
    "memory": "Memory",
}
"""In the order of the screen. The commit stands in the head."""
_FIRST = {"model": 0, "key": 0, "name": 1}
"""What comes first of its topic."""
_EFFECTS = ("prohibit", "oblige", "inform")
_LONG = 2000


class Places:
    """Evidence numbered in the order in which it is first referred to; `own` names the model, whose places go without it."""

    def __init__(self, own: Iterable[str], whole: bool) -> None:
        self._own = {name.lower() for name in own}
        self._whole = whole
        self._numbers: dict[str, str] = {}

    def cite(self, places: Iterable[Place]) -> str:
        """` [E1, E2]`; empty without evidence."""
        numbers = dict.fromkeys(self._numbers.setdefault(self._place(place), f"E{len(self._numbers) + 1}") for place in places)
        return f" [{f',{GLUE}'.join(numbers)}]" if numbers else ""

    def lines(self) -> list[str]:
        """`E1 before LICENSE@0123456789ab:1-3` each."""
        return [f"{number} {place}".replace(" ", GLUE) for place, number in self._numbers.items()]

    def _place(self, place: Place) -> str:
        lines = f":{place.lines}" if place.lines else ""
        digest = f" sha256 {place.sha256}" if self._whole and place.sha256 else ""
        other = f"{place.repository} " if place.repository.lower() not in self._own else ""
        return f"{place.side} {other}{place.path or wording.spaced(place.kind)}@{wording.short_revision(place.revision)}{lines}{digest}"


class ChangeRows:
    """Writes the changes of one model."""

    def __init__(self, sheet: Sheet, places: Places, whole: bool) -> None:
        self.sheet, self.places, self.whole = sheet, places, whole

    def write(self, changes: Sequence[Change]) -> None:
        """A group of rows for each topic that has any."""
        for topic, label in LABELS.items():
            found = sorted((change for change in changes if change.topic == topic), key=_order)
            rows = self._uses(found) if topic == "permissions" and not self.whole else self._terms(found) if topic == "terms" else [*map(self._row, found)]
            for number, row in enumerate(rows):
                self.sheet.row("" if number else label, row, hang=2)

    def _terms(self, changes: Sequence[Change]) -> list[str]:
        told = [change for change in changes if self.whole or any(_effect(one) != "inform" for one in _sides(change))]
        folded = len(changes) - len(told)
        return [*map(self._row, told), *([f"~ {wording.counted(folded, 'term')} that only inform: -v"] if folded else [])]

    def _uses(self, changes: Sequence[Change]) -> list[str]:
        """Uses with the same change together; where only the deciding clauses differ, that is said."""
        grouped: dict[tuple[str, str], list[Change]] = {}
        for change in changes:
            before, after = (one.value if one else "" for one in (change.before, change.after))
            grouped.setdefault((before, after), []).append(change)
        rows = []
        for (before, after), some in sorted(grouped.items(), key=lambda item: _worst(*item[0])):
            arrow = f"{self._word(before)}, by other clauses (-v)" if before == after else f"{self._word(before)} → {self._word(after)}"
            cited = self.places.cite(place for change in some for one in _sides(change) for place in one.evidence)
            rows.append(f"~ {arrow}: {', '.join(wording.spaced(change.name) for change in some)}{cited}")
        return rows

    def _row(self, change: Change) -> str:
        cited = self.places.cite(place for one in _sides(change) for place in one.evidence)
        return f"{MARKS[change.op]} {self._name(change)}{self._said(change)}{cited}"

    def _name(self, change: Change) -> str:
        if change.topic == "terms":  # the value names the license and the term
            return f"{wording.spaced(change.name)}: "
        plain = (change.topic, change.name) in (("verdict", "model"), ("license", "key"))
        return "" if plain else f"{change.name if change.topic in ('obligations', 'lineage') else wording.spaced(change.name)}: "

    def _said(self, change: Change) -> str:
        before, after = change.before, change.after
        if before is None or after is None:
            [one] = _sides(change)
            return self._whole_statement(change.topic, one)
        if change.topic in ("terms", "findings"):
            return f"{self._whole_statement(change.topic, before)} → {self._whole_statement(change.topic, after)}"
        if change.topic == "memory":
            return " → ".join(f"{wording.size(int(one.value))} ({int(one.value):,} bytes)" for one in (before, after))
        if before.value != after.value:
            beside = [one_line(one.clause or one.detail, _LONG) for one in (before, after)] if change.topic in ("permissions", "grants", "lineage") else []
            differing = f" ({' → '.join(dict.fromkeys(beside))})" if any(beside) else ""
            return f"{self._word(before.value)} → {self._word(after.value)}{differing}"
        parts = [(before.detail, after.detail), (before.clause, after.clause)]
        told = [f"{one_line(old, _LONG) or 'nothing'} → {one_line(new, _LONG) or 'nothing'}" for old, new in parts if old != new]
        return f"{self._word(before.value)}: {'; '.join(told)}"

    def _whole_statement(self, topic: Topic, one: Statement) -> str:
        """The value, its clause and, where it says more, the sentence."""
        clause = f" ({one_line(one.clause)})" if one.clause else ""
        detail = (
            f": {one_line(one.detail, _LONG)}" if one.detail and topic in ("terms", "findings") else f" ({one_line(one.detail)})" if topic == "lineage" else ""
        )
        return f"{self._word(one.value)}{clause}{detail}"

    def _word(self, word: str) -> str:
        """Verdicts and results of permissions in their color."""
        style = word if word in VERDICTS else OF_PERMISSION[word] if word in RESULTS else ""
        return self.sheet.styled(word, style) if style else one_line(word, _LONG)


def _sides(change: Change) -> tuple[Statement, ...]:
    return tuple(one for one in (change.before, change.after) if one)


def _effect(one: Statement) -> str:
    return one.detail.partition(":")[0]


def _order(change: Change) -> tuple[int, str, str]:
    first = min(_EFFECTS.index(_effect(one)) for one in _sides(change)) if change.topic == "terms" else _FIRST.get(change.name, 2)
    return first, change.name, change.op


def _worst(before: str, after: str) -> tuple[int, str]:
    """Orders results by the one after, worst first."""
    return [*RESULTS, ""].index(after), before

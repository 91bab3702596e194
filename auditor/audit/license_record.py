"""License facts to their part of the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditor.domain.evidence import Evidence
from auditor.domain.license_facts import LicenseFacts, TextMatch
from auditor.domain.report import ChangeRecord, Concluded, Conflict, Declared, LicenseRecord, TextRecord
from auditor.domain.text_safety import one_line

MAX_CHANGES = 50
"""Changed passages of one text that the report lists."""

Ids = Callable[[Sequence[Evidence]], tuple[str, ...]]


def license_record(facts: LicenseFacts, ids: Ids) -> LicenseRecord:
    """`ids` numbers evidence in the order in which it is asked."""
    concluded = facts.conclusion
    return LicenseRecord(
        declared=tuple(
            Declared(
                value=w.match.keys[0] if w.match.kind == "exact" and len(w.match.keys) == 1 else w.value,
                witness="gguf" if w.header else w.kind,
                evidence=ids(w.evidence),
            )
            for w in facts.witnesses
        ),
        concluded=Concluded(
            key=concluded.key,
            name=concluded.name,
            expression=concluded.expression,
            method=concluded.method,
            confidence=concluded.confidence,
            evidence=ids(concluded.evidence),
        ),
        conflicts=tuple(Conflict(kind=c.kind, values=c.values, evidence=ids(c.evidence)) for c in facts.conflicts),
        texts=tuple(_text(text, ids) for text in facts.texts),
    )


def _text(text: TextMatch, ids: Ids) -> TextRecord:
    identity = text.identity
    return TextRecord(
        path=one_line(text.path, 200),
        lines=f"{identity.span[0]}-{identity.span[1]}" if identity.span else "",
        covers=text.covers,
        key=identity.key,
        method=identity.method if identity.method != "tag_only" else "none",
        score=identity.score,
        rival=identity.rival,
        rival_score=identity.rival_score,
        changes=_changes(text),
        evidence=ids(text.evidence),
    )


def _changes(text: TextMatch) -> tuple[ChangeRecord, ...]:
    quotes = iter(text.additions)
    found = []
    for change in text.identity.changes[:MAX_CHANGES]:
        quote = next(quotes, None) if change.lines else None
        found.append(ChangeRecord.of(change, quote.quote if quote else None))
    return tuple(found)

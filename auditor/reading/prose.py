"""License statements in the prose of a README, by patterns over sentences: what is named, what is restricted, and of what it speaks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from auditor.domain.evidence import ProseStatement
from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import one_line
from auditor.reading.prose_blocks import BREAK, CLOSE, OPEN, OPEN_LICENSE, Block, blocks
from auditor.reading.prose_names import MAX_NAME_WORDS, Found, bare, labelled, named, stated
from auditor.reading.prose_subject import Subject, heading_subject, subject_of
from auditor.reading.prose_words import restricts

if TYPE_CHECKING:
    from auditor.reading.prose_restrictions import Kind as Restricts

MAX_STATEMENTS = 50
"""Of each kind."""
MAX_VALUE = 200
_MARKS = lazy_pattern(f"[{OPEN}{OPEN_LICENSE}{CLOSE}{BREAK}]")
_LICENSE_HEADING = lazy_pattern(r"licen[cs]|licen[zç]|lizenz|лицензи|许可|許可|协议|協議|授权|授權|ライセンス|라이[선센]스", re.IGNORECASE)
_MAX_HEADING_WORDS = 7
_ASKS = lazy_pattern(r"[?？]\W*$")
"""A question states nothing; one with its answer does not end so."""
_FOR = lazy_pattern(r"\s+for\s+(?:the\s+|our\s+|all\s+)?(?:[\w-]{1,40}\s+)?[\w-]{1,40}", re.IGNORECASE)

_SAME = lazy_pattern(r"\bsame\s+(?:\w+\s+){0,2}?licen[cs]e\b|^\W*(?:the|our|its)\s+licen[cs]e\s+is\b", re.IGNORECASE)


class _Section(NamedTuple):
    subject: Subject
    announces: bool
    """The heading announces a license."""
    first: bool
    """Nothing stands between the heading and the block: a bare name states a license."""


def statements(text: str, first_line: int = 1) -> tuple[ProseStatement, ...]:
    """Statements of a README's body, which begins in `first_line` of its document; in the order of their lines, each kind, name and subject once.

    Reads at most MAX_CHARACTERS of the text, in time proportional to that. Fenced code, BibTeX, HTML comments and struck-out passages state nothing.
    A statement about code, data or a base model says so in `subject`; only `model` and `unknown` speak of what is audited.
    """
    found: dict[tuple[str, str, str], ProseStatement] = {}
    counts: Counter[str] = Counter()
    section = _Section("unknown", False, False)
    for block in blocks(text, first_line):
        for statement in _of_block(block, section):
            key = (statement.kind, statement.value.casefold(), statement.subject)
            if key not in found and counts[statement.kind] < MAX_STATEMENTS:
                counts[statement.kind] += 1
                found[key] = statement
        section = _section_below(block) if block.kind == "heading" else section._replace(first=False)
    return tuple(sorted(found.values(), key=lambda statement: (statement.line, statement.kind, statement.value)))


def _section_below(heading: Block) -> _Section:
    text = _MARKS.sub("", heading.text)
    announces = _LICENSE_HEADING.search(text) is not None and len(text.split()) <= _MAX_HEADING_WORDS
    return _Section(heading_subject(text), announces, announces)


def _of_block(block: Block, section: _Section) -> Iterator[ProseStatement]:
    for badge in block.badges:
        if (value := _value(badge.value)) and len(value.split()) <= MAX_NAME_WORDS:
            yield ProseStatement(kind="badge", value=value, line=badge.line, last_line=badge.line, subject=heading_subject(badge.label))
    label = labelled(block.text, block.kind, section.first)
    if label:
        yield _statement(block, "licensed_under", label, subject_of(label.about, "", section.subject))
    before = ""
    for start, sentence in block.sentences():
        covers = label is not None and start <= label.start < start + len(sentence)
        names = [] if covers or block.kind == "heading" else [*stated(sentence)]
        if not names and label is None:
            names = [*named(sentence, section.announces)]
        if not names and block.kind != "heading":
            yield from (_statement(block, "licensed_under", name, "model", start) for name in bare(sentence) if _of_model(sentence, name))
        last = 0
        masked = sentence if label is None or not covers else _mask(sentence, label.start - start, label.end - start)
        for name in names:
            yield _statement(block, "licensed_under", name, subject_of(sentence[last : name.lead] + " " + name.about, before, section.subject), start)
            masked, last = _mask(masked, name.start, name.end), name.end
        for kind, restriction in _restrictions(_MARKS.sub(" ", masked)):
            if block.kind != "heading" or kind != "restricted":
                subject = subject_of(sentence[: restriction.start], before, section.subject, sentence[restriction.start :])
                yield _statement(block, kind, restriction, subject, start)
        before = sentence


def _of_model(sentence: str, name: Found) -> bool:
    """Whether its own sentence says a bare name of the model: `CC-BY-NC for the weights`, `weights: CC-BY-NC`."""
    if _SAME.search(sentence, 0, name.start):
        return True
    after = _FOR.match(sentence, name.end)
    subject = heading_subject(after[0]) if after else subject_of(sentence[: name.start], "", "unknown")
    return subject == "model"


def _restrictions(sentence: str) -> Iterator[tuple[Restricts, Found]]:
    """Those of a sentence that has one of their words; their patterns take long to compile."""
    if restricts(sentence) and not _ASKS.search(sentence):
        from auditor.reading.prose_restrictions import restrictions

        yield from restrictions(sentence)


def _mask(text: str, start: int, end: int) -> str:
    """A license's name is no restriction: `Non-Commercial` in it says what it is called."""
    start, end = max(start, 0), max(end, 0)
    return text[:start] + "X" * (min(end, len(text)) - start) + text[end:]


def _statement(
    block: Block,
    kind: Literal["licensed_under", "noncommercial", "research_only", "personal_only", "restricted", "limited", "intended"],
    found: Found,
    subject: Subject,
    offset: int = 0,
) -> ProseStatement:
    first, last = block.at(offset + found.start), block.at(offset + max(found.start, found.end - 1))
    return ProseStatement(kind=kind, value=_value(found.value), line=first, last_line=last, subject=subject)


def _value(text: str) -> str:
    return one_line(_MARKS.sub("", text), MAX_VALUE)

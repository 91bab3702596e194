"""Whether a document holds a demanded string, told from facts that a bundle without texts keeps as well."""

from __future__ import annotations

from array import array
from typing import Any, Literal

from auditor.domain.evidence import CardFacts, Document, TextFacts
from auditor.domain.pattern import lazy_pattern
from auditor.reading.display import MAX_LINES, is_short_line, line_digest
from auditor.reading.normalize import normalized_words
from auditor.reading.shingles import WIDTH, decode, hash_words
from auditor.reading.withheld import with_shingles

Held = tuple[int, int] | Literal["no", "unknown"]
"""First and last line (from 1) of the document that hold it; `unknown` where the facts do not tell."""
_BLANK = lazy_pattern(r"\[[^\[\]]*\s[^\[\]]*\]")
"""A place to fill in, `[name of the work]`; one word in brackets is part of a name."""


def lines_holding(document: Document[Any], demanded: str) -> Held:
    """Where `document` holds `demanded`: a short line (`Built with X`) as it stands and in a place where it is shown, a longer one by its words.

    What a place to fill in stands for is left open; the longest fixed part has to be there.
    """
    if is_short_line(demanded):
        return _shown(document, demanded)
    held = _passages(document)
    if held is None:
        return "unknown"
    fixed = _fixed(demanded)
    found = [_run(held[0], hash_words(words)) for form in _marks(fixed) if len(words := normalized_words(form)) >= WIDTH]
    if not found:
        return "unknown"
    start = next((index for index in found if index is not None), None)
    if start is None:
        return "unknown" if held[2] else "no"
    lines, last = held[1], start + len(normalized_words(fixed)) - 1
    return lines[start], lines[min(last, len(lines) - 1)]


def checkable(demanded: str) -> bool:
    """Whether `lines_holding` can tell for this string."""
    return is_short_line(demanded) or len(normalized_words(_fixed(demanded))) >= WIDTH


def _fixed(demanded: str) -> str:
    return max((part.strip() for part in _BLANK.split(demanded)), key=len)


def _marks(text: str) -> tuple[str, ...]:
    """The copyright mark is written in two ways that mean the same; only one of them is a word."""
    return tuple(dict.fromkeys((text, text.replace("©", "(c)"), text.replace("(c)", "©").replace("(C)", "©"))))


def _shown(document: Document[Any], line: str) -> Held:
    shown = document.facts.shown_lines if isinstance(document.facts, CardFacts) else None
    if shown is None:
        return "unknown"
    number = shown.get(line_digest(line))
    if number is None:
        return "unknown" if len(shown) >= MAX_LINES else "no"
    return number, number


def _passages(document: Document[Any]) -> tuple[array[int], list[int], bool] | None:
    """Hashes of the passages, line of every word, and whether the end of the text is left out; None where they were not kept."""
    facts = with_shingles(document)
    body = facts.body if isinstance(facts, CardFacts) else facts
    if not isinstance(body, TextFacts) or body.shingles is None:
        return None
    try:
        found = decode(body.shingles)
    except ValueError:
        return None
    return found.hashes, [line + body.first_line - 1 for line in found.lines], found.truncated


def _run(hashes: array[int], wanted: array[int]) -> int | None:
    """Where `wanted` stands in `hashes` without a gap."""
    position = -1
    try:
        while True:
            position = hashes.index(wanted[0], position + 1)
            if hashes[position : position + len(wanted)] == wanted:
                return position
    except ValueError:  # it stands nowhere else
        return None

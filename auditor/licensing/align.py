"""Two texts as sequences of shingles, aligned: which words of each have a counterpart in the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.reading.shingles import WIDTH

MAX_PLACES = 8
"""Places of one shingle in the known text that are considered; more is boilerplate that aligns anywhere."""


@dataclass(frozen=True)
class Run:
    """Words `first` to `last` (from 0, inclusive) without a counterpart."""

    first: int
    last: int

    @property
    def words(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Alignment:
    """Runs that only one side has, and the span of the document that the known text covers."""

    covered: int
    """Words of the document with a counterpart."""
    known_covered: int
    added: tuple[Run, ...]
    removed: tuple[Run, ...]
    span: tuple[int, int]
    """First and last word of the document with a counterpart; (0, -1) when there is none."""


def align(document: Sequence[int], document_words: int, known: Sequence[int], known_words: int, gap: int | None = None) -> Alignment:
    """The longest common run of shingles in order, after Hunt and Szymanski; O(n log n) for texts that repeat little.

    With `gap`, only the largest part of it counts that no more than so many words of the document interrupt: the text as it stands in one place.
    """
    pairs = _common(document, known)
    if gap is not None:
        pairs = _largest(pairs, gap)
    covered = _coverage(document_words, [i for i, _ in pairs])
    known_covered = _coverage(known_words, [j for _, j in pairs])
    places = [index for index, is_covered in enumerate(covered) if is_covered]
    return Alignment(
        covered=len(places),
        known_covered=sum(known_covered),
        added=_gaps(covered),
        removed=_gaps(known_covered),
        span=(places[0], places[-1]) if places else (0, -1),
    )


def _common(document: Sequence[int], known: Sequence[int]) -> list[tuple[int, int]]:
    """Places of the shingles in common. What both begin and end with is in every longest run and is not searched for."""
    shorter = min(len(document), len(known))
    first = next((index for index in range(shorter) if document[index] != known[index]), shorter)
    rest = shorter - first
    last = next((index for index in range(rest) if document[-1 - index] != known[-1 - index]), rest)
    middle = _longest(document[first : len(document) - last], known[first : len(known) - last])
    ending = [(len(document) - index, len(known) - index) for index in range(last, 0, -1)]
    return [(index, index) for index in range(first)] + [(i + first, j + first) for i, j in middle] + ending


def _longest(document: Sequence[int], known: Sequence[int]) -> list[tuple[int, int]]:
    places: dict[int, list[int]] = {}
    for index, value in enumerate(known):
        places.setdefault(value, []).append(index)
    tails: list[int] = []
    links: list[tuple[int, int, int]] = []  # document place, known place, index of the link before
    ends: list[int] = []
    for index, value in enumerate(document):
        for place in reversed(places.get(value, ())[:MAX_PLACES]):
            length = bisect_left(tails, place)
            before = ends[length - 1] if length else -1
            links.append((index, place, before))
            if length == len(tails):
                tails.append(place)
                ends.append(len(links) - 1)
            else:
                tails[length] = place
                ends[length] = len(links) - 1
    pairs = []
    link = ends[-1] if ends else -1
    while link >= 0:
        index, place, before = links[link]
        pairs.append((index, place))
        link = before
    return pairs[::-1]


def _largest(pairs: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    parts: list[list[tuple[int, int]]] = []
    for pair in pairs:
        if not parts or pair[0] - parts[-1][-1][0] > gap:
            parts.append([])
        parts[-1].append(pair)
    return max(parts, key=len, default=[])


def _coverage(words: int, starts: Sequence[int]) -> bytearray:
    covered = bytearray(words)
    begin = end = 0
    for start in starts:
        if start > end:
            covered[begin:end] = b"\1" * (end - begin)
            begin = start
        end = min(start + WIDTH, words)
    covered[begin:end] = b"\1" * (end - begin)
    return covered


def _gaps(covered: bytearray) -> tuple[Run, ...]:
    runs, first = [], -1
    for index, is_covered in enumerate(covered):
        if not is_covered and first < 0:
            first = index
        elif is_covered and first >= 0:
            runs.append(Run(first, index - 1))
            first = -1
    if first >= 0:
        runs.append(Run(first, len(covered) - 1))
    return tuple(runs)

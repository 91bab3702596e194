"""Two texts as sequences of shingles, aligned: which words of each have a counterpart in the other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from auditor.domain.record import record
from auditor.reading.shingles import WIDTH

MAX_PLACES = 8
"""Places of one shingle in the known text that are considered; more is boilerplate that aligns anywhere."""

Block = tuple[int, int, int]
"""Place in the document, place in the known text, and how many shingles from there are the same."""


@record
class Run:
    """Words `first` to `last` (from 0, inclusive) without a counterpart."""

    first: int
    last: int

    @property
    def words(self) -> int:
        return self.last - self.first + 1


@record
class Alignment:
    """Runs that only one side has, and the span of the document that the known text covers."""

    covered: int
    """Words with a counterpart; as many in the document as in the known text, since each word has one counterpart at most."""
    added: tuple[Run, ...]
    removed: tuple[Run, ...]
    span: tuple[int, int]
    """First and last word of the document with a counterpart; (0, -1) when there is none."""


def align(document: Sequence[int], document_words: int, known: Sequence[int], known_words: int, gap: int | None = None) -> Alignment:
    """The longest common run of shingles in order, after Hunt and Szymanski; O(n log n) for texts that repeat little.

    With `gap`, only the largest part of it counts that no more than so many words of the document interrupt: the text as it stands in one place.
    """
    blocks = _common(document, known)
    if gap is not None:
        blocks = _largest(blocks, gap)
    mine, theirs = _counterparts(blocks, document, known, document_words, known_words)
    return Alignment(
        covered=sum(last - first for first, last in mine),
        added=_gaps(mine, document_words),
        removed=_gaps(theirs, known_words),
        span=(mine[0][0], mine[-1][1] - 1) if mine else (0, -1),
    )


def _common(document: Sequence[int], known: Sequence[int]) -> list[Block]:
    """Places of the shingles in common. What both begin and end with is in every longest run and is not searched for."""
    shorter = min(len(document), len(known))
    first = _same_beginning(document, known, shorter)
    last = _same_ending(document, known, shorter - first)
    middle = _longest(document[first : len(document) - last], known[first : len(known) - last])
    blocks = [(0, 0, first)] if first else []
    for i, j in middle:
        i, j = i + first, j + first
        if blocks and blocks[-1][0] + blocks[-1][2] == i and blocks[-1][1] + blocks[-1][2] == j:
            blocks[-1] = (*blocks[-1][:2], blocks[-1][2] + 1)
        else:
            blocks.append((i, j, 1))
    return [*blocks, (len(document) - last, len(known) - last, last)] if last else blocks


def _same_beginning(one: Sequence[int], other: Sequence[int], most: int) -> int:
    """How many shingles both begin with; halves are compared as a whole."""
    same = 0
    while same < most:
        step = 1
        while same + step <= most and one[same : same + step] == other[same : same + step]:
            same, step = same + step, step * 2
        if step == 1:
            break
    return same


def _same_ending(one: Sequence[int], other: Sequence[int], most: int) -> int:
    same = 0
    while same < most:
        step, mine, theirs = 1, len(one) - same, len(other) - same
        while same + step <= most and one[mine - step : mine] == other[theirs - step : theirs]:
            same, mine, theirs, step = same + step, mine - step, theirs - step, step * 2
        if step == 1:
            break
    return same


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


def _largest(blocks: list[Block], gap: int) -> list[Block]:
    parts: list[list[Block]] = []
    for block in blocks:
        if not parts or block[0] - (parts[-1][-1][0] + parts[-1][-1][2] - 1) > gap:
            parts.append([])
        parts[-1].append(block)
    return max(parts, key=lambda part: sum(length for _, _, length in part), default=[])


def _counterparts(
    blocks: list[Block], document: Sequence[int], known: Sequence[int], document_words: int, known_words: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Stretches of words (first, end) with a counterpart, of both texts.

    A word that one text has twice has its counterpart once. Of two blocks whose words overlap or touch all shingles between must be the same as well;
    where they are not, one of the hashes is a collision, by chance or forged, and the words of those shingles have no counterpart.
    """
    mine: list[tuple[int, int]] = []
    theirs: list[tuple[int, int]] = []
    i_end = j_end = 0  # words before these are taken
    last: Block = (-1, -1, 0)
    for i, j, length in blocks:
        end, known_end = last[0] + last[2], last[1] + last[2]
        skip = max(0, i_end - i, j_end - j)
        if last[2] and i - j == last[0] - last[1] and i < end + WIDTH and document[end:i] != known[known_end:j]:
            _cut(mine, end)
            _cut(theirs, known_end)
            skip = WIDTH - 1
        words = min(length + WIDTH - 1, document_words - i, known_words - j)
        if skip < words:
            _stretch(mine, i + skip, i + words)
            _stretch(theirs, j + skip, j + words)
            i_end, j_end = i + words, j + words
        last = (i, j, length)
    return mine, theirs


def _cut(stretches: list[tuple[int, int]], end: int) -> None:
    """Words from `end` on are taken out of the last stretch."""
    if stretches:
        first, old = stretches.pop()
        if first < end:
            stretches.append((first, min(old, end)))


def _stretch(stretches: list[tuple[int, int]], first: int, end: int) -> None:
    if stretches and stretches[-1][1] == first:
        stretches[-1] = (stretches[-1][0], end)
    else:
        stretches.append((first, end))


def _gaps(stretches: list[tuple[int, int]], words: int) -> tuple[Run, ...]:
    runs, position = [], 0
    for first, end in [*stretches, (words, words)]:
        if first > position:
            runs.append(Run(position, first - 1))
        position = end
    return tuple(runs)

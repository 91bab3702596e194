"""A text as the hashes of its overlapping five-word passages, in order: enough to align two texts, too little to read one."""

from __future__ import annotations

import base64
import sys
from array import array
from collections.abc import Sequence
from dataclasses import field
from hashlib import blake2b
from itertools import accumulate

from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.reading.normalize import word_lines

WIDTH = 5
"""Words of one shingle."""
MAX_WORDS = 60_000
"""Words of a text that are looked at; license texts have a tenth of it."""


@record
class Shingles:
    """`hashes[i]` is of the words i to i+4; `lines[i]` is the line (from 1) that word i stands in."""

    words: int
    hashes: array[int]
    lines: array[int]
    truncated: bool = False
    binding: array[int] = field(default_factory=lambda: array("I"))
    """Places of the words in which restrictions are put."""

    def part(self, first: int, last: int) -> Shingles:
        """The words `first` to `last` (inclusive) by themselves."""
        words = last - first + 1
        hashes = self.hashes[first : first + max(1, words - WIDTH + 1)]
        binding = array("I", (place - first for place in self.binding if first <= place <= last))
        return Shingles(words, hashes, self.lines[first : last + 1], self.truncated, binding)

    def binding_outside(self, spans: Sequence[tuple[int, int]]) -> list[int]:
        """Lines of binding words that lie in none of the spans (first and last word), each line once."""
        outside = [place for place in self.binding if not any(first <= place <= last for first, last in spans)]
        return sorted({self.lines[place] for place in outside})


_BINDING = lazy_pattern(
    r"must|shall|only|solely|exclusively|strictly|not|no|nor|cannot|never|without|unless|except\w*|until|prohibit\w*|forbid\w*|restrict\w*|disallow\w*|banned"
    r"|noncommercial\w*|commercial\w*|research|academic\w*|evaluation|educational|internal|personal|private|military|exclud\w*|limit(?:ed|s|ation|ations)?"
    r"|permission|permitted|consent\w*|approv\w*|agree|requir\w*|oblig\w*|waive\w*|void|revo[ck]\w*|terminat\w*|replace[sd]?|supersede[sd]?|instead|separate"
    r"|royalt\w*|fees?|pay|pays|paid|payment|revenue\w*|territor\w*"
    r"|[^\x00-\x7f]*[\u0370-\U0010ffff][^\x00-\x7f]*"
)
"""Broad, as `auditor.reading.text.binding_words` is; a word in another script may say anything."""


def shingles(text: str) -> Shingles:
    """Shingles of the normalised words of `text`."""
    words, lines = word_lines(text)
    kept = words[:MAX_WORDS]
    restricting = {word for word in set(kept) if _BINDING.fullmatch(word)}
    binding = array("I", [place for place, word in enumerate(kept) if word in restricting])
    return Shingles(len(kept), hash_words(kept), array("I", lines[:MAX_WORDS]), len(words) > MAX_WORDS, binding)


def hash_words(words: Sequence[str]) -> array[int]:
    """32-bit hashes of every WIDTH consecutive words; a shorter text is one shingle."""
    if not words:
        return array("I")
    encoded = [word.encode() for word in words]
    joined = b" ".join(encoded)
    ends = list(accumulate(len(word) + 1 for word in encoded))  # of each word and the space after it
    starts = [0, *ends[:-1]]
    passages = zip(starts, ends[WIDTH - 1 :] or ends[-1:], strict=False)
    values = array("I", b"".join([blake2b(joined[start : end - 1], digest_size=4).digest() for start, end in passages]))
    if sys.byteorder == "little":
        values.byteswap()
    return values


def encode(found: Shingles) -> str:
    """As text for a bundle."""
    return ":".join((str(found.words), str(int(found.truncated)), _base64(found.hashes), _base64(found.lines), _base64(found.binding)))


def decode(text: str) -> Shingles:
    """Raises ValueError for what `encode` did not write."""
    words, truncated, hashes, lines, binding = text.split(":")
    decoded = Shingles(int(words), _array(hashes), _array(lines), truncated == "1", _array(binding))
    if len(decoded.lines) != decoded.words or len(decoded.hashes) != (max(1, decoded.words - WIDTH + 1) if decoded.words else 0):
        raise ValueError("shingles that do not belong together")
    if any(place >= decoded.words for place in decoded.binding):
        raise ValueError("a word outside the text")
    return decoded


def _base64(values: array[int]) -> str:
    swapped = array("I", values)
    return base64.b64encode(swapped.tobytes()).decode()


def _array(text: str) -> array[int]:
    values = array("I")
    values.frombytes(base64.b64decode(text, validate=True))
    return values

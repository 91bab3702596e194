"""Identification of license texts: exact digest, then sketches, then an alignment with the best candidates that shows every difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from weakref import WeakKeyDictionary

from auditor.catalog.catalog import Catalog
from auditor.catalog.fingerprints import Fingerprints, KnownSequence
from auditor.domain.identification import UNKNOWN_TEXT, TextChange, TextIdentity
from auditor.domain.license import License
from auditor.domain.record import record
from auditor.licensing.align import Alignment, Run, align
from auditor.licensing.texts import by_digest
from auditor.reading.shingles import WIDTH, Shingles

CANDIDATES = 12
"""Texts with the best sketches that are compared."""
SCORED = 4
"""Of them those whose words in common are counted, and one of another license; those that may be the nearest are aligned word by word."""
PROMISING = 0.6
"""Share of the best candidate's sketch, weighed as its words are, that another one needs to be compared."""
WEIGHT = 3
"""Of the document's words that a text explains, against those of the text that the document has: a text cut short still has all its words in one license."""
MIN_SCORE = 0.5
"""Share of words in common below which a text is not called a changed copy, unless it is a piece of one."""
MIN_SIDE = 0.8
"""Share of one side's words, the document's (cut short) or the known text's (added to), below which it is another text of the same family."""
MIN_PIECE = 0.9
"""Share of the document's words from which on it is a piece of a known text, however little is left of that."""
MIN_PIECE_WORDS = 25
MIN_SPAN_SCORE = 0.8
"""Share of the known text's words that a passage of a longer document must have; MIN_SCORE where those are MIN_LONG words."""
MIN_LONG = 100
MAX_GAP = 150
"""Words that may interrupt a text inside a longer document."""
MIN_PART = 40
"""Words below which a passage is not looked at by itself."""
MIN_PARTS = 0.15
"""Share of a license file that known texts must cover before it is called a changed copy of them."""
MAX_PARTS = 8
"""Texts in one document that are told apart."""


@record
class _Match:
    """A candidate; without an alignment `common` is what both have in whatever order, an upper bound."""

    known: KnownSequence
    mine: int
    """Words of the document with a counterpart in the known text."""
    theirs: int
    """Words of the known text with a counterpart in the document."""
    alignment: Alignment | None
    score: float
    rank: float


_MATCHERS: WeakKeyDictionary[Catalog, Matcher] = WeakKeyDictionary()


def matcher_of(catalog: Catalog) -> Matcher:
    """The one matcher of a catalogue: parents and models often hold one text."""
    if catalog not in _MATCHERS:
        _MATCHERS[catalog] = Matcher(catalog)
    return _MATCHERS[catalog]


class Matcher:
    """Identifies texts against one catalogue and its fingerprint file; what it found once it remembers."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.seen: dict[tuple[str, str, str], tuple[TextIdentity, ...]] = {}

    @cached_property
    def fingerprints(self) -> Fingerprints:
        return self.catalog.fingerprints

    def identify(self, sha256: str, read: Callable[[], Shingles], inside: bool = False) -> TextIdentity:
        """The license that a text is, by the digest of its normalised words and, where that is not known, by its shingles.

        With `inside`, the text may stand in a longer document (a card, a gate prompt): what surrounds it is left out of account.
        """
        if known := self._by_digest(sha256):
            return known
        document = read()
        if not document.words:
            return UNKNOWN_TEXT
        matches, stranger = self._matches(document, inside)
        if sha256 in self.fingerprints.digests:
            return TextIdentity(None, "", "none", 1.0, f"scancode:{self.fingerprints.digests[sha256]}", 1.0)
        return self._concluded(document, matches, stranger, inside)

    def _by_digest(self, sha256: str) -> TextIdentity | None:
        """The license with these words, as they stand in the catalogue or as they read in lines wrapped elsewhere."""
        if known := by_digest(sha256, self.catalog):
            return known
        text = self.fingerprints.rewrapped(sha256)
        return None if text is None else TextIdentity(text.license, text.form, "text_equivalent", 1.0, None, 0.0)

    def identify_all(self, sha256: str, read: Callable[[], Shingles], inside: bool = False) -> tuple[TextIdentity, ...]:
        """Every known text in a document, in order; with `inside` nothing where there is none.

        Of a license file every word counts: a passage that no known text covers is an addition to the text before it, or a text of its own.
        """
        if known := self._by_digest(sha256):
            return (known,)
        document = read()
        if inside:
            return tuple(identity for identity, _ in self._parts(document, 0, document.words - 1, MAX_PARTS))
        whole = self.identify(sha256, lambda: document)
        if whole.key is not None and not any(change.op == "added" and change.words >= MIN_PART for change in whole.changes):
            return (whole,)
        parts = self._parts(document, 0, document.words - 1, MAX_PARTS)
        covered = sum(last - first + 1 for _, (first, last) in parts)
        if covered < MIN_PARTS * document.words or (whole.key is not None and len(parts) < 2):
            return (whole,)
        return self._with_the_rest(document, parts)

    def _parts(self, document: Shingles, first: int, last: int, most: int) -> list[tuple[TextIdentity, tuple[int, int]]]:
        """Known texts among the words `first` to `last`, each with its place."""
        if last - first + 1 < MIN_PART or most < 1:
            return []
        part = document.part(first, last)
        matches, stranger = self._matches(part, inside=True)
        found = self._concluded(part, matches, stranger, inside=True, alone=part.words == document.words)
        if found.key is None or found.place is None:
            return []
        begin, end = first + found.place[0], first + found.place[1]
        here = (replace(found, place=(begin, end)), (begin, end))
        before = self._parts(document, first, begin - 1, most - 1)
        return [*before, here, *self._parts(document, end + 1, last, most - 1 - len(before))]

    def _with_the_rest(self, document: Shingles, parts: list[tuple[TextIdentity, tuple[int, int]]]) -> tuple[TextIdentity, ...]:
        """The parts, with what lies between them as additions to the part before (to the first, what precedes it)."""
        found = [identity for identity, _ in parts]
        position = 0
        ends = [place for _, place in parts] + [(document.words, document.words)]
        for index, (begin, end) in enumerate(ends):
            if begin > position:
                target = max(0, index - 1)
                rest = TextChange("added", _lines(document, position, begin - 1), begin - position, "", "")
                found[target] = replace(found[target], method="text_changed", changes=(*found[target].changes, rest))
            position = end + 1
        return tuple(found)

    def _matches(self, document: Shingles, inside: bool) -> tuple[list[_Match], tuple[str, float]]:
        """The best candidates, best first, and the best text that only ScanCode knows. The first is aligned, and every other that might be before it."""
        hashes = frozenset(document.hashes)
        scored = self.fingerprints.near(hashes)
        strangers = ((name, self._stranger_score(document, name, share, inside)) for share, kind, name in scored if kind == "scancode")
        stranger = max(strangers, key=lambda one: one[1], default=("", 0.0))
        near = [(score, self.fingerprints.sequence(int(name))) for score, kind, name in scored if kind == "text"]
        waiting = sorted((_counted(document, hashes, known, inside) for known in _nearest(hashes, near, inside)), key=_order, reverse=True)
        matches: list[_Match] = []
        while waiting and (not matches or waiting[-1].rank > max(match.rank for match in matches)):
            matches.append(_aligned(document, waiting.pop().known, inside))
        return sorted([*matches, *waiting], key=_order), stranger

    def _stranger_score(self, document: Shingles, name: str, share: float, inside: bool) -> float:
        """As `_match` scores, with the words in common estimated from the share of the sketch."""
        words = self.fingerprints.stranger_words[name]
        return share if inside else min(1.0, 2 * share * words / (document.words + words))

    def _concluded(self, document: Shingles, matches: list[_Match], stranger: tuple[str, float], inside: bool, alone: bool = True) -> TextIdentity:
        best = matches[0] if matches else None
        rival = next((m for m in matches if best and m.known.license != best.known.license), None)
        rival_name, rival_score = (rival.known.license, rival.score) if rival else (None, 0.0)
        if stranger[1] > max(rival_score, best.score if best else 0.0) and stranger[1] >= MIN_SCORE:
            rival_name, rival_score = f"scancode:{stranger[0]}", stranger[1]
        if best is None or best.alignment is None or not _is_copy(document, best, inside, alone):
            nearest = best.known.license if best else None
            return TextIdentity(None, "", "none", round(best.score if best else 0.0, 4), rival_name if rival_score > 0 else nearest, round(rival_score, 4))
        span = best.alignment.span
        changes = self._changes(document, best.known, best.alignment, inside)
        # By itself a text whose digest is not known has other words, also where the alignment shows no passage (a repeated word).
        method = "text_equivalent" if inside and _word_by_word(document, best.known, span) else "text_changed"
        place, lines = (span, _lines(document, *span)) if inside else (None, None)
        score, near = round(best.score, 4), round(rival_score, 4)
        return TextIdentity(best.known.license, best.known.form, method, score, rival_name, near, changes, lines, place)  # type: ignore[arg-type]

    def _changes(self, document: Shingles, known: KnownSequence, alignment: Alignment, inside: bool) -> tuple[TextChange, ...]:
        """Every passage without a counterpart. Inside a longer document only what lies within the span counts as added."""
        first, last = alignment.span
        added = [run for run in alignment.added if not inside or first < run.first <= run.last < last]
        places = {value: index for index, value in enumerate(known.hashes)} if added else {}
        found = [TextChange("added", _lines(document, run.first, run.last), run.words, _clause_at(known, places, run, document), "") for run in added]
        for run in alignment.removed:
            clause = _clause(known, run.first, run.last)
            found.append(TextChange("removed", None, run.words, clause, self._summary(known.license, clause, run)))
        return tuple(found)

    def _summary(self, key: str, clause: str, run: Run) -> str:
        license_: License = self.catalog.license(key)
        about = [term.summary for term in license_.terms if clause and _same_clause(clause, term.clause)]
        return " ".join(about) or f"{run.words} words of {license_.name}" + (f", clause {clause}" if clause else "")


def _clause_at(known: KnownSequence, places: Mapping[int, int], run: Run, document: Shingles) -> str:
    """Label of the known text's clause that an added passage stands in: that of the last shingle before it that both have."""
    for index in range(run.first - WIDTH, max(-1, run.first - 4 * WIDTH), -1):
        if 0 <= index < len(document.hashes) and (place := places.get(document.hashes[index])) is not None:
            return _clause(known, place, place)
    return ""


def _nearest(hashes: frozenset[int], near: list[tuple[float, KnownSequence]], inside: bool) -> list[KnownSequence]:
    """The candidates with the most passages in common, texts of at least two licenses where there are such."""

    def weighed(share: float, common: float) -> float:
        return share + (0 if inside else WEIGHT * common / len(hashes))

    by_sketch = sorted(((weighed(share, share * len(known.hashes)), known) for share, known in near), key=lambda one: -one[0])[:CANDIDATES]
    promising = [known for weight, known in by_sketch if weight >= PROMISING * by_sketch[0][0]]
    counts = {id(known): len(hashes.intersection(known.hashes)) for known in promising}
    ordered = sorted(promising, key=lambda known: (-weighed(counts[id(known)] / len(known.hashes), counts[id(known)]), known.license, known.text))
    first = {known.license for known in ordered[:SCORED]}
    rivals = (known for known in [*ordered[SCORED:], *(known for _, known in by_sketch)] if known.license not in first)
    rival = next(rivals, None) if len(first) == 1 else None
    return ordered[:SCORED] + ([rival] if rival else [])


def _counted(document: Shingles, hashes: frozenset[int], known: KnownSequence, inside: bool) -> _Match:
    mine = _words(document.hashes, frozenset(known.hashes), document.words)
    return _match(document, known, mine, _words(known.hashes, hashes, known.words), None, inside)


def _words(hashes: Sequence[int], others: frozenset[int], words: int) -> int:
    """Words that stand in a shingle which the others have as well: one byte for each shingle, spread over the words that it is of."""
    starts = int.from_bytes(bytes(map(others.__contains__, hashes)), "little")
    covered = starts
    for distance in range(1, WIDTH):
        covered |= starts << 8 * distance
    return min(words, covered.bit_count())


def _aligned(document: Shingles, known: KnownSequence, inside: bool) -> _Match:
    alignment = align(document.hashes, document.words, known.hashes, known.words, MAX_GAP if inside else None)
    return _match(document, known, alignment.covered, alignment.covered, alignment, inside)


def _match(document: Shingles, known: KnownSequence, mine: int, theirs: int, alignment: Alignment | None, inside: bool) -> _Match:
    """Of a text inside a longer document the score is the share of the known text's words, else of the words of both."""
    share = min(1.0, mine / document.words)
    score = min(1.0, theirs / known.words if inside else (mine + theirs) / (document.words + known.words))
    return _Match(known, mine, theirs, alignment, score, score + WEIGHT * share)


def _order(match: _Match) -> tuple[float, bool, str, str]:
    return -match.rank, match.alignment is None, match.known.license, match.known.text


def _is_copy(document: Shingles, match: _Match, inside: bool, alone: bool) -> bool:
    """Whether the document, or a part of it, is a copy, changed or not. Only a document that is nothing else (`alone`) may be a small piece of a text."""
    mine = match.mine / document.words
    is_piece = alone and mine >= MIN_PIECE and match.mine >= MIN_PIECE_WORDS
    if inside:
        return is_piece or match.score >= (MIN_SCORE if match.theirs >= MIN_LONG else MIN_SPAN_SCORE)
    return is_piece or (match.score >= MIN_SCORE and max(mine, match.theirs / match.known.words) >= MIN_SIDE)


def _word_by_word(document: Shingles, known: KnownSequence, span: tuple[int, int]) -> bool:
    """Whether the words of the known text stand there one after another, all of them and no other."""
    first, last = span
    return last - first + 1 == known.words and document.hashes[first : first + len(known.hashes)] == known.hashes


def _lines(document: Shingles, first: int, last: int) -> tuple[int, int]:
    return document.lines[first], document.lines[last]


def _clause(known: KnownSequence, first: int, last: int) -> str:
    """Label of the clause that begins inside the run, else of the one that it stands in."""
    inside = [label for start, label in known.clauses if first <= start <= last]
    before = [label for start, label in known.clauses if start <= first]
    return inside[0] if inside else before[-1] if before else ""


def _same_clause(label: str, stated: str) -> bool:
    """`1.b` of a text and `Section 1.b.i` of a term speak of one clause."""
    wanted = label.lower().removeprefix("section ")
    return any(part == wanted or part.startswith(f"{wanted}.") for part in stated.lower().replace(",", " ").replace("(", ".").replace(")", "").split())

"""Identification of license texts: exact digest, then sketches, then an alignment with the best candidates that shows every difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

from auditor.catalog.catalog import Catalog
from auditor.catalog.fingerprints import Fingerprints, KnownSequence
from auditor.domain.identification import UNKNOWN_TEXT, TextChange, TextIdentity
from auditor.domain.license import License
from auditor.licensing.align import Alignment, Run, align
from auditor.licensing.texts import by_digest
from auditor.reading.shingles import WIDTH, Shingles

CANDIDATES = 12
"""Texts with the best sketches that are compared."""
ALIGNED = 2
"""Of them those that are aligned word by word, and one of another license."""
MIN_OVERLAP = 0.15
"""Share of a sketch below which a text is no candidate."""
MIN_SCORE = 0.5
"""Share of words in common below which a text is not called a changed copy."""
MIN_SIDE = 0.8
"""Share of one side's words, the document's (cut short) or the known text's (added to), below which it is another text of the same family."""
MIN_SPAN_SCORE = 0.8
"""The same for a text inside a longer document, of the known text's own words."""
MAX_GAP = 150
"""Words that may interrupt a text inside a longer document."""
MIN_PART = 40
"""Words below which a passage is not looked at by itself."""
MIN_PARTS = 0.15
"""Share of a license file that known texts must cover before it is called a changed copy of them."""
MAX_PARTS = 8
"""Texts in one document that are told apart."""


@dataclass(frozen=True)
class _Match:
    known: KnownSequence
    alignment: Alignment
    score: float

    def rank(self, document_words: int) -> float:
        """Words in common, and how much of the document that explains: a text cut short still has all its words in the right license."""
        return self.score + self.alignment.covered / document_words


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
        if known := by_digest(sha256, self.catalog):
            return known
        document = read()
        if not document.words:
            return UNKNOWN_TEXT
        matches, stranger = self._matches(document, inside)
        if sha256 in self.fingerprints.digests:
            return TextIdentity(None, "", "none", 1.0, f"scancode:{self.fingerprints.digests[sha256]}", 1.0)
        return self._concluded(document, matches, stranger, inside)

    def identify_all(self, sha256: str, read: Callable[[], Shingles], inside: bool = False) -> tuple[TextIdentity, ...]:
        """Every known text in a document, in order; with `inside` nothing where there is none.

        Of a license file every word counts: a passage that no known text covers is an addition to the text before it, or a text of its own.
        """
        if known := by_digest(sha256, self.catalog):
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
        found = self._concluded(part, matches, stranger, inside=True)
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
        """Alignments with the best candidates, best first, and the best text that only ScanCode knows."""
        hashes = frozenset(document.hashes)
        scored = self.fingerprints.near(hashes)
        stranger = next(((name, score) for score, kind, name in scored if kind == "scancode"), ("", 0.0))
        near = [self.fingerprints.sequence(int(name)) for score, kind, name in scored if kind == "text" and score >= MIN_OVERLAP][:CANDIDATES]
        matches = []
        for known in self._nearest(hashes, near, inside):
            alignment = align(document.hashes, document.words, known.hashes, known.words, MAX_GAP if inside else None)
            matches.append(_Match(known, alignment, _score(document.words, known.words, alignment, inside)))
        return sorted(matches, key=lambda m: (-m.rank(document.words), m.known.license, m.known.text)), stranger

    def _nearest(self, hashes: frozenset[int], near: list[KnownSequence], inside: bool) -> list[KnownSequence]:
        """The candidates with the most passages in common, texts of at least two licenses where there are such."""

        def share(known: KnownSequence) -> float:
            theirs = frozenset(known.hashes)
            common = len(hashes & theirs)
            return common / len(theirs) + (0 if inside else common / len(hashes))

        ordered = sorted(near, key=lambda known: (-share(known), known.license, known.text))
        rival = next((known for known in ordered[ALIGNED:] if known.license not in {one.license for one in ordered[:ALIGNED]}), None)
        several = len({known.license for known in ordered[:ALIGNED]}) > 1
        return ordered[:ALIGNED] + ([rival] if rival and not several else [])

    def _concluded(self, document: Shingles, matches: list[_Match], stranger: tuple[str, float], inside: bool) -> TextIdentity:
        best = matches[0] if matches else None
        rival = next((m for m in matches if best and m.known.license != best.known.license), None)
        rival_name, rival_score = (rival.known.license, rival.score) if rival else (None, 0.0)
        if stranger[1] > max(rival_score, best.score if best else 0.0) and stranger[1] >= MIN_SCORE:
            rival_name, rival_score = f"scancode:{stranger[0]}", stranger[1]
        if best is None or not _is_copy(document, best, inside):
            nearest = best.known.license if best else None
            return TextIdentity(None, "", "none", round(best.score if best else 0.0, 4), rival_name if rival_score > 0 else nearest, round(rival_score, 4))
        changes = self._changes(document, best, inside)
        # By itself a text whose digest is not known has other words, also where the alignment shows no passage (a repeated word).
        method = "text_equivalent" if inside and _word_by_word(document, best) else "text_changed"
        place = best.alignment.span if inside else None
        span = _lines(document, *place) if place else None
        score, near = round(best.score, 4), round(rival_score, 4)
        return TextIdentity(best.known.license, best.known.form, method, score, rival_name, near, changes, span, place)  # type: ignore[arg-type]

    def _changes(self, document: Shingles, match: _Match, inside: bool) -> tuple[TextChange, ...]:
        """Every passage without a counterpart. Inside a longer document only what lies within the span counts as added."""
        first, last = match.alignment.span
        added = [run for run in match.alignment.added if not inside or first < run.first <= run.last < last]
        found = [TextChange("added", _lines(document, run.first, run.last), run.words, self._clause_at(match, run, document), "") for run in added]
        for run in match.alignment.removed:
            clause = _clause(match.known, run.first, run.last)
            found.append(TextChange("removed", None, run.words, clause, self._summary(match.known.license, clause, run)))
        return tuple(found)

    def _clause_at(self, match: _Match, run: Run, document: Shingles) -> str:
        """Label of the known text's clause that an added passage stands in: that of the last shingle before it that both have."""
        places = {value: index for index, value in enumerate(match.known.hashes)}
        for index in range(run.first - WIDTH, max(-1, run.first - 4 * WIDTH), -1):
            if 0 <= index < len(document.hashes) and (place := places.get(document.hashes[index])) is not None:
                return _clause(match.known, place, place)
        return ""

    def _summary(self, key: str, clause: str, run: Run) -> str:
        license_: License = self.catalog.license(key)
        about = [term.summary for term in license_.terms if clause and _same_clause(clause, term.clause)]
        return " ".join(about) or f"{run.words} words of {license_.name}" + (f", clause {clause}" if clause else "")


def _is_copy(document: Shingles, match: _Match, inside: bool) -> bool:
    if inside:
        return match.score >= MIN_SPAN_SCORE
    side = max(match.alignment.covered / document.words, match.alignment.known_covered / match.known.words)
    return match.score >= MIN_SCORE and side >= MIN_SIDE


def _word_by_word(document: Shingles, match: _Match) -> bool:
    """Whether the words of the known text stand there one after another, all of them and no other."""
    first, last = match.alignment.span
    known = match.known
    return last - first + 1 == known.words and document.hashes[first : first + len(known.hashes)] == known.hashes


def _score(document_words: int, known_words: int, alignment: Alignment, inside: bool) -> float:
    if inside:
        return alignment.known_covered / known_words
    return (alignment.covered + alignment.known_covered) / (document_words + known_words)


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

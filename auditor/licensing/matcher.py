"""Identification of license texts: exact digest, then sketches, then an alignment with the best candidates that shows every difference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from auditor.catalog.catalog import Catalog
from auditor.catalog.fingerprints import Fingerprints, KnownSequence
from auditor.domain.identification import UNKNOWN_TEXT, TextChange, TextIdentity
from auditor.domain.license import License
from auditor.licensing.align import Alignment, Run, align, overlap
from auditor.reading.shingles import WIDTH, Shingles

CANDIDATES = 8
"""Texts with the best sketches that are aligned."""
MIN_OVERLAP = 0.15
"""Share of a sketch below which a text is no candidate."""
MIN_SCORE = 0.5
"""Share of words in common below which a text is not called a changed copy."""
MIN_SPAN_SCORE = 0.8
"""The same for a text inside a longer document, of the known text's own words."""


@dataclass(frozen=True)
class _Match:
    known: KnownSequence
    alignment: Alignment
    score: float

    def rank(self, document_words: int) -> float:
        """Words in common, and how much of the document that explains: a text cut short still has all its words in the right license."""
        return self.score + self.alignment.covered / document_words


class Matcher:
    """Identifies texts against one catalogue and its fingerprint file."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    @cached_property
    def fingerprints(self) -> Fingerprints:
        return self.catalog.fingerprints

    def identify(self, sha256: str, read: Callable[[], Shingles], inside: bool = False) -> TextIdentity:
        """The license that a text is, by the digest of its normalised words and, where that is not known, by its shingles.

        With `inside`, the text may stand in a longer document (a card, a gate prompt): what surrounds it is left out of account.
        """
        if known := self.catalog.texts.get(sha256):
            method = "text_exact" if known.form == "canonical" else "text_equivalent"
            return TextIdentity(known.license, known.form, method, 1.0, None, 0.0)  # type: ignore[arg-type]
        document = read()
        if not document.words:
            return UNKNOWN_TEXT
        matches, stranger = self._matches(document, inside)
        if sha256 in self.fingerprints.digests:
            return TextIdentity(None, "", "none", 1.0, f"scancode:{self.fingerprints.digests[sha256]}", 1.0)
        return self._concluded(document, matches, stranger, inside)

    def _matches(self, document: Shingles, inside: bool) -> tuple[list[_Match], tuple[str, float]]:
        """Alignments with the best candidates, best first, and the best text that only ScanCode knows."""
        hashes = frozenset(document.hashes)
        scored = sorted(((overlap(hashes, sketch), kind, name) for kind, name, sketch in self.fingerprints.sketches), reverse=True)
        stranger = next(((name, score) for score, kind, name in scored if kind == "scancode"), ("", 0.0))
        near = [int(name) for score, kind, name in scored if kind == "text" and score >= MIN_OVERLAP][:CANDIDATES]
        matches = []
        for index in near:
            known = self.fingerprints.sequence(index)
            alignment = align(document.hashes, document.words, known.hashes, known.words)
            matches.append(_Match(known, alignment, _score(document.words, known.words, alignment, inside)))
        return sorted(matches, key=lambda m: (-m.rank(document.words), m.known.license, m.known.text)), stranger

    def _concluded(self, document: Shingles, matches: list[_Match], stranger: tuple[str, float], inside: bool) -> TextIdentity:
        best = matches[0] if matches else None
        rival = next((m for m in matches if best and m.known.license != best.known.license), None)
        rival_name, rival_score = (rival.known.license, rival.score) if rival else (None, 0.0)
        if stranger[1] > max(rival_score, best.score if best else 0.0) and stranger[1] >= MIN_SCORE:
            rival_name, rival_score = f"scancode:{stranger[0]}", stranger[1]
        if best is None or best.score < (MIN_SPAN_SCORE if inside else MIN_SCORE):
            nearest = best.known.license if best else None
            return TextIdentity(None, "", "none", round(best.score if best else 0.0, 4), rival_name if rival_score > 0 else nearest, round(rival_score, 4))
        changes = self._changes(document, best, inside)
        # By itself a text whose digest is not known has other words, also where the alignment shows no passage (a repeated word).
        method = "text_equivalent" if inside and not changes and not document.truncated else "text_changed"
        span = _lines(document, *best.alignment.span) if inside else None
        return TextIdentity(best.known.license, best.known.form, method, round(best.score, 4), rival_name, round(rival_score, 4), changes, span)  # type: ignore[arg-type]

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

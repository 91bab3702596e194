"""License files, notices, use policies and the gate prompt of both sides: which are new, gone or moved, and which passages of the others differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from auditor.audit.diff.side import Side, of_side, same_commit
from auditor.domain.change import NotKnown, Passage, Place, TextChange
from auditor.domain.evidence import WITHHELD, CardFacts, Document, TextFacts, Unavailable
from auditor.domain.record import record
from auditor.domain.text_safety import one_line, quoted
from auditor.licensing.align import Run, align
from auditor.reading.shingles import MAX_WORDS, Shingles, decode, shingles

MAX_PASSAGES = 40
"""Of one text that are listed."""
GATE_PROMPT = "gate prompt"
"""Stands in the place of a path."""
_KINDS = ("license_file", "notice_file", "use_policy")
_Op: TypeAlias = Literal["added", "removed", "changed", "same_words", "moved"]


@record
class Text:
    """A text of one side."""

    path: str
    facts: TextFacts
    sha256: str
    """Of the bytes; of the normalised words where the text is part of a document."""
    content: str | None
    """None when it is withheld."""
    place: Place
    lines_before: int = 0
    """Lines of the document before the text."""

    def quote(self, first: int, last: int) -> str:
        """Lines of the text, from 1."""
        return WITHHELD if self.content is None else quoted("\n".join(self.content.split("\n")[first - 1 : last]))


_Run: TypeAlias = tuple[Literal["added", "removed"], tuple[int, int], Run, Text]


def texts(before: Side, after: Side) -> tuple[list[TextChange], list[NotKnown]]:
    """Every text that is not the same on both sides, by path; and those that could not be compared."""
    mine, theirs = _texts(before), _texts(after)
    unknown = _missing(before, after)
    hidden = {*before.missing, *after.missing} | ({GATE_PROMPT} if any(map(_prompt_hidden, (before, after))) else set())
    changes: list[TextChange] = []
    for path in sorted({*mine} & {*theirs}):
        change, why = _changed(mine[path], theirs[path])
        changes += [change] if change else []
        unknown += [NotKnown(topic=f"passages of {one_line(path)}", side="both", why=why, reason="not_determined")] if why else []
    gone = [mine[path] for path in sorted({*mine} - {*theirs} - hidden)]
    come = [theirs[path] for path in sorted({*theirs} - {*mine} - hidden)]
    return sorted((*changes, *_come_and_gone(gone, come)), key=lambda change: (change.path, change.moved_to)), unknown


def _texts(side: Side) -> Mapping[str, Text]:
    found = {
        path: Text(path, document.facts, document.sha256, document.text(), side.place_of(document, document.kind))
        for path, document in side.evidence.documents.items()
        if document.kind in _KINDS and isinstance(document.facts, TextFacts)
    }
    prompt = _prompt(side)
    return found if prompt is None else {**found, GATE_PROMPT: prompt}


def _prompt(side: Side) -> Text | None:
    """From the Hub's metadata, else from the card's front matter."""
    info = side.info
    if not info.facts.local and info.facts.card and (facts := info.facts.card.gate_prompt):
        return Text(GATE_PROMPT, facts, facts.sha256, _prompt_of(info), side.place_of(info, "gate_prompt", "cardData.extra_gated_prompt"))
    card = side.evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts) and (facts := card.facts.data.gate_prompt):
        from auditor.reading.front_matter import read_front_matter

        text = card.text()
        prompt = None if text is None else read_front_matter(text).values.get("extra_gated_prompt")
        content = prompt if isinstance(prompt, str) else None
        return Text(GATE_PROMPT, facts, facts.sha256, content, side.place_of(card, "gate_prompt"), facts.first_line - 1)
    return None


def _prompt_hidden(side: Side) -> bool:
    """Whether only the card would tell of a prompt, and the card could not be had."""
    return (side.info.facts.card is None or bool(side.info.facts.local)) and "README.md" in side.missing


def _prompt_of(info: Document[Any]) -> str | None:
    try:
        prompt = json.loads(info.content or b"")["cardData"]["extra_gated_prompt"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return prompt if isinstance(prompt, str) else None


def _missing(before: Side, after: Side) -> list[NotKnown]:
    """Files that one side or both could not get. Both at one commit, or with one digest of the file, hold the same ones, whatever they say."""
    same = same_commit(before, after)
    blobs = [{file.path: file.blob for file in side.info.facts.files or () if file.blob} for side in (before, after)]
    found = []
    for path in sorted({*before.missing, *after.missing}):
        mine, theirs = before.missing.get(path), after.missing.get(path)
        if mine and theirs and (same or (path in blobs[0] and blobs[0][path] == blobs[1].get(path))):
            continue
        why = next(one.detail for one in (mine, theirs) if isinstance(one, Unavailable))
        found.append(NotKnown(topic=f"file {one_line(path, 120)}", side=of_side(bool(mine), bool(theirs)), why=one_line(why), reason="not_had"))
    return found


def _come_and_gone(gone: Sequence[Text], come: Sequence[Text]) -> list[TextChange]:
    """A text that goes while the same words come elsewhere has moved."""
    left = list(come)
    changes = []
    for text in gone:
        moved = next((other for other in left if other.facts.sha256 == text.facts.sha256 and text.facts.words), None)
        if moved is None:
            changes.append(_text_change(text, None, "removed"))
        else:
            left.remove(moved)
            changes.append(_text_change(text, moved, "moved"))
    return changes + [_text_change(None, text, "added") for text in left]


def _changed(before: Text, after: Text) -> tuple[TextChange | None, str]:
    """How the two differ (None when they do not), and why their passages are not known in full (empty when they are)."""
    if before.sha256 == after.sha256:
        return None, ""
    if before.facts.sha256 == after.facts.sha256:
        return _text_change(before, after, "same_words"), ""
    try:
        mine, theirs = _shingles(before), _shingles(after)
    except ValueError:
        return _text_change(before, after, "changed"), "the text was saved without what is needed to compare it"
    passages = _passages(before, after, mine, theirs)
    change = _text_change(before, after, "changed", passages)
    return change, f"words after the first {MAX_WORDS:,} are not compared" if mine.truncated or theirs.truncated else ""


def _shingles(text: Text) -> Shingles:
    return shingles(text.content) if text.content is not None else decode(text.facts.shingles or "")


def _passages(before: Text, after: Text, mine: Shingles, theirs: Shingles) -> list[Passage]:
    """Runs of words without a counterpart, in the order of the lines.

    The two are aligned in one direction, whichever came first: the mirrored question has the mirrored answer.
    """
    if before.facts.sha256 <= after.facts.sha256:
        found = align(theirs.hashes, theirs.words, mine.hashes, mine.words)
        gone, come = found.removed, found.added
    else:
        found = align(mine.hashes, mine.words, theirs.hashes, theirs.words)
        gone, come = found.added, found.removed
    removed: list[_Run] = [("removed", _lines(mine, run), run, before) for run in gone]
    added: list[_Run] = [("added", _lines(theirs, run), run, after) for run in come]
    ordered = sorted((*removed, *added), key=lambda one: (one[1], one[2].first, one[0]))
    return [
        Passage(
            op=op,
            lines=_span(first + text.lines_before, last + text.lines_before),
            words=run.words,
            quote=text.quote(first, last),
        )
        for op, (first, last), run, text in ordered
    ]


def _lines(found: Shingles, run: Run) -> tuple[int, int]:
    return found.lines[run.first], found.lines[run.last]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _text_change(before: Text | None, after: Text | None, op: _Op, passages: Sequence[Passage] = ()) -> TextChange:
    one = before or after
    assert one is not None
    return TextChange(
        path=one_line(one.path),
        op=op,
        moved_to=one_line(after.path) if op == "moved" and after else "",
        words_before=before.facts.words if before else None,
        words_after=after.facts.words if after else None,
        passages=tuple(passages[:MAX_PASSAGES]),
        unlisted=max(0, len(passages) - MAX_PASSAGES),
        evidence=tuple(text.place for text in (before, after) if text),
    )

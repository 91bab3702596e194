"""What changed, on a terminal: per model a row for each thing that came (+), went (-) or reads otherwise (~), and what could not be compared (?)."""

from __future__ import annotations

from auditor.domain.change import Diff, FileChange, FileState, ModelChange, NotKnown, Passage, TextChange
from auditor.domain.text_safety import one_line
from auditor.formats import wording
from auditor.formats.interface import RenderContext
from auditor.formats.sheet import GLUE, Sheet
from auditor.formats.shown import shown
from auditor.formats.terminal_changes import LABELS, MARKS, ChangeRows, Places

_ALL = 10_000
_FILES, _PASSAGES = 12, 6
"""Of each kind that are shown; -v shows all that the record holds."""
_LONG = 2000
_QUOTE = 400


def render(diff: Diff, context: RenderContext) -> str:
    """One block a model, then what both sides were judged by. Quiet, it is a line a model."""
    diff = shown(diff)
    sheet = Sheet(context)
    if context.detail == "quiet":
        for model in diff.models:
            sheet.whole(f"{wording.spaced(model.result)} {one_line(_name(model))}")
        return sheet.text()
    for model in diff.models:
        _Block(sheet, model, context.detail == "verbose").write()
    _closing(sheet, diff)
    return sheet.text()


def _name(model: ModelChange) -> str:
    """Both names where they differ, with the commits where those do."""
    before, after = model.before, model.after
    if before is None or after is None:
        one = before or after
        return f"{one.id}@{wording.short_revision(one.revision)}" if one else ""
    revisions = wording.short_revision(before.revision), wording.short_revision(after.revision)
    if before.id != after.id:
        return f"{before.id}@{revisions[0]} → {after.id}@{revisions[1]}"
    return f"{before.id}@{revisions[0]}" + (f" → {revisions[1]}" if revisions[0] != revisions[1] else "")


def _closing(sheet: Sheet, diff: Diff) -> None:
    profile = diff.profile
    assumed = " (assumed, say --use)" if profile.use_source == "assumed" else ""
    facts = f"facts {one_line(wording.fact_list(profile.facts))}" if profile.facts else "no facts declared"
    judged = f"policy {diff.policy.name}, knowledge {diff.tool.knowledge_date}, as of {diff.evaluated_at[:10]}"
    sheet.line(sheet.styled(f"Both sides for use {', '.join(profile.use)}{assumed}, {facts}, {judged}.", "dim"))
    sheet.line(sheet.styled(wording.STANDING, "dim"))
    if len(diff.models) > 1:
        sheet.line(", ".join(f"{number} {wording.spaced(word)}" for word, number in diff.counts.items() if number))
    if not diff.complete:
        sheet.line("Some evidence could not be had: what it would show is not known, exit code 4")


class _Block:
    """One model."""

    def __init__(self, sheet: Sheet, model: ModelChange, whole: bool) -> None:
        self.sheet, self.model, self.whole = sheet, model, whole
        self.places = Places((name for one in (model.before, model.after) if one for name in (one.id, one.requested)), whole)

    def write(self) -> None:
        """All rows, those without content left out."""
        sheet, model = self.sheet, self.model
        mark = MARKS.get(model.result, "=" if model.result == "unchanged" else "?")
        sheet.line(sheet.styled(f"{mark} {_name(model)}", "bold"))
        sheet.line(self._sentence())
        if model.note:
            sheet.line(f"{model.note[0].upper()}{model.note[1:]}.")
        ChangeRows(sheet, self.places, self.whole).write(model.changes)
        for number, text in enumerate(model.texts):
            self._text("" if number else "Texts", text)
        self._files()
        self._not_known()
        if cited := self.places.lines():
            sheet.row("Evidence", ", ".join(cited))
        sheet.line()

    def _sentence(self) -> str:
        """What a reader has to know first."""
        model = self.model
        one = model.after or model.before
        verdict = self.sheet.styled(one.verdict, one.verdict) if one else ""
        if model.result in ("added", "removed"):
            return f"Only {'after' if model.result == 'added' else 'before'}: {verdict}"
        if model.result == "not_known":
            return "Not known: one side could not be had, so nothing is said to be the same"
        commit = ", the commit apart" if any(change.topic == "revision" for change in model.changes) else ""
        if model.result == "unchanged":
            return f"Nothing changed{commit}: {verdict}"
        if model.result == "no_known_change":
            return f"Nothing that could be compared changed{commit}: {verdict}"
        parts = [label.lower() for topic, label in LABELS.items() if any(change.topic == topic for change in model.changes)]
        parts += ["texts"] if model.texts else []
        parts += ["files"] if model.files.listed else []
        return f"Changed: {', '.join(parts)}"

    def _text(self, label: str, text: TextChange) -> None:
        words = {"added": "new", "removed": "gone", "changed": "changed", "moved": f"moved to {text.moved_to}"}
        said = words.get(text.op, "same words, only wrapping, markup or copyright lines differ")
        counts = dict.fromkeys(f"{number:,}" for number in (text.words_before, text.words_after) if number is not None)
        self.sheet.row(label, f"{MARKS[text.op]} {text.path}: {said}, {' → '.join(counts)} words{self.places.cite(text.evidence)}", hang=2)
        listed = text.passages[: _ALL if self.whole else _PASSAGES]
        for passage in listed:
            self._passage(passage)
        if left := len(text.passages) - len(listed) + text.unlisted:
            self.sheet.row("", f"and {wording.counted(left, 'passage')} more", indent=2)

    def _passage(self, passage: Passage) -> None:
        side = "after" if passage.op == "added" else "before"
        lines = "line" if "-" not in passage.lines else "lines"
        self.sheet.row("", f"{MARKS[passage.op]} {wording.counted(passage.words, 'word')} {passage.op}, {lines} {passage.lines} {side}", hang=2, indent=2)
        quote = passage.quote if self.whole else one_line(passage.quote, _QUOTE)
        for line in quote.split("\n"):
            self.sheet.row("", f"| {line}", hang=2, indent=4)

    def _files(self) -> None:
        files = self.model.files
        if not files.listed:
            return
        counts = (
            (files.added, "added"),
            (files.removed, "removed"),
            (files.changed, "changed"),
            (files.unchanged, "unchanged"),
            (files.undetermined, "not known"),
        )
        self.sheet.row("Files", ", ".join(f"{number:,} {word}" for number, word in counts if number))
        listed = files.listed[: _ALL if self.whole else _FILES]
        for file in listed:
            self.sheet.row("", _file(file), hang=2)
        if left := files.unlisted + len(files.listed) - len(listed):
            self.sheet.row("", f"and {left:,} more")

    def _not_known(self) -> None:
        """What could not be had first; that decides the exit code."""
        for number, entry in enumerate(sorted(self.model.not_known, key=_missing_first)):
            side = "both sides" if entry.side == "both" else entry.side
            text = f"? {one_line(wording.spaced(entry.topic) if entry.topic.startswith('memory ') else entry.topic)} ({side}): {one_line(entry.why, _LONG)}"
            self.sheet.row("" if number else "Not known", text.replace("both sides", f"both{GLUE}sides"), hang=2)


def _missing_first(entry: NotKnown) -> bool:
    return entry.reason != "not_had"


def _file(file: FileChange) -> str:
    states = [_state(state) for state in (file.before, file.after) if state]
    return f"{MARKS[file.op]} {file.path} ({file.role}): {' → '.join(states)}"


def _state(state: FileState) -> str:
    digest = f", sha256 {state.sha256[:12]}" if state.sha256 != "unknown" else f", git {state.blob[:12]}" if state.blob != "unknown" else ""
    return f"{'size unknown' if state.size == 'unknown' else wording.size(state.size)}{digest}"

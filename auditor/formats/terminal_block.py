"""One model on a terminal: what decides and what is to be done in full, the rest folded into a line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.domain.memory import Fit
from auditor.domain.report import Edge, Finding, ModelRecord, ObligationRecord, Report
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import OF_OUTCOME, OF_PERMISSION, RESULTS, Outcome, Verdict
from auditor.formats import wording
from auditor.formats.sheet import GLUE, Sheet

_CARDS = 4
"""GPUs that a row names when none was declared."""
_FEW = 3
"""Up to so many GPUs are told with the memory that stays free."""
_TOPICS = 4
"""Topics not checked that are named."""
_NAMES = 4
"""Assumptions that are named."""


def verdict_word(sheet: Sheet, verdict: Verdict) -> str:
    """Shape and word."""
    return sheet.styled(f"{wording.SHAPES[verdict]} {verdict.upper()}", verdict)


def result_style(outcome: Outcome) -> str:
    """The style of a finding's outcome."""
    return "dim" if outcome == "note" else OF_OUTCOME[outcome]


class Block:
    """One model's part of the screen."""

    brief = True
    """Whether GPUs are counted instead of named, and clauses left to the obligations that repeat them."""

    def __init__(self, sheet: Sheet, report: Report, model: ModelRecord) -> None:
        self.sheet, self.report, self.model = sheet, report, model
        self.evidence = {entry.id: entry for entry in report.evidence}
        self.cited: set[str] = set()

    def write(self) -> None:
        """All rows, those without content left out."""
        self._head()
        self._next()
        self._license()
        self._uses()
        self._obligations()
        for edge in self.model.lineage:
            self.sheet.row("Lineage" if edge is self.model.lineage[0] else "", self._edge(edge))
        self._memory()
        self._findings()
        self._areas()
        self._unchecked()
        self._evidence()
        self.sheet.line()

    def _cite(self, ids: Iterable[str], *rules: str) -> str:
        """` [LIC003, E1]`, each piece of evidence remembered for the list at the end."""
        known = [entry for entry in ids if entry in self.evidence]
        self.cited.update(known)
        return f" [{f',{GLUE}'.join((*rules, *known))}]" if known or rules else ""

    def _head(self) -> None:
        sheet, model = self.sheet, self.model
        sheet.line(f"{verdict_word(sheet, model.verdict)}  {wording.model_name(model)}")
        rules, ids = wording.grounds(model)
        sheet.line(one_line(wording.reason(model)) + self._cite(ids, *rules))
        clauses = wording.clauses(model)
        if clauses and not (self.brief and wording.repeated_clauses(model)):
            sheet.row("Clause", clauses)

    def _next(self) -> None:
        label = "Next"
        for question in wording.questions(wording.intended(self.model)):
            self.sheet.row(label, f"declare {self.sheet.styled(question.flag, 'bold')}")
            self.sheet.row("", "; ".join(self._answer(answer) for answer in question.answers), hang=2)
            label = ""
        for step in wording.steps(self.model):
            self.sheet.row(label, one_line(step), hang=2)
            label = ""

    def _answer(self, answer: wording.Answer) -> str:
        uses = f" for {', '.join(answer.uses)}" if len(wording.intended(self.model)) > 1 else ""
        return f"{wording.readable(answer.value)}: {self.sheet.styled(answer.result, OF_PERMISSION[answer.result])}{uses}"

    def _license(self) -> None:
        concluded, sheet = self.model.license.concluded, self.sheet
        key = f" ({concluded.key})" if concluded.key else ""
        confidence = f", confidence {concluded.confidence}" if concluded.confidence in ("declared", "low") else ""
        sheet.row("License", f"{concluded.name}{key}: {wording.METHODS[concluded.method]}{confidence}{self._cite(concluded.evidence)}")
        for conflict in self.model.license.conflicts:
            values = " against ".join(one_line(value, 120) for value in conflict.values)
            sheet.row("Conflict", f"{wording.spaced(conflict.kind)}: {values}{self._cite(conflict.evidence)}")

    def _uses(self) -> None:
        label, found = "Uses", self.model.permissions
        for result in reversed(RESULTS):
            uses = [f"{entry.use}{GLUE + '(intended)' if entry.intended else ''}" for entry in found if entry.result == result]
            if uses and len(uses) == len(found):
                uses = [f"all, {', '.join(entry.use for entry in found if entry.intended) or 'none'} intended"]
            if uses:
                self.sheet.row(label, f"{self.sheet.styled(result, OF_PERMISSION[result])}{' ' * (12 - len(result))}{', '.join(uses)}", hang=12)
                label = ""

    def _obligations(self) -> None:
        for number, entry in enumerate(self.model.obligations, 1):
            maybe = "if it applies: " if entry.applies == "unknown" else ""
            said = f"{wording.short_clause(entry, self.model)}; {wording.status(entry)}"
            text = f"{number}. {maybe}{one_line(entry.action)} ({said}){self._proof(entry)}"
            self.sheet.row("To do" if number == 1 else "", text, hang=3)
            if entry.text is not None:
                self.sheet.verbatim(entry.text)

    def _proof(self, entry: ObligationRecord) -> str:
        """Evidence of an obligation, unless it is that of the license above and shows no more than that there is one."""
        plain = entry.status in ("open", "not_checkable") and entry.evidence == self.model.license.concluded.evidence
        return "" if plain else self._cite(entry.evidence)

    def _edge(self, edge: Edge) -> str:
        """The base model and its license; why that is unknown is said by a finding, where it matters."""
        child = f"{one_line(edge.child)} " if edge.depth > 1 else ""
        known = "license unknown" if edge.license == "unknown" else edge.license
        silent = edge.grade == "benign" or (self.brief and edge.grade == "unknown")
        grade = "" if silent else f": {wording.spaced(edge.grade)}, {one_line(edge.because)}"
        return f"{child}{wording.RELATIONS[edge.relation]} {one_line(edge.parent)} ({known}){grade}{self._cite(edge.evidence)}"

    def _memory(self) -> None:
        memory, sheet = self.model.memory, self.sheet
        if memory.weights_bytes == memory.total_bytes_per_gpu == "unknown":
            sheet.row("Memory", "unknown")
            return
        figures = f"{self._figure('weights_bytes')} weights, {self._figure('kv_bytes_per_token')} KV per token, {self._figure('total_bytes_per_gpu')} in all"
        setting = f"per GPU at context {wording.amount(memory.context)} x {memory.concurrency}, {memory.precision}, {memory.stack} {memory.stack_version}"
        sheet.row("Memory", f"{figures} {setting}")
        self._fits(memory.fits)
        self._assumed()

    def _fits(self, fits: Sequence[Fit]) -> None:
        """Declared GPUs each; of those that stand for all, a few, the ones that do with a single card first."""
        parts = []
        for word, title in wording.FITS.items():
            found = sorted((fit for fit in fits if fit.fits == word), key=lambda fit: fit.gpus)
            named = [f"{wording.cards(fit).replace(' ', GLUE)}{self._free(fit)}" for fit in found[: self._named(word)]]
            unnamed = len(found) - len(named)
            more = [f"{unnamed} more" if named else wording.counted(unnamed, "GPU")] if unnamed else []
            parts += [f"{title}: {', '.join((*named, *more))}"] if found else []
        if parts:
            self.sheet.row("", "; ".join(parts))

    def _named(self, word: str) -> int:
        """How many GPUs are named: all that were declared, else a few of those that fit."""
        gates = any(area.area == "memory" and area.gating for area in self.model.areas)
        every = not self.brief or gates or len(self.model.memory.fits) <= _FEW
        return len(self.model.memory.fits) if every else _CARDS if word == "yes" else 0

    def _free(self, fit: Fit) -> str:
        few = len(self.model.memory.fits) <= _FEW
        return f" ({wording.size(fit.headroom_bytes)} free)" if few and isinstance(fit.headroom_bytes, int) and fit.headroom_bytes >= 0 else ""

    def _figure(self, name: str) -> str:
        estimate = self.model.memory.estimates.get(name)
        return wording.size(getattr(self.model.memory, name)) + (" (assumed)" if estimate and estimate.basis == "assumed" else "")

    def _assumed(self) -> None:
        if names := wording.assumed_names(self.model):
            self.sheet.row("", self.sheet.styled(f"assumed: {_first(names, _NAMES)}", "dim"))

    def _findings(self) -> None:
        """Those that are open; the notes are named below."""
        label, reason = "Findings", wording.reason(self.model)
        for finding in wording.findings(self.model):
            if finding.outcome != "note" and finding.message != reason:
                self.sheet.row(label, self._finding(finding), hang=2)
                label = ""

    def _finding(self, finding: Finding) -> str:
        outcome = self.sheet.styled(finding.outcome, result_style(finding.outcome))
        return f"{finding.rule} {outcome}: {one_line(finding.message)}{self._cite(finding.evidence)}"

    def _areas(self) -> None:
        assessed = (f"{area.area} {wording.spaced(area.verdict)}".replace(" ", GLUE) for area in self.model.areas if area.verdict != "not_assessed")
        notes = dict.fromkeys(finding.rule for finding in self.model.findings if finding.outcome == "note")
        self.sheet.row("Areas", ", ".join(assessed) + (f"; notes: {', '.join(notes)} (-v)" if notes else ""))

    def _unchecked(self) -> None:
        """What an address is given for, with it; else the areas and the first topics, what is the same for every model coming last in the record."""
        label = "Unchecked"
        told = {why: topics for why, topics in wording.unchecked(self.model).items() if "https://" in why}
        for why, found in told.items():
            self.sheet.row(label, f"{_first([one_line(topic, 80) for topic in found], _NAMES)}: {one_line(why, 200)}", hang=2)
            label = ""
        areas = [area.area for area in self.model.areas if area.verdict == "not_assessed"]
        topics = [one_line(entry.topic, 80) for entry in self.model.not_checked if entry.topic not in areas and entry.why not in told]
        if areas or topics:
            self.sheet.row(label, ", ".join(areas) + ("; " if areas and topics else "") + _first(topics, _TOPICS))

    def _evidence(self) -> None:
        cited = [entry for entry in self.report.evidence if entry.id in self.cited]
        if cited:
            places = (f"{entry.id} {wording.place(entry, self.model)}".replace(" ", GLUE) for entry in cited)
            self.sheet.row("Evidence", ", ".join(self.sheet.linked(text, entry.url) for text, entry in zip(places, cited, strict=True)))


def _first(names: Sequence[str], number: int) -> str:
    more = f" and {len(names) - number} more" if len(names) > number else ""
    return f"{', '.join(names[:number])}{more}"

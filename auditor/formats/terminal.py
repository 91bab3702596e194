"""The result on a terminal: per model the verdict, why, what to do next, and what it rests on. The JSON and HTML hold the rest."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.domain.memory import Fit
from auditor.domain.report import Edge, EvidenceRecord, ModelRecord, Report
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import OF_PERMISSION, RESULTS, Outcome
from auditor.formats import wording
from auditor.formats.interface import RenderContext
from auditor.formats.sheet import GLUE, Sheet
from auditor.formats.shown import shown

_MANY = 6
"""GPUs that a row names."""
_FEW = 3
"""Up to so many GPUs are told with the memory that stays free."""
_OUTCOME_STYLE: dict[Outcome, str] = {"block": "blocked", "incomplete": "incomplete", "review": "review", "note": "dim"}


def render(report: Report, context: RenderContext) -> str:
    """A table of the models when there are several, then one block a model, worst first, then what a gate gets."""
    report = shown(report)
    sheet = Sheet(context)
    evidence = {entry.id: entry for entry in report.evidence}
    if len(report.models) > 1:
        _overview(sheet, report)
    for model in report.models:
        _Block(sheet, report, model, evidence).write()
    _closing(sheet, report)
    return sheet.text()


def _overview(sheet: Sheet, report: Report) -> None:
    sheet.line(sheet.styled(f"{wording.counted(len(report.models), 'model')}: {wording.run_counts(report.summary.counts)}", "bold"))
    for model in report.models:
        sheet.line(f"{_verdict(sheet, model)}{' ' * (12 - len(model.verdict))}{wording.model_name(model)}", hang=14)
        sheet.line(one_line(wording.reason(model)), indent=14)
    sheet.line()


def _closing(sheet: Sheet, report: Report) -> None:
    profile, summary = report.profile, report.summary
    use = f"Use {', '.join(profile.use)}{' (assumed, say --use)' if profile.use_source == 'assumed' else ''}"
    facts = f"facts {one_line(wording.fact_list(profile.facts))}" if profile.facts else "no facts declared"
    sheet.line(sheet.styled(f"{use}, {facts}, policy {report.policy.name}, knowledge {report.tool.knowledge_date}, as of {report.run.evaluated_at}.", "dim"))
    sheet.line(sheet.styled(f"{wording.STANDING} The whole record: -f json, or -o report.html.", "dim"))
    if report.run.errors:
        sheet.line(f"{wording.counted(len(report.run.errors), 'document')} could not be had: the record lists each with its cause under run.errors.")
    several = f" ({wording.run_counts(summary.counts)})" if len(report.models) > 1 else ""
    sheet.line(f"Run: {sheet.styled(summary.verdict, summary.verdict)}{several}, exit code {summary.exit_code}")


def _verdict(sheet: Sheet, model: ModelRecord) -> str:
    return sheet.styled(f"{wording.SHAPES[model.verdict]} {model.verdict.upper()}", model.verdict)


class _Block:
    """One model's part of the screen."""

    def __init__(self, sheet: Sheet, report: Report, model: ModelRecord, evidence: dict[str, EvidenceRecord]) -> None:
        self.sheet, self.report, self.model, self.evidence = sheet, report, model, evidence
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
        self._rest()
        self.sheet.line()

    def _cite(self, ids: Iterable[str], *rules: str) -> str:
        """` [LIC003, E1]`, each piece of evidence remembered for the list at the end."""
        known = [entry for entry in ids if entry in self.evidence]
        self.cited.update(known)
        return f" [{f',{GLUE}'.join((*rules, *known))}]" if known or rules else ""

    def _head(self) -> None:
        sheet, model = self.sheet, self.model
        sheet.line(f"{_verdict(sheet, model)}  {wording.model_name(model)}")
        rules, ids = wording.grounds(model)
        sheet.line(one_line(wording.reason(model)) + self._cite(ids, *rules))
        if clauses := wording.clauses(model):
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
        confidence = f", confidence {concluded.confidence}" if concluded.method != "none" else ""
        sheet.row("License", f"{concluded.name}{key}: {wording.METHODS[concluded.method]}{confidence}{self._cite(concluded.evidence)}")
        for conflict in self.model.license.conflicts:
            values = " against ".join(one_line(value, 120) for value in conflict.values)
            sheet.row("Conflict", f"{wording.spaced(conflict.kind)}: {values}{self._cite(conflict.evidence)}")

    def _uses(self) -> None:
        label = "Uses"
        for result in reversed(RESULTS):
            uses = [f"{entry.use}{GLUE + '(intended)' if entry.intended else ''}" for entry in self.model.permissions if entry.result == result]
            if uses:
                self.sheet.row(label, f"{self.sheet.styled(result, OF_PERMISSION[result])}{' ' * (12 - len(result))}{', '.join(uses)}", hang=12)
                label = ""

    def _obligations(self) -> None:
        for number, entry in enumerate(self.model.obligations, 1):
            maybe = "if it applies: " if entry.applies == "unknown" else ""
            status = "" if entry.status == "open" else f", {wording.spaced(entry.status)}"
            text = f"{number}. {maybe}{one_line(entry.action)} ({wording.short_clause(entry, self.model)}{status}){self._cite(entry.evidence)}"
            self.sheet.row("To do" if number == 1 else "", text, hang=3)
            if entry.text is not None:
                self.sheet.verbatim(entry.text)

    def _edge(self, edge: Edge) -> str:
        child = f"{one_line(edge.child)} " if edge.depth > 1 else ""
        grade = "" if edge.grade == "benign" else f": {wording.spaced(edge.grade)}, {one_line(edge.because)}"
        return f"{child}{wording.RELATIONS[edge.relation]} {one_line(edge.parent)} ({edge.license}){grade}{self._cite(edge.evidence)}"

    def _memory(self) -> None:
        memory, sheet = self.model.memory, self.sheet
        if memory.weights_bytes == memory.total_bytes_per_gpu == "unknown":
            sheet.row("Memory", "unknown")
            return
        figures = f"{self._figure('weights_bytes')} weights, {self._figure('kv_bytes_per_token')} KV per token, {self._figure('total_bytes_per_gpu')} in all"
        setting = f"per GPU at context {wording.amount(memory.context)} x {memory.concurrency}, {memory.precision}, {memory.stack} {memory.stack_version}"
        sheet.row("Memory", f"{figures} {setting}")
        for word in wording.FITS:
            if fits := [fit for fit in memory.fits if fit.fits == word]:
                self._fits(wording.FITS[word], fits)
        if memory.assumed:
            sheet.row("", sheet.styled(f"assumed: {one_line(wording.short_assumptions(self.model))}", "dim"))

    def _fits(self, word: str, fits: list[Fit]) -> None:
        cards = [f"{wording.cards(fit).replace(' ', GLUE)}{self._free(fit)}" for fit in fits[:_MANY]]
        more = f" and {len(fits) - _MANY} more" if len(fits) > _MANY else ""
        self.sheet.row("", f"{word}: {', '.join(cards)}{more}")

    def _free(self, fit: Fit) -> str:
        few = len(self.model.memory.fits) <= _FEW
        return f" ({wording.size(fit.headroom_bytes)} free)" if few and isinstance(fit.headroom_bytes, int) and fit.headroom_bytes >= 0 else ""

    def _figure(self, name: str) -> str:
        estimate = self.model.memory.estimates.get(name)
        return wording.size(getattr(self.model.memory, name)) + (" (assumed)" if estimate and estimate.basis == "assumed" else "")

    def _findings(self) -> None:
        label, reason = "Findings", wording.reason(self.model)
        for finding in wording.findings(self.model):
            if finding.message != reason:
                outcome = self.sheet.styled(finding.outcome, _OUTCOME_STYLE[finding.outcome])
                message = one_line(finding.message, 160 if finding.outcome == "note" else 300)
                self.sheet.row(label, f"{finding.rule} {outcome}: {message}{self._cite(finding.evidence)}", hang=2)
                label = ""

    def _rest(self) -> None:
        sheet, model = self.sheet, self.model
        assessed = [f"{area.area} {wording.spaced(area.verdict)}".replace(" ", GLUE) for area in model.areas if area.verdict != "not_assessed"]
        missing = [area.area for area in model.areas if area.verdict == "not_assessed"]
        sheet.row("Areas", ", ".join(assessed) + (f"; not assessed: {', '.join(missing)}" if missing else ""))
        label = "Unchecked"
        for why, topics in wording.unchecked(model).items():
            sheet.row(label, f"{', '.join(map(one_line, topics))}: {one_line(why, 160)}", hang=2)
            label = ""
        cited = [entry for entry in self.report.evidence if entry.id in self.cited]
        if cited:
            places = (f"{entry.id} {wording.place(entry, model)}".replace(" ", GLUE) for entry in cited)
            sheet.row("Evidence", ", ".join(sheet.linked(text, entry.url) for text, entry in zip(places, cited, strict=True)))

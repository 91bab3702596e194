"""The result on a terminal: per model the verdict, why, what to do next, and what it rests on. Quiet, it is a line a model; verbose, the whole record."""

from __future__ import annotations

from collections import Counter

from auditor.domain.report import Report
from auditor.domain.text_safety import one_line
from auditor.formats import wording
from auditor.formats.interface import RenderContext
from auditor.formats.sheet import Sheet
from auditor.formats.shown import shown
from auditor.formats.terminal_block import Block, verdict_word


def render(report: Report, context: RenderContext) -> str:
    """A table of the models when there are several, then one block a model, worst first, then what a gate gets."""
    report = shown(report)
    sheet = Sheet(context)
    if context.detail == "quiet":
        return _quiet(sheet, report)
    if len(report.models) > 1:
        _overview(sheet, report)
    block = _whole_block() if context.detail == "verbose" else Block
    for model in report.models:
        block(sheet, report, model).write()
    _closing(sheet, report, context.detail == "verbose")
    return sheet.text()


def _whole_block() -> type[Block]:
    """Imported when it is asked for: most runs do without."""
    from auditor.formats.terminal_whole import WholeBlock

    return WholeBlock


def _quiet(sheet: Sheet, report: Report) -> str:
    """`blocked org/name`, a line a model and nothing else; with the revision where one was asked for or the id comes twice."""
    often = Counter(model.id for model in report.models)
    for model in report.models:
        plain = model.revision.requested == "main" and often[model.id] == 1
        name = model.id if plain else f"{model.id}@{model.revision.requested}"
        sheet.whole(f"{sheet.styled(model.verdict, model.verdict)} {one_line(name)}")
    return sheet.text() if report.models else ""


def _overview(sheet: Sheet, report: Report) -> None:
    sheet.line(sheet.styled(f"{wording.counted(len(report.models), 'model')}: {wording.run_counts(report.summary.counts)}", "bold"))
    for model in report.models:
        sheet.line(f"{verdict_word(sheet, model.verdict)}{' ' * (12 - len(model.verdict))}{wording.model_name(model)}", hang=14)
        sheet.line(one_line(wording.reason(model)), indent=14)
    sheet.line()


def _closing(sheet: Sheet, report: Report, whole: bool) -> None:
    profile, summary, errors = report.profile, report.summary, report.run.errors
    use = f"Use {', '.join(profile.use)}{' (assumed, say --use)' if profile.use_source == 'assumed' else ''}"
    facts = f"facts {one_line(wording.fact_list(profile.facts))}" if profile.facts else "no facts declared"
    time = report.run.evaluated_at if whole else report.run.evaluated_at[:10]
    sheet.line(sheet.styled(f"{use}, {facts}, policy {report.policy.name}, knowledge {report.tool.knowledge_date}, as of {time}.", "dim"))
    if whole:
        for error in errors:
            sheet.line(f"Not had: {one_line(error.target)}: {wording.spaced(error.kind)}, {one_line(error.message)}", hang=2)
        sheet.line(sheet.styled(f"Report {report.report_id}, {report.tool.name} {report.tool.version}, policy digest {report.policy.sha256}", "dim"))
    missing = f" {wording.counted(len(errors), 'document')} could not be had." if errors else ""
    sheet.line(sheet.styled(f"{wording.STANDING}{missing}{'' if whole else ' More: -v.'}", "dim"))
    several = f" ({wording.run_counts(summary.counts)})" if len(report.models) > 1 else ""
    sheet.line(f"Run: {sheet.styled(summary.verdict, summary.verdict)}{several}, exit code {summary.exit_code}")

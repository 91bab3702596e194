"""GitHub-flavored Markdown for a job summary, a comment or a wiki: the models worst first, then everything about each, as far as the size allows."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from auditor.domain.report import Report
from auditor.domain.text_safety import MAX_QUOTE, one_line
from auditor.formats import wording
from auditor.formats.interface import RenderContext
from auditor.formats.markdown_model import details, evidence, register, verdict
from auditor.formats.markdown_text import block, code, link, prose, row, table
from auditor.formats.shown import inert, shown
from auditor.formats.view import ModelView, uncited

MAX_BYTES = 900_000
"""GitHub refuses a job summary over 1,024 KiB, and other steps of the job may add to it."""
_OPENING = 4_000
"""Bytes kept for the opening."""
_ERRORS = 50
"""Documents that could not be had, of which so many are named."""


def render(report: Report, context: RenderContext) -> str:
    """The document. What does not fit is left out from the best model up, evidence registers first, and the opening says so."""
    report = shown(report)
    views = tuple(ModelView(report, model, "") for model in report.models)
    closing = _run(report, context)
    room = _Room(MAX_BYTES - _OPENING - _bytes(closing))
    rows = room.take(_row(view) for view in views)
    bodies = room.take(details(view) for view in views)
    registers = room.take(register(view) for view in views[: len(bodies)])
    rest = room.take(_uncited(report, views))
    missing = {
        "rows of the table below": len(views) - len(rows),
        "models without details": len(views) - len(bodies),
        "models without their evidence register": len(views) - len(registers),
        "pieces of evidence that no section refers to": len(uncited(report, views)) - len(rest),
    }
    parts = [_opening(report, missing), table(("Verdict", "Model", "Why", "Open"), rows) if rows else "No model was audited."]
    for number, body in enumerate(bodies):
        parts += [body, *registers[number : number + 1]]
    return _inert("\n\n".join([*parts, *rest, closing])) + "\n"


class _Room:
    """The bytes that are left."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self, parts: Iterable[str]) -> list[str]:
        """The first of `parts`, as many as fit one after the other."""
        taken = []
        for part in parts:
            self._left -= _bytes(part) + 2
            if self._left < 0:
                self._left = 0
                break
            taken.append(part)
        return taken


def _bytes(text: str) -> int:
    return len(_inert(text).encode("utf-8", "replace"))


def _inert(text: str) -> str:
    return inert(text, lambda character: f"⟦{character}⟧")


def _opening(report: Report, missing: dict[str, int]) -> str:
    summary, profile = report.summary, report.profile
    several = f"{wording.counted(len(report.models), 'model')}: {wording.run_counts(summary.counts)}. " if report.models else ""
    use = f"{', '.join(profile.use)}{' (assumed: none was declared)' if profile.use_source == 'assumed' else ''}"
    facts = code(wording.fact_list(profile.facts)) if profile.facts else "none declared"
    lines = [
        f"# Model audit: {verdict(summary.verdict)}",
        f"{several}A gate gets exit code {summary.exit_code}.",
        f"Intended use: {use}. Facts: {facts}. Policy {code(report.policy.name)}, judged as of {code(report.run.evaluated_at)}. {wording.STANDING}",
    ]
    if left_out := [f"{number:,} {what}" for what, number in missing.items() if number]:
        whole = "The whole record: `-f json`, or `-o report.html`."
        lines.insert(2, f"**Not everything is here.** Left out to stay below {MAX_BYTES // 1000} KB: {'; '.join(left_out)}. {whole}")
    return "\n\n".join(lines)


def _row(view: ModelView) -> str:
    model = view.model
    open_now = [entry for entry in model.obligations if entry.status in ("open", "missing")]
    findings = [finding for finding in model.findings if finding.outcome != "note"]
    counts = [wording.counted(len(found), noun) for found, noun in ((open_now, "obligation"), (findings, "finding")) if found]
    return row((verdict(model.verdict), code(view.name), prose(one_line(wording.reason(model))), ", ".join(counts) or "nothing"))


def _uncited(report: Report, views: Sequence[ModelView]) -> list[str]:
    return [evidence(entry, entry.path or wording.spaced(entry.kind)) for entry in uncited(report, views)]


def _run(report: Report, context: RenderContext) -> str:
    """How the result came about, and how to come to it again."""
    tool, run, policy = report.tool, report.run, report.policy
    lines = [
        "## About this run",
        "",
        f"- Tool: {code(f'{tool.name} {tool.version}')}; knowledge reviewed up to {code(tool.knowledge_date)}, SHA-256 {code(tool.knowledge_sha256)}",
        f"- Policy: {code(policy.name)} ({code(policy.ref)}), SHA-256 {code(policy.sha256)}",
        f"- Evidence: {wording.SOURCES[run.mode]}; {'all' if run.complete else 'not all'} that was asked for was had",
        f"- Record: {code(report.schema_version)}, report {code(report.report_id)}",
        "- Valid only for these revisions, this use and these facts; void if a revision, a license text, the policy or a declared fact changes.",
    ]
    for error in run.errors[:_ERRORS]:
        lines.append(f"- Not had: {link(error.target)}: {prose(wording.spaced(error.kind))}, {prose(error.message)}, {code(error.at)}")
    if len(run.errors) > _ERRORS:
        lines.append(f"- Not had: {len(run.errors) - _ERRORS:,} more, listed in the JSON record")
    if context.command:
        lines += ["", "Made with:", "", block(shlex.join(one_line(word, MAX_QUOTE) for word in context.command))]
    return "\n".join(lines)

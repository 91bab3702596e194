"""One self-contained page for a legal reviewer: read on a screen, printed, signed. No script, nothing loaded, nothing that is not in the record."""

from __future__ import annotations

import hashlib
import shlex
from base64 import b64encode
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from auditor.domain.pattern import lazy_pattern
from auditor.domain.report import Report
from auditor.domain.text_safety import MAX_QUOTE, one_line
from auditor.formats import wording
from auditor.formats.interface import RenderContext
from auditor.formats.shown import inert, shown
from auditor.formats.view import ModelView, is_https, uncited
from auditor.resources import templates

_UNSAFE_IN_CSS = lazy_pattern(r"[^A-Za-z0-9 ._/-]")


def render(report: Report, context: RenderContext) -> str:
    """The page. Untrusted text reaches it only through autoescaping, after `shown`."""
    report = shown(report)
    views = tuple(ModelView(report, model, f"m{number}") for number, model in enumerate(report.models, 1))
    style = (templates() / "report.css").read_text(encoding="utf-8").strip() + "".join(_page_rule(view) for view in views) + _run_page_rule(report)
    page = _environment(templates()).get_template("report.html.j2").render(
        report=report,
        views=views,
        rest=uncited(report, views),
        style=Markup(style),  # noqa: S704 - our own file, and page rules in which every character of a name that could matter is escaped
        style_hash=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        command=shlex.join(one_line(word, MAX_QUOTE) for word in context.command),
    )  # fmt: skip
    page = inert(page, lambda character: f"&#{ord(character)};")
    return page.encode("ascii", "xmlcharrefreplace").decode() if context.ascii else page


@cache
def _environment(folder: Path) -> Environment:
    loader = FileSystemLoader(folder)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, auto_reload=False
    )
    environment.globals.update({"w": wording, "MAX_QUOTE": MAX_QUOTE})
    environment.tests["https"] = is_https
    return environment


def _page_rule(view: ModelView) -> str:
    """Header of the printed pages of one model: paper must survive being separated."""
    verdict = f"{wording.SHAPES[view.model.verdict]} {view.model.verdict.upper()}"
    return f"\n@page {view.anchor} {{ @top-left {{ content: {_css_string(view.name)} }} @top-right {{ content: {_css_string(verdict)} }} }}" + (
        f"\n.{view.anchor} {{ page: {view.anchor} }}"
    )


def _run_page_rule(report: Report) -> str:
    return f"\n@page {{ @bottom-left {{ content: {_css_string(f'Report {report.report_id}')} }} }}\n"


def _css_string(text: str) -> str:
    escaped = _UNSAFE_IN_CSS.sub(lambda match: f"\\{ord(match[0]):06x}", one_line(text))
    return f'"{escaped}"'

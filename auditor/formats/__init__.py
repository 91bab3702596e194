"""The formats that a report can be written in. To add one: a module with `render`, and a line in FORMATS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.pattern import lazy_pattern
from auditor.formats.interface import Format, LazyFormat, RenderContext

if TYPE_CHECKING:
    from auditor.domain.report import Report

__all__ = ["FORMATS", "OutputTarget", "RenderContext", "format_for_path", "format_names", "render"]

FORMATS: tuple[Format, ...] = (
    LazyFormat("terminal", (), "auditor.formats.terminal"),
    LazyFormat("json", (".json",), "auditor.formats.json"),
    LazyFormat("html", (".html",), "auditor.formats.html"),
    LazyFormat("markdown", (".md", ".markdown"), "auditor.formats.markdown"),
)

_PREFIX = lazy_pattern(r"([A-Za-z][A-Za-z0-9_-]+):(.*)", re.DOTALL)
"""At least two characters before the colon: `C:\\report.html` is a path."""


class OutputTarget(NamedTuple):
    """A file to write, and the format to write it in."""

    format: str
    path: str


def format_names() -> tuple[str, ...]:
    """Names of all formats, the default first."""
    return tuple(entry.name for entry in FORMATS)


def render(name: str, report: Report, context: RenderContext) -> str:
    """`report` in the format called `name`. UsageError when there is no such format."""
    return _named(name).render(report, context)


def format_for_path(target: str) -> OutputTarget:
    """Read `report.html` or `html:report.txt`. UsageError when neither the prefix nor the ending names a format."""
    if prefixed := _PREFIX.fullmatch(target):
        name, path = prefixed.groups()
        if not path:
            raise UsageError(f"no file after {name + ':'!r}", f"write it as {name}:FILE")
        return OutputTarget(_named(name).name, path)
    endings = {ending: entry.name for entry in FORMATS for ending in entry.extensions}
    file_name = re.split(r"[/\\]", target)[-1].lower()
    found = max((ending for ending in endings if file_name.endswith(ending) and file_name != ending), key=len, default=None)
    if found is None:
        _, dot, ending = file_name.rpartition(".")
        suggestion = did_you_mean(dot + ending, endings) if dot else ""
        raise UsageError(
            f"{target!r} names no format{suggestion}; known endings: {', '.join(endings)}",
            f"end the name in one of these, or write FORMAT:{target} with one of {', '.join(format_names())}",
        )
    return OutputTarget(endings[found], target)


def _named(name: str) -> Format:
    for entry in FORMATS:
        if entry.name == name:
            return entry
    raise UsageError(f"no format {name!r}{did_you_mean(name, format_names())}; known: {', '.join(format_names())}", "choose one of these with --format")

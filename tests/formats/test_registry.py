"""Names, file endings, and what importing the formats costs."""

import subprocess
import sys

import pytest

from auditor.domain.errors import UsageError
from auditor.formats import FORMATS, OutputTarget, RenderContext, format_for_path, format_names, render
from auditor.formats.interface import Format
from tests.formats import sample


def test_the_default_comes_first() -> None:
    assert format_names() == ("terminal", "json", "html", "markdown")


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("report.html", OutputTarget("html", "report.html")),
        ("out/R.HTML", OutputTarget("html", "out/R.HTML")),
        ("a.b.json", OutputTarget("json", "a.b.json")),
        ("summary.md", OutputTarget("markdown", "summary.md")),
        ("README.Markdown", OutputTarget("markdown", "README.Markdown")),
        ("markdown:out.txt", OutputTarget("markdown", "out.txt")),
        ("json:d.txt", OutputTarget("json", "d.txt")),
        ("terminal:-", OutputTarget("terminal", "-")),
        ("html:C:\\x.txt", OutputTarget("html", "C:\\x.txt")),
        ("C:\\x.json", OutputTarget("json", "C:\\x.json")),
        ("./odd:name.json", OutputTarget("json", "./odd:name.json")),
    ],
)
def test_a_target_names_its_format(target: str, expected: OutputTarget) -> None:
    assert format_for_path(target) == expected


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("report.htm", "did you mean '.html'?"),
        ("report.jsn", "did you mean '.json'?"),
        ("report", "known endings: .json, .html, .md, .markdown"),
        ("", "known endings: .json, .html, .md, .markdown"),
        ("folder/.json", "known endings: .json, .html, .md, .markdown"),
        ("folder.html/report", "known endings: .json, .html, .md, .markdown"),
        ("htm:x", "did you mean 'html'?"),
        ("odd:name.json", "no format 'odd'"),
        ("json:", "no file after 'json:'"),
    ],
)
def test_a_target_without_a_format_is_a_usage_error(target: str, said: str) -> None:
    with pytest.raises(UsageError, match=r".") as caught:
        format_for_path(target)
    assert said in str(caught.value)
    assert caught.value.next_step


def test_an_unknown_name_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"no format 'jsn'; did you mean 'json'\?; known: terminal, json, html, markdown"):
        render("jsn", sample.one(), RenderContext())


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
def test_every_format_ends_in_a_newline_and_names_the_model(entry: Format) -> None:
    output = entry.render(sample.one(), RenderContext())
    assert sample.GATED in output
    assert output.endswith("\n") and not output.endswith("\n\n")


HEAVY = ("rich", "jinja2", "pydantic", "auditor.formats.html", "auditor.formats.terminal")


def _loaded(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_formats_loads_none_of_them() -> None:
    assert _loaded("import auditor.formats; auditor.formats.format_for_path('a.html')") == set()


def test_the_terminal_needs_neither_rich_nor_jinja() -> None:
    use = "from auditor.formats import render, RenderContext; from tests.formats import sample; render('terminal', sample.one(), RenderContext(color=True))"
    assert _loaded(use) == {"pydantic", "auditor.formats.terminal"}

"""Hostile text in every field of a report has no effect in any format."""

import hashlib
import json
import re
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.report import Report
from auditor.formats import RenderContext, format_names, render
from auditor.formats.shown import inert, shown
from tests.formats import hostile, sample

CONTEXTS = {
    "plain": RenderContext(command=("auditor", "check", hostile.ATTACK)),
    "narrow": RenderContext(width=40),
    "verbose": RenderContext(width=60, detail="verbose"),
    "ascii": RenderContext(ascii=True),
}
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]")
COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.MULTILINE)


@pytest.fixture(scope="module")
def report() -> Report:
    return hostile.report()


def test_the_attack_reaches_every_kind_of_field(report: Report) -> None:
    text = report.model_dump_json()
    assert text.count("alert(1)") > 500
    assert report.models[0].id.startswith("<script>")
    assert all(entry.id.startswith("<script>") for entry in report.evidence)


@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_no_control_character_and_no_runner_command(report: Report, name: str, context: RenderContext) -> None:
    output = render(name, report, context)
    assert CONTROL.findall(output) == []
    assert COMMAND.findall(output) == []
    assert "pwned" in output, "the text itself is shown"


def test_quiet_output_holds_neither(report: Report) -> None:
    output = render("terminal", report, RenderContext(detail="quiet"))
    assert CONTROL.findall(output) == []
    assert COMMAND.findall(output) == []
    assert len(output.splitlines()) == len(report.models)


def test_colors_and_links_are_only_ours(report: Report) -> None:
    output = render("terminal", report, RenderContext(color=True, links=True))
    codes = re.compile(r"\x1b\[(?:[0-9;]*)m|\x1b\]8;;(?:https://[!-~]+)?\x1b\\")
    assert CONTROL.findall(codes.sub("", output)) == []
    assert {code for code in codes.findall(output) if "evil" in code} == set()
    assert COMMAND.findall(codes.sub("", output)) == []


def test_the_page_has_no_active_content(report: Report) -> None:
    page = hostile.Page(render("html", report, CONTEXTS["plain"]))
    assert page.active() == []
    assert "<script>alert(1)</script><img src=x onerror=alert(1)>" in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_the_policy_of_the_page_allows_its_one_style_and_nothing_else(report: Report) -> None:
    source = render("html", report, CONTEXTS["plain"])
    page = hostile.Page(source)
    digest = b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert page.policy() == f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    assert source.count("<style") == 1
    assert re.search(r"<head>\s*<meta http-equiv=\"Content-Security-Policy\"", source)


def test_the_record_comes_back_from_json_with_every_character(report: Report) -> None:
    assert Report.model_validate(json.loads(render("json", report, RenderContext()))) == report


@pytest.mark.parametrize("name", ["terminal", "html", "markdown"])
def test_very_long_text_is_cut_and_says_so(name: str) -> None:
    output = render(name, hostile.report(hostile.LONG), RenderContext())
    assert hostile.LONG not in output
    assert "cut: 2,048 of 5," in output


def test_shown_leaves_a_clean_report_alone() -> None:
    assert shown(sample.portfolio()) == sample.portfolio()


@given(st.text(alphabet=st.sampled_from("::#[vso \t\n\xa0\x0bx\x1b")))
def test_inert_output_holds_no_command(text: str) -> None:
    assert COMMAND.search(inert(text, lambda character: f"<{ord(character)}>")) is None


@given(st.text(max_size=60))
def test_a_message_never_leaves_its_line(message: str) -> None:
    model = sample.llama()
    model["findings"][0]["message"] = message.encode("utf-8", "replace").decode()
    output = render("terminal", sample.report(model), RenderContext())
    assert CONTROL.findall(output) == []
    assert COMMAND.findall(output) == []

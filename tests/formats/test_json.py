"""The record as JSON."""

import json

from auditor.domain.report import Report
from auditor.formats import RenderContext, render
from tests.formats import hostile, sample


def written(report: Report) -> str:
    return render("json", report, RenderContext())


def test_keys_in_the_order_of_the_record_two_spaces_one_newline() -> None:
    text = written(sample.portfolio())
    assert text.startswith('{\n  "schema_version": "auditor-result/1",\n  "report_id": "')
    assert list(json.loads(text)) == list(Report.model_fields)
    assert text.endswith("\n}\n")


def test_it_is_the_record() -> None:
    assert Report.model_validate_json(written(sample.portfolio())) == sample.portfolio()


def test_what_would_act_on_a_terminal_is_escaped_and_comes_back() -> None:
    name = "a\u202eb\x9b\U000e0041 ##[error]x \u00e9\u4e2d"
    report = sample.one()
    report = report.model_copy(update={"policy": report.policy.model_copy(update={"name": name})})
    text = written(report)
    assert '"name": "a\\u202eb\\u009b\\udb40\\udc41 \\u0023#[error]x \u00e9\u4e2d"' in text
    assert json.loads(text)["policy"]["name"] == name


def test_a_lone_surrogate_does_not_break_the_encoding() -> None:
    report = sample.one()
    report = report.model_copy(update={"policy": report.policy.model_copy(update={"name": "a\ud800b"})})
    assert json.loads(written(report).encode("utf-8"))["policy"]["name"] == "a\ufffdb"


def test_where_output_cannot_carry_more_it_is_ascii_and_the_same_record() -> None:
    report = hostile.report()
    text = render("json", report, RenderContext(ascii=True))
    assert text.isascii()
    assert Report.model_validate(json.loads(text)) == Report.model_validate(json.loads(render("json", report, RenderContext())))

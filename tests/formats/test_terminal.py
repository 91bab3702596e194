"""The terminal result, to the letter."""

import re
from pathlib import Path

import pytest

from auditor.domain.report import Report
from auditor.formats import RenderContext, render
from tests.formats import sample

EXPECTED = Path(__file__).parent / "expected"
CODES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")
NAME = f"{sample.GATED}@0e9e39f249a1"


def text(report: Report, **context: object) -> str:
    return render("terminal", report, RenderContext(**context))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "report", "context"),
    [
        ("review-80", sample.one(), RenderContext(width=80)),
        ("conditional-100", sample.conditional(), RenderContext(width=100)),
        ("portfolio-60", sample.portfolio(), RenderContext(width=60)),
        ("portfolio-ascii-80", sample.portfolio(), RenderContext(width=80, ascii=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_screen_is_as_expected(name: str, report: Report, context: RenderContext) -> None:
    assert render("terminal", report, context) == (EXPECTED / f"{name}.txt").read_text(encoding="utf-8")


def test_the_first_lines_say_verdict_model_reason_clause_and_what_to_do() -> None:
    assert text(sample.one()).splitlines()[:6] == [
        f"▲ REVIEW  {NAME}",
        "Hosted use depends on the users of the month before the release, which were not",
        "declared. [LIC011, E3]",
        "Clause     Section 2 (llama3.1)",
        "Next       declare --fact monthly_active_users_at_release=N",
        "           <= 700,000,000: conditional; > 700,000,000: prohibited",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_keep_to_the_width_but_names_and_exact_strings_stay_whole(width: int) -> None:
    lines = text(sample.portfolio(), width=width).splitlines()
    too_long = [line for line in lines if len(line) > width and sample.NOTICE not in line]
    assert [line for line in too_long if " " in line.strip().removeprefix("▲ REVIEW")] == []
    assert any(NAME in line for line in lines)
    assert any(sample.NOTICE in line for line in lines)


def test_colors_and_links_change_nothing_but_the_codes() -> None:
    plain = text(sample.portfolio())
    shown = text(sample.portfolio(), color=True, links=True)
    assert "\x1b" not in plain
    assert CODES.sub("", shown) == plain
    assert "\x1b[1;31m■ BLOCKED\x1b[0m" in shown
    assert f"\x1b]8;;https://huggingface.co/{sample.GATED}/resolve/{sample.SHA}/README.md\x1b\\" in shown


def test_without_shapes_it_is_plain_ascii() -> None:
    shown = text(sample.portfolio(), ascii=True)
    assert shown.isascii()
    assert [word for word in ("[X] BLOCKED", "[?] INCOMPLETE", "[!] REVIEW", "[+] APPROVED") if word not in shown] == []
    assert "Copyright \\xa9 Meta" in shown


def test_several_models_come_as_a_table_worst_first_then_one_block_each() -> None:
    lines = text(sample.portfolio()).splitlines()
    assert lines[0] == "4 models: 1 blocked, 1 incomplete, 1 review, 1 approved"
    assert [line.split()[1] for line in lines if line[:1] in "■○▲◆●" and line] == ["BLOCKED", "INCOMPLETE", "REVIEW", "APPROVED"] * 2
    assert lines[-1] == "Run: blocked (1 blocked, 1 incomplete, 1 review, 1 approved), exit code 1"


def test_the_last_line_is_what_a_gate_gets() -> None:
    report = sample.one()
    lenient = report.model_copy(update={"summary": report.summary.model_copy(update={"exit_code": 0})})
    assert text(lenient).splitlines()[-1] == "Run: review, exit code 0"


def test_with_several_uses_each_answer_says_for_which() -> None:
    entry = sample.llama()
    entry["permissions"][2]["intended"] = True
    lines = " ".join(text(sample.report(entry)).split())
    assert "<= 700,000,000: conditional for hosted, embedded; > 700,000,000: prohibited for hosted, embedded" in lines


def test_many_gpus_are_named_up_to_a_number_without_their_free_memory() -> None:
    entry = sample.llama()
    fit = entry["memory"]["fits"][0]
    entry["memory"]["fits"] = [{**fit, "gpu": f"gpu-{number}", "gpus": number} for number in range(1, 9)]
    assert "fits: gpu-1, 2 x gpu-2, 3 x gpu-3, 4 x gpu-4, 5 x gpu-5, 6 x gpu-6 and 2 more" in " ".join(text(sample.report(entry)).split())


def test_wide_characters_break_at_the_width() -> None:
    entry = sample.llama()
    entry["not_checked"] = [{"topic": "readme", "why": "许可证" * 30}]
    lines = [line for line in text(sample.report(entry)).splitlines() if "许" in line]
    assert len(lines) == 3
    assert max(len(line) + sum(character in "许可证" for character in line) for line in lines) <= 80


def test_a_run_without_models_still_says_what_a_gate_gets() -> None:
    assert text(sample.report()).splitlines()[-1] == "Run: approved, exit code 0"

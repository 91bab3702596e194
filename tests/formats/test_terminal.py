"""The terminal result, to the letter. After an intended change of a golden screen: `python -m tests.formats.regenerate`."""

import re

import pytest

from auditor.domain.report import Report
from auditor.formats import RenderContext, render
from tests.formats import sample
from tests.formats.regenerate import EXPECTED, GOLDEN

CODES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")
NAME = f"{sample.GATED}@0e9e39f249a1"


def text(report: Report, **context: object) -> str:
    return render("terminal", report, RenderContext(**context))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", GOLDEN)
def test_the_output_is_as_expected(name: str) -> None:
    format_, report, context = GOLDEN[name]
    assert render(format_, report, context) == (EXPECTED / name).read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in EXPECTED.iterdir()} == set(GOLDEN)


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
    assert "fits: gpu-1, 2 x gpu-2, 3 x gpu-3, 4 x gpu-4, 4 more assumed" in " ".join(text(sample.report(entry)).split())


def test_wide_characters_break_at_the_width() -> None:
    entry = sample.llama()
    entry["not_checked"] = [{"topic": "readme", "why": "许可证" * 30}]
    lines = [line for line in text(sample.report(entry), detail="verbose").splitlines() if "许" in line]
    assert len(lines) == 3
    assert max(len(line) + sum(character in "许可证" for character in line) for line in lines) <= 80


def test_a_run_without_models_still_says_what_a_gate_gets() -> None:
    assert text(sample.report()).splitlines()[-1] == "Run: approved, exit code 0"


def test_quiet_is_a_line_a_model_worst_first_and_nothing_else() -> None:
    assert text(sample.portfolio(), detail="quiet").splitlines() == [
        "blocked example-labs/cat-quant-awq",
        "incomplete nobody/missing",
        f"review {sample.GATED}",
        "approved example-labs/plain-7b",
    ]
    assert text(sample.report(), detail="quiet") == ""


def test_quiet_names_the_revision_where_the_id_is_not_enough() -> None:
    other = {**sample.llama("conditional"), "revision": {"requested": "v2", "resolved": sample.SHA, "pinned": False}}
    assert text(sample.report(sample.llama(), other), detail="quiet").splitlines() == [f"review {sample.GATED}@main", f"conditional {sample.GATED}@v2"]
    assert text(sample.report(other), detail="quiet") == f"conditional {sample.GATED}@v2\n"


def test_the_first_screen_of_a_conditional_model_is_short_and_drops_nothing_open() -> None:
    lines = text(sample.conditional(), width=100).splitlines()
    assert len(lines) <= 30
    assert [line[11:13] for line in lines if re.match(r"(To do| {5})      \d\.", line)] == ["1.", "2.", "3."]


def test_every_open_finding_is_in_full_and_every_note_by_its_rule() -> None:
    entry = sample.llama()
    entry["findings"] += [sample.finding(f"SEC00{number}", "review", f"Problem {number} is open.", "", ["E1"], "artifact") for number in range(1, 9)]
    entry["findings"] += [sample.finding(f"DOC00{number}", "note", "By the way.", "", [], "documentation") for number in range(1, 4)]
    shown = " ".join(text(sample.report(entry)).split())
    assert [number for number in range(1, 9) if f"SEC00{number} review: Problem {number} is open. [E1]" not in shown] == []
    assert "notes: LIC018, DOC001, DOC002, DOC003 (-v)" in shown
    assert "By the way." not in shown


def test_clauses_that_stand_beside_the_obligations_are_not_said_twice() -> None:
    entry = sample.llama("conditional")
    for permission in entry["permissions"]:
        permission["clauses"] = ["Section 1.b.i", "Section 1.b.iv"]
    assert "Clause " not in text(sample.report(entry))
    assert "Clause     Section 1.b.i, Section 1.b.iv (llama3.1)" in text(sample.report(entry), detail="verbose")


def test_declared_gpus_are_each_named_with_their_answer() -> None:
    entry = sample.llama()
    fit = entry["memory"]["fits"][0]
    entry["memory"]["fits"] = [{**fit, "gpu": f"gpu-{number}", "fits": "no" if number % 2 else "yes"} for number in range(1, 7)]
    assert "fits: gpu-2, gpu-4, gpu-6; does not fit: 3 GPUs" in " ".join(text(sample.report(entry)).split())
    next(area for area in entry["areas"] if area["area"] == "memory").update(gating=True, verdict="review")
    assert "fits: gpu-2, gpu-4, gpu-6; does not fit: gpu-1, gpu-3, gpu-5" in " ".join(text(sample.report(entry)).split())


def test_verbose_has_the_whole_register_every_note_and_every_clause() -> None:
    report = sample.portfolio()
    shown = text(report, width=120, detail="verbose")
    flat = " ".join(shown.split())
    wanted = [entry.url for entry in report.evidence] + [f"sha256 {entry.sha256}" for entry in report.evidence]
    wanted += [f"| {line}" for entry in report.evidence for line in entry.quote.split("\n")]
    wanted += [finding.how_to_fix for model in report.models for finding in model.findings]
    wanted += ["LIC018-1 note (the rule says review), license: Access is given to persons one by one. [E2] fix: Record who accepted."]
    wanted += ["hosted (intended): unknown: Hosted use depends on the users of the month before the release, which were not declared. (Section 2; llama3.1);"]
    wanted += ["context: 8192 (default: the smaller of 8192 and the model's maximum)", "Not had: nobody/missing: not found, 404 from the Hub"]
    assert [text_ for text_ in wanted if text_ not in flat] == []


def test_verbose_says_everything_that_the_normal_screen_says_of_what_is_open() -> None:
    normal, verbose = (" ".join(text(sample.one(), detail=detail).split()) for detail in ("normal", "verbose"))
    for entry in sample.one().models[0].obligations:
        assert entry.action in normal and entry.action in verbose


@pytest.mark.parametrize("detail", ["quiet", "normal", "verbose"])
def test_colors_change_no_word_at_any_detail(detail: str) -> None:
    assert CODES.sub("", text(sample.portfolio(), detail=detail, color=True, links=True)) == text(sample.portfolio(), detail=detail)


@pytest.mark.parametrize("width", [40, 55, 56])
def test_a_narrow_terminal_keeps_words_whole(width: int) -> None:
    lines = text(sample.portfolio(), width=width).splitlines()
    assert [line for line in lines if len(line) > width and " " in line.strip() and sample.NOTICE not in line] == []
    label = next(line for line in lines if line.startswith("License"))
    assert (label == "License") == (width < 56)

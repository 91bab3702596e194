"""Statements that are unread, malformed or odd and must not end as a pass."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import Repo, area, model, result, rules_of, run, text

from auditor.catalog.catalog import Catalog
from auditor.domain.report import ModelRecord
from auditor.reading import model_info

FREE = {"license": "free-1"}
CARD = {"rfilename": "README.md"}


@pytest.mark.parametrize(
    ("siblings", "why"),
    [
        ([{"rfilename": "0.bin"}, {"rfilename": "1.bin"}, CARD, {"rfilename": "LICENSE"}], "4 files; only the first 3 were read"),
        ([CARD, {"rfilename": None}], "1 of the listed files have no name"),
        ([CARD, "LICENSE", {"name": "LICENSE"}], "2 of the listed files have no name"),
        (None, "the Hub gave none"),
        ("LICENSE", "the Hub gave none"),
    ],
)
def test_a_list_of_files_that_is_cut_or_damaged_rules_no_license_file_out(
    invented: Catalog, siblings: object, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_info, "MAX_FILES", 3)
    record = model(Repo(FREE, answer={"siblings": siblings}), invented)
    assert (record.verdict, rules_of(record) - {"LIC019"}) == ("incomplete", {"LIC003"})
    assert why in next(f.message for f in record.findings if f.rule == "LIC003")


def test_beside_an_identified_file_a_cut_list_may_hide_another_one(invented: Catalog) -> None:
    siblings = [{"rfilename": "LICENSE"}, {"rfilename": None}]
    record = model(Repo(FREE, {"LICENSE": text("free-1")}, answer={"siblings": siblings}), invented)
    assert (record.verdict, rules_of(record)) == ("incomplete", {"LIC004"})


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"tags": "license:closed-1"}, "tags is no list"),
        ({"tags": {"license": "closed-1"}}, "tags is no list"),
        (
            {"tags": [f"t{number}" for number in range(model_info.MAX_TAGS)] + ["license:free-1", "base_model:org/closed"]},
            f"only the first {model_info.MAX_TAGS} were read",
        ),
        ({"cardData": "license: closed-1", "tags": ["license:free-1"]}, "cardData is no mapping"),
        ({"cardData": ["license: closed-1"], "tags": ["license:free-1"]}, "cardData is no mapping"),
    ],
)
def test_a_part_of_the_answer_that_cannot_be_read_may_state_another_license(invented: Catalog, answer: dict[str, Any], problem: str) -> None:
    record = model(Repo(FREE, answer=answer), invented)
    assert (record.verdict, rules_of(record)) == ("review", {"LIC016"})
    assert problem in record.findings[0].message


def test_a_base_model_whose_tags_cannot_be_read_is_looked_at_by_a_person(invented: Catalog) -> None:
    record = model(Repo({**FREE, "base_model": "org/base"}), invented, {"org/base": Repo(FREE, answer={"tags": "license:closed-1"})})
    assert (record.verdict, rules_of(record)) == ("review", {"LIN005"})


def test_a_card_that_nothing_repeats_counts_like_a_license_file(invented: Catalog) -> None:
    """The Hub's answer usually holds what the card states; without it the card alone may say another license."""
    answer = {"cardData": None, "tags": ["license:free-1"]}
    record = model(Repo({}, unavailable={"README.md": "timeout"}, answer=answer), invented)
    assert (record.verdict, rules_of(record)) == ("incomplete", {"LIC003"})
    covered = model(Repo({}, {"LICENSE": text("free-1")}, {"README.md": "timeout"}, answer), invented)
    assert (covered.verdict, [finding.rule for finding in covered.findings]) == ("approved", ["LIC013"])


@pytest.mark.parametrize("name", ["Untagged License", "untagged-1", "Free License", "twin", "my own terms"])
@pytest.mark.parametrize("tag", ["unknown", "Unknown", "none", "no license", ["unknown", "other"]])
def test_only_other_leaves_it_to_the_name(invented: Catalog, tag: object, name: str) -> None:
    record = model(Repo({"license": tag, "license_name": name}), invented)
    assert (record.verdict, result(record), rules_of(record)) == ("review", "unknown", {"LIC006"})


def test_other_does(invented: Catalog) -> None:
    assert model(Repo({"license": "Other", "license_name": "Untagged License"}), invented).verdict == "approved"


@pytest.mark.parametrize(
    ("paragraph", "encoding"),
    [
        ("Коммерческое использование запрещено.", "cp1251"),
        ("禁止任何商业用途。", "gb18030"),
        ("商用利用は禁止します。", "shift-jis"),
        ("상업적 이용 금지", "euc-kr"),
    ],
)
def test_a_paragraph_in_another_encoding_is_no_blank(invented: Catalog, paragraph: str, encoding: str) -> None:
    content = text("free-1").encode() + b"\n" + paragraph.encode(encoding) + b"\n"
    record = model(Repo(FREE, {"LICENSE": content}), invented)
    assert (record.verdict, result(record), rules_of(record)) == ("review", "unknown", {"LIC008", "LIC011"})


def test_quotation_marks_of_an_old_encoding_change_no_word(invented: Catalog) -> None:
    content = text("free-1").replace("material called free-1", "“material” called free-1").encode("cp1252")
    assert model(Repo(FREE, {"LICENSE": content}), invented).license.concluded.method == "text_exact"


@pytest.mark.parametrize(
    "line",
    [
        "Copyright (c) 2024 Acme - For Academic Research Use",
        "Copyright (c) 2024 ACME FOR EVALUATION USE",
        "Copyright (c) 2024 Acme, Personal Use",
        "(c) 2024 Acme for research",
        "Copyright 2024 ACME NON MILITARY",
        "Copyright (c) 2024 Acme, Internal Purposes",
        "Copyright (c) 2024 Acme. Only Europe.",
    ],
)
def test_terms_in_the_dress_of_a_copyright_line_are_words_of_the_text(invented: Catalog, line: str) -> None:
    record = model(Repo(FREE, {"LICENSE": f"{line}\n\n{text('free-1')}"}), invented)
    assert (record.verdict, rules_of(record)) == ("review", {"LIC008", "LIC011"})


@pytest.mark.parametrize("line", ["Copyright (c) 2024 Acme Limited", "Copyright 2023-2026 Institute of Machine Learning Research", "(c) 2024 jane_doe"])
def test_a_plain_copyright_line_is_none(invented: Catalog, line: str) -> None:
    assert model(Repo(FREE, {"LICENSE": f"{line}\n\n{text('free-1')}"}), invented).license.concluded.method == "text_exact"


@pytest.mark.parametrize("prompt", [["You must not use it."], {"terms": "You must not use it."}, 7, True])
def test_a_gate_prompt_that_is_no_text_is_a_problem(invented: Catalog, prompt: object) -> None:
    record = model(Repo({**FREE, "extra_gated_prompt": prompt}, answer={"gated": "manual"}), invented)
    assert record.verdict == "review"
    assert "LIC016" in rules_of(record)


@pytest.mark.parametrize("said", [True, "true", "TRUE", "yes", "on", "1", 1, ["DE"], {"DE": True}])
def test_whatever_is_not_plainly_no_closes_the_gate_to_the_european_union(invented: Catalog, said: object) -> None:
    record = model(Repo({**FREE, "extra_gated_eu_disallowed": said}), invented, established_in=["DE"])
    assert (record.verdict, rules_of(record)) == ("review", {"LIC018"})


@pytest.mark.parametrize("said", [False, None, "false", "no", "off", 0, ""])
def test_a_plain_no_leaves_it_open(invented: Catalog, said: object) -> None:
    assert model(Repo({**FREE, "extra_gated_eu_disallowed": said}), invented, established_in=["DE"]).verdict == "approved"


def topics(record: ModelRecord) -> set[str]:
    return {entry.topic for entry in record.not_checked}


def test_a_gate_prompt_that_states_no_terms_is_said_to_be_uncompared(invented: Catalog) -> None:
    gate = {"extra_gated_prompt": "Tell us the name of your company to get access.", "extra_gated_fields": {"I accept the terms of the license": "checkbox"}}
    record = model(Repo({**FREE, **gate}, answer={"gated": "auto"}), invented)
    assert record.verdict == "approved"
    assert topics(record) >= {"gate prompt", "questions of the gate"}
    assert "gate prompt" not in topics(model(Repo({**FREE, "extra_gated_prompt": "You must not be late."}), invented))


@pytest.mark.parametrize("child", [{}, {"license": "mixed"}, {"license": "free-1"}])
def test_a_duty_that_flows_down_rests_on_what_the_base_model_says(invented: Catalog, child: dict[str, Any]) -> None:
    report = run({"org/model": Repo({**child, "base_model": "org/base"}), "org/base": Repo({"license": "duty-1"})}, "org/model", catalog=invented)
    urls = {entry.id: entry.url for entry in report.evidence}
    duties = [duty for duty in report.models[0].obligations if duty.id.startswith("duty-1/")]
    assert len(duties) == 2
    for duty in duties:
        assert any("org/base" in urls[number] for number in duty.evidence)


@pytest.mark.parametrize(
    "card",
    [
        {"license": "other", "license_name": "Untagged License" + " " * 500 + "for research only"},
        {"license": "free-1" + " " * 500 + "and closed-1"},
        {**FREE, "base_model": [["org/base"] * 201]},
    ],
)
def test_what_is_cut_off_a_statement_is_not_as_if_it_were_not_there(invented: Catalog, card: dict[str, Any]) -> None:
    record = model(Repo(card), invented, {"org/base": Repo(FREE)})
    assert record.verdict == "review"
    assert "LIC016" in rules_of(record)


CONSENT = {"extra_gated_fields": {"Name": "text", "I use this for non-commercial purposes ONLY": "checkbox"}}


def test_consent_at_the_gate_restricts_whatever_the_tag_says(invented: Catalog) -> None:
    record = model(Repo(FREE | CONSENT), invented)
    assert (record.verdict, rules_of(record)) == ("review", {"LIC011", "LIC024"})
    assert result(record) == "unknown"


def test_consent_at_the_gate_of_a_base_model_is_inherited(invented: Catalog) -> None:
    record = model(Repo(FREE | {"base_model": "org/base"}), invented, {"org/base": Repo(FREE | CONSENT)})
    assert (record.verdict, rules_of(record)) == ("review", {"LIN005"})


def test_consent_beside_an_identified_file_binds_whoever_ticked_it(invented: Catalog) -> None:
    record = model(Repo(FREE | CONSENT, {"LICENSE": text("free-1")}), invented)
    assert (record.verdict, rules_of(record)) == ("review", {"LIC024"})


def test_a_declared_stack_that_nobody_looked_at_is_no_pass(invented: Catalog) -> None:
    record = model(Repo({"license": "free-1"}), invented, stack="vllm")
    assert (record.verdict, area(record, "serving"), rules_of(record)) == ("review", "review", {"OPS001"})
    without = model(Repo({"license": "free-1"}), invented)
    assert (without.verdict, area(without, "serving")) == ("approved", "not_assessed")

"""Words and amounts that the readable formats share."""

import pytest

from auditor.domain.memory import Count
from auditor.domain.report import ModelRecord, Report
from auditor.formats import wording
from tests.formats import sample


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 KiB"),
        (131_072, "128 KiB"),
        (16_060_522_496, "14.96 GiB"),
        (-3_400_000_000, "-3.17 GiB"),
        (5 * 1024**5, "5120 TiB"),
        ("unknown", "unknown"),
    ],
)
def test_bytes_in_binary_units(value: Count, expected: str) -> None:
    assert wording.size(value) == expected


def test_thousands_are_marked_in_a_threshold_only() -> None:
    assert wording.readable("<= 700000000") == "<= 700,000,000"
    assert wording.readable("EU") == "EU"


def model(report: Report) -> ModelRecord:
    return report.models[0]


def test_the_reason_is_that_of_the_worst_gating_area_with_its_grounds() -> None:
    blocked, incomplete, review, approved = sample.portfolio().models
    assert wording.reason(blocked).startswith("Hosted commercial use is prohibited")
    assert wording.grounds(blocked) == (("LIN003",), ("E9",))
    assert wording.grounds(incomplete) == (("LIC001",), ("E10",))
    assert wording.grounds(review) == (("LIC011",), ("E3",))
    assert wording.grounds(approved) == ((), ())


def test_the_clause_is_shown_only_where_it_gives_the_verdict() -> None:
    blocked = sample.blocked()
    assert wording.clauses(model(sample.report(blocked))) == "Section 2(a)(1) (cc-by-nc-4.0 of example-labs/cat-7b)"
    for entry in blocked["permissions"]:
        entry["result"] = "permitted"
    assert wording.clauses(model(sample.report(blocked))) == ""


def test_evidence_of_the_own_license_proves_only_its_own_clauses() -> None:
    assert wording.own_terms_decide(model(sample.one()))
    assert not wording.own_terms_decide(model(sample.report(sample.blocked())))


def test_a_question_names_the_flag_and_every_answer() -> None:
    [question] = wording.questions(wording.intended(model(sample.one())))
    assert question.flag == "--fact monthly_active_users_at_release=N"
    assert [(answer.value, answer.result, answer.uses) for answer in question.answers] == [
        ("<= 700000000", "conditional", ("hosted",)),
        ("> 700000000", "prohibited", ("hosted",)),
    ]
    assert wording.questions(wording.intended(model(sample.conditional()))) == ()


def test_a_choice_asks_for_a_value() -> None:
    entry = sample.llama()
    entry["permissions"][1]["flips"] = [{"fact": "organization", "value": "company", "result": "prohibited"}]
    assert wording.questions(wording.intended(model(sample.report(entry))))[0].flag == "--fact organization=VALUE"


def test_steps_leave_out_what_only_repeats_the_question() -> None:
    assert wording.steps(model(sample.one())) == ("Ask which one is meant.",)


def test_places_name_another_repository() -> None:
    report = sample.portfolio()
    blocked = model(report)
    by_id = {entry.id: entry for entry in report.evidence}
    assert wording.place(by_id["E8"], blocked) == "README.md:2"
    assert wording.place(by_id["E9"], blocked) == "example-labs/cat-7b model info"


def test_facts_read_as_on_the_command_line() -> None:
    facts = {"a": ["US", "EU"], "b": 5, "c": True, "d": {"2024-06": 4}, "e": "unknown"}
    assert wording.fact_list(facts) == "a=US,EU b=5 c=true d=2024-06:4 e=unknown"


def test_unchecked_topics_are_grouped_by_reason_without_the_areas() -> None:
    entry = sample.llama()
    entry["not_checked"] = [{"topic": "serving", "why": "x"}, {"topic": "a", "why": "y"}, {"topic": "b", "why": "z"}, {"topic": "c", "why": "y"}]
    assert wording.unchecked(model(sample.report(entry))) == {"y": ("a", "c"), "z": ("b",)}


def test_assumptions_by_name_once_each() -> None:
    entry = sample.llama()
    entry["memory"]["assumed"] = [
        "stack: vllm 0.33.0 (default)",
        "max_num_seqs: 256, max_num_batched_tokens: 2048 (defaults; fits[] uses others)",
        "context: unknown (the default, see: there)",
        "stack: read from a file",
    ]
    assert wording.assumed_names(model(sample.report(entry))) == ("stack", "max_num_seqs", "max_num_batched_tokens", "context")


def test_clauses_are_repeated_when_each_stands_beside_an_obligation() -> None:
    entry = sample.llama("conditional")
    assert not wording.repeated_clauses(model(sample.report(entry)))
    entry["permissions"][1]["clauses"] = ["Section 1.b.i", "Section 1.b.iii"]
    assert wording.repeated_clauses(model(sample.report(entry)))
    entry["obligations"] = []
    assert not wording.repeated_clauses(model(sample.report(entry)))

"""Words, their order and exit codes."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest
from fakes import Repo, run

from auditor.catalog.catalog import Catalog
from auditor.domain.report import SCHEMA_VERSION
from auditor.domain.verdict import (
    AREAS,
    EXIT_PRECEDENCE,
    OF_OUTCOME,
    OF_PERMISSION,
    OUTCOMES,
    RESULTS,
    SEVERITY,
    VERDICTS,
    FailOn,
    Verdict,
    exit_code,
    worst,
    worst_result,
)

CODES: dict[Verdict, dict[FailOn, int]] = {
    "blocked": {"blocked": 1, "review": 1, "conditional": 1, "never": 0},
    "incomplete": {"blocked": 4, "review": 4, "conditional": 4, "never": 0},
    "review": {"blocked": 0, "review": 3, "conditional": 3, "never": 0},
    "conditional": {"blocked": 0, "review": 0, "conditional": 3, "never": 0},
    "approved": {"blocked": 0, "review": 0, "conditional": 0, "never": 0},
}
MODELS = {
    "blocked": Repo({"license": "closed-1"}),
    "incomplete": Repo({"license": "free-1"}, unavailable={"LICENSE": "timeout"}),
    "review": Repo({"license": "mixed"}),
    "conditional": Repo({"license": "duty-1"}),
    "approved": Repo({"license": "free-1"}),
}


def test_words_in_the_contracts_order() -> None:
    assert VERDICTS == ("blocked", "incomplete", "review", "conditional", "approved")
    assert AREAS == ("license", "lineage", "artifact", "memory", "serving", "documentation")
    assert OUTCOMES == ("block", "incomplete", "review", "note")
    assert RESULTS == ("prohibited", "unknown", "conditional", "permitted")
    assert get_args(FailOn) == ("blocked", "review", "conditional", "never")
    assert SCHEMA_VERSION == "auditor-result/1"


def test_severity_derives_from_the_outcome_and_verdicts_from_both() -> None:
    assert SEVERITY == {"block": "high", "incomplete": "high", "review": "medium", "note": "low"}
    assert OF_OUTCOME == {"block": "blocked", "incomplete": "incomplete", "review": "review", "note": "approved"}
    assert OF_PERMISSION == {"prohibited": "blocked", "unknown": "review", "conditional": "conditional", "permitted": "approved"}


@pytest.mark.parametrize(("verdict", "fail_on"), list(product(VERDICTS, get_args(FailOn))))
def test_exit_codes(verdict: Verdict, fail_on: FailOn) -> None:
    assert exit_code(verdict, fail_on) == CODES[verdict][fail_on]


@pytest.mark.parametrize(("verdict", "fail_on"), list(product(VERDICTS, get_args(FailOn))))
def test_exit_codes_from_evidence(invented: Catalog, verdict: Verdict, fail_on: FailOn) -> None:
    report = run({"org/model": MODELS[verdict]}, catalog=invented, fail_on=fail_on)
    assert (report.summary.verdict, report.summary.exit_code) == (verdict, CODES[verdict][fail_on])


def test_the_precedence_of_exit_codes() -> None:
    assert EXIT_PRECEDENCE == (70, 2, 1, 4, 3, 5, 0)


@pytest.mark.parametrize(("one", "other"), list(product(VERDICTS, VERDICTS)))
def test_a_runs_verdict_is_the_worst_of_its_models(invented: Catalog, one: Verdict, other: Verdict) -> None:
    report = run({"org/one": MODELS[one], "org/other": MODELS[other]}, "org/one", "org/other", catalog=invented)
    expected = min(one, other, key=VERDICTS.index)
    assert (report.summary.verdict, worst([one, other])) == (expected, expected)
    assert report.summary.counts == {word: (one, other).count(word) for word in VERDICTS}
    assert [model.verdict for model in report.models] == sorted((one, other), key=VERDICTS.index)


def test_of_nothing_nothing_is_wrong() -> None:
    assert (worst([]), worst_result([])) == ("approved", "permitted")

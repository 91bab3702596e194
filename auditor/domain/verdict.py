"""Verdict words, their order and exit codes. One place; the contract of every command that gates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Verdict = Literal["blocked", "incomplete", "review", "conditional", "approved"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""Worst first."""

AreaName = Literal["license", "lineage", "artifact", "memory", "serving", "documentation"]
AREAS: tuple[AreaName, ...] = get_args(AreaName)
AreaVerdict = Verdict | Literal["not_gated", "not_assessed"]

Outcome = Literal["block", "incomplete", "review", "note"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""Worst first."""
Severity = Literal["high", "medium", "low"]
SEVERITY: dict[Outcome, Severity] = {"block": "high", "incomplete": "high", "review": "medium", "note": "low"}
OF_OUTCOME: dict[Outcome, Verdict] = {"block": "blocked", "incomplete": "incomplete", "review": "review", "note": "approved"}

PermissionResult = Literal["prohibited", "unknown", "conditional", "permitted"]
RESULTS: tuple[PermissionResult, ...] = get_args(PermissionResult)
"""Worst first."""
OF_PERMISSION: dict[PermissionResult, Verdict] = {"prohibited": "blocked", "unknown": "review", "conditional": "conditional", "permitted": "approved"}

FailOn = Literal["blocked", "review", "conditional", "never"]

EXIT_PASS, EXIT_BLOCKED, EXIT_USAGE, EXIT_REVIEW, EXIT_INCOMPLETE, EXIT_NOTHING = 0, 1, 2, 3, 4, 5
EXIT_INTERNAL, EXIT_INTERRUPTED = 70, 130
EXIT_PRECEDENCE = (EXIT_INTERNAL, EXIT_USAGE, EXIT_BLOCKED, EXIT_INCOMPLETE, EXIT_REVIEW, EXIT_NOTHING, EXIT_PASS)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of `verdicts`; `approved` of none."""
    return min(verdicts, key=VERDICTS.index, default="approved")


def worst_result(results: Iterable[PermissionResult]) -> PermissionResult:
    """The worst of `results`; `permitted` of none."""
    return min(results, key=RESULTS.index, default="permitted")


def exit_code(verdict: Verdict, fail_on: FailOn) -> int:
    """What a gate gets for a run's verdict. `incomplete` fails whatever `fail_on` says, except with `never`."""
    if fail_on == "never":
        return EXIT_PASS
    if verdict == "blocked":
        return EXIT_BLOCKED
    if verdict == "incomplete":
        return EXIT_INCOMPLETE
    if verdict == "review":
        return EXIT_REVIEW if fail_on in ("review", "conditional") else EXIT_PASS
    if verdict == "conditional":
        return EXIT_REVIEW if fail_on == "conditional" else EXIT_PASS
    return EXIT_PASS

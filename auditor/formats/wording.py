"""Words that the readable formats share: shapes, amounts, the reason of a verdict, the questions that an undeclared fact leaves open."""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditor.domain.license import Use
from auditor.domain.memory import Count, Fit, Fits
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.domain.report import EvidenceRecord, Finding, ModelRecord, ObligationRecord, Permission
from auditor.domain.verdict import AREAS, OF_PERMISSION, OUTCOMES, VERDICTS, PermissionResult, Verdict, worst_result

SHAPES: dict[Verdict, str] = {"blocked": "■", "incomplete": "○", "review": "▲", "conditional": "◆", "approved": "●"}
METHODS = {
    "text_exact": "text identical to the published one",
    "text_equivalent": "text, differs in form only",
    "text_changed": "text, changed against the published one",
    "tag_only": "tag only, no text",
    "none": "not concluded",
}
CONFIDENCES = {
    "high": "high: from an identified text",
    "declared": "declared: from a tag",
    "low": "low: unverified or changed",
    "none": "none",
}
FITS: dict[Fits, str] = {"yes": "fits", "no": "does not fit", "uncertain": "fits only at the optimistic end", "unknown": "unknown whether it fits"}
RELATIONS = {
    "finetune": "fine-tune of",
    "adapter": "adapter for",
    "quantized": "quantized from",
    "merge": "merge of",
    "distil": "distilled from",
    "unknown": "derived from",
}
WITNESSES = {
    "card_tag": "license tag of the card",
    "card_name": "license name of the card",
    "card_link": "license link of the card",
    "license_file": "license file",
    "gate_prompt": "terms shown at the gate",
    "readme": "text of the README",
    "gguf": "header of a GGUF file",
    "base_model": "base model",
}
GATES = {
    "no": "not gated",
    "auto": "gated: access is given on accepting the terms",
    "manual": "gated: the publisher decides on each request",
    "unknown": "unknown",
}
SOURCES = {
    "hub": "fetched from the Hub",
    "bundle": "from a saved bundle",
    "local": "from a folder on this machine",
    "offline": "none: no request was made",
}
APPLIES = {"yes": "Triggered by the intended use", "unknown": "May apply: a fact that decides is not declared"}
STANDING = "Automated evidence for counsel, not legal advice."
_COMMIT = lazy_pattern(r"[0-9a-f]{40}")
_REPOSITORY = lazy_pattern(r"https?://[^/]+/(?:api/models/)?([^/?#]+/[^/?#]+)")
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def result_shape(result: PermissionResult) -> str:
    """The shape of a permission's result: that of the verdict that it leads to."""
    return SHAPES[OF_PERMISSION[result]]


def short_revision(revision: str) -> str:
    """First 12 digits of a commit, else the word that stands there."""
    return revision[:12] if _COMMIT.fullmatch(revision) else revision


def model_name(model: ModelRecord) -> str:
    """`org/name@0123456789ab`."""
    return f"{model.id}@{short_revision(model.revision.resolved)}"


def amount(value: Count | float) -> str:
    """`16,060,522,496`, `33.42`, or `unknown`."""
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return value if isinstance(value, str) else f"{value:,}"


def size(value: Count) -> str:
    """Bytes in the binary unit that leaves at most four digits: `14.96 GiB`, `128 KiB`; or `unknown`."""
    if isinstance(value, str):
        return value
    unit = min(max((abs(value).bit_length() - 1) // 10, 0), len(_UNITS) - 1)
    figure = f"{value / 1024**unit:.2f}".rstrip("0").rstrip(".")
    return f"{figure} {_UNITS[unit]}"


def spaced(word: str) -> str:
    """`not_assessed` as words."""
    return word.replace("_", " ")


def readable(value: str) -> str:
    """`<= 700000000` with its thousands marked."""
    return re.sub(r"\d{5,}", lambda match: f"{int(match[0]):,}", value)


def counted(number: int, noun: str) -> str:
    """`1 model`, `3 models`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def run_counts(counts: dict[str, int]) -> str:
    """`2 blocked, 1 approved`, worst first; verdicts that no model has are left out."""
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts.get(verdict))


def intended(model: ModelRecord) -> tuple[Permission, ...]:
    """The permissions that the deployer asked for."""
    return tuple(permission for permission in model.permissions if permission.intended)


def deciding(model: ModelRecord) -> tuple[Permission, ...]:
    """The intended permissions with the worst result."""
    asked = intended(model)
    worst = worst_result(permission.result for permission in asked)
    return tuple(permission for permission in asked if permission.result == worst)


def reason(model: ModelRecord) -> str:
    """One sentence: the first reason of the first gating area that has the model's verdict, else what the deciding permission says."""
    areas = sorted(model.areas, key=lambda area: AREAS.index(area.area))
    given = [area.reasons[0] for area in areas if area.gating and area.verdict == model.verdict and area.reasons]
    return (given or [permission.because for permission in deciding(model) if permission.because] or ["No reason is recorded."])[0]


def grounds(model: ModelRecord) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rules and evidence ids of the findings that give the reason."""
    found = [finding for finding in model.findings if finding.message == reason(model)]
    return tuple(dict.fromkeys(finding.rule for finding in found)), tuple(dict.fromkeys(entry for finding in found for entry in finding.evidence))


def clauses(model: ModelRecord) -> str:
    """Clauses of the permissions that give the verdict, with the license that holds them: `Section 2 (llama3.1)`; empty when something else gives it."""
    if not any(OF_PERMISSION[permission.result] == model.verdict for permission in deciding(model)):
        return ""
    parts = (f"{', '.join(permission.clauses)} ({', '.join(permission.decided_by)})" for permission in deciding(model) if permission.clauses)
    return "; ".join(dict.fromkeys(part.removesuffix(" ()") for part in parts))


def repeated_clauses(model: ModelRecord) -> bool:
    """Whether each deciding clause stands beside an obligation as well."""
    beside = {short_clause(obligation, model) for obligation in model.obligations}
    return all(clause in beside for permission in deciding(model) for clause in permission.clauses)


def own_terms_decide(model: ModelRecord) -> bool:
    """Whether only the model's own license gives the deciding permissions, so that its evidence proves the clauses."""
    return all(set(permission.decided_by) == {model.license.concluded.key} for permission in deciding(model))


@record
class Answer:
    """What declaring a fact as `value` would give."""

    value: str
    result: PermissionResult
    uses: tuple[Use, ...]


@record
class Question:
    """A fact that decides and was not declared."""

    fact: str
    flag: str
    """`--fact NAME=N`, as typed."""
    answers: tuple[Answer, ...]


def questions(permissions: Iterable[Permission]) -> tuple[Question, ...]:
    """The facts to declare, each with its answers, from the flips of those `permissions` that are unknown."""
    asked: dict[str, dict[tuple[str, PermissionResult], list[Use]]] = {}
    for permission in permissions:
        for flip in permission.flips if permission.result == "unknown" else ():
            asked.setdefault(flip.fact, {}).setdefault((flip.value, flip.result), []).append(permission.use)
    return tuple(
        Question(fact, f"--fact {fact}={_placeholder(value for value, _ in answers)}", tuple(Answer(*answer, tuple(uses)) for answer, uses in answers.items()))
        for fact, answers in asked.items()
    )


def _placeholder(values: Iterable[str]) -> str:
    return "N" if all(value.lstrip().startswith(("<", ">", "=")) for value in values) else "VALUE"


def findings(model: ModelRecord) -> tuple[Finding, ...]:
    """All findings, worst first."""
    return tuple(sorted(model.findings, key=lambda finding: OUTCOMES.index(finding.outcome)))


def steps(model: ModelRecord) -> tuple[str, ...]:
    """How to fix the open findings, without those that only repeat a fact to declare."""
    asked = [question.fact for question in questions(intended(model))]
    fixes = (finding.how_to_fix for finding in findings(model) if finding.outcome != "note")
    return tuple(dict.fromkeys(fix for fix in fixes if fix and not any(fact in fix for fact in asked)))


def assumed_names(model: ModelRecord) -> tuple[str, ...]:
    """What sizing assumed, by name; the figures stand beside the estimate."""
    return tuple(dict.fromkeys(name for line in model.memory.assumed for name in re.findall(r"(?:^|, )([a-z_]+)[: ]", line.partition(" (")[0])))


def cards(fit: Fit) -> str:
    """`rtx-4090`, `4 x rtx-4090`."""
    return fit.gpu if fit.gpus == 1 else f"{fit.gpus} x {fit.gpu}"


def status(obligation: ObligationRecord, full: bool = False) -> str:
    """`missing: no notice file among the 12 files`; the reason of what is met or open only in full."""
    told = obligation.status_reason and (full or obligation.status in ("missing", "not_checkable"))
    return f"{spaced(obligation.status)}: {obligation.status_reason}" if told else spaced(obligation.status)


def short_clause(obligation: ObligationRecord, model: ModelRecord) -> str:
    """The clause without the name of the concluded license, which stands above it."""
    return obligation.clause.removeprefix(f"{model.license.concluded.name}, ")


def unchecked(model: ModelRecord) -> dict[str, tuple[str, ...]]:
    """Topics that were not checked by reason; areas without an assessment are left out, they are listed as areas."""
    areas = {area.area for area in model.areas if area.verdict == "not_assessed"}
    found: dict[str, tuple[str, ...]] = {}
    for entry in model.not_checked:
        if entry.topic not in areas:
            found[entry.why] = (*found.get(entry.why, ()), entry.topic)
    return found


def place(evidence: EvidenceRecord, model: ModelRecord) -> str:
    """`LICENSE:1-14`; with the repository when it is not the model's own; the kind of source where there is no file."""
    repository = _REPOSITORY.search(evidence.url)
    other = f"{repository[1]} " if repository and repository[1] != model.id else ""
    return f"{other}{evidence.path or spaced(evidence.kind)}{':' if evidence.lines else ''}{evidence.lines}"


def fact_list(facts: dict[str, object]) -> str:
    """`established_in=US,EU monthly_active_users=1000000`, as on the command line."""
    return " ".join(f"{name}={_fact_value(value)}" for name, value in facts.items())


def _fact_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return ",".join(f"{key}:{item}" for key, item in value.items())
    return ",".join(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else str(value)

"""Conditions of a license that the intended uses trigger, as a checklist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.catalog.catalog import Catalog
from auditor.domain.license import License, Term, Use
from auditor.domain.license_facts import ObligationFact
from auditor.domain.profile import Agreement
from auditor.domain.truth import Truth
from auditor.licensing.agreements import agreement_duty, covering
from auditor.licensing.conditions import Situation
from auditor.licensing.permissions import applies, use_result

_MAKING_DERIVATIVES: frozenset[Use] = frozenset({"finetune", "redistribute_derivative", "distil"})


def obligations(
    keys: Sequence[str], inherited: Sequence[tuple[str, str]], uses: Sequence[Use], catalog: Catalog, situation: Situation
) -> tuple[ObligationFact, ...]:
    """Obligations of the model's own license (`keys`) and those that flow down from parents (`inherited`: parent id, license key)."""
    found: dict[str, ObligationFact] = {}
    for key in keys:
        for fact in _of_license(catalog.license(key), uses, situation, ""):
            found.setdefault(fact.id, fact)
    for parent, key in inherited:
        theirs = replace(situation, publisher=parent.partition("/")[0])
        for fact in _of_license(catalog.license(key), uses, theirs, parent):
            found.setdefault(fact.id, fact)
    return tuple(found.values())


def _of_license(license: License, uses: Sequence[Use], situation: Situation, parent: str) -> list[ObligationFact]:
    found = []
    for term in license.terms:
        if term.obligation is None or (parent and not term.flows_down):
            continue
        triggered = [(use, applies(term, replace(situation, use=use))) for use in uses if use in term.uses]
        due = [(use, truth) for use, truth in triggered if truth is not False]
        if due:
            found.append(_obligation(license, term, due, parent))
    by_agreement: dict[Agreement, list[Use]] = {}
    for use in uses:
        agreement = covering(license, use, situation.agreements, situation.publisher)
        if agreement and use_result(license, use, replace(situation, agreements=())).result in ("prohibited", "unknown"):
            by_agreement.setdefault(agreement, []).append(use)
    duties = [agreement_duty(license, agreement, tuple(covered), situation.agreements) for agreement, covered in by_agreement.items()]
    return found + [replace(duty, origin=parent) for duty in duties]


def _obligation(license: License, term: Term, due: Sequence[tuple[Use, Truth]], parent: str) -> ObligationFact:
    duty = term.obligation
    assert duty is not None
    certain = any(truth for _, truth in due)
    origin = f"; it flows down from {parent}" if parent else ""
    clause = term.clause if term.located_in is None else f"{term.located_in}, {term.clause}"
    return ObligationFact(
        id=f"{license.key}/{term.id}",
        kind=term.kind,
        modality="must_not" if duty.action.lower().startswith(("do not", "never")) else "must",
        action=duty.action,
        text=duty.text,
        clause=f"{license.name}, {clause}",
        trigger=duty.trigger,
        uses=tuple(use for use, _ in due),
        applies="yes" if certain else "unknown",
        license=license.key,
        check=duty.check,
        file=duty.file,
        name_prefix=duty.name_prefix,
        derivatives_only=duty.check == "name_prefix" or term.kind == "change_notice" or set(term.uses) <= _MAKING_DERIVATIVES,
        because=(term.summary if certain else f"applies unless an undeclared fact rules it out: {term.summary}") + origin,
        origin=parent,
    )

"""What a license lets this deployer do: permission(license, use, facts) -> permitted | conditional | prohibited | unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from auditor.catalog.catalog import Catalog
from auditor.domain.conditions import ModelProperty
from auditor.domain.license import USES, License, Term, Use
from auditor.domain.license_facts import LicenseFacts, UseResult
from auditor.domain.truth import Truth, all_of, negate
from auditor.domain.verdict import RESULTS, worst_result
from auditor.licensing.agreements import covered
from auditor.licensing.conditions import Leaf, Situation, holds, leaves
from auditor.licensing.flips import flips


def applies(term: Term, situation: Situation) -> Truth:
    """Whether a term bites: its `when` holds and its `unless` does not."""
    conditions = [holds(term.when, situation) if term.when else True, negate(holds(term.unless, situation)) if term.unless else True]
    return all_of(conditions)


def use_result(license: License, use: Use, situation: Situation) -> UseResult:
    """What the license allows for one use, or an agreement in its place, with the facts that would change it."""
    return covered(license, _public_result(license, use, situation), situation.agreements, situation.publisher)


def _public_result(license: License, use: Use, situation: Situation) -> UseResult:
    situation = replace(situation, use=use)
    result = _plain_result(license, use, situation)
    if result.result not in ("unknown", "conditional"):
        return result
    undecided = [leaf for term in _touching(license, use) for leaf in _leaves(term) if applies(term, situation) is None]
    return replace(result, flips=flips(undecided, situation, lambda supposed: _plain_result(license, use, supposed)))


def _touching(license: License, use: Use) -> list[Term]:
    return [term for term in license.terms if use in term.uses and term.effect != "inform"]


def _leaves(term: Term) -> list[Leaf]:
    return [leaf for condition in (term.when, term.unless) if condition for leaf in leaves(condition)]


def _plain_result(license: License, use: Use, situation: Situation) -> UseResult:
    grant = license.grants[use]
    by = (license.key,)
    if grant.given == "no":
        return UseResult(use, "prohibited", f"{license.name} does not grant this use", by, (grant.clause,))
    terms = _touching(license, use)
    barred = [t for t in terms if t.effect == "prohibit" and applies(t, situation) is True]
    if barred:
        return UseResult(use, "prohibited", barred[0].summary, by, _clauses(barred))
    open_bars = [t for t in terms if t.effect == "prohibit" and applies(t, situation) is None]
    if open_bars:
        return UseResult(use, "unknown", f"{_what_decides(open_bars)}: {open_bars[0].summary}", by, _clauses(open_bars))
    if grant.given == "silent":
        return UseResult(use, "unknown", f"{license.name} does not speak of this use", by, (grant.clause,))
    duties = [t for t in terms if t.effect == "oblige" and applies(t, situation) is not False]
    if duties:
        return UseResult(use, "conditional", _conditions(duties), by, _clauses(duties))
    return UseResult(use, "permitted", f"{license.name} permits it and asks for nothing", by, (grant.clause,))


def _conditions(duties: Sequence[Term]) -> str:
    kinds = ", ".join(dict.fromkeys(term.kind.replace("_", " ") for term in duties))
    return f"permitted on {len(duties)} condition{'s' * (len(duties) > 1)} ({kinds})"


def _clauses(terms: Iterable[Term]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.clause if term.located_in is None else f"{term.located_in}, {term.clause}" for term in terms))


def _what_decides(terms: Sequence[Term]) -> str:
    deciding = [leaf for term in terms for leaf in _leaves(term)]
    if deciding and all(isinstance(leaf, ModelProperty) for leaf in deciding):
        return "it could not be told whether the model is multimodal"
    return "an undeclared fact decides"


def own_results(facts: LicenseFacts, catalog: Catalog, situation: Situation) -> tuple[UseResult, ...]:
    """What the model's own license allows, for all eight uses. A license that is not certain gives `unknown` at best."""
    return tuple(_own_result(facts, use, catalog, situation) for use in USES)


def best_alternative(facts: LicenseFacts, uses: Sequence[Use], catalog: Catalog, situation: Situation) -> tuple[str, ...]:
    """The alternative whose worst result over these uses is the most favourable one; of equal ones the first stated."""

    def worst(keys: tuple[str, ...]) -> int:
        results = [_own_result(replace(facts, candidates=keys), use, catalog, situation).result for use in uses]
        return RESULTS.index(worst_result(results))

    return max(facts.alternatives, key=worst)


def _own_result(facts: LicenseFacts, use: Use, catalog: Catalog, situation: Situation) -> UseResult:
    held = situation if facts.trusted else replace(situation, agreements=())  # an agreement helps only where it is certain which license governs
    results = [use_result(catalog.license(key), use, held) for key in facts.candidates if key in catalog.license_keys]
    certain = _worst(results) if facts.trusted and results else None
    if certain and (not facts.unread or certain.result == "prohibited"):
        return certain
    why = facts.why_untrusted or (f"a license file that may say otherwise could not be read: {facts.unread}" if facts.unread else "no license is known")
    barred = [r.result == "prohibited" for r in results]
    # Every text that is identified binds, whatever else lies beside it; of names only one can be meant.
    if any(barred) if facts.identified_in != "none" else barred and facts.exhaustive and all(barred):
        return _worst(results)
    by = tuple(dict.fromkeys(name for r in results for name in r.decided_by))
    return UseResult(use, "unknown", why, by, ())


def _worst(results: Sequence[UseResult]) -> UseResult:
    worst = worst_result(r.result for r in results)
    return next(r for r in results if r.result == worst)


def combined(own: UseResult, inherited: Sequence[tuple[str, UseResult]]) -> UseResult:
    """The model's own result and those that flow down from parents (parent id, result): the worst decides and is named."""
    worst = worst_result([own.result, *(result.result for _, result in inherited)])
    if own.result == worst:
        return own
    parent, deciding = next((p, r) for p, r in inherited if r.result == worst)
    names = tuple(f"{name} (license of {parent})" for name in deciding.decided_by) or (f"license of {parent}",)
    return replace(deciding, because=f"from the base model {parent}: {deciding.because}", decided_by=names)


def better(result: str, than: str) -> bool:
    """Whether one permission result is more favourable than another."""
    return RESULTS.index(result) > RESULTS.index(than)

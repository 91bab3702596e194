"""Licenses that the deployer holds: a matching prohibition becomes a condition, and is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from auditor.domain.license import License, Use
from auditor.domain.license_facts import ObligationFact, UseResult
from auditor.domain.pattern import lazy_pattern
from auditor.domain.profile import Agreement

_NO_SLUG = lazy_pattern(r"[^a-z0-9]+")


def covering(license: License, use: Use, agreements: Sequence[Agreement], publisher: str) -> Agreement | None:
    """The agreement that stands in for this license in this use: with the license's own steward, or with the publisher of the model."""
    return next((a for a in agreements if license.key in a.licenses and use in a.uses and _same(a.licensor, license.steward, publisher)), None)


def _same(licensor: str, *others: str) -> bool:
    """Whether the licensor is one of these; a Creative Commons license, say, is granted by whoever publishes the model."""
    name = _NO_SLUG.sub("", licensor.lower())
    return bool(name) and name in {_NO_SLUG.sub("", other.lower()) for other in others}


def standing(agreements: Sequence[Agreement], governing: Sequence[tuple[License, str]], day: date) -> tuple[list[Agreement], list[Agreement]]:
    """Agreements that name a governing license (with the publisher of its model) and help nothing: those that have expired
    and whose cover no other one has taken over, and those whose licensor is neither steward nor publisher."""
    held = [agreement for agreement in agreements if agreement.holds_on(day)]
    expired, foreign = [], []
    for agreement in agreements:
        named = [(license, publisher) for license, publisher in governing if license.key in agreement.licenses]
        own = [(license, publisher) for license, publisher in named if _same(agreement.licensor, license.steward, publisher)]
        if named and not own:
            foreign.append(agreement)
        elif not agreement.holds_on(day) and any(covering(license, use, held, publisher) is None for license, publisher in own for use in agreement.uses):
            expired.append(agreement)
    return expired, foreign


def covered(license: License, result: UseResult, agreements: Sequence[Agreement], publisher: str) -> UseResult:
    """`result` of the license itself, conditional where it is not permitted and an agreement covers the use. It never makes anything better than that."""
    agreement = covering(license, result.use, agreements, publisher) if result.result in ("prohibited", "unknown") else None
    if agreement is None:
        return result
    because = f"permitted by your agreement with {agreement}; the public license alone: {result.because}"
    return replace(result, result="conditional", because=because, flips=())


def agreement_duty(license: License, agreement: Agreement, uses: tuple[Use, ...], held: Sequence[Agreement] = ()) -> ObligationFact:
    """Keeping to the agreement, as an obligation. Several of `held` with one licensor about one license are told apart by a number."""
    until = f", and renew it or stop before {agreement.expires} ends" if agreement.expires else ""
    slug = _slug(agreement)
    alike = [other for other in held if license.key in other.licenses and _slug(other) == slug]
    number = alike.index(agreement) + 1 if agreement in alike else 1
    return ObligationFact(
        id=f"{license.key}/agreement-{slug}" + (f"-{number}" if number > 1 else ""),
        kind="agreement",
        modality="must",
        action=f"Keep to the terms of your agreement with {agreement.licensor}{until}.",
        text=None,
        clause=f"your agreement with {agreement}",
        trigger="using the model in the place of the public license",
        uses=uses,
        applies="yes",
        because=f"the agreement stands in for {license.name}",
    )


def _slug(agreement: Agreement) -> str:
    return _NO_SLUG.sub("-", agreement.licensor.lower()).strip("-") or "licensor"

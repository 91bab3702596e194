"""What governs a model, its base models included: agreements that no longer help, own readings, and the age of the knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from auditor.catalog.catalog import Catalog
from auditor.domain.license import License, Reading
from auditor.domain.license_facts import LicenseFacts
from auditor.domain.profile import Agreement
from auditor.licensing.agreements import standing
from auditor.licensing.lineage import Inheritance

Governing = Sequence[tuple[License, str]]
"""A license that may govern, and the publisher of the model that carries it."""


def governing(model_id: str, facts: LicenseFacts, inherited: Inheritance, catalog: Catalog) -> Governing:
    """The model's own license first, then those of its base models; each pair once."""
    pairs = [(model_id, key) for key in facts.candidates]
    pairs += [(edge.parent, edge.license) for edge in inherited.edges if edge.license]
    pairs += inherited.obliging
    known = set(catalog.license_keys)
    found = dict.fromkeys((key, name.partition("/")[0]) for name, key in pairs if key in known)
    return tuple((catalog.license(key), publisher) for key, publisher in found)


def without_effect(agreements: Sequence[Agreement], licenses: Governing, day: date) -> tuple[list[str], list[str]]:
    """Agreements about these licenses that have expired, and those that are with somebody else, as they are shown."""
    expired, foreign = standing(agreements, licenses, day)
    return [str(agreement) for agreement in expired], [_foreign(agreement, licenses) for agreement in foreign]


def _foreign(agreement: Agreement, licenses: Governing) -> str:
    named = [(license, publisher) for license, publisher in licenses if license.key in agreement.licenses]
    others = dict.fromkeys(name for license, publisher in named for name in (license.steward, publisher))
    return f"{agreement}, but {', '.join(dict.fromkeys(license.name for license, _ in named))} is granted by {' or '.join(others)}"


def own_readings(licenses: Governing) -> str:
    """Whose reading each text that the catalogue does not hold is; `no` when none is."""
    found = [f"{entry.name} is that of {entry.reading.signed_by} of {entry.reading.signed_on}" for entry, _ in licenses if isinstance(entry, Reading)]
    return ", of ".join(dict.fromkeys(found)) or "no"


def reviewed(licenses: Governing, knowledge_date: str, day: date) -> tuple[str, int | None]:
    """When the knowledge and the least lately reviewed license were looked at, and the days since the earlier of the two; None when neither date is known."""
    oldest = min((license for license, _ in licenses), key=lambda license: license.reviewed, default=None)
    named = f"the knowledge on {knowledge_date}" + (f", {oldest.name} on {oldest.reviewed}" if oldest else "")
    try:
        dates = [date.fromisoformat(knowledge_date)]
    except ValueError:
        dates = []
    if oldest:
        dates.append(oldest.reviewed)
    return named, (day - min(dates)).days if dates else None

"""What governs a model with its base models: own readings by name, and the age of what is known about each license."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fakes import Repo, license_entry, model, text

from auditor.audit.governing import own_readings, reviewed
from auditor.catalog.catalog import Catalog
from auditor.domain.license import License, Reading
from auditor.reading.normalize import fingerprint

DAY = date(2026, 11, 24)


def license(key: str = "a-1", **changes: Any) -> License:
    return License.model_validate(license_entry(key, **changes))


def reading(key: str, signed_by: str = "J. Doe") -> Reading:
    return Reading.model_validate(license_entry(key, entry="reading", reading={"signed_by": signed_by, "signed_on": "2026-11-01"}))


def test_nobodys_reading_or_everybodys_by_name() -> None:
    assert own_readings([]) == own_readings([(license(), "org")]) == "no"
    assert own_readings([(reading("own-1"), "org"), (license(), "org"), (reading("own-2", "A. Roe"), "them"), (reading("own-1"), "them")]) == (
        "License own-1 is that of J. Doe of 2026-11-01, of License own-2 is that of A. Roe of 2026-11-01"
    )


@pytest.mark.parametrize(
    ("licenses", "knowledge", "named", "days"),
    [
        ([], "2026-11-24", "the knowledge on 2026-11-24", 0),
        ([], "unknown", "the knowledge on unknown", None),
        ([license(reviewed="2026-05-28")], "2026-11-24", "the knowledge on 2026-11-24, License a-1 on 2026-05-28", 180),
        ([license(reviewed="2026-11-20"), license("b-1", reviewed="2026-05-27")], "2026-11-23", "the knowledge on 2026-11-23, License b-1 on 2026-05-27", 181),
        ([license(reviewed="2026-11-20")], "2026-11-14", "the knowledge on 2026-11-14, License a-1 on 2026-11-20", 10),
        ([license(reviewed="2026-11-20")], "unknown", "the knowledge on unknown, License a-1 on 2026-11-20", 4),
        ([license(reviewed="2026-11-30")], "2026-12-01", "the knowledge on 2026-12-01, License a-1 on 2026-11-30", -6),
    ],
)
def test_the_earlier_of_two_reviews_counts(licenses: list[License], knowledge: str, named: str, days: int | None) -> None:
    assert reviewed([(entry, "org") for entry in licenses], knowledge, DAY) == (named, days)


def test_a_license_that_nobody_looked_at_for_half_a_year_is_named(catalog_with: Callable[..., Catalog]) -> None:
    catalog = catalog_with(license_entry("old-1", hub_id="old-1", reviewed="2026-05-27"))
    found = model(Repo({"license": "old-1"}), catalog)
    [note] = [finding for finding in found.findings if finding.rule == "LIC022"]
    assert (found.verdict, note.outcome) == ("approved", "note")
    assert "License old-1 on 2026-05-27. The earlier is 181 days before" in note.message


def test_the_reading_of_a_base_models_text_is_named_too(invented: Catalog) -> None:
    own = Catalog(invented.store.root, (reading("own-1"),), "digest")
    known = fingerprint(text("own-1")).sha256
    assert own.texts[known].license == "own-1"
    found = model(Repo({"license": "free-1", "base_model": "them/base"}), own, {"them/base": Repo({}, {"LICENSE": text("own-1")})})
    [note] = [finding for finding in found.findings if finding.rule == "LIC021"]
    assert note.message == "The reading of License own-1 is that of J. Doe of 2026-11-01; the catalogue does not hold this text."

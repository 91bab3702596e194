"""Words that no deployer can declare would make a bar that never bites: neither the catalogue nor an organization's reading may use one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import LIMIT, family_entry, license_entry, obliging, prohibiting, real_catalog, text, write_entry

from auditor.catalog.catalog import Catalog
from auditor.catalog.crosscheck import problems
from auditor.catalog.readings import load_readings
from auditor.catalog.terms import unknown_words
from auditor.domain.errors import UsageError
from auditor.domain.license import License
from auditor.reading.normalize import fingerprint

BUSINESS = {"kind": "business", "any_of": ["model_hostng"]}
CASES: list[tuple[dict[str, Any], str]] = [
    (prohibiting("t", **BUSINESS), "terms.t: business 'model_hostng' is not in rules/vocabulary.yaml"),
    (prohibiting("t", kind="field_of_use", any_of=["gardening"]), "terms.t: field of use 'gardening' is not in rules/vocabulary.yaml"),
    (prohibiting("t", kind="territory", reads=["serves_users_in"], regions=["ATLANTIS"]), "terms.t: region 'ATLANTIS' is no ISO 3166 code or group"),
    (prohibiting("t", **{**LIMIT, "basis": "ongoing", "fact": "moon_phases"}), "terms.t: fact 'moon_phases' is no number of rules/vocabulary.yaml"),
    ({**obliging("t"), "unless": {"kind": "not", "of": BUSINESS}}, "terms.t: business 'model_hostng' is not in rules/vocabulary.yaml"),
]


@pytest.mark.parametrize(("term", "problem"), CASES)
def test_a_word_that_the_vocabulary_lacks(term: dict[str, Any], problem: str) -> None:
    license = License.model_validate(license_entry("a-1", terms=[term]))
    assert list(unknown_words(license, real_catalog().vocabulary)) == [problem]


def test_words_of_the_vocabulary_are_fine() -> None:
    terms = [prohibiting("t", kind="business", any_of=["cloud"]), prohibiting("u", kind="territory", reads=["established_in"], regions=["EU", "UK", "WORLD"])]
    assert list(unknown_words(License.model_validate(license_entry("a-1", terms=terms)), real_catalog().vocabulary)) == []


def reading(folder: Path, key: str = "own-1", **changes: Any) -> None:
    folder.mkdir(exist_ok=True)
    known = fingerprint(text("own"))
    texts = [{"id": "whole", "form": "canonical", "words": known.words, "sha256": known.sha256, "source": "the repository"}]
    signed = {"signed_by": "J. Doe", "signed_on": "2026-11-01"}
    write_entry(folder, license_entry(key, entry="reading", reading=signed, **{"texts": texts, **changes}), ".")


@pytest.mark.parametrize(("term", "problem"), CASES)
def test_a_reading_with_such_a_word_is_refused(tmp_path: Path, term: dict[str, Any], problem: str) -> None:
    reading(tmp_path / "legal", terms=[term])
    with pytest.raises(UsageError) as error:
        load_readings([tmp_path / "legal"], real_catalog())
    path = tmp_path / "legal" / "own-1.yaml"
    line = path.read_text().splitlines().index(' "terms": [') + 2
    assert str(error.value) == f"{path}:{line}: {problem}"
    assert error.value.next_step


def test_a_reading_that_stands(tmp_path: Path) -> None:
    reading(tmp_path / "legal", terms=[prohibiting("t", kind="business", any_of=["cloud"])])
    [found], digest = load_readings([tmp_path / "legal"], real_catalog())
    assert (found.key, len(digest)) == ("own-1", 64)


@pytest.mark.parametrize(
    "others",
    [
        [family_entry("fam", ["mit"], True, aliases=["Some Name"])],
        [license_entry("a-1", texts=[], verified=False, aliases=["fam"]), family_entry("fam", ["mit"], True)],
        [license_entry("a-1", texts=[], verified=False, aliases=["no license"])],
    ],
)
def test_only_licenses_may_share_a_name(catalog_with: Callable[..., Catalog], others: list[dict[str, Any]]) -> None:
    found = problems(catalog_with(license_entry("b-1", aliases=["Some Name"]), *others))
    assert len(found) == 1
    assert found[0].endswith("; only licenses may share a name")
    assert "also names" in found[0]


def test_licenses_may() -> None:
    shared = {name: keys for name, keys in real_catalog().aliases.items() if len(keys) > 1}
    assert shared["qwen-research"] == ("qwen-research-2026", "qwen-research")
    assert all(isinstance(real_catalog().license_entry(key), License) for keys in shared.values() for key in keys)

"""A folder of own readings: plain YAML files alone, errors with file and line, never in the place of the catalogue."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from fakes import license_entry, real_catalog, text, write_entry

from auditor.catalog.catalog import Catalog
from auditor.catalog.readings import load_readings
from auditor.catalog.store import COMPILED, Store
from auditor.domain.errors import UsageError
from auditor.reading.normalize import fingerprint

SIGNED = {"signed_by": "J. Doe", "signed_on": "2026-11-01"}


def known(name: str) -> dict[str, Any]:
    print_ = fingerprint(text(name))
    return {"id": "whole", "form": "canonical", "words": print_.words, "sha256": print_.sha256, "source": "the repository"}


@pytest.fixture
def legal(tmp_path: Path) -> Path:
    folder = tmp_path / "legal"
    folder.mkdir()
    write(folder)
    return folder


def write(folder: Path, key: str = "own-1", **changes: Any) -> Path:
    write_entry(folder, license_entry(key, **{"entry": "reading", "reading": SIGNED, "texts": [known("own")], **changes}), ".")
    return folder / f"{key}.yaml"


def message(folder: Path) -> str:
    with pytest.raises(UsageError) as error:
        load_readings([folder], real_catalog())
    assert error.value.exit_code == 2
    assert error.value.next_step
    return str(error.value).replace(str(folder), "legal")


def line_of(path: Path, key: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if line.strip().startswith(f'"{key}":'))


def test_a_reading_identifies_its_text_and_changes_the_knowledge(legal: Path) -> None:
    own, digest = load_readings([legal], real_catalog())
    combined = Catalog(real_catalog().store.root, own, digest)
    [sha256] = {entry["sha256"] for entry in [known("own")]}
    assert (combined.texts[sha256].license, combined.license("own-1").key) == ("own-1", "own-1")
    assert "own-1" not in combined.aliases
    assert combined.sha256 != real_catalog().sha256
    with (legal / "own-1.yaml").open("a") as file:
        file.write("# a comment\n")
    again = Catalog(real_catalog().store.root, *load_readings([legal], real_catalog()))
    assert again.sha256 not in (combined.sha256, real_catalog().sha256)


def test_no_reading_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "legal").mkdir()
    (tmp_path / "legal" / "README.md").write_text("How we read.")
    found, digest = load_readings([tmp_path / "legal"], real_catalog())
    assert found == ()
    assert Catalog(real_catalog().store.root, found, digest).sha256 == real_catalog().sha256


def test_a_compiled_copy_in_the_folder_counts_for_nothing(legal: Path) -> None:
    store = Store(legal)
    value = store.parse("own-1.yaml").value
    value["grants"] = {use: {"given": "yes", "clause": "9"} for use in value["grants"]}
    value["name"] = "Anything goes"
    (legal / COMPILED).write_text("\t".join(["own-1.yaml", store.digests["own-1.yaml"], json.dumps(value)]) + "\n")
    [reading], _ = load_readings([legal], real_catalog())
    assert reading.name == "License own-1"


@pytest.mark.parametrize("link", ["own-2.yaml", "below", "README.md"])
def test_a_link_in_the_folder_is_refused(legal: Path, link: str, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    write(tmp_path / "outside", "own-2", texts=[known("other")])
    (legal / link).symlink_to(tmp_path / "outside" / ("own-2.yaml" if link.endswith(".yaml") else ""))
    assert message(legal) == f"legal/{link}: a link in a folder of readings is not followed"


def test_a_folder_that_the_user_names_may_be_a_link_or_lie_elsewhere(legal: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(legal)
    for folder in (tmp_path / "linked", tmp_path / "linked" / ".." / "legal"):
        assert [reading.key for reading in load_readings([folder], real_catalog())[0]] == ["own-1"]


def test_what_is_no_plain_file_is_refused(legal: Path) -> None:
    os.mkfifo(legal / "pipe.yaml")
    assert message(legal) == "legal/pipe.yaml: no plain file"


def test_a_file_larger_than_a_mebibyte_is_refused(legal: Path) -> None:
    (legal / "big.yaml").write_text("#" * (1024 * 1024 + 1))
    assert message(legal) == "legal/big.yaml: larger than 1 MiB"


def test_another_ending_is_refused_lest_it_be_passed_over(legal: Path) -> None:
    (legal / "own-1.yaml").rename(legal / "own-1.yml")
    assert message(legal) == "legal/own-1.yml: a reading ends in .yaml"


@pytest.mark.parametrize("name", ["own-1.yaml", "below"])
@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_said(legal: Path, name: str) -> None:
    (legal / "below").mkdir()
    (legal / name).chmod(0)
    said = message(legal)
    (legal / name).chmod(0o700)
    assert said == f"legal/{name}: cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("entry: reading\nkey: yes\n", "legal/own-1.yaml:2: 'yes' is ambiguous: write true or false, or quote the word"),
        ("entry: &a reading\nkey: *a\n", "legal/own-1.yaml:1: anchors and aliases are not allowed; write the value out"),
        ("key: own-1\nentry: reading\nkey: own-1\n", "legal/own-1.yaml:3: key 'key' stands twice, first in line 1"),
        ("entry: reading\n\n  x: [\n", "legal/own-1.yaml:3: not valid YAML: mapping values are not allowed in this context"),
    ],
)
def test_it_is_read_as_strictly_as_the_catalogue(legal: Path, content: str, said: str) -> None:
    (legal / "own-1.yaml").write_text(content)
    assert message(legal) == said


@pytest.mark.parametrize(
    ("key", "changes", "field", "said"),
    [
        ("mit", {}, "key", "key: 'mit' names mit of the catalogue"),
        ("llama-3.1", {}, "key", "key: 'llama-3.1' names llama3.1 of the catalogue"),
        ("unknown", {}, "key", "key: 'unknown' names unknown of the catalogue"),
        ("own-1", {"spdx": "Apache-2.0"}, "spdx", "spdx: 'Apache-2.0' names apache-2.0 of the catalogue"),
        ("own-1", {"readng": 1}, "readng", "readng: unknown field; did you mean 'reading'?"),
        ("own-1", {"reading": {"signed_by": "J. Doe"}}, "reading", "reading.signed_on: Field required"),
        ("own-1", {"reading": {**SIGNED, "signed_by": ""}}, "signed_by", "reading.signed_by: String should have at least 1 character"),
    ],
)
def test_a_name_of_the_catalogue_or_a_wrong_field_is_named_with_its_line(tmp_path: Path, key: str, changes: dict[str, Any], field: str, said: str) -> None:
    legal = tmp_path / "legal"
    legal.mkdir()
    path = write(legal, key, **changes)
    assert message(legal) == f"legal/{key}.yaml:{line_of(path, field)}: {said}"


def test_a_text_of_the_catalogue_is_not_read_anew(legal: Path) -> None:
    sha256, license = next((sha256, known.license) for sha256, known in real_catalog().texts.items())
    path = write(legal, texts=[{**known("own"), "sha256": sha256}])
    assert message(legal) == f"legal/own-1.yaml:{line_of(path, 'sha256')}: texts.0.sha256: this text is {license} of the catalogue"


def test_two_readings_of_one_text_or_one_key_are_refused(legal: Path, tmp_path: Path) -> None:
    path = write(legal, "own-2")
    assert message(legal) == f"legal/own-2.yaml:{line_of(path, 'sha256')}: texts.0.sha256: this text is read by own-1 already"
    path.unlink()
    (legal / "below").mkdir()
    path = write(legal / "below", texts=[known("other")])
    assert message(legal) == f"legal/own-1.yaml:{line_of(path, 'key')}: key: 'own-1' stands in two files"

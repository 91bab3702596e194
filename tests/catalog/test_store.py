"""The files of rules/: the compiled copy never outlives a change of the YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.catalog.store import COMPILED, Store
from auditor.domain.errors import CatalogError

INDEX = {"hub_ids": {"a": "a"}, "aliases": {"a": ["a"]}, "texts": {}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "licenses").mkdir()
    (tmp_path / "licenses" / "a.yaml").write_text("key: a\nreviewed: 2026-01-02\n")
    (tmp_path / "b.yaml").write_text('key: b\nreviewed: "2026-03-04"\n')
    (tmp_path / COMPILED).write_text(Store(tmp_path).compiled_text(INDEX))
    return tmp_path


def test_a_fresh_compiled_copy_is_used(root: Path) -> None:
    compiled = (root / COMPILED).read_text()
    assert '"key":"b"' in compiled
    (root / COMPILED).write_text(compiled.replace('"key":"b"', '"key":"from the copy"'))
    assert Store(root).read("b.yaml").value == {"key": "from the copy", "reviewed": "2026-03-04"}
    assert Store(root).index == INDEX


def test_a_stale_entry_of_the_compiled_copy_is_not_used(root: Path) -> None:
    (root / "b.yaml").write_text("key: changed\n")
    assert Store(root).read("b.yaml").value == {"key": "changed"}
    assert Store(root).read("licenses/a.yaml").value == {"key": "a", "reviewed": "2026-01-02"}
    assert Store(root).index == INDEX


@pytest.mark.parametrize("change", [{"licenses/a.yaml": "key: changed\n"}, {"licenses/c.yaml": "key: c\n"}])
def test_the_index_of_licenses_is_not_used_once_any_license_changed(root: Path, change: dict[str, str]) -> None:
    for path, content in change.items():
        (root / path).write_text(content)
    assert Store(root).index is None


def test_the_index_of_licenses_is_not_used_once_a_license_is_gone(root: Path) -> None:
    (root / "licenses" / "a.yaml").unlink()
    assert Store(root).index is None


@pytest.mark.parametrize(
    "damaged", ["", "{", "\t\t\n", "b.yaml\tDIGEST\t{", "b.yaml\tDIGEST", "licenses\tINDEX\t[]", 'licenses\tINDEX\t{"hub_ids": {}}', "\udcff"]
)
def test_a_damaged_compiled_copy_is_not_used(root: Path, damaged: str) -> None:
    lines = {line.split("\t")[0]: line.split("\t")[1] for line in (root / COMPILED).read_text().splitlines()}
    damaged = damaged.replace("DIGEST", lines["b.yaml"]).replace("INDEX", lines["licenses"])
    (root / COMPILED).write_bytes(damaged.encode("utf-8", "surrogateescape"))
    assert Store(root).read("b.yaml").value == {"key": "b", "reviewed": "2026-03-04"}
    assert Store(root).index is None


def test_names_dates_and_digests(root: Path) -> None:
    store = Store(root)
    assert (store.names("licenses"), store.names("hardware")) == (("a",), ())
    assert store.date == "2026-03-04"
    before = store.sha256
    (root / "b.yaml").write_text("key: b\n")
    assert Store(root).sha256 != before
    assert Store(root).date == "2026-01-02"


def test_a_folder_without_dates_has_an_unknown_one(tmp_path: Path) -> None:
    assert Store(tmp_path).date == "unknown"


def test_no_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no folder with knowledge files") as error:
        Store(tmp_path / "absent").names("licenses")
    assert error.value.next_step == "reinstall model-auditor"


def test_a_file_that_is_not_there(root: Path) -> None:
    with pytest.raises(CatalogError, match="^rules/c.yaml: no such knowledge file$"):
        Store(root).parse("c.yaml")


def test_a_syntax_error_names_file_line_and_repair(root: Path) -> None:
    (root / "b.yaml").write_text("key: b\nreviewed: no\n")
    with pytest.raises(CatalogError) as error:
        Store(root).read("b.yaml")
    assert str(error.value) == "rules/b.yaml:2: 'no' is ambiguous: write true or false, or quote the word"
    assert error.value.next_step == "mend the file, then run: make generate"
    assert error.value.exit_code == 2


def test_what_is_not_utf_8_says_where(root: Path) -> None:
    (root / "b.yaml").write_bytes(b"key: b\nname: caf\xe9\n")
    with pytest.raises(CatalogError, match="^rules/b.yaml:2: not UTF-8$"):
        Store(root).read("b.yaml")

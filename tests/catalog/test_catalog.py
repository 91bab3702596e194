"""Entries on first use, and errors of a broken file: file, line, field, repair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import INVENTED, license_entry, obliging, prohibiting, real_catalog, text, write_entry

from auditor.catalog.catalog import Catalog, folded
from auditor.domain.errors import CatalogError
from auditor.domain.license import License, LicenseFamily, NoLicense
from auditor.reading.normalize import fingerprint

MIT = "licenses/mit.yaml"


def replaced(root: Path, old: str, new: str) -> int:
    """Replaces the first `old` of the copied MIT file; the line that `new` begins in."""
    path = root / MIT
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return content[: content.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "below", "message"),
    [
        ("steward: ", "stewart: ", 0, "stewart: unknown field; did you mean 'steward'? (and 1 more)"),
        ("verified: true", "verified: maybe", 0, "verified: Input should be a valid boolean, unable to interpret input"),
        ("category: permissive", "category: generous", 0, "category: Input should be 'permissive', 'weak_copyleft'"),
        ("    effect: oblige", "    effect: obliges", 0, "terms.0.effect: Input should be 'prohibit', 'oblige' or 'inform'"),
        ("    uses: [embedded, redistribute", "    uses: [embedding, redistribute", 0, "terms.0.uses.0: Input should be 'internal', 'hosted'"),
        ("    effect: inform", "    effect: inform\n    when: {kind: commercial}", -4, "terms.1: term 'as-is': `effect: inform` takes no `when`"),
        ("    effect: oblige", "    effect: oblige\n    when: {kind: treshold}", 1, "terms.0.when: Input tag 'treshold' found using 'kind' does not match"),
        ("    effect: oblige", "    effect: oblige\n    when:\n      kind: territory\n      reads: [established_in]\n      regions: []", 4,
         "terms.0.when.regions: Tuple should have at least 1 item after validation, not 0"),
        ("  research: {given", "  # research: {given", -7, "the file: grants: missing research"),
        ("  - id: as-is", "  - id: notice", None, "the file: terms: id used twice: notice"),
        ("key: mit", "key: tim", 0, "key: 'tim' must equal the file's name 'mit'"),
        ("entry: license", "entry: licence", None, "the file: Input tag 'licence' found using 'entry' does not match any of the expected tags"),
    ],
)  # fmt: skip
def test_a_broken_license_file_names_file_line_field_and_repair(rules_copy: Path, old: str, new: str, below: int | None, message: str) -> None:
    line = replaced(rules_copy, old, new)
    with pytest.raises(CatalogError) as error:
        Catalog(rules_copy).license_entry("mit")
    said = str(error.value)
    where, _, what = said.partition(": ")
    assert what.startswith(message)
    if below is not None and not message.startswith("the file") and "terms.1:" not in message:
        assert where == f"rules/{MIT}:{line + below}"
    else:
        assert where.startswith(f"rules/{MIT}:")
    assert error.value.exit_code == 2


def test_the_repair_is_named(rules_copy: Path) -> None:
    replaced(rules_copy, "steward: ", "stewart: ")
    with pytest.raises(CatalogError) as error:
        Catalog(rules_copy).license_entry("mit")
    assert error.value.next_step == "mend the file, then run: make generate"


@pytest.mark.parametrize(
    "broken", ["- mit\n", "just words\n", "", "aliases: 3\n", "entry: license\nkey: mit\ntexts: [3]\n", "entry: license\ntexts: [{id: a}]\n"]
)
def test_the_indexes_refuse_a_file_that_they_cannot_read(rules_copy: Path, broken: str) -> None:
    (rules_copy / MIT).write_text(broken)
    for index in ("hub_ids", "aliases", "texts"):
        with pytest.raises(CatalogError, match="^rules/licenses/mit.yaml:"):
            getattr(Catalog(rules_copy), index)


def test_entries_of_each_kind() -> None:
    catalog = real_catalog()
    assert isinstance(catalog.license_entry("mit"), License)
    assert isinstance(catalog.license_entry("cc"), LicenseFamily)
    assert isinstance(catalog.license_entry("other"), NoLicense)
    assert catalog.license("mit") is catalog.license("mit")


@pytest.mark.parametrize("key", ["cc", "other", "no-such-license", "../vocabulary", "MIT"])
def test_what_names_no_single_license_is_a_key_error(key: str) -> None:
    with pytest.raises(KeyError):
        real_catalog().license(key)


@pytest.mark.parametrize("name", ["Llama 3.2 License", "llama-3.2-license", "LLAMA_3.2_LICENSE", "  llama  3.2--license "])
def test_names_are_compared_without_case_and_separators(name: str) -> None:
    assert folded(name) == "llama-3.2-license"


def test_indexes(invented: Catalog) -> None:
    assert invented.hub_ids["free-1"] == "free-1"
    assert invented.aliases["free-license"] == ("free-1",)
    assert set(invented.aliases["twin"]) == {"twin-1", "twin-2"}
    known = invented.texts[fingerprint(text("free-1")).sha256]
    assert (known.license, known.text, known.form) == ("free-1", "whole", "canonical")


def test_every_invented_license_loads(invented: Catalog) -> None:
    assert {entry["key"] for entry in INVENTED} <= set(invented.license_keys)
    assert all(invented.license_entry(entry["key"]).key == entry["key"] for entry in INVENTED)


@pytest.mark.parametrize(
    ("term", "message"),
    [
        ({**prohibiting(), "obligation": {"action": "Do", "trigger": "use"}}, "`obligation` belongs to `effect: oblige` and only there"),
        ({k: v for k, v in obliging().items() if k != "obligation"}, "`obligation` belongs to `effect: oblige` and only there"),
        (prohibiting(kind="threshold", fact="monthly_active_users", comparator=">", value=5, basis="ongoing", release="2024-01-01", affiliates="included"),
         "an ongoing threshold has no release date; drop `release` or say `basis: at_release`"),
        (prohibiting(kind="threshold", fact="monthly_active_users", comparator=">", value=0, basis="ongoing", affiliates="included"), "greater than 0"),
    ],
)  # fmt: skip
def test_a_term_that_contradicts_itself_is_refused(catalog_with: Callable[..., Catalog], term: dict[str, Any], message: str) -> None:
    catalog = catalog_with(license_entry("odd-1", terms=[term]))
    with pytest.raises(CatalogError, match="^rules/licenses/odd-1.yaml:") as error:
        catalog.license("odd-1")
    assert message in str(error.value)


def test_a_key_outside_its_alphabet_is_refused(rules_copy: Path) -> None:
    write_entry(rules_copy, license_entry("Free License"))
    with pytest.raises(CatalogError, match="String should match pattern"):
        Catalog(rules_copy).license("Free License")


def test_hardware_architectures_geometries_and_stacks_load() -> None:
    catalog = real_catalog()
    assert catalog.gpus["rtx-4090"].memory_class_gib == 24
    assert "llama" in catalog.architectures["dense"].model_types
    assert catalog.geometries["llama-3.1-8b"].geometry.layers == 32
    assert catalog.stacks["vllm"].key == "vllm"
    assert catalog.vocabulary.facts["monthly_active_users"].unit == "users"

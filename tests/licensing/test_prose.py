"""What card, notices and files beside the license say more than it: to be decided by a person, unless it is of other software or only repeats the license."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import Repo, license_entry, model, rules_of, text

from auditor.catalog.catalog import Catalog

FREE = license_entry("free-1", hub_id="free-1")
USERS = license_entry(
    "users-1",
    hub_id="users-1",
    category="community",
    terms=[{"id": "big", "kind": "user_threshold", "clause": "2", "summary": "Not for the largest.", "effect": "inform"}],
)
LICENSE = {"LICENSE": text("free-1")}
MODEL_ONLY = "The weights may be used for non-commercial purposes only.\n"
LIBRARY = "foo 1.0\n\nThe library may be copied; keep this notice.\n"


@pytest.fixture
def knowledge(catalog_with: Callable[..., Catalog]) -> Catalog:
    return catalog_with(FREE, USERS)


@pytest.mark.parametrize(
    ("files", "rules"),
    [
        ({"NOTICE": "Foo\nCopyright 2025 Foo.\nIt includes software developed at Foo.\n"}, set()),
        ({"NOTICE": f"Foo\n{MODEL_ONLY}"}, {"LIC030"}),
        ({"NOTICE": "The dataset is for research only.\n"}, set()),
        ({"NOTICE": "This software must not be redistributed.\n"}, {"LIC030"}),
        ({"USE_POLICY.md": "Do no harm.\n"}, {"LIC008", "LIC011"}),
        ({"ACCEPTABLE_USE.md": "Do no harm.\n"}, {"LIC008", "LIC011"}),
        ({"THIRD_PARTY_LICENSES.txt": LIBRARY}, set()),
        ({"THIRD_PARTY_LICENSES.txt": f"The model weights come from elsewhere.\n{LIBRARY}"}, {"LIC008", "LIC011"}),
        ({"THIRD_PARTY_LICENSES.txt": f"{LIBRARY}It is for non-commercial use only.\n"}, {"LIC008", "LIC011", "LIC030"}),
        ({"MORE_LICENSES.txt": LIBRARY}, {"LIC008", "LIC011"}),
    ],
)
def test_a_file_beside_the_license(files: dict[str, str | bytes], rules: set[str], knowledge: Catalog) -> None:
    assert rules_of(model(Repo({"license": "free-1"}, {**LICENSE, **files}), knowledge)) == rules


def test_bundled_licenses_are_a_note_and_no_license_of_the_model(knowledge: Catalog) -> None:
    record = model(Repo({"license": "free-1"}, {**LICENSE, "THIRD_PARTY_LICENSES.txt": LIBRARY}), knowledge)
    assert record.verdict == "approved"
    assert [(one.rule, one.outcome) for one in record.findings] == [("LIC031", "note")]


def test_without_another_license_text_they_may_be_those_of_the_model(knowledge: Catalog) -> None:
    assert "LIC008" in rules_of(model(Repo({"license": "free-1"}, {"THIRD_PARTY_LICENSES.txt": LIBRARY}), knowledge))


@pytest.mark.parametrize(("key", "rules"), [("free-2", set()), ("nc-1", {"LIC007", "LIC011"}), ("closed-1", {"LIC007", "LIC010"})])
def test_a_license_that_bars_something_is_not_passed_over_as_that_of_software(key: str, rules: set[str], invented: Catalog) -> None:
    record = model(Repo({"license": "free-1"}, {**LICENSE, "THIRD_PARTY_LICENSES.txt": text(key)}), invented)
    assert rules_of(record) == rules
    assert ("LIC031" in {one.rule for one in record.findings}) is (not rules)


def test_a_notice_is_quoted_with_what_it_contradicts(knowledge: Catalog) -> None:
    record = model(Repo({"license": "free-1"}, {**LICENSE, "NOTICE": f"Foo\n{MODEL_ONLY}"}), knowledge)
    [finding] = [one for one in record.findings if one.rule == "LIC030"]
    assert finding.message == "What stands beside the license says more than it: free-1 against NOTICE: no commercial use."
    assert record.verdict == "review"


@pytest.mark.parametrize(
    ("license", "files", "prose", "rules"),
    [
        ("free-1", {}, "This model is intended for research only.", {"LIC028", "LIC011"}),
        ("free-1", {}, "This model is not intended for commercial use.", {"LIC028", "LIC011"}),
        ("free-1", {}, "This model is intended for research.", set()),
        ("free-1", LICENSE, "This model is intended for research only.", {"LIC028"}),
        ("users-1", {}, "This model is intended for research only.", set()),
        ("users-1", {}, "Contact us for commercial licensing.", set()),
        ("users-1", {}, "The model is for non-commercial use only.", {"LIC028", "LIC011"}),
        ("cc-by-nc-4.0", {}, "Commercial use is permitted.", {"LIC011"}),
        ("cc-by-nc-4.0", {}, "The model is for research only.", {"LIC011"}),
    ],
)
def test_prose_against_the_license(license: str, files: dict[str, str | bytes], prose: str, rules: set[str], knowledge: Catalog) -> None:
    repo = Repo({"license": license}, files, readme=f"---\nlicense: {license}\n---\n{prose}\n")
    assert rules_of(model(repo, knowledge)) == rules

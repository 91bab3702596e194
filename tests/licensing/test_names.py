"""Stated names: one license, a family, several, nothing known."""

from __future__ import annotations

import pytest
from fakes import real_catalog

from auditor.catalog.catalog import Catalog
from auditor.domain.license_facts import NameMatch
from auditor.licensing.names import match_name, match_tag


@pytest.mark.parametrize(
    ("value", "match"),
    [
        ("free-1", NameMatch("exact", ("free-1",))),
        (" FREE-1 ", NameMatch("exact", ("free-1",))),
        ("Free License", NameMatch("exact", ("free-1",))),
        ("untagged-1", NameMatch("exact", ("untagged-1",))),
        ("twin", NameMatch("shared", ("twin-1", "twin-2"))),
        ("TWIN", NameMatch("shared", ("twin-1", "twin-2"))),
        ("barred", NameMatch("family", ("nc-1", "closed-1"))),
        ("other", NameMatch("placeholder")),
        ("unknown", NameMatch("placeholder")),
        ("Zephyrine 3.1", NameMatch("unmodelled")),
        ("", NameMatch("unmodelled")),
        ("free-1 and more", NameMatch("unmodelled")),
        ("../free-1", NameMatch("unmodelled")),
    ],
)
def test_a_tag(invented: Catalog, value: str, match: NameMatch) -> None:
    assert match_tag(value, invented) == match


@pytest.mark.parametrize(
    ("value", "match"),
    [
        ("Free License", NameMatch("exact", ("free-1",))),
        ("Untagged_License", NameMatch("exact", ("untagged-1",))),
        ("untagged-1", NameMatch("exact", ("untagged-1",))),
        ("free-1", NameMatch("ignored")),  # a Hub id: whoever means it would have written it as the tag
        ("Free_1", NameMatch("ignored")),
        ("other", NameMatch("ignored")),
        ("barred", NameMatch("ignored")),
        ("twin", NameMatch("shared", ("twin-1", "twin-2"))),
        ("no license", NameMatch("placeholder")),
        ("my own terms", NameMatch("unmodelled")),
    ],
)
def test_a_license_name(invented: Catalog, value: str, match: NameMatch) -> None:
    assert match_name(value, invented) == match


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("mit", "exact"), ("apache-2.0", "exact"), ("llama3.1", "exact"), ("cc-by-nc-4.0", "exact"), ("cc", "family"), ("gpl", "family"), ("lgpl", "family"),
        ("bsd", "family"), ("openrail", "family"), ("other", "placeholder"), ("unknown", "placeholder"), ("no", "unmodelled"),
    ],
)  # fmt: skip
def test_tags_of_the_hub(value: str, kind: str) -> None:
    assert match_tag(value, real_catalog()).kind == kind


def test_a_name_that_two_versions_share_names_neither() -> None:
    match = match_name("qwen-research", real_catalog())
    assert (match.kind, set(match.keys)) == ("shared", {"qwen-research", "qwen-research-2026"})

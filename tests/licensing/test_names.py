"""Stated names: one license, a family, several, nothing known."""

from __future__ import annotations

import pytest
from fakes import real_catalog

from auditor.catalog.catalog import Catalog
from auditor.domain.license_facts import NameMatch
from auditor.licensing.names import match_name, match_prose, match_tag


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


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("Apache License 2.0", "apache-2.0"), ("Apache 2.0", "apache-2.0"), ("Apache License, Version 2.0", "apache-2.0"), ("the Apache 2.0 license", "apache-2.0"),
        ("Apache2.0", "apache-2.0"), ("Apache-2.0", "apache-2.0"), ("MIT", "mit"), ("The MIT License", "mit"), ("MIT-Lizenz", "mit"), ("CC BY-NC 4.0", "cc-by-nc-4.0"),
        ("CC-BY-NC-SA-4.0", "cc-by-nc-sa-4.0"), ("CC BY-SA 4.0 license", "cc-by-sa-4.0"), ("cc by 4.0", "cc-by-4.0"),
        ("Creative Commons Attribution-NonCommercial 4.0 International License", "cc-by-nc-4.0"), ("Llama 3.1 Community License Agreement", "llama3.1"),
        ("LLAMA 2 Community License", "llama2"), ("Llama 3.3 license", "llama3.3"), ("GNU GPL v3", "gpl-3.0"), ("GPLv3", "gpl-3.0"), ("AGPLv3", "agpl-3.0"),
        ("BSD 3-Clause", "bsd-3-clause"), ("CreativeML OpenRAIL M license", "creativeml-openrail-m"), ("CreativeML Open RAIL++-M License", "openrail++"), ("LFM Open License v1.0", "lfm1.0"), ("gemma", "gemma"),
    ],
)  # fmt: skip
def test_prose_that_names_one_license(value: str, key: str) -> None:
    assert match_prose(value, real_catalog()) == NameMatch("exact", (key,))


@pytest.mark.parametrize(
    "value",
    [
        "MIT-style",
        "MIT plus terms",
        "Apache 2.0 with Commons Clause",
        "Apache 2.0 non-commercial",
        "Model Agreement",
        "Meta license",
        "Llama 9",
        "",
        "the license",
    ],
)
def test_prose_that_names_nothing_known(value: str) -> None:
    assert match_prose(value, real_catalog()) == NameMatch("unmodelled")


def test_prose_without_a_version_is_shared_by_those_that_are_known() -> None:
    assert match_prose("Apache License", real_catalog()) == NameMatch("shared", ("apache-2.0",))
    assert match_prose("Mozilla Public License", real_catalog()) == NameMatch("shared", ("mpl-2.0",))
    llama = match_prose("Llama License", real_catalog())
    assert (llama.kind, {"llama2", "llama3", "llama3.1"} <= set(llama.keys)) == ("shared", True)


@pytest.mark.parametrize(
    ("value", "kind"), [("GPL", "family"), ("BSD", "family"), ("OpenRAIL", "family"), ("Modified MIT License", "shared"), ("other", "placeholder")]
)
def test_prose_that_names_several(value: str, kind: str) -> None:
    assert match_prose(value, real_catalog()).kind == kind


def test_a_long_name_is_none() -> None:
    assert match_prose("Apache " * 100_000, real_catalog()) == NameMatch("unmodelled")


def test_prose_in_invented_words(invented: Catalog) -> None:
    assert match_prose("the Free License", invented) == NameMatch("exact", ("free-1",))
    assert match_prose("Free 1 licence", invented) == NameMatch("exact", ("free-1",))
    assert match_prose("twin", invented) == NameMatch("shared", ("twin-1", "twin-2"))


@pytest.mark.parametrize(
    ("value", "kind", "alternatives"),
    [
        ("free-1 OR duty-1", "expression", (("free-1",), ("duty-1",))),
        ("free-1 or duty-1", "expression", (("free-1",), ("duty-1",))),
        ("free-1 AND duty-1", "expression", (("free-1", "duty-1"),)),
        ("free-1 AND (duty-1 OR free-2)", "expression", (("free-1", "duty-1"), ("free-1", "free-2"))),
        ("Apache-2.0 OR MIT", "expression", (("apache-2.0",), ("mit",))),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "exact", ()),
        ("MIT OR mit", "exact", ()),
        ("free-1 OR Zephyrine", "unmodelled", ()),
        ("free-1 OR twin", "unmodelled", ()),
        ("free-1 OR mixed", "unmodelled", ()),
        ("free-1 OR other", "unmodelled", ()),
        ("free-1 OR", "unmodelled", ()),
        ("free-1 AND (duty-1", "unmodelled", ()),
        ("(" * 190 + " OR mit", "unmodelled", ()),
    ],
)
def test_an_expression(invented: Catalog, value: str, kind: str, alternatives: tuple[tuple[str, ...], ...]) -> None:
    found = match_tag(value, invented)
    assert (found.kind, found.alternatives) == (kind, alternatives)

"""The notice pack: everything that licenses ask for when a model is shipped, from whom, and never silently when that cannot be told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes import NOW, FakeSource, Repo, license_entry, obliging, profile, prohibiting, sha_of, text

from auditor.audit import Request
from auditor.audit.notices import SHIPPING, Packed, notices
from auditor.audit.pipeline import collect
from auditor.catalog.catalog import Catalog
from auditor.crawler.bundle import BundleSource, write_bundle
from auditor.crawler.gather import Gathered
from auditor.crawler.interface import Source
from auditor.domain.errors import EvidenceError
from auditor.domain.evidence import ModelRef
from auditor.domain.license import Use
from auditor.domain.memory import SizingOptions
from auditor.engine.rules import load_policy

LINE = "Ship 1 is licensed under the Ship License, Copyright © Ship Inc. All Rights Reserved."
SHIP = license_entry(
    "ship-1",
    hub_id="ship-1",
    terms=[
        obliging("copy", "license_copy", {"file": "LICENSE", "check": "license_file"}),
        obliging("line", "notice", {"text": LINE, "file": "Notice", "check": "notice_file"}),
        obliging("card", "display", {"text": "Built with Ship", "check": "card_text"}),
        obliging("name", "derivative_naming", {"name_prefix": "Ship", "check": "name_prefix"}),
        obliging("use", "acceptable_use"),
        {**prohibiting("no-hosting"), "uses": ["hosted"]},
    ],
)
FILES: dict[str, str | bytes] = {"LICENSE": text("ship-1"), "NOTICE": f"{LINE}\r\n", "USE_POLICY.md": "Be kind.\n"}


@pytest.fixture
def knowledge(catalog_with: Any) -> Catalog:
    catalog: Catalog = catalog_with(SHIP)
    return catalog


def request(catalog: Catalog, uses: tuple[Use, ...] = SHIPPING, name: str = "org/model") -> Request:
    return Request((ModelRef(name),), profile(catalog, uses), SizingOptions(), None, load_policy(catalog, "default"), "built-in", "review", NOW)


def packed(repos: Mapping[str, Any], catalog: Catalog, uses: tuple[Use, ...] = SHIPPING) -> Packed:
    return notices(FakeSource(repos), request(catalog, uses), catalog)


def test_a_model_with_its_texts(knowledge: Catalog) -> None:
    found = packed({"org/model": Repo({"license": "ship-1"}, FILES)}, knowledge)
    pack = found.pack
    assert (pack.warnings, pack.complete, pack.candidates) == ((), True, ())
    assert [(one.key, one.file, one.where, one.origin) for one in pack.licenses] == [("ship-1", "LICENSES/ship-1.txt", "", "")]
    assert found.contents == {
        "LICENSES/ship-1.txt": text("ship-1").encode(),
        "NOTICES/NOTICE": f"{LINE}\r\n".encode(),
        "USE_POLICY/USE_POLICY.md": b"Be kind.\n",
    }
    assert [(duty.id, duty.place, duty.text) for duty in pack.duties if duty.text] == [
        ("ship-1/line", "notice", LINE),
        ("ship-1/card", "display", "Built with Ship"),
    ]
    assert [(one.uses, one.result, one.clauses) for one in pack.barred] == [(("hosted",), "prohibited", ("2",))]


def test_what_flows_down_says_from_whom(knowledge: Catalog) -> None:
    child = Repo({"license": "mit", "base_model": "base/Ship"}, {"README.txt": "x"})
    found = packed({"org/model": child, "base/Ship": Repo({"license": "ship-1"}, FILES)}, knowledge)
    assert {duty.origin for duty in found.pack.duties if duty.id.startswith("ship-1/")} == {"base/Ship"}
    assert [(one.key, one.origin, one.file) for one in found.pack.licenses] == [("mit", "", ""), ("ship-1", "base/Ship", "LICENSES/ship-1.txt")]
    assert set(found.contents) == {"LICENSES/ship-1.txt", "NOTICES/base-Ship-NOTICE", "USE_POLICY/base-Ship-USE_POLICY.md"}
    assert found.pack.attributions[1] == "org/model derives from base/Ship, under: License ship-1."


def test_notices_of_a_base_model_under_the_same_license_go_along(knowledge: Catalog) -> None:
    child = Repo({"license": "ship-1", "base_model": "base/Ship"}, {"LICENSE": text("ship-1")})
    found = packed({"org/model": child, "base/Ship": Repo({"license": "ship-1"}, FILES)}, knowledge)
    assert set(found.contents) == {"LICENSES/ship-1.txt", "NOTICES/base-Ship-NOTICE"}


def test_a_text_that_is_not_there_is_said_with_where_to_get_it(knowledge: Catalog) -> None:
    pack = packed({"org/model": Repo({"license": "ship-1"}, {})}, knowledge).pack
    assert [(one.file, one.where) for one in pack.licenses] == [("", "Nobody, for example https://example.org")]
    assert pack.warnings == ("The license of org/model is known from its tag alone; no text of it was found in the repository.",)
    assert pack.complete


def test_a_license_file_that_could_not_be_read_leaves_the_pack_incomplete(knowledge: Catalog) -> None:
    pack = packed({"org/model": Repo({"license": "ship-1"}, {}, unavailable={"LICENSE": "timeout"})}, knowledge).pack
    assert not pack.complete
    assert "Not read, and it may ask for more: LICENSE: LICENSE: timeout" in pack.warnings
    where = f"org/model@{sha_of('org/model')}:LICENSE, https://hub.example/org/model/resolve/{sha_of('org/model')}/LICENSE (LICENSE: timeout)"
    assert [one.where for one in pack.licenses] == [where]


def test_a_notice_that_could_not_be_read_leaves_the_pack_incomplete(knowledge: Catalog) -> None:
    pack = packed({"org/model": Repo({"license": "ship-1"}, {"LICENSE": text("ship-1")}, unavailable={"NOTICE": "timeout"})}, knowledge).pack
    assert (pack.complete, pack.warnings) == (False, ("Not read, and it may ask for more: NOTICE: NOTICE: timeout",))


@pytest.mark.parametrize(
    ("repo", "keys"),
    [
        (Repo({"license": "mixed"}), ["free-1", "closed-1"]),
        (Repo({"license": ["free-1", "nc-1"]}), ["free-1", "nc-1"]),
        (Repo({"license": "hearsay-1"}), ["hearsay-1"]),
        (Repo({"license": "other"}), []),
        (Repo({}), []),
        (Repo({"license": "free-1"}, {"LICENSE": "Zephyrine terms: nobody may do anything on Mondays."}), ["free-1"]),
    ],
)
def test_a_license_that_cannot_be_told_is_said(repo: Repo, keys: list[str], invented: Catalog) -> None:
    pack = packed({"org/model": repo}, invented).pack
    assert [one.key for one in pack.candidates] == keys
    assert pack.warnings[0].startswith("The license of org/model cannot be told: ")
    assert (pack.duties, pack.licenses, pack.complete) == ((), (), True)


@pytest.mark.parametrize(("base", "complete"), [("timeout", False), (Repo({}), True)])
def test_a_base_model_that_is_not_known_is_said(base: Any, complete: bool, knowledge: Catalog) -> None:
    child = Repo({"license": "ship-1", "base_model": "base/Ship"}, FILES)
    pack = packed({"org/model": child, "base/Ship": base}, knowledge).pack
    assert len(pack.warnings) == 1
    assert pack.warnings[0].startswith("What base/Ship asks for is not in this pack: ")
    assert pack.complete is (complete or pack.model.startswith("base/"))


@pytest.mark.parametrize("repo", ["missing", "timeout", "gated_no_access"])
def test_without_metadata_there_is_no_pack(repo: Any, knowledge: Catalog) -> None:
    with pytest.raises(EvidenceError) as raised:
        packed({"org/model": repo}, knowledge)
    assert raised.value.exit_code == 4


def test_hostile_names_stay_in_the_pack(knowledge: Catalog) -> None:
    hostile: dict[str, str | bytes] = {"NOTICE;rm -rf": "a", "licenses/..con": text("ship-1"), "NOTICE (1)": "b", "NOTICE [1]": "c", "x/NOTICE\n": "d"}
    found = packed({"org/model": Repo({"license": "ship-1"}, hostile)}, knowledge)
    assert set(found.contents) == {"LICENSES/ship-1.txt", "NOTICES/NOTICE-rm--rf", "NOTICES/NOTICE-1", "NOTICES/NOTICE-1-2"}
    assert [one.path for one in found.pack.files if not one.name] == ["x/NOTICE"]


def test_a_bundle_without_texts_gives_the_same_pack_without_their_bytes(knowledge: Catalog, tmp_path: Path) -> None:
    child = Repo({"license": "ship-1", "base_model": "base/Ship"}, FILES, readme="---\nlicense: ship-1\nbase_model: base/Ship\n---\nBuilt with Ship\n")
    repos = {"org/model": child, "base/Ship": Repo({"license": "ship-1"}, FILES)}
    models, parents = collect(FakeSource(repos), (ModelRef("org/model"),), knowledge)
    write_bundle(tmp_path / "b", Gathered(models, parents), "https://hub.example", "1", withhold_text=True)
    source: Source = BundleSource(tmp_path / "b")
    full, withheld = packed(repos, knowledge), notices(source, request(knowledge), knowledge)
    assert withheld.contents == {}
    assert {one.why for one in withheld.pack.files} == {"the text is withheld in the saved evidence"}
    assert [one.model_dump() for one in withheld.pack.duties] == [one.model_dump() for one in full.pack.duties]
    assert (withheld.pack.warnings, withheld.pack.complete, withheld.pack.barred) == (full.pack.warnings, full.pack.complete, full.pack.barred)
    assert [one.where.partition(", ")[0] for one in withheld.pack.licenses] == [f"org/model@{sha_of('org/model')}:LICENSE"]

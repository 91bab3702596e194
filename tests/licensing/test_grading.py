"""Grades of single edges under licenses that are really used."""

from __future__ import annotations

import pytest
from fakes import Repo, area, license_entry, model, obliging, prohibiting, real_catalog, rules_of, run

from auditor.domain.license import License
from auditor.domain.report import Edge, ModelRecord
from auditor.licensing.grading import dropped_by, exclude_each_other, reaches_outputs, restrictions

NOTICES_ALONE = ("mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "isc", "cc0-1.0", "unlicense", "zlib", "cc-by-4.0", "cc-by-3.0")


def audited(child: str | None, parents: dict[str, str], relation: str | None = "finetune", name: str = "org/base") -> ModelRecord:
    card = {**({"license": child} if child else {}), "base_model": list(parents) or [name], **({"base_model_relation": relation} if relation else {})}
    return model(Repo(card), parents={one: Repo({"license": key}) for one, key in parents.items()}, organization="company")


def edge(child: str, parent: str, relation: str | None = "finetune", **more: str) -> Edge:
    [found] = audited(child, {more.get("base", "theirs/base"): parent}, relation).lineage
    return found


@pytest.mark.parametrize("parent", NOTICES_ALONE)
@pytest.mark.parametrize("child", NOTICES_ALONE)
def test_licenses_that_ask_for_notices_alone_are_benign_both_ways(child: str, parent: str) -> None:
    record = audited(child, {"theirs/base": parent})
    assert (record.lineage[0].grade, rules_of(record)) == ("benign", set())


@pytest.mark.parametrize(
    ("child", "parent", "grade"),
    [
        ("gpl-3.0", "agpl-3.0", "permission_dropped"),  # the source is owed to users over a network too
        ("lgpl-3.0", "gpl-3.0", "permission_dropped"),  # a weaker copyleft
        ("mpl-2.0", "gpl-3.0", "permission_dropped"),
        ("agpl-3.0", "gpl-3.0", "over_restrictive"),
        ("gpl-3.0", "lgpl-3.0", "benign"),
        ("gpl-3.0", "mit", "over_restrictive"),
        ("gpl-3.0", "cc-by-sa-4.0", "over_restrictive"),
        ("cc-by-nc-sa-4.0", "cc-by-sa-4.0", "permission_dropped"),  # recipients lose what share-alike gives them
        ("cc-by-sa-4.0", "gpl-3.0", "permission_dropped"),
        ("cc-by-nc-sa-4.0", "cc-by-nc-4.0", "over_restrictive"),
        ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "permission_dropped"),
        ("cc-by-nd-4.0", "cc-by-nd-4.0", "permission_dropped"),  # derivatives may not be passed on at all
        ("cc-by-nc-nd-4.0", "cc-by-nc-nd-4.0", "permission_dropped"),
        ("openrail++", "creativeml-openrail-m", "benign"),
        ("creativeml-openrail-m", "openrail++", "benign"),
        ("mit", "openrail++", "permission_dropped"),
        ("creativeml-openrail-m", "gemma", "permission_dropped"),  # the use policy of another vendor
        ("llama3.1", "gemma", "permission_dropped"),
        ("llama3.1", "llama2", "permission_dropped"),  # outputs may be trained on, which Llama 2 bars
        ("llama2", "llama2", "benign"),
        ("llama3.1", "llama3.1", "notice_missing"),
        ("mit", "cc-by-nc-4.0", "permission_dropped"),
        ("cc", "cc-by-nc-4.0", "unknown"),  # a family: whether the restriction is kept depends on the member
        ("cc", "llama3.1", "permission_dropped"),  # no member keeps it
    ],
)
def test_grades_of_real_licenses(child: str, parent: str, grade: str) -> None:
    found = edge(child, parent)
    assert (found.grade, found.license) == (grade, parent)


@pytest.mark.parametrize(
    ("relation", "base", "grade"),
    [("finetune", "theirs/base", "permission_dropped"), (None, "theirs/base", "permission_dropped"), ("quantized", "theirs/base", "benign"),
     ("finetune", "org/base", "benign")],
)  # fmt: skip
def test_a_license_without_derivatives_lets_copies_and_works_of_its_publisher_be(relation: str | None, base: str, grade: str) -> None:
    assert edge("cc-by-nd-4.0", "cc-by-nd-4.0", relation, base=base).grade == grade


def test_both_licenses_are_quoted() -> None:
    card = {"license": "mit", "base_model": "theirs/base"}
    report = run({"org/model": Repo(card), "theirs/base": Repo({"license": "cc-by-nc-4.0"})}, organization="company")
    [record] = report.models
    assert record.lineage[0].because == (
        "the base model theirs/base is under Creative Commons Attribution-NonCommercial 4.0 International, whose restrictions (noncommercial) "
        "the stated license of org/model (MIT License) does not carry"
    )
    [finding] = [one for one in record.findings if one.rule == "LIN001"]
    quotes = {one.quote for one in report.evidence if one.id in finding.evidence}
    assert {"base_model:theirs/base", "license:cc-by-nc-4.0", "license:mit"} <= quotes


@pytest.mark.parametrize("order", [("a/gpl", "b/nc"), ("b/nc", "a/gpl")])
@pytest.mark.parametrize("child", ["gpl-3.0", "cc-by-nc-4.0", "mit"])
def test_licenses_of_a_merge_that_exclude_each_other_are_named(child: str, order: tuple[str, str]) -> None:
    licenses = {"a/gpl": "gpl-3.0", "b/nc": "cc-by-nc-4.0"}
    record = audited(child, {name: licenses[name] for name in order}, "merge")
    assert area(record, "lineage") == ("review" if child == "cc-by-nc-4.0" else "blocked")  # its own license says what that of the base model says
    [one] = [edge for edge in record.lineage if edge.parent == ("a/gpl" if child == "cc-by-nc-4.0" else "b/nc")]
    assert "no license meets both: GNU General Public License v3.0 wants the same license for what is made from its material" in one.because
    assert "restrictions (noncommercial) of Creative Commons Attribution-NonCommercial 4.0 International" in one.because


def test_licenses_of_a_merge_of_which_one_keeps_the_other_are_not() -> None:
    catalog = real_catalog()
    free, weak, strong, vendor = (catalog.license(key) for key in ("apache-2.0", "cc-by-sa-4.0", "gpl-3.0", "llama3.1"))
    assert [exclude_each_other(*pair) for pair in ((free, strong), (weak, strong), (strong, strong), (free, vendor))] == [""] * 4
    assert exclude_each_other(strong, vendor) == exclude_each_other(vendor, strong) != ""


@pytest.mark.parametrize(
    ("child", "parent", "grade", "lineage"),
    [
        ("mit", "cc-by-nc-4.0", "benign", "approved"),  # the text does not speak of outputs
        ("mit", "gpl-3.0", "benign", "approved"),
        ("mit", "llama2", "permission_dropped", "review"),  # it bars training on them
        ("mit", "llama3.1", "notice_missing", "review"),  # it asks for a name
        ("mit", "gemma", "permission_dropped", "review"),  # what is trained on outputs is a derivative
    ],
)
def test_what_was_distilled(child: str, parent: str, grade: str, lineage: str) -> None:
    record = audited(child, {"theirs/base": parent}, "distil")
    assert (record.lineage[0].grade, area(record, "lineage")) == (grade, lineage)


def made(key: str, **changes: object) -> License:
    return License.model_validate(license_entry(key, **changes))


@pytest.mark.parametrize(
    ("training", "commercial", "reaches"),
    [
        ("free", "free", False),
        ("not_stated", "not_stated", False),
        ("not_stated", "forbidden", True),
        ("free", "restricted", True),
        ("conditional", "free", True),
    ],
)
def test_a_license_that_bars_commerce_with_outputs_reaches_them(training: str, commercial: str, reaches: bool) -> None:
    outputs = {"training": training, "commercial": commercial, "clause": "9", "summary": "Outputs."}
    assert reaches_outputs(made("made-1", outputs=outputs)) is reaches


def test_what_an_open_license_asks_for_beside_its_own_kinds_is_no_restriction() -> None:
    terms = [obliging("a", "other"), obliging("b", "disclosure")]
    assert restrictions(made("made-1", terms=terms)) == set()
    assert restrictions(made("made-1", terms=terms, category="community")) == {"other", "disclosure"}
    assert restrictions(made("made-1", terms=[prohibiting()])) == {"other"}


def test_a_condition_does_not_keep_a_bar_of_the_same_kind() -> None:
    bar, condition = prohibiting("outputs"), obliging("outputs", "output_training")
    barring, asking = made("bar-1", terms=[{**bar, "kind": "output_training"}]), made("ask-1", terms=[condition])
    assert (dropped_by(asking, barring), dropped_by(barring, asking)) == ({"output_training"}, set())
    assert dropped_by(made("ask-2", terms=[condition], family="elsewhere"), asking) == {"output_training"}

"""Linked licenses from the source to the report: live, from a bundle, and from a bundle without texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes import HUB, FakeSource, Repo, area, run_on, text

from auditor.audit.pipeline import collect
from auditor.catalog.catalog import Catalog
from auditor.crawler.bundle import BundleSource, write_bundle
from auditor.crawler.gather import Gathered
from auditor.domain.evidence import ModelRef, Reason
from auditor.domain.report import Report
from auditor.licensing.matcher import matcher_of

FREE, NC, OTHER = "free-1", "nc-1", "other"
LINK = f"{HUB}/far/base/resolve/main/LICENSE?download=true#top"
HELD = "license_link/far/base/blob/main/LICENSE"
WORDS = "The licensee may run and share the material"

CASES: dict[str, tuple[Mapping[str, Repo | Reason], str]] = {
    "support": ({"org/a": Repo({"license": FREE, "license_link": LINK}), "far/base": Repo({}, {"LICENSE": text(FREE)})}, "approved"),
    "other": ({"org/a": Repo({"license": OTHER, "license_link": LINK}), "far/base": Repo({}, {"LICENSE": text(FREE)})}, "approved"),
    "conflict": ({"org/a": Repo({"license": FREE, "license_link": LINK}), "far/base": Repo({}, {"LICENSE": text(NC)})}, "review"),
    "strange": ({"org/a": Repo({"license": FREE, "license_link": LINK}), "far/base": Repo({}, {"LICENSE": "Never on Mondays."})}, "review"),
    "own wins": (
        {"org/a": Repo({"license": FREE, "license_link": LINK}, {"LICENSE": text(FREE)}), "far/base": Repo({}, {"LICENSE": text(NC)})},
        "review",
    ),
    "own of odd name": ({"org/a": Repo({"license": OTHER, "license_link": "docs/terms.txt"}, {"docs/terms.txt": text(FREE)})}, "approved"),
    "own of odd name, lost": ({"org/a": Repo({"license": FREE, "license_link": "terms.txt"}, unavailable={"terms.txt": "timeout"})}, "incomplete"),
    "gated": ({"org/a": Repo({"license": FREE, "license_link": LINK}), "far/base": Repo({}, unavailable={"LICENSE": "gated_no_token"})}, "incomplete"),
    "dead": ({"org/a": Repo({"license": FREE, "license_link": LINK}), "far/base": Repo({})}, "approved"),
    "refused": ({"org/a": Repo({"license": FREE, "license_link": f"{HUB}/far/base/blob/main/../../x"})}, "incomplete"),
    "elsewhere": ({"org/a": Repo({"license": FREE, "license_link": "https://example.org/terms"})}, "approved"),
    "of the base": (
        {
            "org/a": Repo({"license": FREE, "license_link": LINK, "base_model": "far/base"}, {"LICENSE": text(FREE)}),
            "far/base": Repo({"license": OTHER}, {"LICENSE": text(NC)}),
        },
        "review",
    ),
}


def audited(source: FakeSource | BundleSource, catalog: Catalog) -> Report:
    """Worked out anew, without what the matcher remembers."""
    matcher_of(catalog).seen.clear()
    return run_on(source, "org/a", catalog=catalog)


def told(report: Report) -> str:
    """Everything but the run and when it was."""
    return report.model_dump_json(exclude={"run": True, "evidence": {"__all__": {"retrieved_at"}}})


@pytest.mark.parametrize("case", CASES)
def test_live_and_from_a_bundle(invented: Catalog, tmp_path: Path, case: str) -> None:
    repos, verdict = CASES[case]
    live = audited(FakeSource(repos), invented)
    assert area(live.models[0], "license") == verdict
    models, parents = collect(FakeSource(repos), [ModelRef("org/a")], invented)
    reports = {}
    for withhold in (False, True):
        place = tmp_path / str(withhold)
        write_bundle(place, Gathered(models, parents), HUB, "1", withhold)
        reports[withhold] = audited(BundleSource(place), invented)
        assert audited(BundleSource(place), invented).model_dump_json() == reports[withhold].model_dump_json()
    assert told(reports[False]) == told(live)
    bare = json.loads(told(reports[True])), json.loads(told(live))
    for report in bare:
        report.pop("report_id", None)
        for entry in report["evidence"]:
            entry.pop("quote")
    assert bare[0] == bare[1]
    assert WORDS not in "".join(file.read_text() for file in (tmp_path / "True").rglob("*") if file.is_file())


def test_the_entry_of_a_bundle(invented: Catalog, tmp_path: Path) -> None:
    models, parents = collect(FakeSource(CASES["other"][0]), [ModelRef("org/a")], invented)
    write_bundle(tmp_path / "b", Gathered(models, parents), HUB, "1", False)
    raw = json.loads((tmp_path / "b" / "bundle.json").read_text())
    [entry] = [entry for entry in raw["entries"] if entry["kind"] == "linked_license"]
    assert (entry["subject"], entry["hub_path"], entry["url"], entry["status"]) == ("org/a", HELD, f"{HUB}/far/base/resolve/main/LICENSE", 200)
    assert (tmp_path / "b" / entry["path"]).read_text() == text(FREE) and len(entry["sha256"]) == 64


def test_a_bundle_that_was_saved_without_the_linked_file_does_not_hold_it(invented: Catalog, tmp_path: Path) -> None:
    repos = CASES["support"][0]
    models, parents = collect(FakeSource(repos), [ModelRef("org/a")], invented)
    before = models[ModelRef("org/a")]
    documents = {path: one for path, one in before.documents.items() if path != HELD}
    old = {ModelRef("org/a"): type(before)(before.requested, before.info, documents, before.unavailable)}
    write_bundle(tmp_path / "b", Gathered(old, parents), HUB, "1", False)
    record = audited(BundleSource(tmp_path / "b"), invented).models[0]
    assert area(record, "license") == "incomplete"
    assert [one.why for one in record.not_checked if one.topic == "license_link"] == [
        "far/base/blob/main/LICENSE was not read: the bundle does not hold this file"
    ]

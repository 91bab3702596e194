"""Datasets that a model names: known of, noted, and never part of a verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import HUB, NOW, FakeSource, Repo, area, real_catalog, run_on

from auditor import __version__
from auditor.audit.pipeline import MAX_MODELS_WITH_DATASETS, collect
from auditor.crawler.bundle import BundleSource, write_bundle
from auditor.crawler.files import MAX_DATASETS
from auditor.crawler.gather import Gathered
from auditor.crawler.parse import Received, file_document
from auditor.domain.evidence import Document, DocumentKind, ModelRef, Unavailable
from auditor.domain.report import ModelRecord
from auditor.reading.dataset_info import FOLDER


class Hub(FakeSource):
    """A Hub with datasets: license by id, or what is answered in its place."""

    def __init__(self, repos: dict[str, Repo], datasets: dict[str, Any]) -> None:
        super().__init__(repos)
        self.datasets = datasets
        self.asked: list[str] = []

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> Document[Any] | Unavailable:
        if kind != "dataset_info":
            return super().file(model_id, sha, path, kind)
        name = path.removeprefix(FOLDER)
        self.asked.append(name)
        if name not in self.datasets:
            return Unavailable("missing", f"datasets/{name} is missing or private", f"{HUB}/{path}", 401, NOW)
        answer = self.datasets[name]
        content = answer if isinstance(answer, bytes) else json.dumps({"id": name, "cardData": {"license": answer}, "tags": []}).encode()
        return file_document(kind, path, Received(f"{HUB}/{path}", 200, {}, content, NOW))


def named(*datasets: str, **card: Any) -> Repo:
    return Repo({"license": "mit", "datasets": list(datasets), **card})


def record(hub: Hub, *ids: str) -> ModelRecord:
    return run_on(hub, *(ids or ("org/model",)), organization="company").models[0]


def notes(found: ModelRecord) -> list[str]:
    return [f.message for f in found.findings if f.rule == "LIN011"]


@pytest.mark.parametrize("license", ["cc-by-nc-4.0", ["cc-by-nc-4.0"], "cc-by-nc-sa-4.0"])
def test_a_dataset_for_noncommercial_use_is_a_note_that_names_it(license: str | list[str]) -> None:
    found = record(Hub({"org/model": named("org/data")}, {"org/data": license}))
    said = license if isinstance(license, str) else license[0]
    assert notes(found) == [f"The model names the dataset org/data, which is under {said}: that bars commercial use of the data"]
    assert (found.verdict, area(found, "lineage")) == ("approved", "approved")
    assert next(f.evidence for f in found.findings if f.rule == "LIN011")


@pytest.mark.parametrize("license", ["mit", "odc-by", "other", "Zephyrine", None, ["mit", "cc-by-nc-4.0"]])
def test_any_other_is_none(license: str | list[str] | None) -> None:
    found = record(Hub({"org/model": named("org/data")}, {"org/data": license}))
    assert (notes(found), found.verdict) == ([], "approved")
    [entry] = [entry.why for entry in found.not_checked if entry.topic == "licenses of training data"]
    assert entry.startswith("as the datasets state them, one step away: org/data (")


@pytest.mark.parametrize("answer", [None, b"{", b"[]"])
def test_a_dataset_that_cannot_be_had_is_not_checked(answer: bytes | None) -> None:
    report = run_on(Hub({"org/model": named("org/data")}, {} if answer is None else {"org/data": answer}), "org/model", organization="company")
    [found] = report.models
    assert (found.verdict, notes(found), report.run.complete, report.run.errors) == ("approved", [], True, ())
    assert {"licenses of training data", "datasets that could not be had"} <= {entry.topic for entry in found.not_checked}
    assert not any("api/datasets" in entry.topic for entry in found.not_checked)


def test_only_ids_and_no_more_than_the_bound_are_asked_for() -> None:
    hub = Hub({"org/model": named("my own data", "../x", "squad", *(f"org/d{n}" for n in range(20)))}, {"squad": "mit"})
    assert record(hub).verdict == "approved"
    assert sorted(hub.asked) == sorted(["squad", *(f"org/d{n}" for n in range(MAX_DATASETS - 1))])


def test_datasets_of_ancestors_and_of_large_runs_are_not_asked_for() -> None:
    hub = Hub({"org/model": Repo({"license": "mit", "base_model": "org/base"}), "org/base": named("org/data")}, {"org/data": "cc-by-nc-4.0"})
    assert (notes(record(hub)), hub.asked) == ([], [])
    many = {f"org/m{n}": named("org/data") for n in range(MAX_MODELS_WITH_DATASETS + 1)}
    hub = Hub(many, {"org/data": "cc-by-nc-4.0"})
    assert (notes(record(hub, *many)), hub.asked) == ([], [])


@pytest.mark.parametrize("withhold", [True, False])
def test_a_bundle_carries_them(tmp_path: Path, withhold: bool) -> None:
    hub = Hub({"org/model": named("org/data", "lost/data")}, {"org/data": "cc-by-nc-4.0"})
    write_bundle(tmp_path / "b", Gathered(*collect(hub, [ModelRef("org/model")], real_catalog())), HUB, __version__, withhold)
    live, saved = (run_on(source, "org/model", organization="company").models[0] for source in (hub, BundleSource(tmp_path / "b")))
    assert notes(live) == notes(saved) != []
    assert live.not_checked == saved.not_checked

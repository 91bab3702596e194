"""From a folder to the report: the same conclusions as from the Hub, the GGUF header as a witness, exact memory, no network."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from auditor import resources
from auditor.audit import Request, audit
from auditor.catalog.catalog import Catalog
from auditor.config.settings import Flags, resolve
from auditor.crawler.interface import Source
from auditor.crawler.local import LocalSource
from auditor.crawler.offline import OfflineSource
from auditor.crawler.parse import Received, info_document
from auditor.domain.evidence import Document, DocumentKind, ModelInfo, ModelRef, Unavailable
from auditor.domain.memory import SizingOptions
from auditor.domain.report import ModelRecord, Report
from auditor.engine.rules import load_policy
from auditor.formats import RenderContext, format_names, render

from .test_local import CARD, SHA, cache, put
from .weight_files import gguf, safetensors, tensor, words

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(resources.rules())


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


class Upstream:
    """A Hub that knows one base model, under Llama 3.1's license."""

    mode = "hub"
    endpoint = "https://hub.example"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def info(self, ref: ModelRef) -> Document[ModelInfo] | Unavailable:
        self.asked.append(ref.id)
        answer = {"id": ref.id, "sha": SHA, "gated": False, "cardData": {"license": "llama3.1"}, "tags": [], "siblings": []}
        return info_document(Received(f"{self.endpoint}/api/models/{ref.id}", 200, {}, json.dumps(answer).encode(), "2026-11-24T00:00:00Z"))

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> Unavailable:
        raise AssertionError(f"{model_id} has no {path}")


def report_of(path: Path, catalog: Catalog, parents: Source | None = None, as_id: str | None = None) -> Report:
    source = LocalSource(path, as_id, parents or OfflineSource())
    settings = resolve(Flags(use=["hosted"]), {}, Path("/"), catalog.vocabulary)
    policy = load_policy(catalog, settings.policy)
    request = Request((source.ref(),), settings.profile, SizingOptions(), None, policy, "built-in", policy.fail_on, "2026-11-24T00:00:00Z")
    return audit(source, request, catalog)


def model_of(path: Path, catalog: Catalog, parents: Source | None = None, as_id: str | None = None) -> ModelRecord:
    return report_of(path, catalog, parents, as_id).models[0]


def declared(model: ModelRecord) -> list[tuple[str, str]]:
    return [(one.witness, one.value) for one in model.license.declared]


def area(model: ModelRecord, name: str) -> str:
    return next(one.verdict for one in model.areas if one.area == name)


def test_tag_and_text_of_a_folder_without_weights(tmp_path, catalog):
    text = (ROOT / "LICENSE").read_bytes()
    files = {"README.md": CARD.replace("mit", "apache-2.0"), "config.json": "{}", "LICENSE": text, "meta.json": "{}", "_api_model_info.json": "{}"}
    model = model_of(put(tmp_path / "m", files), catalog)
    assert declared(model) == [("card_tag", "apache-2.0"), ("license_file", "apache-2.0")]
    assert (model.license.concluded.key, model.license.concluded.confidence, model.license.conflicts) == ("apache-2.0", "high", ())
    assert (model.requested, model.access.gated, model.revision.pinned) == (str(tmp_path / "m"), "unknown", False)
    assert {one.topic for one in model.not_checked} >= {"identity", "revision", "completeness", "access"}


def test_run_and_evidence(tmp_path, catalog):
    report = report_of(put(tmp_path / "m", {"README.md": CARD}), catalog)
    assert (report.run.mode, report.run.complete) == ("local", True)
    assert [(one.kind, one.url, one.status) for one in report.evidence] == [("card", f"file:{tmp_path}/m/README.md", None)]
    assert report.report_id == report_of(tmp_path / "m", catalog).report_id


@pytest.mark.parametrize("name", format_names())
def test_every_format_shows_a_local_model(tmp_path, catalog, name):
    files = {"README.md": CARD, "m.gguf": gguf(words({"general.license": "mit"}), [tensor("a", [32], 2, 0)], 18)}
    text = render(name, report_of(put(tmp_path / "m", files), catalog), RenderContext(width=100, command=("auditor", "check", "m")))
    assert "local/m" in text


def test_a_gguf_header_is_a_witness_like_a_tag(tmp_path, catalog):
    put(tmp_path, {"m.gguf": gguf(words({"general.license": "mit"}), [tensor("a", [256], 14, 0)], 210)})
    report = report_of(tmp_path / "m.gguf", catalog)
    model = report.models[0]
    assert declared(model) == [("gguf", "mit")]
    assert (model.license.concluded.key, model.license.concluded.method, model.license.concluded.confidence) == ("mit", "tag_only", "declared")
    assert (model.memory.weights_bytes, model.memory.estimates["weights_bytes"].basis, model.memory.precision) == (210, "exact", "q6_k")
    assert [(e.kind, e.path, e.quote) for e in report.evidence] == [("gguf", "m.gguf", "general.license: mit")]


def test_other_with_a_name_counts_as_one_tag(tmp_path, catalog):
    header = {"general.license": "other", "general.license.name": "tongyi-qianwen", "general.license.link": "https://example.org/LICENSE"}
    model = model_of(put(tmp_path / "m", {"m.gguf": gguf(words(header))}), catalog)
    assert declared(model) == [("gguf", "other"), ("gguf", "tongyi-qianwen"), ("gguf", "https://example.org/LICENSE")]
    assert (model.license.concluded.key, model.license.concluded.method) == ("tongyi-qianwen", "tag_only")
    assert any(one.topic == "license_link" for one in model.not_checked)


def test_a_header_that_contradicts_the_card_is_a_finding(tmp_path, catalog):
    files = {"README.md": CARD, "a.gguf": gguf(words({"general.license": "cc-by-nc-4.0"})), "b.gguf": gguf(words({"general.license": "mit"}))}
    model = model_of(put(tmp_path / "m", files), catalog)
    assert [one.kind for one in model.license.conflicts] == ["tags_disagree"]
    assert area(model, "license") in ("review", "blocked")


@pytest.mark.parametrize("content", [b"GGUF", b"", gguf(version=1), gguf(words({"general.license": "mit"}))[:-40]])
def test_a_header_that_cannot_be_read_is_no_pass(tmp_path, catalog, content):
    put(tmp_path, {"m.gguf": content})
    model = model_of(tmp_path / "m.gguf", catalog)
    assert (area(model, "license"), model.license.declared) == ("incomplete", ())


def test_a_damaged_safetensors_header_touches_memory_alone(tmp_path, catalog):
    model = model_of(put(tmp_path / "m", {"README.md": CARD, "model.safetensors": b"\xff" * 20}), catalog)
    assert (area(model, "license"), model.memory.estimates["weights_bytes"].basis) == ("approved", "assumed")
    assert "file model.safetensors" in {one.topic for one in model.not_checked}


def test_nothing_stated_is_no_license(tmp_path, catalog):
    model = model_of(put(tmp_path / "m", {"x.txt": "x", "model.safetensors": safetensors({"a": ("BF16", [4])})}), catalog)
    assert (area(model, "license"), model.license.concluded.method) == ("review", "none")


@pytest.mark.parametrize("named_in", ["card", "header"])
def test_base_models_are_asked_of_the_other_source(tmp_path, catalog, named_in):
    base = "meta-llama/Llama-3.1-8B"
    files = {"README.md": CARD.replace("license: mit", f"license: apache-2.0\nbase_model: {base}")} if named_in == "card" else {
        "m.gguf": gguf(words({"general.license": "apache-2.0", "general.base_model.0.repo_url": f"https://huggingface.co/{base}"}))}  # fmt: skip
    upstream = Upstream()
    model = model_of(put(tmp_path / "m", files), catalog, upstream)  # type: ignore[arg-type]
    assert upstream.asked == [base]
    [edge] = model.lineage
    assert (edge.parent, edge.source, edge.license, edge.grade) == (base, "card" if named_in == "card" else "gguf", "llama3.1", "permission_dropped")


def test_a_title_is_not_made_into_an_id(tmp_path, catalog):
    header = {"general.license": "mit", "general.base_model.0.name": "Llama 3.1 8B", "general.base_model.0.organization": "Meta Llama"}
    upstream = Upstream()
    model = model_of(put(tmp_path / "m", {"m.gguf": gguf(words(header))}), catalog, upstream)  # type: ignore[arg-type]
    assert (upstream.asked, [edge.parent for edge in model.lineage], area(model, "lineage")) == ([], ["Meta Llama/Llama 3.1 8B"], "review")


def test_a_folder_without_base_models_asks_nobody(tmp_path, catalog):
    upstream = Upstream()
    model_of(put(tmp_path / "m", {"README.md": CARD}), catalog, upstream)  # type: ignore[arg-type]
    assert upstream.asked == []


def test_a_snapshot_is_pinned(tmp_path, catalog):
    model = model_of(cache(tmp_path, {"README.md": CARD}) / "snapshots" / SHA, catalog)
    assert (model.id, model.revision.resolved, model.revision.pinned) == ("some/thing", SHA, True)
    assert "revision" not in {one.topic for one in model.not_checked}


def test_a_gate_prompt_in_the_card_is_read_once(tmp_path, catalog):
    card = "---\nlicense: mit\nextra_gated_prompt: You must not use this for research.\nextra_gated_eu_disallowed: true\n---\n"
    model = model_of(put(tmp_path / "m", {"README.md": card}), catalog)
    assert [witness for witness, _ in declared(model)] == ["card_tag", "gate_prompt"]
    assert model.access.eu_disallowed


def test_a_folder_that_cannot_be_read_is_incomplete(tmp_path, catalog):
    put(tmp_path / "m" / "/".join("d" * 40), {"LICENSE": "x"})
    model = model_of(tmp_path / "m", catalog)
    assert (model.verdict, model.permissions[0].result) == ("incomplete", "unknown")

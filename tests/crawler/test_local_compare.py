"""A local copy against what the Hub or a bundle says of the same model."""

from __future__ import annotations

import hashlib
import os

from auditor.crawler.compare import Difference, compare
from auditor.crawler.local import LocalSource
from auditor.crawler.parse import Received, file_document
from auditor.domain.evidence import Document, ModelEvidence, ModelInfo, ModelRef, RepoFile, Unavailable

from .test_local import CARD, put
from .weight_files import safetensors

WEIGHTS = safetensors({"a": ("BF16", [3])})


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def hub(files: list[RepoFile] | None, documents: dict[str, bytes] | None = None) -> ModelEvidence:
    info = ModelInfo(
        id="org/name", sha="1" * 40, gated="no", private=False, disabled=False, last_modified=None, tags=(), card=None,
        files=None if files is None else tuple(files), pipeline_tag=None, library_name=None, architectures=(), model_type=None, quantization_method=None,
        safetensors_parameters=None, safetensors_total=None,
    )  # fmt: skip
    held = {path: file_document("license_file", path, Received("https://hub.example", 200, {}, raw, "")) for path, raw in (documents or {}).items()}
    return ModelEvidence(ModelRef("org/name"), Document("model_info", "", "https://hub.example", 200, "", "0" * 64, 2, b"{}", info), held)


def lfs(path: str, content: bytes) -> RepoFile:
    return RepoFile(path=path, size=len(content), sha256=sha256(content))


def local(tmp_path, **changes: bytes) -> LocalSource:
    files = {"README.md": CARD.encode(), "model.safetensors": WEIGHTS, "x.json": b"{}", **{key.replace("__", "."): value for key, value in changes.items()}}
    return LocalSource(put(tmp_path / "m", files), "org/name")


def listed() -> list[RepoFile]:
    return [lfs("model.safetensors", WEIGHTS), RepoFile(path="README.md", size=len(CARD)), RepoFile(path="x.json", size=2)]


def test_the_same(tmp_path):
    documents = {"README.md": CARD.encode(), "x.json": b"{}"}
    assert compare(local(tmp_path), hub(listed(), documents)) == ()


def test_what_nothing_tells_is_said(tmp_path):
    found = compare(local(tmp_path), hub(listed()))
    assert found == (Difference("not_compared", "README.md", "2 files of the same size, for which org/name gives no digest"),)


def test_one_bit_in_the_weights(tmp_path):
    changed = WEIGHTS[:-1] + b"\1"
    found = compare(local(tmp_path, model__safetensors=changed), hub([lfs("model.safetensors", WEIGHTS)]))
    assert Difference("digest", "model.safetensors", f"SHA-256 {sha256(changed)} here, {sha256(WEIGHTS)} in org/name") in found


def test_a_changed_license_against_a_document(tmp_path):
    found = compare(local(tmp_path, LICENSE=b"free\n"), hub([*listed(), RepoFile(path="LICENSE", size=5)], {"LICENSE": b"paid\n"}))
    assert [(one.kind, one.path) for one in found] == [("digest", "LICENSE"), ("not_compared", "README.md")]


def test_missing_extra_and_cut_files(tmp_path):
    files = [RepoFile(path="model.safetensors", size=10**12, sha256="0" * 64), RepoFile(path="LICENSE", size=5), RepoFile(path="x.json", size=2)]
    found = compare(local(tmp_path), hub(files))
    kinds = {one.path: one.kind for one in found}
    assert kinds == {"LICENSE": "missing", "README.md": "extra", "model.safetensors": "size", "x.json": "not_compared"}
    assert found[2].detail == f"{len(WEIGHTS):,} bytes here, 1,000,000,000,000 in org/name"


def test_a_single_file_is_compared_alone(tmp_path):
    put(tmp_path, {"x.gguf": "GGUF"})
    source = LocalSource(tmp_path / "x.gguf", "org/name")
    assert compare(source, hub([*listed(), lfs("x.gguf", b"GGUF")])) == ()
    assert [one.kind for one in compare(source, hub([*listed(), lfs("x.gguf", b"GGML")]))] == ["digest"]
    assert [one.kind for one in compare(source, hub(listed()))] == ["extra"]


def test_nothing_to_compare_with_is_never_the_same(tmp_path):
    source = local(tmp_path)
    absent = ModelEvidence(ModelRef("org/name"), Unavailable("missing", "org/name is missing or private", "https://hub.example"))
    assert [one.kind for one in compare(source, absent)] == ["not_compared"]
    assert [one.kind for one in compare(source, hub(None))] == ["not_compared"]


def test_what_cannot_be_read_is_never_the_same(tmp_path):
    source = local(tmp_path)
    os.mkfifo(tmp_path / "m" / "pipe")
    found = compare(source, hub([lfs("pipe", b""), lfs("model.safetensors", WEIGHTS)]))
    assert ("unreadable", "pipe") in [(one.kind, one.path) for one in found]
    (tmp_path / "m" / "model.safetensors").unlink()
    assert ("unreadable", "model.safetensors") in [(one.kind, one.path) for one in compare(source, hub([lfs("model.safetensors", WEIGHTS)]))]

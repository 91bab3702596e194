"""A folder, a cache snapshot or a GGUF file as a source of evidence."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from auditor.crawler.gather import gather
from auditor.crawler.local import LocalSource, is_path
from auditor.crawler.offline import OfflineSource
from auditor.domain.errors import UsageError
from auditor.domain.evidence import Document, ModelEvidence, ModelInfo, ModelRef, Unavailable
from auditor.licensing.parents import named_in, parent_ids

from .weight_files import gguf, pair, safetensors, tensor, words

SHA, OTHER = "0e9e39f249a16976918f6564b8830bc894c89659", "1" * 40
CARD = "---\nlicense: mit\npipeline_tag: text-generation\nlibrary_name: transformers\n---\n# A model\n"
CONFIG = json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM", 7], "quantization_config": {"quant_method": "gptq"}})


def put(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def cache(root: Path, files: Mapping[str, str | bytes], shas: tuple[str, ...] = (SHA,), main: str | None = SHA, name: str = "models--some--thing") -> Path:
    """A model's folder as huggingface_hub lays it out."""
    top = root / name
    (top / "blobs").mkdir(parents=True)
    for sha in shas:
        for path, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            blob = top / "blobs" / hashlib.sha256(raw).hexdigest()
            blob.write_bytes(raw)
            link = top / "snapshots" / sha / path
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.relpath(blob, link.parent))
    if main:
        put(top, {"refs/main": main})
    return top


def collected(source: LocalSource) -> ModelEvidence:
    found = gather(source, [source.ref()], named_in, lambda _: True)
    return found.models[source.ref()]


def info_of(source: LocalSource) -> ModelInfo:
    info = source.info(source.ref())
    assert isinstance(info, Document)
    return info.facts


def test_everything_that_a_folder_says(tmp_path):
    folder = put(
        tmp_path / "my model", {"README.md": CARD, "config.json": CONFIG, "LICENSE": "MIT\n", "USE_POLICY.md": "Be good.\n", "sub/NOTICE": "N\n", "x.py": "1"}
    )
    put(folder, {"model.safetensors": safetensors({"a": ("BF16", [3]), "b": ("F32", [2])})})
    source = LocalSource(folder)
    evidence = collected(source)
    info = info_of(source)
    assert (info.id, str(source.ref()), info.local) == ("local/my-model", str(folder), str(folder))
    assert (info.gated, info.scan, info.tags, info.last_modified) == ("unknown", "unknown", (), None)
    assert (info.pipeline_tag, info.library_name, info.card.license) == ("text-generation", "transformers", ("mit",))
    assert (info.model_type, info.architectures, info.quantization_method) == ("llama", ("LlamaForCausalLM",), "gptq")
    assert (info.safetensors_parameters, info.safetensors_total) == ({"BF16": 3, "F32": 2}, 5)
    assert [(f.path, f.size) for f in info.files if f.path != "model.safetensors"] == [
        ("LICENSE", 4), ("README.md", len(CARD)), ("USE_POLICY.md", 9), ("config.json", len(CONFIG)), ("sub/NOTICE", 2), ("x.py", 1)
    ]  # fmt: skip
    kinds = {path: one.kind for path, one in evidence.documents.items()}
    assert kinds == {
        "README.md": "card", "config.json": "config", "LICENSE": "license_file", "USE_POLICY.md": "use_policy", "sub/NOTICE": "notice_file",
        "model.safetensors": "safetensors_header",
    }  # fmt: skip
    assert evidence.unavailable == {}


def test_urls_are_the_path_as_given(tmp_path, monkeypatch):
    put(tmp_path / "a b", {"LICENSE": "MIT\n"})
    monkeypatch.chdir(tmp_path)
    evidence = collected(LocalSource(Path("a b")))
    assert evidence.documents["LICENSE"].url == "file:a%20b/LICENSE"
    assert (evidence.info.url, str(evidence.requested)) == ("file:a%20b", "a b")
    assert evidence.documents["LICENSE"].status is None


def test_the_content_digest_stands_in_for_a_commit(tmp_path):
    files = {"README.md": CARD, "model.safetensors": safetensors({"a": ("BF16", [3])})}
    one, same = (info_of(LocalSource(put(tmp_path / name, files))) for name in ("one", "two"))
    other = info_of(LocalSource(put(tmp_path / "three", {**files, "README.md": CARD.replace("mit", "cc0")})))
    assert (len(one.sha), one.sha_is_digest, one.sha) == (40, True, same.sha)
    assert other.sha != one.sha


def test_a_snapshot_of_the_cache_names_id_and_commit(tmp_path):
    top = cache(tmp_path, {"README.md": CARD, "sub/LICENSE": "MIT\n", "model.safetensors": safetensors({"a": ("BF16", [3])})})
    source = LocalSource(top / "snapshots" / SHA)
    info = info_of(source)
    assert (info.id, info.sha, info.sha_is_digest, source.ref().revision) == ("some/thing", SHA, False, SHA)
    assert source.hub_ref() == ModelRef("some/thing", SHA)
    assert set(collected(source).documents) == {"README.md", "sub/LICENSE", "model.safetensors"}


@pytest.mark.parametrize(("shas", "main", "chosen"), [((SHA, OTHER), OTHER, OTHER), ((SHA,), None, SHA), ((SHA,), OTHER, SHA)])
def test_a_cache_folder_stands_for_main_or_its_only_snapshot(tmp_path, shas, main, chosen):
    source = LocalSource(cache(tmp_path, {"README.md": CARD}, shas, main))
    assert (info_of(source).sha, source.ref().revision) == (chosen, None)


@pytest.mark.parametrize(("shas", "main"), [((SHA, OTHER), None), ((SHA, OTHER), "../../../etc"), ((SHA, OTHER), "x" * 300), ((), None)])
def test_a_cache_folder_that_does_not_say_which(tmp_path, shas, main):
    top = cache(tmp_path, {"README.md": CARD}, shas, main)
    (top / "snapshots").mkdir(exist_ok=True)
    with pytest.raises(UsageError) as raised:
        LocalSource(top)
    assert "snapshot" in raised.value.next_step


@pytest.mark.parametrize(
    ("name", "id_"),
    [("models--gpt2", "gpt2"), ("models--a--b", "a/b"), ("models--a--b--c", None), ("models----b", None), ("datasets--a--b", None), ("models--a b--c", None)],
)
def test_ids_of_cache_folders(tmp_path, name, id_):
    top = cache(tmp_path, {}, (), None, name)
    put(top / "snapshots" / SHA, {"README.md": CARD})
    source = LocalSource(top / "snapshots" / SHA)
    assert source.ref().id == (id_ or f"local/{SHA}")
    assert info_of(source).sha_is_digest == (id_ is None)


def test_as_names_the_model(tmp_path):
    source = LocalSource(put(tmp_path / "x", {"README.md": CARD}), "org/name@v1")
    assert (source.ref().id, source.hub_ref(), info_of(source).sha_is_digest) == ("org/name", ModelRef("org/name", "v1"), True)
    top = cache(tmp_path, {"README.md": CARD})
    same, other = (LocalSource(top / "snapshots" / SHA, name) for name in ("some/thing", "some/fork"))
    assert (same.hub_ref(), info_of(same).sha) == (ModelRef("some/thing", SHA), SHA)
    assert (other.hub_ref(), info_of(other).sha_is_digest) == (ModelRef("some/fork"), True)
    assert LocalSource(tmp_path / "x").hub_ref() is None


@pytest.mark.parametrize("as_id", ["", "a/b/c", "../x", "org/name@", "org/name@a b", "\x1b"])
def test_as_must_be_an_id(tmp_path, as_id):
    if as_id in ("", "org/name@"):
        as_id += "@ "
    with pytest.raises(UsageError, match="no id"):
        LocalSource(put(tmp_path, {"README.md": CARD}), as_id)


@pytest.mark.parametrize("name", ["nothing", "file.txt", "model.safetensors", "null\0byte", "x" * 5000])
def test_what_is_no_model_is_a_usage_error(tmp_path, name):
    put(tmp_path, {"file.txt": "x", "model.safetensors": "x"})
    with pytest.raises(UsageError, match=r"neither|does not exist"):
        LocalSource(tmp_path / name)


HEADER = {
    "general.architecture": "llama", "general.license": "llama3.1", "general.license.link": "https://example.org/l",
    "general.base_model.0.repo_url": "https://huggingface.co/meta-llama/Llama-3.1-8B", "general.base_model.0.name": "Llama 3.1 8B",
    "general.base_model.1.name": "Some Name", "general.base_model.1.organization": "Some Org",
}  # fmt: skip


def test_a_single_gguf_file(tmp_path):
    content = gguf([*words(HEADER), pair("llama.block_count", 4, b"\1\0\0\0")], [tensor("a", [256, 4], 12, 0)], 576)
    put(tmp_path, {"model-Q4_K_M.gguf": content, "LICENSE": "MIT\n"})
    source = LocalSource(tmp_path / "model-Q4_K_M.gguf", parents=OfflineSource())
    evidence, info = collected(source), info_of(source)
    assert (info.id, [(f.path, f.size) for f in info.files], info.model_type) == ("local/model-Q4_K_M.gguf", [("model-Q4_K_M.gguf", len(content))], "llama")
    assert info.header_base_models == ("https://huggingface.co/meta-llama/Llama-3.1-8B", "Some Org/Some Name")
    assert parent_ids(info) == ("meta-llama/Llama-3.1-8B",)
    document = evidence.documents["model-Q4_K_M.gguf"]
    assert (document.kind, document.content, document.url) == ("gguf_header", None, f"file:{tmp_path}/model-Q4_K_M.gguf")
    assert document.size < len(content)
    assert document.sha256 == hashlib.sha256(content[: document.size]).hexdigest()
    assert any("one file was audited" in problem for problem in info.problems)


def test_a_gguf_file_of_the_cache(tmp_path):
    top = cache(tmp_path, {"m.gguf": gguf(words({"general.license": "mit"}))})
    source = LocalSource(top / "snapshots" / SHA / "m.gguf")
    assert (source.ref().id, info_of(source).sha, set(collected(source).documents)) == ("some/thing", SHA, {"m.gguf"})


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({"model.safetensors": 1}, {"BF16": 1}),
        ({"model-00001-of-00002.safetensors": 1, "model-00002-of-00002.safetensors": 2, "consolidated.safetensors": 3}, {"BF16": 3}),
        ({"model-00001-of-00002.safetensors": 1, "model.safetensors": 3}, None),
        ({"a.safetensors": 1}, None),
        ({"sub/model.safetensors": 1}, None),
    ],
)
def test_parameters_of_the_published_set(tmp_path, files, counts):
    put(tmp_path / "m", {path: safetensors({"a": ("BF16", [n])}) for path, n in files.items()})
    assert info_of(LocalSource(tmp_path / "m")).safetensors_parameters == counts


def test_other_models_come_from_the_other_source(tmp_path):
    source = LocalSource(put(tmp_path / "m", {"README.md": "---\nlicense: mit\nbase_model: up/stream\n---\n"}), parents=OfflineSource("https://hub.example"))
    found = gather(source, [source.ref()], named_in, lambda _: True)
    parent = found.parents[ModelRef("up/stream")].info
    assert (source.mode, source.endpoint) == ("local", "https://hub.example")
    assert isinstance(parent, Unavailable)
    assert parent.reason == "offline"
    alone = LocalSource(tmp_path / "m")
    assert (alone.info(ModelRef("up/stream")).reason, alone.file("up/stream", SHA, "LICENSE", "license_file").reason) == ("not_recorded", "not_recorded")
    assert alone.file(str(tmp_path / "m"), SHA, "LICENSE", "license_file").reason == "absent"


def test_two_folders_in_one_run_do_not_mix(tmp_path):
    first, second = (LocalSource(put(tmp_path / n, {"LICENSE": f"{n}\n"}), "org/name") for n in ("a", "b"))
    both = LocalSource(tmp_path / "a", "org/name", parents=second)
    found = gather(both, [first.ref(), second.ref()], lambda _: [], lambda _: True)
    assert [one.documents["LICENSE"].content for one in found.models.values()] == [b"a\n", b"b\n"]


def test_bookkeeping_of_tools_is_no_part_of_the_model(tmp_path):
    put(tmp_path / "m", {".git/LICENSE": "x", ".cache/huggingface/LICENSE": "x", "sub/.git/x": "x", "README.md": CARD})
    assert [f.path for f in info_of(LocalSource(tmp_path / "m")).files] == ["README.md", "sub/.git/x"]


def test_paths_are_told_from_ids(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, {"org/name/README.md": CARD, "a/b/c/README.md": CARD, "m.gguf": "x"})
    assert [is_path(text) for text in (".", "..", "./x", "../x", "~/x", "/x", "a/b/c", "m.gguf", "models--a--b/snapshots/x")] == [True] * 8 + [False]
    assert not any(is_path(text) for text in ("org/name", "org/name@main", "org", "other.gguf", "https://huggingface.co/org/name", "\0", ""))

"""The Hub's answer about a model: every field may be missing or of another type, and nothing raises but MalformedAnswer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from auditor.domain.evidence import CardData, ModelInfo, RepoFile
from auditor.reading.model_info import MAX_FILES, MalformedAnswer, read_model_info

SHA = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "a" * 64


def read(**answer: Any) -> ModelInfo:
    return read_model_info(json.dumps({"id": "org/name", **answer}).encode())


def test_a_full_answer() -> None:
    info = read(
        sha=SHA, gated="manual", private=True, lastModified="2026-01-02T03:04:05.000Z", tags=["license:mit", "license:mit", 7], pipeline_tag="text-generation",
        library_name="transformers", cardData={"license": "mit", "base_model": "a/b"},
        config={"architectures": ["LlamaForCausalLM", 7], "model_type": "llama", "quantization_config": {"quant_method": "gptq", "bits": 4}},
        safetensors={"parameters": {"I32": 3, "BF16": 2}, "total": 5},
        siblings=[{"rfilename": "b.safetensors", "size": 9, "lfs": {"sha256": DIGEST, "size": 9}}, {"rfilename": "a.txt", "size": 0}],
        securityRepoStatus={"scansDone": True, "filesWithIssues": [{"path": "x.pkl", "level": "unsafe"}, {"path": "y", "level": "caution"}]},
    )  # fmt: skip
    assert info == ModelInfo(
        id="org/name", sha=SHA, gated="manual", private=True, disabled=False, last_modified="2026-01-02T03:04:05.000Z", tags=("license:mit",),
        card=CardData(license=("mit",), base_model=("a/b",)), files=(RepoFile(path="a.txt", size=0), RepoFile(path="b.safetensors", size=9, sha256=DIGEST)),
        pipeline_tag="text-generation", library_name="transformers", architectures=("LlamaForCausalLM",), model_type="llama", quantization_method="gptq",
        safetensors_parameters={"BF16": 2, "I32": 3}, safetensors_total=5, unsafe_files=("x.pkl",), scan="done",
    )  # fmt: skip


def test_an_answer_with_the_id_alone() -> None:
    info = read()
    assert (info.sha, info.gated, info.card, info.files, info.scan, info.problems) == (None, "unknown", None, None, "unknown", ("the answer lists no files",))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b'{"id": null}', b"<html>", b"[" * 200_000, b'{"id": ' + b"9" * 5000 + b"}", b"\xff"])
def test_what_is_no_model(content: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read_model_info(content)


@pytest.mark.parametrize(
    ("value", "gated"),
    [(False, "no"), (None, "no"), ("auto", "auto"), ("manual", "manual"), (True, "unknown"), ({}, "unknown"), ([], "unknown"), ("x", "unknown")],
)
def test_gated(value: object, gated: str) -> None:
    assert read(gated=value).gated == gated


@pytest.mark.parametrize("disabled", ["true", 1, 0, {}, [True]])
def test_whether_it_is_disabled_must_be_said_plainly(disabled: object) -> None:
    with pytest.raises(MalformedAnswer, match="disabled"):
        read(disabled=disabled)


@pytest.mark.parametrize("issues", ["x.pkl", ["x.pkl"], {"path": "x.pkl"}, 7])
def test_a_scan_whose_result_cannot_be_read_is_not_done(issues: object) -> None:
    info = read(securityRepoStatus={"scansDone": True, "filesWithIssues": issues})
    assert info.scan == "unknown" and "securityRepoStatus.filesWithIssues is no list of files" in info.problems


@pytest.mark.parametrize("sha", ["main", "A" * 40, "a" * 39, "a" * 41, SHA + "\n", 7, None, [SHA]])
def test_what_is_no_commit(sha: object) -> None:
    assert read(sha=sha).sha is None


def test_odd_types_are_problems_and_nothing_more() -> None:
    info = read(
        tags="mit",
        siblings=None,
        safetensors={"parameters": [1], "total": "x"},
        config=[1],
        pipeline_tag=7,
        cardData="x",
        securityRepoStatus=[],
        library_name={},
    )
    assert set(info.problems) == {
        "tags is no list", "the answer lists no files", "safetensors.parameters is not a count by dtype", "config is no mapping", "pipeline_tag is no text",
        "securityRepoStatus is no mapping", "library_name is no text", "cardData is no mapping",
    }  # fmt: skip
    assert (info.unread_statements, info.unread_files) == (("tags is no list", "cardData is no mapping"), "the answer lists no files")
    assert (info.tags, info.files, info.safetensors_parameters, info.safetensors_total, info.card) == ((), None, None, None, None)


@pytest.mark.parametrize("count", [-1, 1.5, "7", True, None, 2**63, 10**30])
def test_counts_that_are_none(count: object) -> None:
    info = read(safetensors={"parameters": {"BF16": count}, "total": count})
    assert (info.safetensors_parameters, info.safetensors_total) == (None, None)


def test_files_without_a_name_are_a_problem() -> None:
    info = read(siblings=[{"rfilename": 7}, "x", {"rfilename": "a"}])
    assert info.files == (RepoFile(path="a"),)
    assert info.problems == ("2 of the listed files have no name",)
    assert info.unread_files == "2 of the listed files have no name"


def test_a_crowd_of_files_is_bounded_and_says_so() -> None:
    info = read(siblings=[{"rfilename": f"{n:06}"} for n in range(MAX_FILES + 1)])
    assert info.files is not None and len(info.files) == MAX_FILES
    assert info.problems == (f"{MAX_FILES + 1} files; only the first {MAX_FILES} were read",)
    assert info.unread_files == info.problems[0]


def test_half_characters_become_visible_ones() -> None:
    info = read(tags=["\ud800x", "😀"], siblings=[{"rfilename": "LICENSE\udfff"}], cardData={"license_name": "\ud800", "extra_gated_prompt": "\udc00 a"})
    assert info.tags == ("���x", "😀")
    assert ModelInfo.model_validate_json(json.dumps(info.model_dump(mode="json"))) == info


def test_an_unscanned_repository() -> None:
    assert read(securityRepoStatus={"scansDone": False, "filesWithIssues": [7, {"path": "a", "level": "queued"}]}).scan == "pending"
    assert read(securityRepoStatus={"scansDone": True, "filesWithIssues": None}).unsafe_files == ()
    assert read(securityRepoStatus={"scansDone": True, "filesWithIssues": [{"path": "a\x1b", "level": "new"}]}).unsafe_files == ("a⟦U+001B⟧",)

"""Small parts of the pipeline: modality, roles of files, inputs of sizing, what is collected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes import FakeSource, Repo, area, collected, model, real_catalog, rules_of, text

from auditor.audit.files import role
from auditor.audit.memory import memory_inputs
from auditor.audit.modality import multimodal
from auditor.audit.pipeline import collect
from auditor.audit.scopes import gib, what_to_declare
from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelRef, RepoFile
from auditor.domain.license_facts import FlipFact
from auditor.domain.memory import SizingOptions
from auditor.domain.truth import Truth

CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16", "tie_word_embeddings": False, "num_hidden_layers": 32,
    "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 8192,
}  # fmt: skip
LARGE: dict[str, Any] = {"safetensors": {"parameters": {"BF16": 8_030_261_248}, "total": 8_030_261_248}, "config": {"model_type": "llama"}}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"pipeline_tag": "text-generation"}, False),
        ({"pipeline_tag": "image-text-to-text"}, True),
        ({"pipeline_tag": "text-generation", "config": {"model_type": "mllama"}}, True),
        ({"pipeline_tag": "feature-extraction"}, None),
        ({"pipeline_tag": None}, None),
        ({"pipeline_tag": 3}, None),
        ({"pipeline_tag": "text-generation", "cardData": {"pipeline_tag": "image-text-to-text"}}, True),
        ({"pipeline_tag": "text-generation", "cardData": {"pipeline_tag": "feature-extraction"}}, None),
        ({"pipeline_tag": None, "config": {"model_type": "llama"}}, None),
    ],
)
def test_whether_a_model_takes_more_than_text(answer: dict[str, Any], expected: Truth) -> None:
    assert multimodal(collected({"a/b": Repo(answer=answer)}, "a/b"), real_catalog().vocabulary) is expected


def test_of_a_model_that_could_not_be_had_nothing_is_known() -> None:
    assert multimodal(collected({"a/b": "missing"}, "a/b"), real_catalog().vocabulary) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("README.md", "card"), ("LICENSE", "license"), ("a/COPYING.txt", "license"), ("Notice", "license"), ("USE_POLICY.md", "license"),
        ("model-00001-of-00002.safetensors", "weights"), ("x.gguf", "weights"), ("pytorch_model.bin", "weights"), ("modeling_x.py", "code"),
        ("tokenizer.json", "tokenizer"), ("vocab.json", "tokenizer"), ("config.json", "config"), (".gitattributes", "other"),
    ],
)  # fmt: skip
def test_roles_of_files(path: str, expected: str) -> None:
    assert role(RepoFile(path=path)) == expected


@pytest.mark.parametrize(
    ("files", "config", "missing"),
    [
        ({"config.json": '{"a": 1}'}, {"a": 1}, ""),
        ({"config.json": "[1]"}, None, "config.json is no JSON object"),
        ({"config.json": "{"}, None, "config.json is not valid JSON"),
        ({"config.json": "[" * 100_000}, None, "config.json is not valid JSON"),
        ({"config.json": '{"a": ' + "9" * 10_000 + "}"}, None, "config.json is not valid JSON"),
        ({"config.json": b"\xff\xfe"}, None, "config.json is not valid JSON"),
    ],
)
def test_a_config_that_cannot_be_read_says_why(files: dict[str, Any], config: Any, missing: str) -> None:
    inputs = memory_inputs(collected({"a/b": Repo(files=files)}, "a/b"))
    assert (inputs.config, inputs.config_missing) == (config, missing)


def test_a_config_that_could_not_be_had_says_why() -> None:
    assert memory_inputs(collected({"a/b": Repo(unavailable={"config.json": "timeout"})}, "a/b")).config_missing == "config.json: timeout"
    assert memory_inputs(collected({"a/b": "missing"}, "a/b")).config_missing == "the repository has no config.json"


@pytest.mark.parametrize(("total", "size"), [(12, 12), (12.0, 12), (-1, None), (True, None), ("12", None), (None, None), (1e300, None)])
def test_the_total_of_the_index_is_read_with_care(total: Any, size: int | None) -> None:
    index = {"model.safetensors.index.json": json.dumps({"metadata": {"total_size": total}})}
    assert memory_inputs(collected({"a/b": Repo(files=index)}, "a/b")).index_total_size == size


def test_files_of_a_parent_are_asked_for_only_where_its_metadata_does_not_settle_its_license(invented: Catalog) -> None:
    repos: dict[str, Any] = {
        "me/child": Repo({"license": "free-1", "base_model": ["a/plain", "a/file", "a/family", "a/silent"], "base_model_relation": "merge"}),
        "a/plain": Repo({"license": "free-1"}),
        "a/file": Repo({"license": "free-1"}, {"LICENSE": text("free-1")}),
        "a/family": Repo({"license": "mixed"}),
        "a/silent": Repo({}),
    }
    models, parents = collect(FakeSource(repos), [ModelRef("me/child")], invented)
    assert list(models) == [ModelRef("me/child")]
    assert {ref.id: bool(evidence.documents) for ref, evidence in parents.items()} == {"a/plain": False, "a/file": True, "a/family": True, "a/silent": True}


@pytest.mark.parametrize(
    ("gpu", "answer", "files", "verdict", "rules"),
    [
        ("rtx-4090", LARGE, {"config.json": json.dumps(CONFIG)}, "approved", set()),
        ("rtx-3060-12gb", LARGE, {"config.json": json.dumps(CONFIG)}, "blocked", {"MEM001"}),
        ("rtx-4090", {}, {"config.json": "{}"}, "review", {"MEM003"}),
        ("rtx-4090", LARGE, {"config.json": "{"}, "review", {"MEM003"}),
    ],
)
def test_memory_gates_once_a_gpu_is_declared(invented: Catalog, gpu: str, answer: dict[str, Any], files: dict[str, str], verdict: str, rules: set[str]) -> None:
    sizing = SizingOptions(gpus=((invented.gpus[gpu], 1),), concurrency=1, context=2048)
    record = model(Repo({"license": "free-1"}, files, answer=answer), invented, sizing=sizing)
    assert (record.verdict, area(record, "memory"), rules_of(record)) == (verdict, verdict, rules)
    assert all(finding.evidence for finding in record.findings)
    undeclared = model(Repo({"license": "free-1"}, files, answer=answer), invented)
    assert (undeclared.verdict, area(undeclared, "memory")) == ("approved", "not_gated")


def test_what_to_declare() -> None:
    flips = [FlipFact("a", "<= 5", "permitted"), FlipFact("b", "company", "prohibited"), FlipFact("a", "> 5", "prohibited")]
    assert what_to_declare(flips) == "Declare --fact a=... (<= 5: permitted; > 5: prohibited) or --fact b=... (company: prohibited)."
    assert what_to_declare([]) == ""


def test_bytes_as_gib() -> None:
    assert (gib(2**30), gib(16_060_522_496), gib("unknown")) == ("1.00 GiB", "14.96 GiB", "an unknown amount")

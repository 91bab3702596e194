"""What the real Hub answers today, against what the parsers expect. Needs a network: `python -m pytest -m live`. A failure names what changed.

Anonymous and few requests (about forty), so that it can be run from anywhere at any time.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from auditor.audit.headers import MAX_BYTES
from auditor.crawler.files import header_kind
from auditor.crawler.hub import DEFAULT_ENDPOINT, HubSource
from auditor.crawler.remote_header import FIRST_PART
from auditor.crawler.spans import stated_span
from auditor.domain.evidence import CardFacts, Document, HeaderFacts, ModelInfo, ModelRef, TextFacts, Unavailable

pytestmark = pytest.mark.live

MODELS = {  # id: gate, license tag, whether the Hub counts its parameters
    "openai-community/gpt2": ("no", "mit", True),
    "google-bert/bert-base-uncased": ("no", "apache-2.0", True),
    "sentence-transformers/all-MiniLM-L6-v2": ("no", "apache-2.0", True),
    "Qwen/Qwen2.5-7B-Instruct": ("no", "apache-2.0", True),
    "Qwen/Qwen3-8B": ("no", "apache-2.0", True),
    "deepseek-ai/DeepSeek-R1": ("no", "mit", True),
    "openai/gpt-oss-20b": ("no", "apache-2.0", True),
    "microsoft/Phi-3-mini-4k-instruct": ("no", "mit", True),
    "meta-llama/Llama-3.1-8B-Instruct": ("manual", "llama3.1", True),
    "google/gemma-2b-it": ("manual", "gemma", True),
    "bigcode/starcoder": ("auto", "bigcode-openrail-m", True),
    "adept/fuyu-8b": ("no", "cc-by-nc-4.0", True),
    "ggml-org/gemma-3-1b-it-GGUF": ("no", None, False),
}
FILES = {  # id: files whose bytes are read, each by another kind of redirect or none
    "openai-community/gpt2": {"README.md": CardFacts, "config.json": None},
    "openai/gpt-oss-20b": {"LICENSE": TextFacts, "README.md": CardFacts},
}
HEADERS = [("openai/gpt-oss-20b", ".safetensors", {"U8", "BF16"}), ("ggml-org/gemma-3-1b-it-GGUF", "Q4_K_M.gguf", {"Q4_K", "Q6_K", "F32"})]
"""Model, end of a file's name, types of its tensors."""
GATED = ("meta-llama/Llama-3.1-8B-Instruct", "config.json")
KNOWN_KEYS = frozenset(
    [
        "_id",
        "id",
        "modelId",
        "author",
        "sha",
        "lastModified",
        "createdAt",
        "private",
        "disabled",
        "gated",
        "downloads",
        "downloadsAllTime",
        "likes",
        "tags",
        "siblings",
        "spaces",
        "library_name",
        "pipeline_tag",
        "cardData",
        "config",
        "safetensors",
        "gguf",
        "usedStorage",
        "transformersInfo",
        "widgetData",
        "inference",
        "inferenceProviderMapping",
        "mask_token",
        "model-index",
        "securityRepoStatus",
        "baseModels",
        "childrenModelCount",
        "evalResults",
        "xetEnabled",
        "resourceGroup",
        "trendingScore",
    ]
)


@pytest.fixture(scope="module")
def hub() -> Iterator[HubSource]:
    source = HubSource(DEFAULT_ENDPOINT, token="")
    yield source
    source.close()


@pytest.fixture(scope="module")
def infos(hub: HubSource) -> dict[str, Document[ModelInfo] | Unavailable]:
    return {model: hub.info(ModelRef(model)) for model in MODELS}


@pytest.mark.parametrize("model", MODELS)
def test_metadata(model: str, infos: dict[str, Document[ModelInfo] | Unavailable]) -> None:
    gate, tag, counted = MODELS[model]
    found = infos[model]
    assert isinstance(found, Document), found
    info = found.facts
    assert (info.gated, info.problems, info.scan != "unknown") == (gate, (), True)
    assert tag is None or f"license:{tag}" in info.tags or f"license:{'other'}" in info.tags
    assert info.files and any(file.size is not None for file in info.files), "`blobs=true` gives sizes"
    assert all(file.sha256 for file in info.files if file.path.endswith(".safetensors")), "LFS files come with a digest"
    assert (info.safetensors_parameters is not None) is counted
    assert info.card is not None and info.card.problems == ()


@pytest.mark.parametrize("model", MODELS)
def test_keys_of_the_answer(model: str, infos: dict[str, Document[ModelInfo] | Unavailable]) -> None:
    found = infos[model]
    assert isinstance(found, Document) and found.content is not None
    raw: dict[str, Any] = json.loads(found.content)
    assert set(raw) - KNOWN_KEYS == set(), "keys that nobody has read yet"
    assert raw["gated"] in (False, "auto", "manual")
    assert "size" in raw["siblings"][0]
    assert {"scansDone", "filesWithIssues"} <= set(raw["securityRepoStatus"])
    assert set(raw.get("safetensors") or {}) <= {"parameters", "total", "sharded"}
    assert all(isinstance(tag, str) for tag in raw["tags"])


@pytest.mark.parametrize(("model", "path"), [(model, path) for model, paths in FILES.items() for path in paths])
def test_files(model: str, path: str, hub: HubSource, infos: dict[str, Document[ModelInfo] | Unavailable]) -> None:
    info = infos[model]
    assert isinstance(info, Document) and info.facts.sha is not None
    kind = {"README.md": "card", "LICENSE": "license_file", "config.json": "config"}[path]
    found = hub.file(model, info.facts.sha, path, kind)  # type: ignore[arg-type]
    assert isinstance(found, Document), found
    assert found.headers["x-repo-commit"] == info.facts.sha
    expected = FILES[model][path]
    assert expected is None or isinstance(found.facts, expected)
    listed = next(file for file in info.facts.files or () if file.path == path)
    assert listed.size == found.size


@pytest.mark.parametrize(("model", "suffix", "held"), HEADERS)
def test_headers(model: str, suffix: str, held: set[str], hub: HubSource, infos: dict[str, Document[ModelInfo] | Unavailable]) -> None:
    info = infos[model]
    assert isinstance(info, Document) and info.facts.sha is not None
    listed = next(file for file in info.facts.files or () if file.path.endswith(suffix) and "/" not in file.path)
    kind = header_kind(listed.path)
    assert kind is not None
    found = hub.file(model, info.facts.sha, listed.path, kind, MAX_BYTES)
    assert isinstance(found, Document) and isinstance(found.facts, HeaderFacts), found
    assert held <= set(found.facts.tensors)
    assert stated_span(found.headers) == ((0, FIRST_PART), listed.size)


def test_a_gated_file(hub: HubSource, infos: dict[str, Document[ModelInfo] | Unavailable]) -> None:
    info = infos[GATED[0]]
    assert isinstance(info, Document) and info.facts.sha and info.facts.card and info.facts.card.gate_prompt
    found = hub.file(GATED[0], info.facts.sha, GATED[1], "config")
    assert isinstance(found, Unavailable) and (found.reason, found.status) == ("gated_no_token", 401)


ERRORS: dict[str, tuple[ModelRef, str | None, str, int]] = {
    "missing": (ModelRef("openai-community/no-such-model-of-anybody"), "", "missing", 401),
    "missing owner": (ModelRef("no-such-owner-of-anybody-4711/x"), "", "missing", 401),
    "wrong revision": (ModelRef("openai-community/gpt2", "no-such-revision"), "", "wrong_revision", 404),
    "bad token": (ModelRef("openai-community/gpt2"), "hf_" + "invented" * 4, "bad_token", 401),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case: str) -> None:
    ref, token, reason, status = ERRORS[case]
    source = HubSource(DEFAULT_ENDPOINT, token=token)
    found = source.info(ref)
    source.close()
    assert isinstance(found, Unavailable) and (found.reason, found.status) == (reason, status), found


def test_an_absent_file(hub: HubSource, infos: dict[str, Document[ModelInfo] | Unavailable]) -> None:
    info = infos["openai-community/gpt2"]
    assert isinstance(info, Document) and info.facts.sha
    found = hub.file("openai-community/gpt2", info.facts.sha, "NO-SUCH-LICENSE", "license_file")
    assert isinstance(found, Unavailable) and (found.reason, found.status) == ("absent", 404), found


def test_a_renamed_model(hub: HubSource) -> None:
    found = hub.info(ModelRef("gpt2"))
    assert isinstance(found, Document) and found.facts.id == "openai-community/gpt2"


def test_rate_limit_headers() -> None:
    with urllib.request.urlopen(f"{DEFAULT_ENDPOINT}/api/models/openai-community/gpt2?expand=sha", timeout=30) as answer:
        assert '"api"' in answer.headers["RateLimit"] and ";r=" in answer.headers["RateLimit"] and ";t=" in answer.headers["RateLimit"]

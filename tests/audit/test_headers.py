"""Headers are asked for where they tell more than the metadata, within bounds; they reach sizing, licenses and bundles, and decide nothing by their absence."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.headers import MAX_BYTES, MAX_FILES, headers_wanted
from auditor.audit.memory import memory_of
from auditor.audit.pipeline import collect
from auditor.crawler.bundle import BundleSource, write_bundle
from auditor.crawler.files import CAPS, Header
from auditor.crawler.gather import Gathered
from auditor.crawler.hub import HubSource
from auditor.domain.evidence import ModelInfo, ModelRef
from auditor.domain.memory import SizingOptions
from auditor.licensing.conclude import license_facts
from auditor.reading.model_info import read_model_info
from tests.crawler.conftest import hub, nobody  # noqa: F401  fixtures
from tests.crawler.fake_hub import SHA, FakeHub, Reply
from tests.crawler.weight_files import gguf, pair, safetensors, tensor, text, words
from tests.fakes import real_catalog

REF = ModelRef("a/b")
PACKED = {"I32": 1000, "F16": 10}
QUANTIZED = {"quantization_config": {"quant_method": "awq"}}


def info(*paths: str, parameters: dict[str, int] | None = None, size: int | None = 1000, **config: Any) -> ModelInfo:
    answer: dict[str, Any] = {"id": "a/b", "sha": SHA, "siblings": [{"rfilename": path, "size": size} for path in paths], "config": config}
    return read_model_info(json.dumps({**answer, **({"safetensors": {"parameters": parameters}} if parameters else {})}).encode())


def shards(count: int, suffix: str = "safetensors") -> list[str]:
    return [f"model-{n:05}-of-{count:05}.{suffix}" for n in range(1, count + 1)]


NONE = {
    "unquantised, counted": info("model.safetensors", parameters={"BF16": 1000}),
    "unquantised, not counted": info("model.safetensors"),
    "fp8, counted": info("model.safetensors", parameters={"F8_E4M3": 1000, "BF16": 10}, quantization_config={"quant_method": "fp8"}),
    "too many shards": info(*shards(MAX_FILES + 1), parameters=PACKED),
    "a shard is missing": info(*shards(3)[:2], parameters=PACKED),
    "pickle": info("pytorch_model.bin", **QUANTIZED),
    "sizes not known": info("model.safetensors", parameters=PACKED, size=None),
    "several sets of gguf": info("m-Q4_K_M.gguf", "m-Q8_0.gguf"),
    "gguf beside counted weights": info("m-Q4_K_M.gguf", "model.safetensors", parameters={"BF16": 1000}),
    "an unsafe name": info("m\u202e.gguf"),
    "in a folder": info("sub/model.safetensors", parameters=PACKED),
    "no files": info(),
    "projector alone": info("mmproj-f16.gguf"),
    "local": info("m.gguf").model_copy(update={"local": "/m"}),
    "no list": info("m.gguf").model_copy(update={"files": None}),
}


@pytest.mark.parametrize("case", NONE)
def test_not_asked_for(case: str) -> None:
    assert headers_wanted(NONE[case]) == ()


def test_packed_checkpoints_share_the_bytes() -> None:
    assert headers_wanted(info("model.safetensors", "config.json", parameters=PACKED)) == (Header("model.safetensors", "safetensors_header", MAX_BYTES),)
    found = headers_wanted(info(*shards(8), "consolidated.safetensors", parameters=PACKED))
    assert found == tuple(Header(path, "safetensors_header", MAX_BYTES // 8) for path in shards(8))


@pytest.mark.parametrize("parameters", [{"U8": 5, "BF16": 5}, {"U32": 5}, {"I32": 5}, {"F4": 5}, {"F8_E8M0": 5, "BF16": 9}])
def test_types_that_are_packed(parameters: dict[str, int]) -> None:
    assert len(headers_wanted(info("model.safetensors", parameters=parameters))) == 1


def test_a_quantised_checkpoint_that_the_hub_did_not_count() -> None:
    assert [one.path for one in headers_wanted(info("model.safetensors", **QUANTIZED))] == ["model.safetensors"]


def test_one_set_of_gguf() -> None:
    assert headers_wanted(info("m-Q4_K_M.gguf", "mmproj-f16.gguf")) == (Header("m-Q4_K_M.gguf", "gguf_header", MAX_BYTES),)
    found = headers_wanted(info(*shards(3, "gguf")))
    assert [one.path for one in found] == shards(3, "gguf") and sum(one.cap for one in found) == MAX_BYTES
    assert found[0].cap > 7.5 * 2**20 - 2**20


def test_the_set_that_was_chosen() -> None:
    two = info("m-Q4_K_M.gguf", "m-Q8_0.gguf")
    assert [one.path for one in headers_wanted(two, "q8_0")] == ["m-Q8_0.gguf"]
    assert headers_wanted(two, "q5_k_m") == ()


AWQ = safetensors({"w": ("U8", [5000]), "n": ("BF16", [100])})
Q4 = gguf(words({"general.license": "apache-2.0", "general.base_model.0.repo_url": "https://huggingface.co/c/d"}), [tensor("w", [256], 12, 0)], 144)
CARD = b"---\nlicense: apache-2.0\n---\n"


def part(content: bytes) -> Reply:
    return Reply(206, content, {"Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}", "X-Repo-Commit": SHA})


def stand(hub: FakeHub, name: str, content: bytes, reply: Reply | None = None, card: bytes = CARD, **answer: Any) -> None:  # noqa: F811
    hub.model("a/b", {"README.md": card, name: content}, **answer)
    hub.on(f"/a/b/resolve/{SHA}/{name}", reply or part(content))


def gathered(url: str) -> Gathered:
    source = HubSource(url, "", sleep=lambda _: None)
    try:
        return Gathered(*collect(source, [REF], real_catalog()))
    finally:
        source.close()


def weights(found: Gathered) -> tuple[object, str]:
    memory = memory_of(found.models[REF], SizingOptions(), real_catalog())
    return memory.weights_bytes, memory.estimates["weights_bytes"].basis


def test_bytes_of_a_packed_checkpoint_are_exact(hub: FakeHub) -> None:  # noqa: F811
    stand(hub, "model.safetensors", AWQ, safetensors={"parameters": {"U8": 5000, "BF16": 100}})
    assert weights(gathered(hub.url)) == (5200, "exact")
    assert sorted(hub.paths()) == ["/a/b/resolve/" + SHA + "/README.md", "/a/b/resolve/" + SHA + "/model.safetensors", "/api/models/a/b"]


def test_a_counted_checkpoint_costs_no_request_more(hub: FakeHub) -> None:  # noqa: F811
    stand(hub, "model.safetensors", AWQ, safetensors={"parameters": {"BF16": 100}})
    gathered(hub.url)
    assert sorted(hub.paths()) == ["/a/b/resolve/" + SHA + "/README.md", "/api/models/a/b"]


def test_a_gguf_header_is_a_witness_of_license_and_base_model(hub: FakeHub) -> None:  # noqa: F811
    stand(hub, "m-Q4_K_M.gguf", Q4)
    hub.model("c/d", {"model.safetensors": AWQ, "README.md": CARD}, safetensors={"parameters": {"U8": 1}}, tags=["license:apache-2.0"])
    found = gathered(hub.url)
    assert [(w.kind, w.value) for w in license_facts(found.models[REF], real_catalog()).witnesses if w.header] == [("card_tag", "apache-2.0")]
    assert (weights(found), list(found.parents)) == ((144, "exact"), [ModelRef("c/d")])
    assert f"/c/d/resolve/{SHA}/model.safetensors" not in hub.paths()


FAULTS = {
    "refused": Reply(403), "whole": Reply(200, Q4), "416": Reply(416), "not there": Reply(404, b"", {"X-Error-Code": "EntryNotFound"}),
    "another size": Reply(206, Q4 + bytes(32), {"Content-Range": f"bytes 0-{len(Q4) + 31}/{len(Q4) + 32}"}), "closed": Reply(close=True),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_without_the_header_the_size_of_the_file_has_to_do_and_the_license_stands(hub: FakeHub, case: str) -> None:  # noqa: F811
    stand(hub, "m-Q4_K_M.gguf", Q4, FAULTS[case])
    found = gathered(hub.url)
    assert list(found.models[REF].unavailable) == ["m-Q4_K_M.gguf"]
    assert weights(found) == (len(Q4), "assumed")
    why = found.models[REF].unavailable["m-Q4_K_M.gguf"].detail
    assert f"weights: the header of m-Q4_K_M.gguf could not be read ({why})" in memory_of(found.models[REF], SizingOptions(), real_catalog()).assumed
    facts = license_facts(found.models[REF], real_catalog())
    assert (facts.candidates, facts.trusted, facts.unread_license_files, len(facts.unread_other)) == (("apache-2.0",), True, (), 1)


@pytest.mark.parametrize("withhold", [False, True])
@pytest.mark.parametrize("fault", [None, Reply(403)])
def test_a_bundle_carries_headers_and_why_they_are_missing(hub: FakeHub, tmp_path: Path, withhold: bool, fault: Reply | None) -> None:  # noqa: F811
    stand(hub, "m-Q4_K_M.gguf", Q4, fault)
    live = gathered(hub.url)
    write_bundle(tmp_path / "b", live, hub.url, "1", withhold)
    again = Gathered(*collect(BundleSource(tmp_path / "b"), [REF], real_catalog()))
    assert (again.models[REF].documents.get("m-Q4_K_M.gguf"), again.models[REF].unavailable) == (
        live.models[REF].documents.get("m-Q4_K_M.gguf"),
        live.models[REF].unavailable,
    )
    assert weights(again) == ((len(Q4), "assumed") if fault else (144, "exact"))


def test_a_bundle_from_before_is_not_missing_a_header(hub: FakeHub, tmp_path: Path) -> None:  # noqa: F811
    stand(hub, "m-Q4_K_M.gguf", Q4)
    live = gathered(hub.url)
    one = live.models[REF]
    bare = type(one)(one.requested, one.info, {path: document for path, document in one.documents.items() if not path.endswith("gguf")})
    write_bundle(tmp_path / "b", Gathered({REF: bare}, {}), hub.url, "1", False)
    again = Gathered(*collect(BundleSource(tmp_path / "b"), [REF], real_catalog()))
    assert (list(again.models[REF].documents), dict(again.models[REF].unavailable)) == (["README.md"], {})
    assert weights(again) == (len(Q4), "assumed")


def test_a_vocabulary_of_a_quarter_of_a_million_entries_is_passed_over(hub: FakeHub) -> None:  # noqa: F811
    """Eleven megabytes of tokens and merges, as later models have them."""
    entries = [
        pair("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 262_144) + text("a token") * 262_144),
        pair("tokenizer.ggml.merges", 9, struct.pack("<IQ", 8, 514_906) + text("to ken") * 514_906),
    ]
    content = gguf(entries, [tensor("w", [256], 12, 0)], 144)
    assert 10 * 2**20 < len(content) < MAX_BYTES
    first = 256 * 1024
    replies = [Reply(206, content[a:b], {"Content-Range": f"bytes {a}-{b - 1}/{len(content)}"}) for a, b in ((0, first), (first, len(content)))]
    stand(hub, "m-Q4_K_M.gguf", content)
    hub.on(f"/a/b/resolve/{SHA}/m-Q4_K_M.gguf", *replies)
    assert weights(gathered(hub.url)) == (144, "exact")


def test_a_declared_quantization_beside_a_silent_config_is_fetched(hub: FakeHub, tmp_path: Path) -> None:  # noqa: F811
    llama = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16", "hidden_size": 1024, "num_hidden_layers": 2,
        "num_attention_heads": 8, "num_key_value_heads": 2, "intermediate_size": 2048, "vocab_size": 1000, "max_position_embeddings": 4096,
    }  # fmt: skip
    declared = {"quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8"}}
    files = {"README.md": CARD, "config.json": json.dumps(llama).encode(), "hf_quant_config.json": json.dumps(declared).encode()}
    hub.model("a/b", files, config={"model_type": "llama"}, safetensors={"parameters": {"F8_E4M3": 8_000_000, "BF16": 2_000_000}})
    live = gathered(hub.url)
    memory = memory_of(live.models[REF], SizingOptions(), real_catalog())
    assert (memory.precision, memory.kv_bytes_per_token) == ("fp8", 2 * 2 * 2 * 128)
    write_bundle(tmp_path / "b", live, hub.url, "1", False)
    again = Gathered(*collect(BundleSource(tmp_path / "b"), [REF], real_catalog()))
    assert memory_of(again.models[REF], SizingOptions(), real_catalog()) == memory


DECLARED = (Header("quant_config.json", "config", CAPS["config"]),)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (info("quant_config.json", "quantize_config.json", parameters={"BF16": 1000}), DECLARED),
        (info("quant_config.json", parameters={"BF16": 1000}, **QUANTIZED), ()),
        (info("sub/quant_config.json", parameters={"BF16": 1000}), ()),
        (info("quant_config.json").model_copy(update={"local": "/m"}), ()),
        (info("m.gguf").model_copy(update={"files": None}), ()),
    ],
)
def test_which_declaration_is_asked_for(asked: ModelInfo, found: tuple[Header, ...]) -> None:
    assert headers_wanted(asked) == found


def test_a_vocabulary_is_passed_over(hub: FakeHub) -> None:  # noqa: F811
    tokens = struct.pack("<IQ", 8, 40_000) + text("words of a token") * 40_000
    content = gguf([pair("tokenizer.ggml.tokens", 9, tokens)], [tensor("w", [256], 12, 0)], 144)
    first = 256 * 1024
    replies = [Reply(206, content[a:b], {"Content-Range": f"bytes {a}-{b - 1}/{len(content)}"}) for a, b in ((0, first), (first, len(content)))]
    stand(hub, "m-Q4_K_M.gguf", content)
    hub.on(f"/a/b/resolve/{SHA}/m-Q4_K_M.gguf", *replies)
    assert weights(gathered(hub.url)) == (144, "exact")
    assert len(hub.seen) == 4

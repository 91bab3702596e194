"""The live source: addresses, the token, and every answer of the Hub."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from auditor.crawler.hub import HubSource
from auditor.domain.errors import UsageError
from auditor.domain.evidence import CardFacts, DatasetFacts, Document, ModelRef, TextFacts, Unavailable

from .conftest import Connect
from .fake_hub import SHA, FakeHub, Reply

REF = ModelRef("org/name")
API = "/api/models/org/name"


def test_the_metadata(hub: FakeHub, connect: Connect) -> None:
    hub.model("org/name", {"README.md": b"x"}, gated="auto")
    found = connect().info(REF)
    assert isinstance(found, Document)
    assert (found.kind, found.path, found.status, found.facts.id, found.facts.sha, found.facts.gated) == ("model_info", "", 200, "org/name", SHA, "auto")
    assert found.url == f"{hub.url}/api/models/org/name?blobs=true&securityStatus=true"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.retrieved_at)
    [seen] = hub.seen
    assert seen.path == "/api/models/org/name?blobs=true&securityStatus=true"
    assert "authorization" not in seen.headers and seen.headers["user-agent"].startswith("auditor/")


def test_a_revision_is_quoted(hub: FakeHub, connect: Connect) -> None:
    connect().info(ModelRef("org/name", "refs/pr/1#x"))
    assert hub.seen[0].path == "/api/models/org/name/revision/refs%2Fpr%2F1%23x?blobs=true&securityStatus=true"


def test_a_file_is_pinned_and_quoted(hub: FakeHub, connect: Connect) -> None:
    hub.model("org/name", {"sub/LICENSE (1)?.txt": "Für alle".encode()})
    found = connect().file("org/name", SHA, "sub/LICENSE (1)?.txt", "license_file")
    assert isinstance(found, Document) and isinstance(found.facts, TextFacts)
    assert (found.facts.words, found.size, found.sha256) == (2, 9, hashlib.sha256("Für alle".encode()).hexdigest())
    assert hub.seen[0].path == f"/org/name/resolve/{SHA}/sub/LICENSE%20%281%29%3F.txt"
    assert found.headers == {"x-repo-commit": SHA, "etag": '"abc"'}


def test_a_card(hub: FakeHub, connect: Connect) -> None:
    hub.model("org/name", {"README.md": b"---\nlicense: mit\n---\n# Title\n"})
    found = connect().file("org/name", SHA, "README.md", "card")
    assert isinstance(found, Document) and isinstance(found.facts, CardFacts)
    assert (found.facts.data.license, found.facts.data.lines) == (("mit",), {"license": 2})


def test_a_renamed_model_keeps_its_new_id(hub: FakeHub, connect: Connect) -> None:
    hub.on("/api/models/gpt2", Reply(307, b"Temporary Redirect", headers={"Location": "/api/models/openai-community/gpt2?blobs=true&securityStatus=true"}))
    hub.model("openai-community/gpt2")
    found = connect().info(ModelRef("gpt2"))
    assert isinstance(found, Document)
    assert (found.facts.id, found.url) == ("openai-community/gpt2", f"{hub.url}/api/models/gpt2?blobs=true&securityStatus=true")


MALFORMED = {
    "empty": b"", "blank": b" \n", "html": b"<html>maintenance</html>", "list": b"[]", "null": b"null", "no id": b'{"sha": "x"}', "number": b'{"id": 7}',
    "no sha": b'{"id": "org/name"}', "short sha": b'{"id": "org/name", "sha": "abc"}', "odd sha": json.dumps({"id": "org/name", "sha": "g" * 40}).encode(),
    "newline sha": json.dumps({"id": "org/name", "sha": SHA + "\n"}).encode(), "climbing id": json.dumps({"id": "../x", "sha": SHA}).encode(),
    "hostile id": json.dumps({"id": "a/<script>", "sha": SHA}).encode(), "deep": b"[" * 200_000, "cut": b'{"id": "org/name", "sha"', "binary": b"\xff\xfe\0",
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_metadata(hub: FakeHub, connect: Connect, case: str) -> None:
    hub.on(API, Reply(body=MALFORMED[case]))
    found = connect().info(REF)
    assert isinstance(found, Unavailable) and (found.reason, found.status) == ("malformed", 200)
    assert found.detail.isprintable()


def test_a_disabled_model(hub: FakeHub, connect: Connect) -> None:
    hub.model("org/name", disabled=True)
    found = connect().info(REF)
    assert isinstance(found, Unavailable) and found.reason == "disabled"


def test_an_absent_file(hub: FakeHub, connect: Connect) -> None:
    hub.on(f"/org/name/resolve/{SHA}/LICENSE", Reply(404, headers={"X-Error-Code": "EntryNotFound"}))
    found = connect().file("org/name", SHA, "LICENSE", "license_file")
    assert isinstance(found, Unavailable) and (found.reason, found.status, found.url) == ("absent", 404, f"{hub.url}/org/name/resolve/{SHA}/LICENSE")


def test_a_file_of_another_commit_is_refused(hub: FakeHub, connect: Connect) -> None:
    other = "f" * 40
    hub.on(f"/org/name/resolve/{SHA}/LICENSE", Reply(body=b"x", headers={"X-Repo-Commit": other}))
    found = connect().file("org/name", SHA, "LICENSE", "license_file")
    assert isinstance(found, Unavailable) and found.reason == "malformed"
    assert found.detail == f"the file comes from commit {other}, not from {SHA}"


@pytest.mark.parametrize("content", [b"%PDF-1.7 x", b"PK\x03\x04x", "Für alle".encode("utf-16"), b"\0"])
def test_a_license_that_is_no_text(hub: FakeHub, connect: Connect, content: bytes) -> None:
    hub.model("org/name", {"LICENSE": content})
    found = connect().file("org/name", SHA, "LICENSE", "license_file")
    assert isinstance(found, Unavailable) and found.reason == "malformed" and "no readable text" in found.detail


def test_an_empty_license_is_a_document_of_no_words(hub: FakeHub, connect: Connect) -> None:
    hub.model("org/name", {"LICENSE": b""})
    found = connect().file("org/name", SHA, "LICENSE", "license_file")
    assert isinstance(found, Document) and (found.size, found.facts.words) == (0, 0)


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a\\b", "LICENSE\u202e", "nul"])
def test_unsafe_names_are_not_requested(hub: FakeHub, connect: Connect, path: str) -> None:
    source = connect()
    file = source.file("org/name", SHA, path, "license_file")
    model = source.info(ModelRef("../" + "x"))
    assert isinstance(file, Unavailable) and isinstance(model, Unavailable)
    assert (file.reason, model.reason, hub.seen) == ("unsafe_name", "unsafe_name", [])


def test_the_token_of_the_environment(hub: FakeHub, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_env")
    hub.model("org/name")
    connect().info(REF)
    assert hub.seen[0].headers["authorization"] == "Bearer hf_env"


def test_the_token_file(hub: FakeHub, connect: Connect) -> None:
    from huggingface_hub import constants

    Path(constants.HF_TOKEN_PATH).write_text("hf_file\n")
    hub.model("org/name")
    connect().info(REF)
    assert hub.seen[0].headers["authorization"] == "Bearer hf_file"


def test_implicit_tokens_can_be_forbidden(hub: FakeHub, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_env")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_IMPLICIT_TOKEN", True)
    connect().info(REF)
    assert "authorization" not in hub.seen[0].headers


def test_a_token_that_cannot_be_one_is_not_shown() -> None:
    with pytest.raises(UsageError) as error:
        HubSource("http://127.0.0.1:9", "hf_secret\nX-Evil: 1")
    assert "hf_secret" not in str(error.value) + error.value.next_step


def test_the_token_is_in_no_repr_and_no_evidence(hub: FakeHub, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    hub.model("org/name")
    source = connect("hf_secret")
    shown = repr(source) + str(source) + repr(source._exchange) + repr(source.info(REF)) + repr(source.info(ModelRef("org/absent"))) + caplog.text
    assert "hf_secret" not in shown


def test_the_endpoint_of_the_environment(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url + "/mirror/")
    hub.model("org/name")
    source = HubSource()
    assert source.endpoint == f"{hub.url}/mirror"
    found = source.info(REF)
    assert isinstance(found, Unavailable) and found.url.startswith(f"{hub.url}/mirror/api/models/org/name?")
    source.close()


def test_the_default_endpoint() -> None:
    source = HubSource()
    assert source.endpoint == "https://huggingface.co"
    source.close()


@pytest.mark.parametrize(
    "endpoint", ["ftp://x", "huggingface.co", "https://", "http://[", "https://x:99999", "https://x?a=b", "https://x#y", "https://x y", "https://ü.example"]
)
def test_endpoints_that_are_none(endpoint: str) -> None:
    with pytest.raises(UsageError, match="HF_ENDPOINT"):
        HubSource(endpoint)


def test_a_password_in_the_endpoint_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError) as error:
        HubSource("https://user:hunter2@mirror.example")
    assert str(error.value) == "HF_ENDPOINT holds a user name or password"


@pytest.mark.parametrize(("asked", "had"), [(SHA, True), (SHA.upper(), True), ("f" * 40, False), ("v1", True), ("f" * 39, True)])
def test_a_pinned_commit_is_answered_with_that_commit(hub: FakeHub, connect: Connect, asked: str, had: bool) -> None:
    hub.model("org/name")
    hub.on(f"{API}/revision/{asked}", *hub.replies[API])
    found = connect().info(ModelRef("org/name", asked))
    assert isinstance(found, Document) is had
    assert had or (isinstance(found, Unavailable) and found.reason == "malformed" and found.detail == f"the answer is about commit {SHA}, not about {asked}")


DATASET = "/api/datasets/org/data?expand=cardData&expand=tags&expand=sha"


def test_a_dataset(hub: FakeHub, connect: Connect) -> None:
    hub.on("/api/datasets/org/data", Reply(200, b'{"id": "org/data", "sha": "abc", "tags": ["license:mit"], "cardData": {"license": "mit"}}'))
    found = connect().file("org/name", SHA, "api/datasets/org/data", "dataset_info")
    assert isinstance(found, Document) and isinstance(found.facts, DatasetFacts)
    assert (found.kind, found.path, found.url, found.facts.licenses) == ("dataset_info", "api/datasets/org/data", hub.url + DATASET, ("mit",))
    assert [seen.path for seen in hub.seen] == [DATASET]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(401, b"Invalid username or password."), "missing"),
        (Reply(404, b"", headers={"X-Error-Code": "RepoNotFound"}), "missing"),
        (Reply(403, b"", headers={"X-Error-Code": "GatedRepo"}), "gated_no_token"),
        (Reply(200, b"<html>"), "malformed"),
        (Reply(200, b"{}"), "malformed"),
    ],
)
def test_a_dataset_that_cannot_be_had(hub: FakeHub, connect: Connect, reply: Reply, reason: str) -> None:
    hub.on("/api/datasets/org/data", reply)
    found = connect().file("org/name", SHA, "api/datasets/org/data", "dataset_info")
    assert isinstance(found, Unavailable) and found.reason == reason


@pytest.mark.parametrize("name", ["../models/org/name", "a/b/c", "", "x y"])
def test_what_is_no_dataset_is_not_requested(hub: FakeHub, connect: Connect, name: str) -> None:
    found = connect().file("org/name", SHA, f"api/datasets/{name}", "dataset_info")
    assert isinstance(found, Unavailable) and found.reason == "unsafe_name" and hub.seen == []

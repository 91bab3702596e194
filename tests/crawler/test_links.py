"""Files that a card links as the license: what is requested, what never is, and what a failure is called."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from auditor.crawler.files import MAX_LINKS, wanted_links
from auditor.crawler.gather import Gathered, gather
from auditor.crawler.local import LocalSource
from auditor.domain.evidence import Document, ModelEvidence, ModelRef, Reason, TextFacts, Unavailable
from auditor.reading.model_info import read_model_info

from .conftest import Connect
from .fake_hub import SHA, FakeHub, Reply
from .shelf import Shelf, model, parents_of

REF = ModelRef("a/b")
FAR = "https://huggingface.co/far/base/blob/main/LICENSE"
HELD = "license_link/far/base/blob/main/LICENSE"
COMMIT = "f" * 40


def linking(hub: FakeHub, link: object, files: dict[str, bytes] | None = None) -> None:
    """The model a/b whose metadata links `link`."""
    files = {"README.md": b"# A model\n", **(files or {})}
    hub.model("a/b", files, cardData={"license": "other", "license_link": link})


def far(hub: FakeHub, *replies: Reply) -> None:
    """What the Hub answers about the linked file."""
    hub.on("/far/base/resolve/main/LICENSE", *replies)


def collect(source: Any, *refs: str, files_of_parents: bool = False) -> Gathered:
    return gather(source, [ModelRef(one) for one in refs or ("a/b",)], parents_of, lambda parent: files_of_parents)


def of(found: Gathered) -> ModelEvidence:
    return found.models[REF]


def lost(evidence: ModelEvidence, path: str = HELD) -> tuple[Reason, int | None]:
    missing = evidence.unavailable[path]
    return missing.reason, missing.status


def test_one_file_of_the_other_repository_and_nothing_else_of_it(hub: FakeHub, connect: Connect) -> None:
    linking(hub, FAR)
    far(hub, Reply(body=b"some terms\nmore", headers={"X-Repo-Commit": COMMIT}))
    document = of(collect(connect("hf_secret"))).documents[HELD]
    assert isinstance(document.facts, TextFacts)
    assert (document.kind, document.url, document.facts.words) == ("linked_license", f"{hub.url}/far/base/resolve/main/LICENSE", 3)
    assert document.headers["x-repo-commit"] == COMMIT
    assert sorted(hub.paths()) == ["/a/b/resolve/" + SHA + "/README.md", "/api/models/a/b", "/far/base/resolve/main/LICENSE"]


def test_the_link_is_asked_for_beside_the_other_files() -> None:
    answer, files = model("a/b", {"README.md": b"x", "LICENSE": b"y"})
    linked = json.dumps({**json.loads(answer), "cardData": {"license_link": FAR}})
    shelf = Shelf({"a/b": (linked, files), "far/base": model("far/base")}, delay=0.1)
    evidence = of(collect(shelf))
    assert (sorted(evidence.documents), shelf.depth()) == (["LICENSE", "README.md", HELD], 2)
    assert sorted(shelf.asked) == ["a/b", "a/b/LICENSE", "a/b/README.md", f"a/b/{HELD}"]


def test_a_model_without_a_link_asks_for_nothing_more(hub: FakeHub, connect: Connect) -> None:
    hub.model("a/b", {"README.md": b"x"}, cardData={"license": "mit", "license_link": "https://example.org/terms"})
    collect(connect())
    assert sorted(hub.paths()) == ["/a/b/resolve/" + SHA + "/README.md", "/api/models/a/b"]


def test_an_own_file_of_any_name_is_asked_for_at_the_audited_commit(hub: FakeHub, connect: Connect) -> None:
    linking(hub, ["docs/terms/My Terms.txt", "https://huggingface.co/A/B/blob/main/FREE", "GONE.md"], {"docs/terms/My Terms.txt": b"terms", "FREE": b"free"})
    evidence = of(collect(connect()))
    assert {path: one.kind for path, one in evidence.documents.items()} == {
        "README.md": "card",
        "docs/terms/My Terms.txt": "license_file",
        "FREE": "license_file",
    }
    assert not evidence.unavailable and f"/a/b/resolve/{SHA}/docs/terms/My Terms.txt" in hub.paths()


@pytest.mark.parametrize("path", ["model.safetensors", "big.txt"])
def test_an_own_file_that_is_no_license_text_is_not_asked_for(hub: FakeHub, connect: Connect, path: str) -> None:
    siblings = [{"rfilename": "README.md", "size": 1}, {"rfilename": path, "size": 5_000_000_000}]
    hub.model("a/b", {"README.md": b"x"}, cardData={"license_link": path}, siblings=siblings)
    evidence = of(collect(connect()))
    assert f"/a/b/resolve/{SHA}/{path}" not in hub.paths()
    assert {p: one.reason for p, one in evidence.unavailable.items()} == ({"big.txt": "too_large"} if path == "big.txt" else {})


def test_a_link_that_only_the_card_states_is_followed_when_the_card_is_there(hub: FakeHub, connect: Connect) -> None:
    hub.model("a/b", {"README.md": f"---\nlicense: other\nlicense_link: {FAR}\n---\n".encode()})
    far(hub, Reply(body=b"terms"))
    assert HELD in of(collect(connect())).documents


@pytest.mark.parametrize(
    ("replies", "reason", "status", "requests"),
    [
        ([Reply(404, headers={"X-Error-Code": "EntryNotFound"})], "absent", 404, 1),
        ([Reply(404, headers={"X-Error-Code": "RevisionNotFound"})], "wrong_revision", 404, 1),
        ([Reply(404)], "malformed", 404, 1),
        ([Reply(401, headers={"X-Error-Code": "GatedRepo"})], "gated_no_token", 401, 1),
        ([Reply(403, headers={"X-Error-Code": "GatedRepo"})], "gated_no_token", 403, 1),
        ([Reply(403, headers={"X-Error-Message": "Access to this resource is disabled."})], "disabled", 403, 1),
        ([Reply(401)], "missing", 401, 1),
        ([Reply(403)], "server_error", 403, 1),
        ([Reply(429)], "rate_limited", 429, 4),
        ([Reply(503)], "server_error", 503, 4),
        ([Reply(close=True)], "network", None, 4),
        ([Reply(body=b"x", delay=1.0)], "timeout", None, 4),
        ([Reply(body=b"x", announced=5_000_000_000)], "too_large", 200, 1),
        ([Reply(body=b"x" * (2**20 + 1))], "too_large", 200, 1),
        ([Reply(body=b"%PDF-1.7 x")], "malformed", 200, 1),
        ([Reply(307, headers={"Location": "/far/base/resolve/main/LICENSE"})], "malformed", None, 6),
        ([Reply(302, headers={"Location": "ftp://example.org/x"})], "malformed", None, 1),
    ],
)
def test_what_the_hub_may_answer_instead(hub: FakeHub, connect: Connect, replies: Sequence[Reply], reason: Reason, status: int | None, requests: int) -> None:
    linking(hub, FAR)
    far(hub, *replies)
    evidence = of(collect(connect(timeout=0.3)))
    assert lost(evidence) == (reason, status)
    assert hub.paths().count("/far/base/resolve/main/LICENSE") == requests
    assert "README.md" in evidence.documents


def test_a_limit_that_passes_is_waited_for(hub: FakeHub, connect: Connect, waits: list[float]) -> None:
    linking(hub, FAR)
    far(hub, Reply(429, headers={"Retry-After": "2"}), Reply(body=b"terms"))
    assert HELD in of(collect(connect())).documents
    assert waits == [2.0]


def test_the_token_goes_to_the_hub_alone(hub: FakeHub, elsewhere: FakeHub, connect: Connect) -> None:
    linking(hub, FAR)
    far(hub, Reply(302, headers={"Location": f"{elsewhere.url}/cdn/x"}))
    elsewhere.on("/cdn/x", Reply(body=b"terms"))
    assert HELD in of(collect(connect("hf_secret"))).documents
    assert {seen.headers.get("authorization") for seen in hub.seen} == {"Bearer hf_secret"}
    assert [seen.headers.get("authorization") for seen in elsewhere.seen] == [None]


def test_a_link_that_names_a_commit_takes_no_other(hub: FakeHub, connect: Connect) -> None:
    linking(hub, f"https://huggingface.co/far/base/blob/{COMMIT}/LICENSE")
    hub.on(f"/far/base/resolve/{COMMIT}/LICENSE", Reply(body=b"terms", headers={"X-Repo-Commit": SHA}))
    assert lost(of(collect(connect())), f"license_link/far/base/blob/{COMMIT}/LICENSE") == ("malformed", 200)


def test_files_of_datasets_and_spaces(hub: FakeHub, connect: Connect) -> None:
    linking(hub, ["https://hf.co/datasets/d/e/blob/main/LICENSE", "https://hf.co/spaces/s/t/raw/refs%2Fpr%2F1/LICENSE"])
    hub.on("/datasets/d/e/resolve/main/LICENSE", Reply(body=b"one"))
    hub.on("/spaces/s/t/resolve/refs/pr/1/LICENSE", Reply(body=b"two"))
    documents = of(collect(connect())).documents
    assert {"license_link/datasets/d/e/blob/main/LICENSE", "license_link/spaces/s/t/blob/refs%2Fpr%2F1/LICENSE"} < set(documents)
    assert "/spaces/s/t/resolve/refs%2Fpr%2F1/LICENSE" in [seen.path for seen in hub.seen]


HOSTILE = [
    "https://huggingface.co@127.0.0.1:9/a/b/blob/main/LICENSE",
    "https://hugg\u0456ngface.co/a/b/blob/main/LICENSE",
    "http://127.0.0.1:9/far/base/blob/main/LICENSE",
    "file:///etc/passwd",
    "../../LICENSE",
    "https://huggingface.co/far/base/blob/main/LICENSE\r\nX: y",
    "https://huggingface.co/far/base/blob/main/LICENSE\x00",
]
REFUSED = [
    "https://huggingface.co/far/base/blob/main/../../../api/whoami-v2",
    "https://huggingface.co/far/base/blob/main/%2e%2e%2f%2e%2e%2fapi%2fwhoami-v2",
    "https://huggingface.co/far/base/blob/main/a%5Cb",
    "https://huggingface.co/far/base/blob/main/LICENSE%0d%0aX:%20y",
    "https://huggingface.co/far/base/blob/main/LICENSE%E2%80%AE",
    "https://huggingface.co/far/base/blob/%2e%2e/LICENSE",
    "https://huggingface.co/far/base/blob//LICENSE",
    "https://huggingface.co/..%2F..%2Fx/base/blob/main/LICENSE",
    "https://huggingface.co/far/base/blob/main/" + "a" * 300,
]


@pytest.mark.parametrize("link", HOSTILE)
def test_what_is_no_file_of_the_hub_is_never_requested(hub: FakeHub, connect: Connect, link: str) -> None:
    linking(hub, link)
    evidence = of(collect(connect("hf_secret")))
    assert sorted(hub.paths()) == ["/a/b/resolve/" + SHA + "/README.md", "/api/models/a/b"]
    assert not evidence.unavailable


@pytest.mark.parametrize("link", REFUSED)
def test_a_path_that_climbs_is_refused_and_said_to_be(hub: FakeHub, connect: Connect, link: str) -> None:
    linking(hub, link)
    evidence = of(collect(connect("hf_secret")))
    assert sorted(hub.paths()) == ["/a/b/resolve/" + SHA + "/README.md", "/api/models/a/b"]
    assert [one.reason for one in evidence.unavailable.values()] == ["unsafe_name"]


def test_the_source_itself_refuses_what_is_no_linked_file(hub: FakeHub, connect: Connect) -> None:
    for path in ("license_link/far/base/blob/main/../x", "license_link/far/base", "LICENSE"):
        found = connect().file("a/b", SHA, path, "linked_license")
        assert isinstance(found, Unavailable) and found.reason == "unsafe_name"
    assert hub.seen == []


def test_many_links_are_cut_and_said() -> None:
    links = [f"https://huggingface.co/far/m{n}/blob/main/LICENSE" for n in range(MAX_LINKS + 2)]
    info = read_model_info(json.dumps({"id": "a/b", "sha": SHA, "siblings": [], "cardData": {"license_link": links}}).encode())
    found = wanted_links(info, "https://huggingface.co/api/models/a/b", None)
    assert [path for path, _ in found.files] == [f"license_link/far/m{n}/blob/main/LICENSE" for n in range(MAX_LINKS)]
    assert {path: reason for path, (reason, _) in found.refused.items()} == {
        f"license_link/far/m{n}/blob/main/LICENSE": "too_many" for n in range(MAX_LINKS, MAX_LINKS + 2)
    }


def test_the_link_of_a_parent_is_followed_although_its_metadata_would_do() -> None:
    base, files = model("c/d", {"README.md": b"x"})
    linked = json.dumps({**json.loads(base), "cardData": {"license_link": FAR}})
    shelf = Shelf({"a/b": model("a/b", parents=["c/d"]), "c/d": (linked, files), "far/base": model("far/base")})
    assert HELD in collect(shelf).parents[ModelRef("c/d")].documents


def folder(place: Path, link: str, **files: str) -> Path:
    place.mkdir()
    for name, content in {"README.md": f"---\nlicense: other\nlicense_link: {link}\n---\n", **files}.items():
        (place / name).write_text(content)
    return place


def test_a_folder_reads_its_own_file_and_asks_the_hub_for_another(tmp_path: Path, hub: FakeHub, connect: Connect) -> None:
    own = LocalSource(folder(tmp_path / "own", "TERMS", TERMS="my terms"))
    found = gather(own, [own.ref()], parents_of, lambda _: False).models[own.ref()]
    assert isinstance(found.documents["TERMS"], Document) and found.documents["TERMS"].kind == "license_file"
    far(hub, Reply(body=b"terms"))
    there = LocalSource(folder(tmp_path / "far", FAR), parents=connect())
    assert HELD in gather(there, [there.ref()], parents_of, lambda _: False).models[there.ref()].documents
    alone = LocalSource(folder(tmp_path / "alone", FAR))
    assert lost(gather(alone, [alone.ref()], parents_of, lambda _: False).models[alone.ref()]) == ("not_recorded", None)

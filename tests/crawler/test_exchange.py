"""Faults of a server, one by one: what is tried again, what is refused, how long anything takes."""

from __future__ import annotations

import gzip
import time
from typing import Any

import pytest

from auditor.crawler.exchange import ATTEMPTS
from auditor.domain.evidence import Document, ModelRef, Reason, Unavailable

from .conftest import Connect
from .fake_hub import SHA, FakeHub, Reply

REF = ModelRef("org/name")
API = "/api/models/org/name"
LICENSE = f"/org/name/resolve/{SHA}/LICENSE"
GOOD = Reply(body=f'{{"id": "org/name", "sha": "{SHA}"}}'.encode())


def why(result: Document[Any] | Unavailable) -> tuple[Reason, int | None]:
    assert isinstance(result, Unavailable), result
    return result.reason, result.status


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_passing_faults_are_tried_again(hub: FakeHub, connect: Connect, waits: list[float], status: int) -> None:
    hub.on(API, Reply(status), Reply(status), GOOD)
    assert isinstance(connect().info(REF), Document)
    base = 1.0 if status == 429 else 0.3
    assert len(waits) == 2 and base <= waits[0] <= 1.25 * base and 2 * base <= waits[1] <= 2.5 * base


@pytest.mark.parametrize(("status", "reason"), [(408, "timeout"), (429, "rate_limited"), (503, "server_error")])
def test_lasting_faults_end_after_four_attempts(hub: FakeHub, connect: Connect, waits: list[float], status: int, reason: Reason) -> None:
    hub.on(API, Reply(status))
    assert why(connect().info(REF)) == (reason, status)
    assert (len(hub.seen), len(waits)) == (ATTEMPTS, ATTEMPTS - 1) == (4, 3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 501])
def test_answers_are_not_tried_again(hub: FakeHub, connect: Connect, waits: list[float], status: int) -> None:
    hub.on(API, Reply(status))
    assert isinstance(connect().info(REF), Unavailable)
    assert (len(hub.seen), waits) == (1, [])


@pytest.mark.parametrize(
    ("headers", "wait"), [({"Retry-After": "7"}, 7.0), ({"RateLimit": '"api";r=0;t=12', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}, 13.0)]
)
def test_the_server_says_how_long_to_wait(hub: FakeHub, connect: Connect, waits: list[float], headers: dict[str, str], wait: float) -> None:
    hub.on(API, Reply(429, headers=headers), GOOD)
    assert isinstance(connect().info(REF), Document)
    assert waits == [wait]


def test_a_wait_beyond_the_bound_is_not_begun(hub: FakeHub, connect: Connect, waits: list[float]) -> None:
    hub.on(API, Reply(429, headers={"RateLimit": '"api";r=0;t=290'}))
    found = connect().info(REF)
    assert isinstance(found, Unavailable) and found.reason == "rate_limited"
    assert found.detail.endswith("set HF_TOKEN for a higher limit (the server asks to wait 291 s)")
    assert (len(hub.seen), waits) == (1, [])


def test_waits_are_bounded_together(hub: FakeHub, connect: Connect, waits: list[float]) -> None:
    hub.on(API, Reply(503, headers={"Retry-After": "25"}))
    assert why(connect().info(REF)) == ("server_error", 503)
    assert waits == [25.0, 25.0]


def test_a_closed_connection_is_tried_again(hub: FakeHub, connect: Connect, waits: list[float]) -> None:
    hub.on(API, Reply(close=True), GOOD)
    assert isinstance(connect().info(REF), Document)
    hub.on(LICENSE, Reply(close=True))
    assert why(connect().file("org/name", SHA, "LICENSE", "license_file")) == ("network", None)


def test_a_cut_body_is_no_document(hub: FakeHub, connect: Connect) -> None:
    hub.on(LICENSE, Reply(body=b"Permission is", announced=500))
    assert why(connect().file("org/name", SHA, "LICENSE", "license_file")) == ("network", None)
    assert len(hub.seen) == ATTEMPTS


def test_nothing_listens(connect: Connect) -> None:
    found = connect(endpoint="http://127.0.0.1:9").info(REF)
    assert isinstance(found, Unavailable) and found.reason == "network"
    assert found.detail.startswith("the connection failed (ConnectError: ") and found.detail.endswith("check the network, the proxy and HF_ENDPOINT")


def test_a_name_that_does_not_exist(connect: Connect) -> None:
    assert why(connect(endpoint="http://no-such-host.invalid").info(REF)) == ("network", None)


def test_a_silent_server(hub: FakeHub, connect: Connect) -> None:
    hub.on(API, Reply(delay=1.5))
    began = time.monotonic()
    assert why(connect(timeout=0.1).info(REF)) == ("timeout", None)
    assert time.monotonic() - began < 1.2


@pytest.mark.parametrize("reply", [Reply(body=b"x" * 5000, drip=0.02), Reply(drip_headers=True)], ids=["body", "headers"])
def test_a_dripping_server_meets_the_deadline(hub: FakeHub, connect: Connect, reply: Reply) -> None:
    hub.on(API, reply)
    began = time.monotonic()
    assert why(connect(deadline=0.4).info(REF)) == ("timeout", None)
    assert time.monotonic() - began < 1.5


def test_a_body_beyond_the_cap_is_refused_unread(hub: FakeHub, connect: Connect) -> None:
    hub.on(LICENSE, Reply(body=b"", announced=2_000_000_000))
    assert why(connect().file("org/name", SHA, "LICENSE", "license_file")) == ("too_large", 200)
    assert len(hub.seen) == 1


def test_a_body_that_grows_beyond_the_cap(hub: FakeHub, connect: Connect) -> None:
    whole = b"a" * (1024 * 1024)
    hub.on(LICENSE, Reply(body=whole), Reply(body=gzip.compress(whole), headers={"Content-Encoding": "gzip"}))
    hub.on(LICENSE + "2", Reply(body=gzip.compress(b"a" * 50_000_000), headers={"Content-Encoding": "gzip"}))
    source = connect()
    for _ in range(2):
        found = source.file("org/name", SHA, "LICENSE", "license_file")
        assert isinstance(found, Document) and found.size == 1024 * 1024
    assert why(source.file("org/name", SHA, "LICENSE2", "license_file")) == ("too_large", 200)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "nonsense"])
def test_compression_that_was_not_asked_for(hub: FakeHub, connect: Connect, encoding: str) -> None:
    hub.on(LICENSE, Reply(body=b"x", headers={"Content-Encoding": encoding}))
    assert why(connect().file("org/name", SHA, "LICENSE", "license_file")) == ("malformed", 200)


def test_broken_compression(hub: FakeHub, connect: Connect) -> None:
    hub.on(LICENSE, Reply(body=b"no gzip at all", headers={"Content-Encoding": "gzip"}))
    assert why(connect().file("org/name", SHA, "LICENSE", "license_file"))[0] == "malformed"


def test_a_file_is_followed_to_another_host_without_the_token(hub: FakeHub, elsewhere: FakeHub, connect: Connect) -> None:
    hub.on(LICENSE, Reply(302, headers={"Location": f"{elsewhere.url}/blob?Signature=s", "X-Repo-Commit": SHA, "X-Linked-ETag": '"d"'}))
    elsewhere.on("/blob", Reply(body=b"text", headers={"ETag": '"e"'}))
    found = connect("hf_secret").file("org/name", SHA, "LICENSE", "license_file")
    assert isinstance(found, Document) and found.content == b"text"
    assert found.headers == {"x-repo-commit": SHA, "x-linked-etag": '"d"', "etag": '"e"'}
    assert found.url == f"{hub.url}{LICENSE}"
    assert hub.seen[0].headers["authorization"] == "Bearer hf_secret"
    assert not any("hf_secret" in value for seen in elsewhere.seen for value in seen.headers.values())


def test_a_redirect_at_the_hub_keeps_the_token(hub: FakeHub, connect: Connect) -> None:
    hub.on(LICENSE, Reply(307, headers={"Location": "/api/resolve-cache/x?a=b"}))
    hub.on("/api/resolve-cache/x", Reply(body=b"text"))
    assert isinstance(connect("hf_secret").file("org/name", SHA, "LICENSE", "license_file"), Document)
    assert [seen.headers["authorization"] for seen in hub.seen] == ["Bearer hf_secret"] * 2


def test_the_token_does_not_come_back_by_a_detour(hub: FakeHub, elsewhere: FakeHub, connect: Connect) -> None:
    hub.on(LICENSE, Reply(302, headers={"Location": f"{elsewhere.url}/a"}))
    elsewhere.on("/a", Reply(302, headers={"Location": f"{elsewhere.url}/b"}))
    elsewhere.on("/b", Reply(body=b"text"))
    assert isinstance(connect("hf_secret").file("org/name", SHA, "LICENSE", "license_file"), Document)
    assert [seen.headers.get("authorization") for seen in elsewhere.seen] == [None, None]


def test_metadata_is_not_followed_to_another_host(hub: FakeHub, elsewhere: FakeHub, connect: Connect) -> None:
    hub.on(API, Reply(307, headers={"Location": f"{elsewhere.url}{API}"}))
    elsewhere.on(API, GOOD)
    assert why(connect("hf_secret").info(REF))[0] == "foreign_redirect"
    assert elsewhere.seen == []


def test_a_loop_of_redirects_ends(hub: FakeHub, connect: Connect) -> None:
    hub.on(API, Reply(307, headers={"Location": API}))
    assert why(connect().info(REF))[0] == "malformed"
    assert len(hub.seen) == 6


@pytest.mark.parametrize("location", ["", "file:///etc/passwd", "javascript:alert(1)", "http://[", "http://a:b:c/"])
def test_redirects_to_nowhere(hub: FakeHub, connect: Connect, location: str) -> None:
    hub.on(LICENSE, Reply(302, headers={"Location": location}))
    assert why(connect().file("org/name", SHA, "LICENSE", "license_file"))[0] in ("malformed", "foreign_redirect")
    assert len(hub.seen) == 1


def test_a_redirect_with_credentials_is_refused(hub: FakeHub, elsewhere: FakeHub, connect: Connect) -> None:
    hub.on(LICENSE, Reply(302, headers={"Location": elsewhere.url.replace("http://", "http://user:word@") + "/x"}))
    assert why(connect().file("org/name", SHA, "LICENSE", "license_file"))[0] == "foreign_redirect"
    assert elsewhere.seen == []


def test_the_librarys_offline_mode(connect: Connect, hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert why(connect().info(REF)) == ("offline", None)
    assert hub.seen == []


@pytest.mark.parametrize("quoted", ["hf_secret", "HF_SECRET"])
def test_a_server_that_quotes_the_token_does_not_get_it_shown(hub: FakeHub, connect: Connect, quoted: str) -> None:
    hub.on(API, Reply(501, headers={"X-Error-Message": f"token {quoted} is odd"}))
    found = connect("hf_secret").info(REF)
    assert isinstance(found, Unavailable) and found.detail == "the server failed (HTTP 501): token [token] is odd; run it again later"

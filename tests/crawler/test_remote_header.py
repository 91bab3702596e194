"""Headers of weight files by range requests: exact sums, never the weights, and a reason for every answer that cannot be believed."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator

import pytest

from auditor.crawler.parse import Received
from auditor.crawler.remote_header import FIRST_PART, remote_header
from auditor.crawler.spans import Sink, Span
from auditor.domain.evidence import Document, HeaderFacts, Unavailable

from .conftest import Connect
from .fake_hub import SHA, FakeHub, Reply
from .weight_files import gguf, pair, raw_safetensors, safetensors, tensor, text, words

CAP = 8 * 1024 * 1024
PATH = f"/a/b/resolve/{SHA}/m.safetensors"
GGUF = f"/a/b/resolve/{SHA}/m.gguf"
SMALL = safetensors({"w": ("U8", [100]), "s": ("BF16", [10])})
Change = dict[str, str]


def part(content: bytes, begin: int = 0, end: int = FIRST_PART, **changes: object) -> Reply:
    sent = content[begin:end]
    headers = {"Content-Range": f"bytes {begin}-{begin + len(sent) - 1}/{len(content)}", "X-Repo-Commit": SHA}
    return Reply(**{"status": 206, "body": sent, "headers": headers, **changes})  # type: ignore[arg-type]


def stating(span: str, body: bytes = SMALL, status: int = 206) -> Reply:
    return Reply(status, body, {"Content-Range": span} if span else {})


def fetch(connect: Connect, path: str = "m.safetensors", cap: int = CAP, token: str | None = None, **bounds: float):
    return connect(token, **bounds).file("a/b", SHA, path, "gguf_header" if path.endswith("gguf") else "safetensors_header", cap)


def sums(found: object) -> dict[str, tuple[int, int, int]]:
    assert isinstance(found, Document) and isinstance(found.facts, HeaderFacts)
    return {name: (t.tensors, t.elements, t.bytes) for name, t in found.facts.tensors.items()}


def ranges(hub: FakeHub) -> list[str | None]:
    return [seen.headers.get("range") for seen in hub.seen]


def large_safetensors() -> bytes:
    return safetensors({f"model.layers.{n}.self_attn.q_proj.qweight.{'x' * 60}": ("U8", [4]) for n in range(2500)})


def large_gguf() -> bytes:
    tokens = struct.pack("<IQ", 8, 30_000) + text("a token of words") * 30_000
    pairs = [*words({"general.architecture": "llama", "general.license": "mit"}), pair("tokenizer.ggml.tokens", 9, tokens)]
    return gguf(pairs, [tensor("w", [256], 12, 0)], 144)


def test_a_safetensors_header_takes_one_request(hub: FakeHub, connect: Connect) -> None:
    hub.on(PATH, part(SMALL))
    found = fetch(connect)
    assert sums(found) == {"BF16": (1, 10, 20), "U8": (1, 100, 100)}
    head = SMALL[:-120]
    assert (found.kind, found.path, found.status, found.content) == ("safetensors_header", "m.safetensors", 206, None)
    assert (found.size, found.sha256) == (len(head), hashlib.sha256(head).hexdigest())
    assert found.headers == {"content-range": f"bytes 0-{len(SMALL) - 1}/{len(SMALL)}", "x-repo-commit": SHA}
    assert ranges(hub) == [f"bytes=0-{FIRST_PART - 1}"]
    assert hub.seen[0].headers["accept-encoding"] == "identity"


def test_the_rest_of_a_large_header_takes_one_more(hub: FakeHub, connect: Connect) -> None:
    content = large_safetensors()
    end = len(content) - 10_000
    hub.on(PATH, part(content), part(content, FIRST_PART, end))
    assert sums(fetch(connect)) == {"U8": (2500, 10_000, 10_000)}
    assert ranges(hub) == [f"bytes=0-{FIRST_PART - 1}", f"bytes={FIRST_PART}-{end - 1}"]


def test_a_gguf_header_in_one_request(hub: FakeHub, connect: Connect) -> None:
    content = gguf(words({"general.license": "mit", "general.name": "Tiny"}), [tensor("w", [256], 12, 0), tensor("n", [8], 0, 160)], 192)
    hub.on(GGUF, part(content))
    found = fetch(connect, "m.gguf")
    assert sums(found) == {"F32": (1, 8, 32), "Q4_K": (1, 256, 144)}
    assert (found.facts.metadata, ranges(hub)) == ({"general.license": "mit", "general.name": "Tiny"}, [f"bytes=0-{FIRST_PART - 1}"])


def test_a_gguf_header_with_a_vocabulary_takes_two(hub: FakeHub, connect: Connect) -> None:
    content = large_gguf()
    hub.on(GGUF, part(content), part(content, FIRST_PART, CAP))
    assert sums(fetch(connect, "m.gguf")) == {"Q4_K": (1, 256, 144)}
    assert ranges(hub) == [f"bytes=0-{FIRST_PART - 1}", f"bytes={FIRST_PART}-{len(content) - 1}"]


def test_the_second_part_is_left_off_where_the_header_ends() -> None:
    content, taken = large_gguf() + bytes(4_000_000), 0
    header = len(large_gguf()) - 144

    def fetch(span: Span, sink: Sink | None) -> Received:
        def chunks() -> Iterator[bytes]:
            nonlocal taken
            for at in range(span[0], span[1], 65_536):
                taken += 65_536
                yield content[at : at + 65_536]

        if sink is not None:
            sink(chunks())
        sent = b"" if sink is not None else content[slice(*span)]
        return Received("u", 206, {"content-range": f"bytes {span[0]}-{min(span[1], len(content)) - 1}/{len(content)}"}, sent, "")

    found = remote_header(fetch, "gguf_header", "m.gguf", CAP)
    assert sums(found) == {"Q4_K": (1, 256, 144)} and header - FIRST_PART <= taken < header - FIRST_PART + 3 * 65_536


def test_a_vocabulary_beyond_the_bound_is_left_alone(hub: FakeHub, connect: Connect) -> None:
    content, cap = large_gguf(), FIRST_PART + 1000
    hub.on(GGUF, part(content), part(content, FIRST_PART, cap))
    found = fetch(connect, "m.gguf", cap)
    assert isinstance(found, Unavailable)
    assert (found.reason, found.detail, found.status) == ("too_large", "the header is larger than the 263,144 bytes that are fetched of it", 206)
    assert ranges(hub) == [f"bytes=0-{FIRST_PART - 1}", f"bytes={FIRST_PART}-{cap - 1}"]


def test_a_small_bound_is_one_request(hub: FakeHub, connect: Connect) -> None:
    hub.on(GGUF, part(large_gguf(), 0, 1000))
    found = fetch(connect, "m.gguf", 1000)
    assert isinstance(found, Unavailable) and (found.reason, ranges(hub)) == ("too_large", ["bytes=0-999"])


def test_a_huge_announced_header_is_not_fetched(hub: FakeHub, connect: Connect) -> None:
    hub.on(PATH, Reply(206, struct.pack("<Q", 1 << 33) + bytes(FIRST_PART - 8), {"Content-Range": f"bytes 0-{FIRST_PART - 1}/{1 << 34}"}))
    found = fetch(connect)
    assert isinstance(found, Unavailable) and (found.reason, len(hub.seen)) == ("too_large", 1)


BAD = {
    "no range": (stating(""), "malformed", "the server does not say which part of the file it sends"),
    "no number": (stating("bytes a-b/c"), "malformed", "the server does not say which part of the file it sends"),
    "no size": (stating(f"bytes 0-{len(SMALL) - 1}/*"), "malformed", "the server does not say which part of the file it sends"),
    "another unit": (stating(f"items 0-{len(SMALL) - 1}/{len(SMALL)}"), "malformed", "the server does not say which part of the file it sends"),
    "another part": (stating("bytes 8-9/10", b"xx"), "malformed", f"the server sends bytes 8 to 9 of 10 where 0 to {FIRST_PART - 1:,} were asked for"),
    "less than asked for": (stating("bytes 0-9/1000", b"x" * 10), "malformed", f"the server sends bytes 0 to 9 of 1,000 where 0 to {FIRST_PART - 1:,} were asked for"),
    "more than there is": (stating("bytes 0-99/10", b"x" * 100), "malformed", f"the server sends bytes 0 to 99 of 10 where 0 to {FIRST_PART - 1:,} were asked for"),
    "fewer bytes than announced": (stating("bytes 0-99/100", b"x" * 10), "malformed", "10 bytes came, which are not those that the answer announces"),
    "the whole file": (stating("", SMALL, 200), "malformed", "the server sends the whole file where a part was asked for; it was not read"),
    "no such part": (stating("bytes */0", b"", 416), "malformed", "the file is shorter than the part that was asked for (HTTP 416)"),
    "compressed": (part(SMALL, headers={"Content-Range": "bytes 0-9/10", "Content-Encoding": "gzip"}), "malformed", "the part is compressed, which was not asked for"),
    "no header": (part(b"<html>not a weight file</html>"), "malformed", "the header cannot be believed: the header is said to have"),
    "another commit": (part(SMALL, headers={"Content-Range": f"bytes 0-{len(SMALL) - 1}/{len(SMALL)}", "X-Repo-Commit": "f" * 40}), "malformed", "the file comes from commit ff"),
    "gated": (Reply(401, b"", {"X-Error-Code": "GatedRepo"}), "gated_no_token", "a/b is gated and no token was sent"),
    "not implemented": (Reply(501), "server_error", "the server failed (HTTP 501)"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_an_answer_that_cannot_be_believed(hub: FakeHub, connect: Connect, case: str) -> None:
    reply, reason, detail = BAD[case]
    hub.on(PATH, reply)
    found = fetch(connect)
    assert isinstance(found, Unavailable)
    assert found.reason == reason and found.detail.startswith(detail) and len(hub.seen) == 1


def test_a_whole_file_is_cut_off_unread(hub: FakeHub, connect: Connect) -> None:
    hub.on(PATH, Reply(200, b"x" * 1000, announced=10**12, drip=0.5))
    found = fetch(connect, deadline=3.0)
    assert isinstance(found, Unavailable) and (found.reason, found.status, len(hub.seen)) == ("malformed", 200, 1)


def test_a_part_that_runs_on_is_cut_off(hub: FakeHub, connect: Connect) -> None:
    cap = 100
    hub.on(PATH, Reply(206, b"x" * 5000, {"Content-Range": f"bytes 0-{cap - 1}/1000000"}))
    found = fetch(connect, cap=cap)
    assert isinstance(found, Unavailable) and (found.reason, found.detail) == ("too_large", "it is larger than the 100 bytes that are read of its kind")


def test_a_cut_body_is_asked_for_once_more(hub: FakeHub, connect: Connect) -> None:
    whole = part(SMALL)
    hub.on(PATH, Reply(206, SMALL[:50], whole.headers, announced=len(SMALL)))
    found = fetch(connect)
    assert isinstance(found, Unavailable) and (found.reason, len(hub.seen)) == ("network", 2)
    hub.on(PATH, whole)
    assert sums(fetch(connect)) == {"BF16": (1, 10, 20), "U8": (1, 100, 100)}


def test_a_timeout_is_waited_for_twice(hub: FakeHub, connect: Connect) -> None:
    hub.on(PATH, part(SMALL, delay=1.0))
    found = fetch(connect, timeout=0.2)
    assert isinstance(found, Unavailable) and (found.reason, len(hub.seen)) == ("timeout", 2)


def test_a_size_that_changes_between_two_answers(hub: FakeHub, connect: Connect) -> None:
    content = large_safetensors()
    end = len(content) - 10_000
    hub.on(PATH, part(content), stating(f"bytes {FIRST_PART}-{end - 1}/{len(content) + 1}", content[FIRST_PART:end]))
    found = fetch(connect)
    assert isinstance(found, Unavailable) and found.detail == "the file has another size in each of two answers"


def test_a_second_answer_that_fails(hub: FakeHub, connect: Connect) -> None:
    hub.on(PATH, part(large_safetensors()), Reply(403))
    found = fetch(connect)
    assert isinstance(found, Unavailable) and (found.reason, found.status) == ("server_error", 403)


def test_tensors_that_the_file_cannot_hold(hub: FakeHub, connect: Connect) -> None:
    header = json.dumps({"w": {"dtype": "BF16", "shape": [50], "data_offsets": [0, 100]}}).encode()
    hub.on(PATH, part(raw_safetensors(header, 90)))
    found = fetch(connect)
    assert isinstance(found, Unavailable) and found.detail == "the header cannot be believed: the tensors end at 100 bytes, the data at 90"


def test_a_redirect_to_the_file_host_carries_the_range_and_no_token(hub: FakeHub, elsewhere: FakeHub, connect: Connect) -> None:
    hub.on(PATH, Reply(302, b"", {"Location": f"{elsewhere.url}/cdn/m", "X-Repo-Commit": SHA, "Content-Range": "bytes 0-1/2"}))
    elsewhere.on("/cdn/m", part(SMALL))
    assert sums(fetch(connect, token="hf_x")) == {"BF16": (1, 10, 20), "U8": (1, 100, 100)}
    assert hub.seen[0].headers["authorization"] == "Bearer hf_x"
    assert "authorization" not in elsewhere.seen[0].headers and elsewhere.seen[0].headers["range"] == f"bytes=0-{FIRST_PART - 1}"


@pytest.mark.parametrize("location", ["ftp://x/y", "http://u@127.0.0.1:9/x", ""])
def test_redirect_rules_hold(hub: FakeHub, connect: Connect, location: str) -> None:
    hub.on(PATH, Reply(302, b"", {"Location": location}))
    found = fetch(connect)
    assert isinstance(found, Unavailable) and found.reason in ("malformed", "foreign_redirect")


def test_an_unsafe_name_is_not_asked_for(hub: FakeHub, connect: Connect) -> None:
    found = fetch(connect, "../m.safetensors")
    assert isinstance(found, Unavailable) and (found.reason, hub.seen) == ("unsafe_name", [])

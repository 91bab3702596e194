"""The header of a weight file on the Hub, by at most two requests for a part of the file; the weights stay there."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from auditor.crawler.headers import Malformed, Range, TooLarge, read_header
from auditor.crawler.headers.reader import Readable
from auditor.crawler.parse import Received, unusable
from auditor.crawler.spans import Sink, Span, stated_span
from auditor.domain.evidence import Document, DocumentKind, Unavailable

FIRST_PART = 256 * 1024
"""Bytes of the first request: the whole header of most safetensors files, of GGUF files rarely more than the beginning of the vocabulary."""

Fetch: TypeAlias = Callable[[Span, Sink | None], Received | Unavailable]
_Result: TypeAlias = Document[Any] | Unavailable


def remote_header(fetch: Fetch, kind: DocumentKind, path: str, cap: int) -> _Result:
    """The facts of a header of at most `cap` bytes. `fetch` brings a part of the file, of which Content-Range was compared with what was asked for.

    Where a GGUF header ends is known only when it has been read: the second part is left off there.
    """
    first = fetch((0, min(FIRST_PART, cap)), None)
    if isinstance(first, Unavailable):
        return first
    total, held = _total(first), len(first.content)
    found = _read(kind, path, first, io.BytesIO(first.content), held)
    announced = 8 + int.from_bytes(first.content[:8], "little") if kind == "safetensors_header" else 0
    if not (isinstance(found, Unavailable) and found.reason == "too_large"):
        return found
    if held >= cap or announced > cap:
        return unusable(first, "too_large", _too_large(cap))
    results: list[_Result] = []

    def sink(chunks: Iterator[bytes]) -> None:
        results.append(_read(kind, path, first, _Joined(first.content, chunks), cap))

    rest = fetch((held, announced or min(cap, total)), sink)
    if isinstance(rest, Unavailable):
        return rest
    return results[-1] if _total(rest) == total else unusable(rest, "malformed", "the file has another size in each of two answers")


class _Joined:
    """What was held already, then what comes."""

    def __init__(self, held: bytes, chunks: Iterator[bytes]) -> None:
        self._held, self._chunks = held, chunks

    def read(self, count: int, /) -> bytes:
        """The next bytes, at most `count`."""
        if not self._held:
            self._held = next(self._chunks, b"")
        given, self._held = self._held[:count], self._held[count:]
        return given


def _read(kind: DocumentKind, path: str, received: Received, stream: Readable, cap: int) -> _Result:
    part = Range(stream, _total(received), cap)
    try:
        facts = read_header(kind, part)
    except Malformed as error:
        return unusable(received, "malformed", f"the header cannot be believed: {error}")
    except TooLarge:
        return unusable(received, "too_large", _too_large(cap))
    return Document(kind, path, received.url, received.status, received.retrieved_at, part.digest, part.position, None, facts, received.headers)


def _total(received: Received) -> int:
    """Size of the file in bytes, as the answer says."""
    stated = stated_span(received.headers)
    assert stated is not None  # the exchange refuses an answer without it
    return stated[1]


def _too_large(cap: int) -> str:
    return f"the header is larger than the {cap:,} bytes that are fetched of it"

"""A part of a file over HTTP: how it is asked for, and what the answer has to say to be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from auditor.domain.pattern import lazy_pattern

Span: TypeAlias = tuple[int, int]
"""The first byte of a part, and the one after its last."""
Sink: TypeAlias = Callable[[Iterator[bytes]], None]
"""Takes the bytes of a part as they come, and no more of them than it needs; called again for another attempt."""

CONTENT_RANGE = "content-range"
_STATED = lazy_pattern(r"bytes ([0-9]{1,15})-([0-9]{1,15})/([0-9]{1,15})")


class BadSpan(ValueError):
    """An answer that is not the part that was asked for; the message says why."""


def asking(span: Span) -> dict[str, str]:
    """Headers of the request. Compressed bytes would not be those of the file."""
    return {"range": f"bytes={span[0]}-{span[1] - 1}", "accept-encoding": "identity"}


def check_answer(status: int, headers: Mapping[str, str], span: Span) -> None:
    """BadSpan unless the answer announces the bytes of `span`, or as many of them as the file has."""
    if status == 416:
        raise BadSpan("the file is shorter than the part that was asked for (HTTP 416)")
    if status != 206:
        raise BadSpan("the server sends the whole file where a part was asked for; it was not read")
    if headers.get("content-encoding", "").strip().casefold() not in ("", "identity"):
        raise BadSpan("the part is compressed, which was not asked for")
    stated = stated_span(headers)
    if stated is None:
        raise BadSpan("the server does not say which part of the file it sends")
    (first, end), total = stated
    if first != span[0] or end != min(span[1], total) or first >= end:
        raise BadSpan(f"the server sends bytes {first:,} to {end - 1:,} of {total:,} where {span[0]:,} to {span[1] - 1:,} were asked for")


def stated_span(headers: Mapping[str, str]) -> tuple[Span, int] | None:
    """The part that Content-Range names and the size of the whole file; None where it names none."""
    match = _STATED.fullmatch(headers.get(CONTENT_RANGE, "").strip())
    return ((int(match[1]), int(match[2]) + 1), int(match[3])) if match else None

"""What a server has to say about a part of a file."""

from __future__ import annotations

import pytest

from auditor.crawler.spans import BadSpan, asking, check_answer, stated_span


def test_the_request() -> None:
    assert asking((0, 10)) == {"range": "bytes=0-9", "accept-encoding": "identity"}


@pytest.mark.parametrize("stated", ["bytes 0-9/100", "bytes 0-9/10", "bytes 0-4/5"])
def test_a_part_as_asked_for_or_as_much_as_there_is(stated: str) -> None:
    check_answer(206, {"content-range": stated}, (0, 10))


BAD = [
    "",
    "bytes 0-9",
    "bytes 0-9/*",
    "bytes */10",
    "0-9/10",
    "bytes 1-9/100",
    "bytes 0-8/100",
    "bytes 0-10/100",
    "bytes 0-9/5",
    "bytes 5-4/100",
    "bytes 0-9/٣",
]


@pytest.mark.parametrize("stated", BAD)
def test_another_part(stated: str) -> None:
    with pytest.raises(BadSpan):
        check_answer(206, {"content-range": stated}, (0, 10))


@pytest.mark.parametrize("status", [200, 203, 416])
def test_no_part_at_all(status: int) -> None:
    with pytest.raises(BadSpan):
        check_answer(status, {"content-range": "bytes 0-9/10"}, (0, 10))


def test_compression_is_refused() -> None:
    with pytest.raises(BadSpan, match="compressed"):
        check_answer(206, {"content-range": "bytes 0-9/10", "content-encoding": "br"}, (0, 10))


def test_what_is_stated() -> None:
    assert stated_span({"content-range": " bytes 2-9/10 "}) == ((2, 10), 10)
    assert stated_span({}) is None

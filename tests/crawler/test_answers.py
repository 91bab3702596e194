"""Status, code and message to a reason and a sentence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from auditor.crawler.answers import Asked, announced_wait, meaning

HUB = "https://huggingface.co"
DISABLED = {"x-error-message": "Access to this resource is disabled."}
INVALID = {"x-error-message": "Invalid credentials in Authorization header"}
ANONYMOUS = {"x-error-message": "Invalid username or password."}
TABLE = [  # status, headers, logged in, about the metadata, reason
    (401, {"x-error-code": "GatedRepo"}, False, False, "gated_no_token"),
    (401, {"x-error-code": "GatedRepo"}, True, False, "gated_no_access"),
    (403, {"x-error-code": "GatedRepo"}, True, True, "gated_no_access"),
    (403, DISABLED, False, True, "disabled"),
    (401, INVALID, True, True, "bad_token"),
    (401, ANONYMOUS, False, True, "missing"),
    (401, {}, False, False, "missing"),
    (404, {"x-error-code": "RepoNotFound"}, True, True, "missing"),
    (404, {"x-error-code": "RepoNotFound"}, True, False, "missing"),
    (404, {}, False, True, "missing"),
    (404, {"x-error-code": "RevisionNotFound"}, False, True, "wrong_revision"),
    (404, {"x-error-code": "RevisionNotFound"}, False, False, "wrong_revision"),
    (404, {"x-error-code": "EntryNotFound"}, False, False, "absent"),
    (404, {"x-error-code": "EntryNotFound"}, False, True, "missing"),
    (404, {}, False, False, "malformed"),
    (429, {}, False, True, "rate_limited"),
    (408, {}, False, True, "timeout"),
    (500, {}, False, True, "server_error"),
    (501, {}, False, False, "server_error"),
    (503, {}, False, False, "server_error"),
    (400, {"x-error-message": "nonsense"}, False, True, "server_error"),
    (403, {}, True, False, "server_error"),
    (204, {}, False, True, "malformed"),
    (206, {}, False, False, "malformed"),
    (304, {}, False, False, "malformed"),
]


def asked(authenticated: bool = False, is_info: bool = True) -> Asked:
    return Asked(HUB, "org/name", "main", authenticated, is_info)


@pytest.mark.parametrize(("status", "headers", "authenticated", "is_info", "reason"), TABLE)
def test_reasons(status: int, headers: dict[str, str], authenticated: bool, is_info: bool, reason: str) -> None:
    assert meaning(status, headers, asked(authenticated, is_info), from_hub=True)[0] == reason


def test_nothing_but_the_hubs_own_word_makes_a_file_absent() -> None:
    codes = ("", "EntryNotFound", "entrynotfound", "RepoNotFound", "RevisionNotFound", "GatedRepo", "EntryNotFoundX")
    absent = {
        (status, code, is_info, from_hub)
        for status in range(100, 600)
        for code in codes
        for is_info in (True, False)
        for from_hub in (True, False)
        if meaning(status, {"x-error-code": code, "x-error-message": "Entry not found"}, asked(is_info=is_info), from_hub)[0] == "absent"
    }
    assert absent == {(404, "EntryNotFound", False, True)}


def test_a_file_host_cannot_say_that_a_file_is_absent() -> None:
    assert meaning(404, {"x-error-code": "EntryNotFound"}, asked(is_info=False), from_hub=False)[0] == "malformed"
    assert meaning(401, {}, asked(is_info=False), from_hub=False)[0] == "server_error"
    assert meaning(403, DISABLED, asked(is_info=False), from_hub=False)[0] == "server_error"


def test_the_four_gates_are_told_apart_with_the_next_step() -> None:
    page = f"{HUB}/org/name"
    gated = {"x-error-code": "GatedRepo"}
    anonymous = meaning(401, gated, asked(), True)[1]
    assert anonymous == f"org/name is gated and no token was sent: request access at {page}, then set HF_TOKEN or run `hf auth login`"
    assert meaning(403, gated, asked(True), True)[1] == f"org/name is gated and your token has no access: request it at {page} with the account of the token"
    bad = meaning(401, INVALID, asked(True), True)[1]
    assert bad == f"the Hub refuses the token as invalid: run `hf auth login` or correct HF_TOKEN ({HUB}/settings/tokens)"
    missing = meaning(401, ANONYMOUS, asked(), True)[1]
    assert missing == f"org/name is missing or private: check the spelling; for a private one set HF_TOKEN or run `hf auth login` ({page})"


def test_the_message_of_a_server_is_made_clean() -> None:
    detail = meaning(400, {"x-error-message": "a\x1b[31m\u202eb"}, asked(), True)[1]
    assert detail == "the server answered HTTP 400: a⟦U+001B⟧[31m⟦U+202E⟧b"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.0),
        ({"retry-after": "Thu, 99 Jan 99999 00:00:00 GMT"}, None),
        ({"ratelimit": '"api";r=0;t=41'}, 42.0),
        ({"ratelimit": '"api";r=3;t=41'}, None),
        ({"ratelimit": "nonsense"}, None),
        ({"retry-after": "5", "ratelimit": '"api";r=0;t=41'}, 5.0),
        ({"retry-after": "soon", "ratelimit": '"api";r=0;t=41'}, 42.0),
    ],
)
def test_announced_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert announced_wait(headers) == seconds


def test_announced_wait_until_a_date() -> None:
    wait = announced_wait({"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)})
    assert wait is not None and 28 <= wait <= 30

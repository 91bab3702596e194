"""What an answer of the Hub means: from status, error code and message to a reason and a sentence that says what to do.

The table follows what the Hub was seen to answer: a missing repository is a bare 401 to the anonymous, `GatedRepo` comes with 401 or 403,
a disabled repository with 403 and only a message, and nothing but the Hub's own `EntryNotFound` means that a file is absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from auditor.crawler.spans import Span
from auditor.domain.evidence import Reason
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record
from auditor.domain.text_safety import one_line

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_SECONDS = lazy_pattern(r"[0-9]{1,9}")
_RATE_LIMIT = lazy_pattern(r'"\w+"\s*;\s*r\s*=\s*([0-9]{1,9})\s*;\s*t\s*=\s*([0-9]{1,9})')


@record
class Asked:
    """What was asked for, as far as meaning and message depend on it."""

    endpoint: str
    model_id: str
    revision: str | None
    authenticated: bool
    is_info: bool
    span: Span | None = None
    """The part of the file; None for all of it."""

    @property
    def page(self) -> str:
        """The model's page."""
        return f"{self.endpoint}/{quote(self.model_id)}"


def meaning(status: int, headers: Mapping[str, str], asked: Asked, from_hub: bool) -> tuple[Reason, str]:
    """Reason and sentence of an answer that is neither 200 nor a redirect. `from_hub`: the endpoint itself gave it, not a file host."""
    code = headers.get("x-error-code", "") if from_hub else ""
    message = one_line(headers.get("x-error-message", "")) if from_hub else ""
    if code == "GatedRepo" and status in (401, 403):
        return _gated(asked)
    if status == 401 and "invalid credentials" in message.casefold():
        return "bad_token", f"the Hub refuses the token as invalid: run `hf auth login` or correct HF_TOKEN ({asked.endpoint}/settings/tokens)"
    if code == "RevisionNotFound":
        return "wrong_revision", f"{asked.model_id} has no revision {asked.revision!r}: see {asked.page}/commits/main"
    if code == "EntryNotFound" and status == 404 and not asked.is_info:
        return "absent", "the repository does not hold this file"
    if status == 403 and "disabled" in message.casefold():
        return "disabled", f"{asked.model_id} is disabled on the Hub; nothing of it can be used ({asked.page})"
    if code == "RepoNotFound" or (status == 401 and from_hub) or (status == 404 and asked.is_info):
        hint = "your token may not see it" if asked.authenticated else "for a private one set HF_TOKEN or run `hf auth login`"
        return "missing", f"{asked.model_id} is missing or private: check the spelling; {hint} ({asked.page})"
    return _by_status(status, message, asked)


def _gated(asked: Asked) -> tuple[Reason, str]:
    if asked.authenticated:
        return "gated_no_access", f"{asked.model_id} is gated and your token has no access: request it at {asked.page} with the account of the token"
    return "gated_no_token", f"{asked.model_id} is gated and no token was sent: request access at {asked.page}, then set HF_TOKEN or run `hf auth login`"


def _by_status(status: int, message: str, asked: Asked) -> tuple[Reason, str]:
    said = f": {message}" if message else ""
    if status == 429:
        remedy = "run it again later" if asked.authenticated else "run it again later, or set HF_TOKEN for a higher limit"
        return "rate_limited", f"the Hub's rate limit is reached (HTTP 429); {remedy}"
    if status == 408:
        return "timeout", "the server gave up waiting for the request (HTTP 408); run it again"
    if status == 404:
        return "malformed", "the server answers 404 without saying that the file is absent; is HF_ENDPOINT a Hub?"
    if status >= 500:
        return "server_error", f"the server failed (HTTP {status}){said}; run it again later"
    return ("server_error" if status >= 400 else "malformed"), f"the server answered HTTP {status}{said}"


def announced_wait(headers: Mapping[str, str]) -> float | None:
    """Seconds until the server wants to be asked again, from Retry-After (seconds or date) or an exhausted RateLimit; None when it does not say."""
    after = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(after):
        return float(after)
    if after:
        try:
            moment = parsedate_to_datetime(after)
            return max(0.0, ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError, OverflowError, IndexError):
            pass  # neither seconds nor a date: as if it were not there
    limit = _RATE_LIMIT.search(headers.get("ratelimit", ""))
    return float(limit[2]) + 1 if limit and int(limit[1]) == 0 else None

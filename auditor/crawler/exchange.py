"""One document over HTTP: bounded retries, redirects by hand, bytes counted while they come, the token only to the Hub's own origin."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urljoin, urlsplit

import httpx2

from auditor.crawler.answers import RETRIED, Asked, announced_wait, meaning
from auditor.crawler.parse import Received, utc_now
from auditor.crawler.spans import CONTENT_RANGE, BadSpan, Sink, Span, asking, check_answer, stated_span
from auditor.crawler.transport import is_internal, open_client, origin, until
from auditor.domain.evidence import Reason, Unavailable
from auditor.domain.record import record
from auditor.domain.text_safety import one_line

ATTEMPTS = 4
ATTEMPTS_FOR_A_PART = 2
"""What only sharpens a figure is not waited for as long as what decides."""
MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEPT = ("x-repo-commit", "etag", "x-linked-etag")
_PART = frozenset({200, 206, 416})
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


@record
class Bounds:
    """Limits of time, in seconds."""

    timeout: float = 10.0
    """Of each step on the network: connecting, one read, one write, a free connection."""
    deadline: float = 120.0
    """Of one document with all its retries and waits."""
    max_wait: float = 60.0
    """Of all waits between the attempts for one document."""


class _Failure(Exception):
    """An attempt that brought no document."""

    def __init__(self, reason: Reason, detail: str, *, status: int | None = None, retry: bool = False, wait: float | None = None) -> None:
        super().__init__(detail)
        self.reason, self.status, self.retry, self.wait = reason, status, retry, wait


class Exchange:
    """Fetches documents from one endpoint. Safe to share between threads."""

    def __init__(self, endpoint: str, headers: dict[str, str], authorization: str | None, bounds: Bounds, sleep: Callable[[float], None]) -> None:
        self._endpoint, self._origin = endpoint, origin(endpoint)
        self._headers = {"accept": "*/*", "accept-encoding": "gzip, deflate", **headers}
        self._authorization, self._bounds, self._sleep = authorization, bounds, sleep
        self._client = open_client()

    def get(self, url: str, cap: int, asked: Asked, sink: Sink | None = None) -> Received | Unavailable:
        """The document at `url`, at most `cap` bytes of it, or why not. The bytes of a part go to `sink`, where there is one, and are then not returned."""
        end = time.monotonic() + self._bounds.deadline
        waited, attempt = 0.0, 1
        attempts = ATTEMPTS if asked.span is None else ATTEMPTS_FOR_A_PART
        while True:
            try:
                with until(end):
                    return self._attempt(url, cap, asked, sink)
            except _Failure as failure:
                wait = failure.wait if failure.wait is not None else _backoff(attempt, failure.status)
                patient = waited + wait <= self._bounds.max_wait and time.monotonic() + wait < end
                if not failure.retry or not patient or attempt >= attempts:
                    return Unavailable(failure.reason, self._without_token(one_line(_advice(failure))), url, failure.status, utc_now())
            self._sleep(wait)
            waited, attempt = waited + wait, attempt + 1

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _without_token(self, detail: str) -> str:
        """`detail`, which may quote the server, without the token that was sent to it."""
        token = (self._authorization or "").removeprefix("Bearer ")
        return re.sub(re.escape(token), "[token]", detail, flags=re.IGNORECASE) if token else detail

    def _attempt(self, url: str, cap: int, asked: Asked, sink: Sink | None) -> Received:
        try:
            return self._follow(url, cap, asked, sink)
        except httpx2.TimeoutException as error:
            raise _Failure(
                "timeout", f"no answer within the time limit ({type(error).__name__}); run it again later, or check the network and the proxy", retry=True
            ) from None
        except httpx2.DecodingError:
            raise _Failure("malformed", "the compressed answer cannot be unpacked") from None
        except httpx2.HTTPError as error:
            raise _network_failure(error) from None
        except (httpx2.InvalidURL, UnicodeError):
            raise _Failure("malformed", "the server redirects to an address that cannot be read") from None
        except ConnectionError as error:  # huggingface_hub's own offline mode, HF_HUB_OFFLINE
            raise _Failure("offline", f"the Hub library refuses to connect: {error}") from None

    def _follow(self, first: str, cap: int, asked: Asked, sink: Sink | None) -> Received:
        url, kept = first, dict[str, str]()
        for _ in range(MAX_REDIRECTS + 1):
            with closing(self._open(url, asked.span)) as response:
                status = response.status_code
                from_hub = origin(url) == self._origin
                kept = {name: one_line(response.headers[name]) for name in _KEPT if name in response.headers} | kept
                if status in _REDIRECTS:
                    url = self._target(url, response.headers.get("location", ""), asked)
                    continue
                if asked.span is not None and status in _PART:
                    return Received(
                        first, status, {**kept, CONTENT_RANGE: one_line(response.headers.get(CONTENT_RANGE, ""))}, _part(response, asked.span, sink), utc_now()
                    )
                if status != 200:
                    reason, detail = meaning(status, response.headers, asked, from_hub)
                    raise _Failure(reason, detail, status=status, retry=status in RETRIED, wait=announced_wait(response.headers) if status in RETRIED else None)
                return Received(first, status, kept, _read(response, cap), utc_now())
        raise _Failure("malformed", f"the server redirects more than {MAX_REDIRECTS} times")

    def _open(self, url: str, span: Span | None) -> httpx2.Response:
        headers = {**self._headers, **(asking(span) if span else {})}
        if self._authorization and origin(url) == self._origin:
            headers["authorization"] = self._authorization
        request = self._client.build_request("GET", url, headers=headers, timeout=httpx2.Timeout(self._bounds.timeout))
        return self._client.send(request, stream=True, follow_redirects=False)

    def _target(self, url: str, location: str, asked: Asked) -> str:
        """Where a redirect may lead: the metadata stays at the Hub; a file may lie on a public host, over https when the Hub has it."""
        try:
            target = urljoin(url, location)
            there, parts = origin(target), urlsplit(target)
        except ValueError:
            raise _Failure("malformed", "the server redirects to an address that cannot be read") from None
        if not location or parts.scheme not in ("http", "https") or not parts.hostname:
            raise _Failure("malformed", "the server redirects to no address")
        if there == self._origin:
            return target
        host = f"{parts.scheme}://{parts.hostname}"
        if asked.is_info:
            raise _Failure("foreign_redirect", f"the metadata is redirected to another server ({host}); it was not followed")
        if parts.username is not None or (self._origin[0] == "https" and parts.scheme != "https"):
            raise _Failure("foreign_redirect", f"the file is redirected to an unprotected address ({host}); it was not followed")
        if is_internal(target) and not is_internal(self._endpoint):
            raise _Failure("foreign_redirect", f"the file is redirected into a private network ({host}); it was not followed")
        return target


def _read(response: httpx2.Response, cap: int) -> bytes:
    """The body, counted after decompression; refused before reading where its announced length is too much."""
    if response.headers.get("content-encoding", "").strip().casefold() not in _ENCODINGS:
        raise _Failure("malformed", "the answer is compressed in a way that was not asked for", status=response.status_code)
    announced = response.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 15 or int(announced) > cap):
        raise _Failure("too_large", f"it is larger than the {cap:,} bytes that are read of its kind", status=response.status_code)
    return b"".join(_counted(response, cap))


def _counted(response: httpx2.Response, cap: int) -> Iterator[bytes]:
    """The body as it comes; more than `cap` bytes of it are a failure."""
    count = 0
    for chunk in response.iter_bytes():
        count += len(chunk)
        if count > cap:
            raise _Failure("too_large", f"it is larger than the {cap:,} bytes that are read of its kind", status=response.status_code)
        yield chunk


def _part(response: httpx2.Response, span: Span, sink: Sink | None) -> bytes:
    """The bytes of `span`, as many as the file has of them; nothing is read of an answer that announces other ones."""
    try:
        check_answer(response.status_code, response.headers, span)
    except BadSpan as error:
        raise _Failure("malformed", str(error), status=response.status_code) from None
    if sink is not None:
        sink(_counted(response, span[1] - span[0]))
        return b""
    stated = stated_span(response.headers)
    body = _read(response, span[1] - span[0])
    if stated is None or len(body) != stated[0][1] - stated[0][0]:
        raise _Failure("malformed", f"{len(body):,} bytes came, which are not those that the answer announces", status=response.status_code)
    return body


def _network_failure(error: httpx2.HTTPError) -> _Failure:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return _Failure("network", "the server's certificate cannot be verified; behind a company proxy set SSL_CERT_FILE to its certificate")
    return _Failure("network", f"the connection failed ({type(error).__name__}: {error}); check the network, the proxy and HF_ENDPOINT", retry=True)


def _backoff(attempt: int, status: int | None) -> float:
    """Seconds before the next attempt when the server named none: 0.3, 0.6, 1.2 and up to a quarter more; a rate limit starts at 1."""
    base = 1.0 if status == 429 else 0.3
    return float(base * 2 ** (attempt - 1) * (1 + random.random() / 4))  # noqa: S311 spreads the attempts, guards nothing


def _advice(failure: _Failure) -> str:
    wait = f" (the server asks to wait {failure.wait:.0f} s)" if failure.wait is not None else ""
    return f"{failure}{wait}"

"""Evidence from the live Hub: one request for a model's metadata, one for each file at the commit that it names."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from importlib import metadata
from typing import Any
from urllib.parse import quote, urlsplit

from auditor import __version__
from auditor.crawler.answers import Asked
from auditor.crawler.exchange import Bounds, Exchange
from auditor.crawler.files import CAPS, HEADER_KINDS, safe_repo_path, valid_linked, valid_ref
from auditor.crawler.interface import Mode
from auditor.crawler.parse import Received, file_document, info_document, unusable, utc_now
from auditor.crawler.spans import Sink, Span
from auditor.domain.errors import UsageError
from auditor.domain.evidence import Document, DocumentKind, ModelInfo, ModelRef, Unavailable
from auditor.domain.pattern import lazy_pattern
from auditor.reading.dataset_info import FOLDER
from auditor.reading.license_link import held

DEFAULT_ENDPOINT = "https://huggingface.co"
_COMMIT = lazy_pattern(r"[0-9a-fA-F]{40}")


class HubSource:
    """The Hub at `endpoint` (else HF_ENDPOINT, else huggingface.co) with `token` (else where huggingface_hub keeps it).

    UsageError when the endpoint is no http(s) address or the token cannot be one.
    """

    mode: Mode = "hub"

    def __init__(
        self, endpoint: str | None = None, token: str | None = None, *, bounds: Bounds | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.endpoint = _checked_endpoint(endpoint or os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT)
        authorization = _authorization(token)
        self._authenticated = authorization is not None
        self._exchange = Exchange(self.endpoint, {"user-agent": _user_agent()}, authorization, bounds or Bounds(), sleep)

    def info(self, ref: ModelRef) -> Document[ModelInfo] | Unavailable:
        """`GET /api/models/{id}[/revision/{revision}]` with file sizes and scan status; an answer about another commit than the one asked for is refused."""
        at = "" if ref.revision is None else f"/revision/{quote(ref.revision, safe='')}"
        url = f"{self.endpoint}/api/models/{quote(ref.id)}{at}?blobs=true&securityStatus=true"
        if not valid_ref(ref):
            return Unavailable("unsafe_name", "this is no id of a model; it was not requested", self.endpoint, retrieved_at=utc_now())
        received = self._exchange.get(url, CAPS["model_info"], Asked(self.endpoint, ref.id, ref.revision, self._authenticated, is_info=True))
        if isinstance(received, Unavailable):
            return received
        found = info_document(received)
        pinned = ref.revision if ref.revision and _COMMIT.fullmatch(ref.revision) else None
        if pinned and isinstance(found, Document) and found.facts.sha != pinned.lower():
            return unusable(received, "malformed", f"the answer is about commit {found.facts.sha}, not about {pinned}")
        return found

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> Document[Any] | Unavailable:
        """`GET /{id}/resolve/{sha}/{path}`; bytes of another commit are refused. Of a weight file no more than its header is asked for."""
        if kind == "dataset_info":
            return self._dataset(path)
        if kind == "linked_license":
            return self._linked(path)
        if not (safe_repo_path(path) and valid_ref(ModelRef(model_id, sha))):
            return Unavailable("unsafe_name", "the name is no plain relative path; it was not requested", self.endpoint, retrieved_at=utc_now())
        url = f"{self.endpoint}/{quote(model_id)}/resolve/{quote(sha, safe='')}/{quote(path)}"
        if kind in HEADER_KINDS:
            from auditor.crawler.headers import header_cap
            from auditor.crawler.remote_header import remote_header

            return remote_header(lambda span, sink: self._pinned(url, model_id, sha, span[1] - span[0], span, sink), kind, path, cap or header_cap(kind))
        received = self._pinned(url, model_id, sha, CAPS[kind])
        return received if isinstance(received, Unavailable) else file_document(kind, path, received)

    def _pinned(self, url: str, model_id: str, sha: str, cap: int, span: Span | None = None, sink: Sink | None = None) -> Received | Unavailable:
        """Bytes of a file at that commit."""
        received = self._exchange.get(url, cap, Asked(self.endpoint, model_id, sha, self._authenticated, is_info=False, span=span), sink)
        if isinstance(received, Received) and received.headers.get("x-repo-commit", sha) != sha:
            return unusable(received, "malformed", f"the file comes from commit {received.headers['x-repo-commit']}, not from {sha}")
        return received

    def _linked(self, path: str) -> Document[Any] | Unavailable:
        """`GET /[datasets/|spaces/]{id}/resolve/{revision}/{path}` of a file that a card links: of this Hub, whatever the link says before it."""
        found = held(path)
        if found is None or not valid_linked(path):
            return Unavailable("unsafe_name", "the link names no plain path in a repository; it was not requested", self.endpoint, retrieved_at=utc_now())
        url = f"{self.endpoint}/{quote(found.repository)}/resolve/{quote(found.revision, safe='')}/{quote(found.path)}"
        asked = Asked(self.endpoint, found.repository, found.revision, self._authenticated, is_info=False)
        received = self._exchange.get(url, CAPS["linked_license"], asked)
        if isinstance(received, Unavailable):
            return received
        commit = received.headers.get("x-repo-commit", found.revision)
        if found.pinned and commit.lower() != found.revision.lower():
            return unusable(received, "malformed", f"the file comes from commit {commit}, not from {found.revision}")
        return file_document("linked_license", path, received)

    def _dataset(self, path: str) -> Document[Any] | Unavailable:
        """`GET /api/datasets/{id}`: no more than card and tags of its newest commit."""
        name = path.removeprefix(FOLDER)
        if not valid_ref(ModelRef(name)):
            return Unavailable("unsafe_name", "this is no id of a dataset; it was not requested", self.endpoint, retrieved_at=utc_now())
        url = f"{self.endpoint}/{FOLDER}{quote(name)}?expand=cardData&expand=tags&expand=sha"
        received = self._exchange.get(url, CAPS["dataset_info"], Asked(self.endpoint, f"datasets/{name}", None, self._authenticated, is_info=True))
        return received if isinstance(received, Unavailable) else file_document("dataset_info", path, received)

    def close(self) -> None:
        """Closes the connections."""
        self._exchange.close()


def _checked_endpoint(endpoint: str) -> str:
    endpoint = endpoint.strip().rstrip("/")
    problem = ""
    try:
        parts = urlsplit(endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname or not (parts.port is None or parts.port > 0):
            problem = "is no http(s) address"
        elif "@" in parts.netloc:
            problem = "holds a user name or password"
        elif parts.query or parts.fragment or not (endpoint.isascii() and endpoint.isprintable()) or " " in endpoint:
            problem = "is no plain address"
    except ValueError:
        problem = "is no http(s) address"
    if problem:
        shown = "" if "@" in endpoint else f" {endpoint!r}"  # what stands before an @ may be a password
        raise UsageError(f"HF_ENDPOINT{shown} {problem}", f"set HF_ENDPOINT to an address such as {DEFAULT_ENDPOINT}, or unset it")
    return endpoint


def _authorization(token: str | None) -> str | None:
    """The Authorization header; the token is held nowhere else and never shown."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read by huggingface_hub when it is imported
    if token is None:
        from huggingface_hub import constants, get_token
        from huggingface_hub.errors import OIDCError

        try:
            token = None if constants.HF_HUB_DISABLE_IMPLICIT_TOKEN else get_token()
        except OIDCError:
            raise UsageError("HF_OIDC_RESOURCE is set, but no token could be obtained with it", "unset HF_OIDC_RESOURCE or correct it") from None
    if not token:
        return None
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise UsageError("the Hub token holds characters that no token has", "set HF_TOKEN to the token alone, or run `hf auth login`")
    return f"Bearer {token}"


def _user_agent() -> str:
    return f"auditor/{__version__}; hf_hub/{metadata.version('huggingface_hub')}; python/{platform.python_version()}"

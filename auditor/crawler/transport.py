"""The HTTP client of the real Hub library, bounded in time, and the rules of where a redirect may lead. No telemetry, no token."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore2
import httpx2

_now = threading.local()


def open_client() -> httpx2.Client:
    """A client as huggingface_hub makes it: proxies, SSL_CERT_FILE and HF_HUB_OFFLINE are honoured.

    The client's own default has no timeout and follows redirects with the token; every request here states both itself.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read by huggingface_hub when it is imported
    from huggingface_hub.utils._http import default_client_factory

    client = default_client_factory()
    for transport in (client._transport, *client._mounts.values()):
        pool: Any = getattr(transport, "_pool", None)
        if hasattr(pool, "_network_backend"):  # neither library offers a public way to bound a connection as a whole
            pool._network_backend = _BoundedBackend(pool._network_backend)
    return client


@contextmanager
def until(end: float) -> Iterator[None]:
    """Within it no read or write of this thread outlasts `end` (`time.monotonic()`), however slowly a server drips."""
    _now.end = end
    try:
        yield
    finally:
        _now.end = None


def _left(timeout: float | None, error: type[Exception]) -> float | None:
    end: float | None = getattr(_now, "end", None)
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("the deadline has passed")
    return left if timeout is None else min(timeout, left)


class _BoundedStream(httpcore2.NetworkStream):
    """A connection whose every step ends with the thread's deadline."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> httpcore2.NetworkStream:
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout, httpcore2.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _BoundedBackend(httpcore2.NetworkBackend):
    """Opens bounded connections."""

    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        return _BoundedStream(self._inner.connect_tcp(host, port, _left(timeout, httpcore2.ConnectTimeout), local_address, socket_options))


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port that a token is bound to."""
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def is_internal(url: str) -> bool:
    """Whether the host of `url` is, or resolves to, an address that is not on the public internet. A name that does not resolve here is left to the proxy."""
    parts: SplitResult = urlsplit(url)
    host = parts.hostname or ""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return host.casefold().rstrip(".").endswith("localhost")
    return any(not _is_public(address) for address in found)


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.split("%", 1)[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global and not (mapped or found).is_multicast

"""Fixtures: two scripted servers, a source without waits, an environment without a user."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from auditor.crawler.exchange import Bounds
from auditor.crawler.hub import HubSource

from .fake_hub import FakeHub

Connect = Callable[..., HubSource]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No token, endpoint or proxy of whoever runs the tests."""
    from huggingface_hub import constants

    proxies = [name for scheme in ("http", "https", "all") for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())]
    for name in ("HF_TOKEN", "HF_ENDPOINT", "HF_OIDC_RESOURCE", "SSL_CERT_FILE", *proxies):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", False)
    home = tmp_path_factory.mktemp("hf_home")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(home / "stored_tokens"))


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    server = FakeHub()
    yield server
    server.close()


@pytest.fixture
def elsewhere() -> Iterator[FakeHub]:
    """A server of another origin."""
    server = FakeHub()
    yield server
    server.close()


@pytest.fixture
def waits() -> list[float]:
    """Seconds that the source of `connect` wanted to sleep; it never does."""
    return []


@pytest.fixture
def connect(hub: FakeHub, waits: list[float]) -> Iterator[Connect]:
    opened: list[HubSource] = []

    def make(token: str | None = None, endpoint: str | None = None, timeout: float = 5.0, deadline: float = 120.0, max_wait: float = 60.0) -> HubSource:
        opened.append(HubSource(endpoint or hub.url, token, bounds=Bounds(timeout, deadline, max_wait), sleep=waits.append))
        return opened[-1]

    yield make
    for source in opened:
        source.close()

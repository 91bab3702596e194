"""Where a redirect may lead, and what the client keeps of the environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from typing import Any

import pytest

from auditor.crawler.answers import Asked
from auditor.crawler.exchange import Bounds, Exchange, _Failure
from auditor.crawler.transport import is_internal, open_client, origin, until

HUB = "https://huggingface.co"
INTERNAL = (
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://10.0.0.1/", "http://192.168.1.1:8080/",
    "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://0.0.0.0/", "http://100.64.0.1/", "http://localhost/", "http://224.0.0.1/",
)  # fmt: skip
PUBLIC = ("https://1.1.1.1/", "https://[2606:4700::1111]/", "https://no-such-host.invalid/")
ADDRESSES = dict.fromkeys(INTERNAL, True) | dict.fromkeys(PUBLIC, False)


@pytest.mark.parametrize("url", ADDRESSES)
def test_is_internal(url: str) -> None:
    assert is_internal(url) is ADDRESSES[url]


def test_a_public_name_of_a_private_address_is_internal(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, 1, 6, "", ("1.1.1.1", 443)), (socket.AF_INET, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert is_internal("https://cdn.example/")


def test_origins() -> None:
    assert origin("https://Hub.example./x") == origin("https://hub.example:443") == ("https", "hub.example", 443)
    assert len({origin(url) for url in ("https://hub.example", "http://hub.example", "https://hub.example:8443", "https://hub.example.evil")}) == 4


def target(location: str, is_info: bool = False, endpoint: str = HUB) -> str:
    exchange = Exchange(endpoint, {}, None, Bounds(), lambda _: None)
    try:
        return exchange._target(f"{endpoint}/org/name/resolve/x/LICENSE", location, Asked(endpoint, "org/name", None, False, is_info))
    except _Failure as failure:
        return failure.reason
    finally:
        exchange.close()


def test_redirects_of_the_public_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.crawler.exchange.is_internal", lambda url: "10.0.0.1" in url)
    assert target("/api/resolve-cache/x") == f"{HUB}/api/resolve-cache/x"
    assert target("https://cas-bridge.xethub.hf.co/x?s=1") == "https://cas-bridge.xethub.hf.co/x?s=1"
    assert target("http://cas-bridge.xethub.hf.co/x") == "foreign_redirect"
    assert target("http://huggingface.co/x") == "foreign_redirect"
    assert target("https://10.0.0.1/x") == "foreign_redirect"
    assert target("https://10.0.0.1/x", endpoint="https://10.0.0.1:8443") == "https://10.0.0.1/x"
    assert target("https://cas-bridge.xethub.hf.co/x", is_info=True) == "foreign_redirect"


def test_the_proxies_of_the_environment_are_kept_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    client = open_client()
    transports: list[Any] = [client._transport, *(mount for mount in client._mounts.values() if mount)]
    assert len(transports) == 2
    assert [type(transport._pool._network_backend).__name__ for transport in transports] == ["_BoundedBackend"] * 2
    client.close()


def test_the_deadline_of_a_thread_ends_with_its_block() -> None:
    from auditor.crawler.transport import _left

    with until(time.monotonic() - 1), pytest.raises(TimeoutError):
        _left(5.0, TimeoutError)
    with until(time.monotonic() + 2):
        left = _left(5.0, TimeoutError)
        assert left is not None and 1.5 < left <= 2
    assert _left(5.0, TimeoutError) == 5.0


def test_no_telemetry_and_no_early_import() -> None:
    program = (
        "import sys, auditor.crawler.gather, auditor.crawler.bundle, auditor.crawler.offline\n"
        "assert 'huggingface_hub' not in sys.modules and 'httpx2' not in sys.modules\n"
        "from auditor.crawler.hub import HubSource\n"
        "HubSource('http://127.0.0.1:9')\n"
        "from huggingface_hub import constants\n"
        "assert constants.HF_HUB_DISABLE_TELEMETRY\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    done = subprocess.run([sys.executable, "-c", program], env={**environment, "HF_HUB_DISABLE_TELEMETRY": "0"}, timeout=30, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")

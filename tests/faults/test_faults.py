"""Every documented answer of the Hub, through the command: reason, message, verdict, exit code, and a token that never shows."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.main import run
from auditor.crawler import exchange
from auditor.crawler.exchange import Bounds
from auditor.crawler.hub import HubSource
from tests.crawler.fake_hub import FakeHub, Reply

from .cases import FAULTS, TOKEN, Fault
from .stand import APACHE, MODEL, address, arrange

FORMATS = ("json", "html", "markdown", "terminal")
Check = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def check(hub: FakeHub, elsewhere: FakeHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Check]:
    """Runs a case; gives exit code, JSON result and everything that was written anywhere."""
    opened: list[HubSource] = []

    def run_case(fault: Fault) -> tuple[int, dict[str, Any], str]:
        elsewhere.on("/blob", Reply(body=APACHE))
        elsewhere.on("/gated", Reply(403, headers={"X-Error-Code": "GatedRepo"}))
        arrange(fault.change, hub, elsewhere)
        bounds = Bounds(fault.timeout, fault.deadline)
        monkeypatch.setattr("auditor.crawler.hub.HubSource", lambda: opened.append(HubSource(bounds=bounds, sleep=lambda _: None)) or opened[-1])
        monkeypatch.setenv("HF_ENDPOINT", hub.url if fault.endpoint == "hub" else closed_port())
        if fault.token:
            monkeypatch.setenv("HF_TOKEN", TOKEN)
        if fault.public:
            inside = exchange.is_internal
            monkeypatch.setattr(exchange, "is_internal", lambda url: not url.startswith(hub.url) and inside(url))
        monkeypatch.chdir(tmp_path)
        formats = FORMATS if fault.token else ("json", "terminal")
        targets = [part for name in formats for part in ("-o", f"{name}:{name}.out")]
        code = run(["check", f"{MODEL}@{fault.revision}" if fault.revision else MODEL, "--as-of", "2026-11-24", "-v", *targets])
        files = [(tmp_path / f"{name}.out").read_text(encoding="utf-8") for name in formats]
        return code, json.loads(files[0]), "\n".join((*files, *capsys.readouterr()))

    yield run_case
    for source in opened:
        source.close()


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.group[:9]} {fault.name}".replace(" ", "-"))
def test_fault(fault: Fault, check: Check, hub: FakeHub, elsewhere: FakeHub) -> None:
    code, report, written = check(fault)
    [model] = report["models"]
    assert (code, report["summary"]["exit_code"], model["verdict"]) == (fault.code, fault.code, fault.verdict), json.dumps(model["areas"])
    assert sorted({error["kind"] for error in report["run"]["errors"]}) == ([fault.reason] if fault.reason else [])
    assert report["run"]["complete"] is (fault.reason is None)
    for part in (fault.says, fault.remedy):
        wanted = part.replace("{hub}", hub.url).replace("{elsewhere}", elsewhere.url)
        assert wanted in json.dumps(report, ensure_ascii=False) or wanted in " ".join(written.split())
    if fault.reason:
        [error, *_] = report["run"]["errors"]
        assert error["message"] in json.dumps([model["not_checked"], model["findings"]], ensure_ascii=False), "what was not had is named with the model too"
    assert "Traceback" not in written
    assert TOKEN not in written and TOKEN[3:] not in written
    if fault.endpoint == "hub":
        for faulty in list(fault.change.replies)[:1]:
            assert hub.paths().count(address(faulty)) == fault.requests
        assert all(("authorization" in seen.headers) is fault.token for seen in hub.seen)
    assert not [seen for seen in elsewhere.seen if "authorization" in seen.headers or TOKEN in str(seen)], "the token goes to the Hub alone"


def test_names_are_unique() -> None:
    names = [(fault.group, fault.name) for fault in FAULTS]
    assert len(names) == len(set(names))


def test_four_messages_of_a_gate_are_told_apart() -> None:
    told = {f.name: (f.says, f.next) for f in FAULTS if f.name in ("gated, anonymous: LICENSE", "gated, no access: LICENSE", "bad token", "missing, anonymous")}
    assert len(set(told.values())) == len(told) == 4
    assert all("{hub}" in says + next_ for says, next_ in told.values()), "each with an address"

"""Sequential exchanges, measured at a stand-in Hub with a delay, where the shared material is at hand."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.crawler.gather import gather
from auditor.crawler.hub import HubSource
from auditor.domain.evidence import Document, ModelRef

from .shelf import parents_of

REPLAY = Path(__file__).parents[3] / "shared" / "hub" / "replay_hub.py"
MODELS = {
    "inv/child": {"README.md": "---\nlicense: mit\nbase_model: inv/base\n---\n", "LICENSE": "words", "config.json": "{}"},
    "inv/base": {"README.md": "---\nlicense: mit\n---\n", "config.json": "{}"},
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if not REPLAY.is_file():
        pytest.skip(f"the stand-in Hub is not here: {REPLAY}")
    for name, files in MODELS.items():
        folder = tmp_path / "models" / name
        folder.mkdir(parents=True)
        for path, text in files.items():
            (folder / path).write_text(text)
        (folder / "meta.json").write_text(json.dumps({"id": name, "siblings": [{"rfilename": path} for path in files]}))
    port = free_port()
    command = [sys.executable, str(REPLAY), "--tls", "--port", str(port), "--cdn-port", str(free_port()), "--models", str(tmp_path / "models")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            monkeypatch.setenv("SSL_CERT_FILE", process.stdout.readline().strip().removeprefix("SSL_CERT_FILE="))
            assert process.stdout.readline().startswith("replay hub:")
            yield f"https://127.0.0.1:{port}"
        finally:
            process.terminate()


def call(url: str, body: object = None) -> Any:
    trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"]))
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.build_opener(urllib.request.ProxyHandler({}), trusting).open(url, data, timeout=10) as answer:
        return json.load(answer)


def test_three_sequential_exchanges_over_tls(replay: str) -> None:
    call(f"{replay}/_replay/faults", [{"match": "", "delay": 0.2}])
    source = HubSource(replay)
    found = gather(source, [ModelRef("inv/child")], parents_of, lambda parent: False)
    source.close()
    assert sorted(found.models[ModelRef("inv/child")].documents) == ["LICENSE", "README.md", "config.json"]
    assert isinstance(found.parents[ModelRef("inv/base")].info, Document)
    log = sorted(call(f"{replay}/_replay/log"), key=lambda request: request["t"])
    depths: list[int] = []
    for request in log:
        depths.append(1 + max((depth for depth, before in zip(depths, log, strict=False) if before["t"] + before["ms"] / 1000 <= request["t"]), default=0))
    assert max(depths) == 3
    assert len(log) == 8 and all(re.search("inv/(child|base)", request["path"]) for request in log)

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

from auditor.crawler.files import Header
from auditor.crawler.gather import gather
from auditor.crawler.hub import HubSource
from auditor.domain.evidence import Document, ModelRef

from .shelf import parents_of
from .weight_files import safetensors

REPLAY = Path(__file__).parents[3] / "shared" / "hub" / "replay_hub.py"
WEIGHTS = safetensors({f"layers.{n}.w{'x' * 100}": ("U8", [4]) for n in range(2000)})
MODELS = {
    "inv/child": {"README.md": "---\nlicense: mit\nbase_model: inv/base\n---\n", "LICENSE": "words", "config.json": "{}"},
    "inv/packed": {"README.md": "---\nlicense: mit\n---\n", "config.json": "{}"},
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
        siblings: list[dict[str, Any]] = [{"rfilename": path} for path in files]
        if name == "inv/packed":
            (folder / "model.safetensors").write_bytes(WEIGHTS)
            siblings.append({"rfilename": "model.safetensors", "size": len(WEIGHTS), "lfs": {"sha256": "0" * 64, "size": len(WEIGHTS), "pointerSize": 130}})
        (folder / "meta.json").write_text(json.dumps({"id": name, "siblings": siblings}))
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


def test_headers_come_from_the_file_host_beside_the_other_files(replay: str) -> None:
    call(f"{replay}/_replay/faults", [{"match": "", "delay": 0.2}])
    source = HubSource(replay, "hf_ok_invented")
    header = Header("model.safetensors", "safetensors_header", 8 * 1024 * 1024)
    found = gather(source, [ModelRef("inv/packed")], parents_of, lambda parent: False, headers_of=lambda info: [header])
    source.close()
    document = found.models[ModelRef("inv/packed")].documents["model.safetensors"]
    assert document.facts.tensors["U8"].bytes == 8000 and document.size == len(WEIGHTS) - 8000
    log = [request["path"] for request in call(f"{replay}/_replay/log")]
    assert [sum(path.startswith(part) for path in log) for part in ("/api/models/inv/packed", "/cdn/", "/inv/packed/resolve/")] == [1, 2, 4]

"""One sound repository on a scripted Hub, and what a case changes about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.crawler.fake_hub import SHA, FakeHub, Reply

MODEL = "org/name"
GONE = object()
"""In place of a value: the key or the file is not there."""
CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 2048, "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8,
    "head_dim": 64, "intermediate_size": 8192, "vocab_size": 128256, "max_position_embeddings": 131072, "torch_dtype": "bfloat16", "tie_word_embeddings": True,
}  # fmt: skip
PARAMETERS = 1_235_814_400
APACHE = (Path(__file__).resolve().parents[2] / "LICENSE").read_bytes()
"""A text that the catalogue identifies: this project's own license."""
CARD = b"---\nlicense: apache-2.0\n---\nAbout this model.\n"
FILES: Mapping[str, bytes] = {"README.md": CARD, "LICENSE": APACHE, "config.json": json.dumps(CONFIG).encode()}


@dataclass(frozen=True)
class Change:
    """What differs from the sound repository, which is licensed under Apache-2.0 by tag and by text."""

    info: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the Hub's answer about the model."""
    files: Mapping[str, Any] = field(default_factory=dict)
    """Contents by path; GONE removes the file and its entry in the list."""
    replies: Mapping[str, Sequence[Reply]] = field(default_factory=dict)
    """Answers by path of a file, "" for the metadata, or a whole path that begins with a slash; `{hub}` and `{elsewhere}` stand for the two servers."""


def arrange(change: Change, hub: FakeHub, elsewhere: FakeHub, model: str = MODEL) -> None:
    """Puts the repository on `hub`."""
    files = {path: content for path, content in {**FILES, **change.files}.items() if content is not GONE}
    answer = {key: value for key, value in {**usual(files), **change.info}.items() if value is not GONE}
    hub.on(f"/api/models/{model}", Reply(body=json.dumps({"id": model, **answer}).replace("{elsewhere}", elsewhere.url).encode()))
    for path, content in files.items():
        hub.on(f"/{model}/resolve/{SHA}/{path}", Reply(body=content, headers={"X-Repo-Commit": SHA}))
    for path, replies in change.replies.items():
        hub.on(address(path, model), *(_addressed(reply, hub, elsewhere) for reply in replies))


def address(path: str, model: str = MODEL) -> str:
    """Where a key of `Change.replies` is asked for."""
    if path.startswith("/"):
        return path
    return f"/{model}/resolve/{SHA}/{path}" if path else f"/api/models/{model}"


def usual(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The answer about the sound repository, its id apart."""
    return {
        "sha": SHA,
        "gated": False,
        "private": False,
        "disabled": False,
        "cardData": {"license": "apache-2.0"},
        "tags": ["license:apache-2.0"],
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "config": {"architectures": CONFIG["architectures"], "model_type": "llama"},
        "safetensors": {"parameters": {"BF16": PARAMETERS}, "total": PARAMETERS},
        "siblings": [*listed(files), {"rfilename": "model.safetensors", "size": 2 * PARAMETERS + 16_808}],
    }


def listed(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Files as the Hub lists them."""
    return [{"rfilename": path, "size": len(content)} for path, content in files.items()]


def _addressed(reply: Reply, hub: FakeHub, elsewhere: FakeHub) -> Reply:
    headers = {name: value.replace("{hub}", hub.url).replace("{elsewhere}", elsewhere.url) for name, value in reply.headers.items()}
    return Reply(**{**reply.__dict__, "headers": headers})

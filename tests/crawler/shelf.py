"""A source of invented models in memory."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from typing import Any

from auditor.crawler.files import HEADER_KINDS
from auditor.crawler.gather import Gathered, gather
from auditor.crawler.interface import Mode
from auditor.crawler.parse import Received, file_document, info_document
from auditor.crawler.remote_header import remote_header
from auditor.crawler.spans import Sink, Span
from auditor.domain.evidence import Document, DocumentKind, ModelInfo, ModelRef, Unavailable
from auditor.reading.license_link import held

from .fake_hub import SHA

URL = "https://hub.example/x"
NOW = "2026-11-24T08:00:00Z"


class Shelf:
    """A source of invented models; `base_model` of an answer names the parents."""

    mode: Mode = "hub"
    endpoint = "https://hub.example"

    def __init__(self, models: dict[str, tuple[str, dict[str, bytes]]], delay: float = 0.0) -> None:
        self.models, self.delay = models, delay
        self.asked: list[str] = []
        self.levels: list[tuple[float, float]] = []
        self._lock = threading.Lock()

    def info(self, ref: ModelRef) -> Document[ModelInfo] | Unavailable:
        self._note(str(ref))
        if ref.id not in self.models:
            return Unavailable("missing", "not there", URL, 404, NOW)
        return info_document(Received(URL, 200, {}, self.models[ref.id][0].encode(), NOW))

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> Document[Any] | Unavailable:
        self._note(f"{model_id}/{path}")
        linked = held(path)
        content = self.models[linked.repository][1].get(linked.path) if linked else self.models[model_id][1].get(path)
        if content is not None and kind in HEADER_KINDS:
            return remote_header(lambda span, sink: _part(content, span, sink), kind, path, cap or len(content))
        return Unavailable("absent", "not there", URL, 404, NOW) if content is None else file_document(kind, path, Received(URL, 200, {}, content, NOW))

    def _note(self, what: str) -> None:
        began = time.monotonic()
        time.sleep(self.delay)
        with self._lock:
            self.asked.append(what)
            self.levels.append((began, time.monotonic()))

    def depth(self) -> int:
        """Length of the longest chain of requests of which each began after another had ended."""
        depths: list[int] = []
        ordered = sorted(self.levels)
        for began, _ in ordered:
            depths.append(1 + max((depths[at] for at in range(len(depths)) if ordered[at][1] <= began), default=0))
        return max(depths)


def _part(content: bytes, span: Span, sink: Sink | None) -> Received:
    sent = content[slice(*span)]
    if sink is not None:
        sink(iter([sent]))
    return Received(URL, 206, {"content-range": f"bytes {span[0]}-{span[0] + len(sent) - 1}/{len(content)}"}, sent, NOW)


def model(name: str, files: dict[str, bytes] | None = None, parents: Sequence[str] = (), **changes: str) -> tuple[str, dict[str, bytes]]:
    files = {"README.md": b"---\nlicense: mit\n---\n", "LICENSE": b"some text"} if files is None else files
    answer = {"id": name, "sha": SHA, "siblings": [{"rfilename": p, "size": len(c)} for p, c in files.items()], "cardData": {"base_model": list(parents)}}
    return json.dumps({**answer, **changes}), files


def parents_of(info: ModelInfo) -> list[ModelRef]:
    return [ModelRef(base) for base in info.card.base_model] if info.card else []


def collect(source: Any, *names: str, files_of_parents: bool = False, workers: int = 16) -> Gathered:
    return gather(source, [ModelRef(name) for name in names], parents_of, lambda parent: files_of_parents, workers)

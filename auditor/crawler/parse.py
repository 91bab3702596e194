"""Bytes as received to a document with its facts, or to why they are unusable."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from auditor.crawler.files import valid_ref
from auditor.domain.evidence import Document, DocumentFacts, DocumentKind, ModelInfo, ModelRef, Reason, Unavailable
from auditor.domain.record import record
from auditor.domain.text_safety import one_line
from auditor.reading.adapter_config import read_adapter_config
from auditor.reading.bounded_json import TooManyParts, check_parts
from auditor.reading.card import read_card
from auditor.reading.dataset_info import MalformedDataset, read_dataset_info
from auditor.reading.merge_recipe import read_merge_recipe
from auditor.reading.model_info import MalformedAnswer, read_model_info
from auditor.reading.text import bundles_others, is_text, notice_facts, text_facts


@record
class Received:
    """An answer's bytes and where they came from."""

    url: str
    status: int | None
    """None for a local file."""
    headers: Mapping[str, str]
    content: bytes
    retrieved_at: str


def utc_now() -> str:
    """`2026-11-24T08:00:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unusable(received: Received, reason: Reason, detail: str) -> Unavailable:
    """An answer that came and says nothing that can be used."""
    return Unavailable(reason, one_line(detail), received.url, received.status, received.retrieved_at)


def info_document(received: Received) -> Document[ModelInfo] | Unavailable:
    """The model info; malformed without a commit to pin to or with an id that no model has, disabled when it says so."""
    if not received.content.strip():
        return unusable(received, "malformed", "the answer about the model is empty")
    try:
        info = read_model_info(received.content)
    except MalformedAnswer as error:
        return unusable(received, "malformed", str(error))
    if not valid_ref(ModelRef(info.id)):
        return unusable(received, "malformed", f"the answer names {info.id!r}, which is no id of a model")
    if info.disabled:
        return unusable(received, "disabled", f"{info.id} is disabled on the Hub; nothing of it can be used")
    if info.sha is None:
        return unusable(received, "malformed", "the answer about the model names no commit, so nothing can be pinned to it")
    return document("model_info", "", received, info)


def file_document(kind: DocumentKind, path: str, received: Received) -> Document[Any] | Unavailable:
    """A file of the repository; what should be text and is none is malformed, an empty one is a document of no words."""
    content = received.content
    if kind in ("config", "index"):
        try:
            check_parts(content)
        except TooManyParts as error:
            return unusable(received, "malformed", f"the file has {error}")
        return document(kind, path, received, None)
    if kind == "dataset_info":
        try:
            return document(kind, path, received, read_dataset_info(content))
        except MalformedDataset as error:
            return unusable(received, "malformed", str(error))
    if kind == "adapter_config":
        return document(kind, path, received, read_adapter_config(content))
    if not is_text(content):
        return unusable(received, "malformed", "the file is no readable text (a PDF, an archive, UTF-16 or other binary data); read it yourself")
    if kind == "card":
        return document(kind, path, received, read_card(content))
    if kind == "merge_recipe":
        return document(kind, path, received, read_merge_recipe(content.decode("utf-8", errors="replace")))
    read = notice_facts if kind in ("notice_file", "use_policy") or bundles_others(path) else text_facts
    return document(kind, path, received, read(content.decode("utf-8", errors="replace")))


def document(kind: DocumentKind, path: str, received: Received, facts: DocumentFacts) -> Document[Any]:
    """A document of `received` with the digest of its bytes."""
    digest = hashlib.sha256(received.content).hexdigest()
    return Document(kind, path, received.url, received.status, received.retrieved_at, digest, len(received.content), received.content, facts, received.headers)

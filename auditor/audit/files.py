"""Roles of a repository's files, for the report."""

from __future__ import annotations

from typing import Any, Literal

from auditor.domain.evidence import Document, RepoFile

Role = Literal["weights", "config", "tokenizer", "code", "license", "card", "other"]
_WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".gguf", ".ckpt", ".h5", ".msgpack", ".onnx", ".npz", ".pkl")
_LICENSE_MARKS = ("licen", "copying", "notice", "use_policy", "usage_policy")


def role(file: RepoFile, document: Document[Any] | None = None) -> Role:
    """What the file is, judged by its name; one that was read as a license, since the card links it as that, is one whatever its name."""
    if document is not None and document.kind == "license_file":
        return "license"
    name = file.path.rsplit("/", 1)[-1].lower()
    if name == "readme.md":
        return "card"
    if any(mark in name for mark in _LICENSE_MARKS):
        return "license"
    if name.endswith(_WEIGHTS):
        return "weights"
    if name.endswith((".py", ".so", ".dll", ".sh")):
        return "code"
    if "token" in name or name in ("vocab.json", "merges.txt", "vocab.txt", "spiece.model"):
        return "tokenizer"
    return "config" if name.endswith((".json", ".yaml", ".yml")) else "other"

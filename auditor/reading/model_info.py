"""The Hub's model info JSON to ModelInfo: every field may be missing or of another type, and then says so."""

from __future__ import annotations

import json
import re
from types import NoneType
from typing import Any, Literal

from auditor.domain.evidence import ModelInfo, RepoFile
from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import one_line
from auditor.reading.bounded_json import TooManyParts, load
from auditor.reading.card import card_data

MAX_FILES = 100_000
MAX_TAGS = 5_000
MAX_STATING_TAGS = 400
"""Tags that state a license or a base model; a merge of a hundred models has 201."""
_STATING = ("license:", "base_model:")
_SHA = lazy_pattern(r"[0-9a-f]{40}")
_SHA256 = lazy_pattern(r"[0-9a-f]{64}")
_BLOB = lazy_pattern(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_COUNT_LIMIT = 2**63


class MalformedAnswer(ValueError):
    """The answer is not the JSON of a model."""


def read_model_info(content: bytes) -> ModelInfo:
    """Raises MalformedAnswer when the answer is no JSON object with the id of a model, or leaves open whether the model is disabled."""
    try:
        raw = load(content)
        if b"\\u" in content and _SURROGATE.search(content):  # half characters cannot be written or shown anywhere
            raw = json.loads(json.dumps(raw, ensure_ascii=False).encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    except TooManyParts as error:
        raise MalformedAnswer(f"the answer has {error}") from None
    except ValueError:
        raise MalformedAnswer("the answer is not JSON") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise MalformedAnswer("the answer is no JSON object with the id of a model")
    problems: list[str] = []
    statements: list[str] = []
    tags = _tags(raw, statements)
    files, unread_files = _files(raw)
    if not isinstance(raw.get("disabled"), (bool, NoneType)):
        raise MalformedAnswer("the answer does not say whether the model is disabled")
    card = raw.get("cardData")
    if card is not None and not isinstance(card, dict):
        statements.append("cardData is no mapping")
    config = _mapping(raw, "config", problems)
    quantization = config.get("quantization_config")
    safetensors = _mapping(raw, "safetensors", problems)
    scan, unsafe = _scan(raw, problems)
    return ModelInfo(
        id=raw["id"],
        sha=raw["sha"] if isinstance(raw.get("sha"), str) and _SHA.fullmatch(raw["sha"]) else None,
        gated=_gated(raw["gated"]) if "gated" in raw else "unknown",
        private=raw.get("private") is True,
        disabled=raw.get("disabled") is True,
        last_modified=_text(raw, "lastModified", problems),
        tags=tags,
        card=card_data(card) if isinstance(card, dict) else None,
        files=files,
        pipeline_tag=_text(raw, "pipeline_tag", problems),
        library_name=_text(raw, "library_name", problems),
        architectures=tuple(a for a in config.get("architectures") or () if isinstance(a, str)) if isinstance(config.get("architectures"), list) else (),
        model_type=config["model_type"] if isinstance(config.get("model_type"), str) else None,
        quantization_method=str(quantization["quant_method"]) if isinstance(quantization, dict) and quantization.get("quant_method") else None,
        safetensors_parameters=_counts(safetensors.get("parameters"), problems),
        safetensors_total=_count(safetensors.get("total")),
        unsafe_files=unsafe,
        scan=scan,
        problems=(*problems, *statements, *([unread_files] if unread_files else [])),
        unread_files=unread_files,
        unread_statements=tuple(statements),
        adapter_base=_adapter_base(config),
    )


def _adapter_base(config: dict[str, Any]) -> str | None:
    """Of the Hub's excerpt of adapter_config.json; the file itself is read too."""
    peft = config.get("peft")
    base = peft.get("base_model_name_or_path") if isinstance(peft, dict) else None
    return one_line(base, 500) or None if isinstance(base, str) else None


def _gated(value: object) -> Literal["no", "auto", "manual", "unknown"]:
    if value is False or value is None:
        return "no"
    return value if value in ("auto", "manual") else "unknown"


def _mapping(raw: dict[str, Any], key: str, problems: list[str]) -> dict[str, Any]:
    value = raw.get(key)
    if value is None or isinstance(value, dict):
        return value or {}
    problems.append(f"{key} is no mapping")
    return {}


def _text(raw: dict[str, Any], key: str, problems: list[str]) -> str | None:
    value = raw.get(key)
    if value is None or isinstance(value, str):
        return value or None
    problems.append(f"{key} is no text")
    return None


def _tags(raw: dict[str, Any], problems: list[str]) -> tuple[str, ...]:
    value = raw.get("tags")
    if isinstance(value, list):
        if len(value) > MAX_TAGS:
            problems.append(f"{len(value)} tags; only the first {MAX_TAGS} were read")
        found = dict.fromkeys(t for t in value[:MAX_TAGS] if isinstance(t, str))
        stated = [tag for tag in found if tag.startswith(_STATING)]
        for tag in stated[MAX_STATING_TAGS:]:
            del found[tag]
        if len(stated) > MAX_STATING_TAGS:
            problems.append(f"{len(stated)} tags state a license or a base model; only the first {MAX_STATING_TAGS} were read")
        return tuple(found)
    if value is not None:
        problems.append("tags is no list")
    return ()


def _files(raw: dict[str, Any]) -> tuple[tuple[RepoFile, ...] | None, str]:
    """The listed files, None without a list, and why there may be more of them."""
    value = raw.get("siblings")
    if not isinstance(value, list):
        return None, "the answer lists no files"
    files, nameless = [], 0
    for item in value[:MAX_FILES]:
        if isinstance(item, dict) and isinstance(item.get("rfilename"), str):
            lfs = item["lfs"] if isinstance(item.get("lfs"), dict) else {}
            size = _count(item.get("size"))
            digest = lfs.get("sha256")
            files.append(RepoFile(path=item["rfilename"], size=size if size is not None else _count(lfs.get("size")),
                                  sha256=digest if isinstance(digest, str) and _SHA256.fullmatch(digest) else None,
                                  blob=blob if isinstance(blob := item.get("blobId"), str) and _BLOB.fullmatch(blob) else None))  # fmt: skip
        else:
            nameless += 1
    why = [f"{len(value)} files; only the first {MAX_FILES} were read"] if len(value) > MAX_FILES else []
    why += [f"{nameless} of the listed files have no name"] if nameless else []
    return tuple(sorted(files, key=lambda f: f.path)), "; ".join(why)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _COUNT_LIMIT else None


def _counts(value: object, problems: list[str]) -> dict[str, int] | None:
    if value is None:
        return None
    if isinstance(value, dict):
        found = {key: _count(number) for key, number in value.items()}
        if found and all(number is not None for number in found.values()):
            return {key: number for key, number in sorted(found.items()) if number is not None}
    problems.append("safetensors.parameters is not a count by dtype")
    return None


def _scan(raw: dict[str, Any], problems: list[str]) -> tuple[Literal["done", "pending", "unknown"], tuple[str, ...]]:
    status = _mapping(raw, "securityRepoStatus", problems)
    issues = status.get("filesWithIssues")
    readable = issues is None or (isinstance(issues, list) and all(isinstance(issue, dict) for issue in issues))
    if not readable:
        problems.append("securityRepoStatus.filesWithIssues is no list of files")
    unsafe = [
        str(issue.get("path"))
        for issue in (issues if isinstance(issues, list) else [])
        if isinstance(issue, dict) and str(issue.get("level")) not in ("safe", "caution", "queued", "unscanned")
    ]
    if not status:
        return "unknown", ()
    done: Literal["done", "unknown"] = "done" if readable else "unknown"
    return (done if status.get("scansDone") is True else "pending"), tuple(sorted(one_line(path) for path in unsafe))

"""Ids of models as people write them: plain, as an address of a page or a file on the Hub, with a revision."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from auditor.domain.evidence import ModelRef
from auditor.domain.pattern import lazy_pattern

_ID = lazy_pattern(r"[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
"""A few old models have ids without an owner (`gpt2`)."""
_REVISION = lazy_pattern(r"[A-Za-z0-9][\w./-]{0,199}", re.ASCII)
_HUB_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co")
_NO_MODEL = frozenset({"datasets", "spaces", "docs", "blog", "papers", "collections", "posts", "settings", "api", "models", "kernels"})
"""First parts of the Hub's addresses that lead to something else than a model."""
_WITH_REVISION = frozenset({"tree", "resolve", "blob", "raw", "commit", "blame", "revision"})


def reference(value: str) -> ModelRef | None:
    """The model that `value` names (`org/name`, `org/name@revision`, an address, or the end of one); None for anything else.

    It has a revision where one is pinned that is not the default.
    """
    value = value.strip()
    value = value.removeprefix("hf://")  # as huggingface_hub writes addresses
    value = bare_of if "/" in (bare_of := value.rstrip("/")) else value  # a slash at the end, as people copy addresses
    bare = value.split("/", 1)[0].lower()
    if bare in _HUB_HOSTS and "/" in value:
        value = f"https://{value}"
    if "://" in value:
        return _of_address(value)
    parts = value.split("/")
    name, at, revision = (f"{parts[0]}/{parts[1]}", "@", parts[3]) if len(parts) > 3 and parts[2] in _WITH_REVISION else value.partition("@")
    if not _ID.fullmatch(name) or (at and not _REVISION.fullmatch(revision)):
        return None
    return ModelRef(name, _pinned(revision))


def _of_address(value: str) -> ModelRef | None:
    try:
        parts = urlsplit(value)
        path = [unquote(part) for part in parts.path.split("/") if part]
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or host not in _HUB_HOSTS:
        return None
    path = path[1:] if path[:1] == ["models"] and len(path) > 2 else path[2:] if path[:2] == ["api", "models"] else path
    if not path or path[0].lower() in _NO_MODEL:
        return None
    if len(path) > 3 and path[2] in _WITH_REVISION:
        name, revision = "/".join(path[:2]), path[3]
    else:
        name, _, revision = "/".join(path[:2]).partition("@")
    if not _ID.fullmatch(name) or (revision and not _REVISION.fullmatch(revision)):
        return None
    return ModelRef(name, _pinned(revision))


def repository_id(value: str) -> str | None:
    """The id alone; see `reference`."""
    found = reference(value)
    return found.id if found else None


def _pinned(revision: str) -> str | None:
    return revision if revision not in ("", "main", "HEAD") else None

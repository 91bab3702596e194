"""Where `license_link` of a card points: at a file of the same repository, at a file of another repository of the Hub, or at neither.

Links come from anywhere. Nothing here is requested as it is written: a file is asked of the Hub in use, by repository, revision and path.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias
from urllib.parse import SplitResult, quote, unquote, urlsplit

from auditor.domain.evidence import CardFacts, Document, ModelEvidence, ModelInfo, Unavailable
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record

FOLDER = "license_link/"
"""Begins the path under which a linked file of another repository is held among the documents of the model that links it."""

_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_PORTS = {"https": 443, "http": 80}
_API = "/api/models/"
_FILE_PAGES = frozenset({"blob", "resolve", "raw"})
_TYPES: dict[str, Literal["dataset", "space"]] = {"datasets": "dataset", "spaces": "space"}
_COMMIT = lazy_pattern(r"[0-9a-fA-F]{40}")
_SCHEME = lazy_pattern(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OWN_BRANCH = "main"


@record
class OwnFile:
    """A file of the repository that links it, wanted at the commit that is audited."""

    path: str


@record
class HubFile:
    """A file of another repository, or of another revision."""

    repo: Literal["model", "dataset", "space"]
    id: str
    revision: str
    path: str

    @property
    def pinned(self) -> bool:
        """Whether the link names a commit, so that what it points at cannot change."""
        return _COMMIT.fullmatch(self.revision) is not None

    @property
    def repository(self) -> str:
        """`org/name`, with the kind of repository before it where it is no model."""
        return self.id if self.repo == "model" else f"{self.repo}s/{self.id}"

    @property
    def page(self) -> str:
        """`org/name/blob/revision/path`, each part quoted as in an address."""
        return f"{quote(self.repository)}/blob/{quote(self.revision, safe='')}/{quote(self.path)}"

    @property
    def held_at(self) -> str:
        """Path of its document among those of the model that links it."""
        return FOLDER + self.page


@record
class NoFile:
    """It names no file of a Hub repository; `why` in words."""

    why: str


Target: TypeAlias = OwnFile | HubFile | NoFile


def held(path: str) -> HubFile | None:
    """The file whose document is held at `path`; None for another path."""
    if not path.startswith(FOLDER):
        return None
    found = _hub_file(path.removeprefix(FOLDER))
    return found if isinstance(found, HubFile) else None


def targets(info: ModelInfo, url: str, card: Document[Any] | Unavailable | None) -> dict[str, Target]:
    """Every link of the metadata, which came from `url`, and of the card, as written, with what it points at."""
    stated = info.card.license_link if info.card else ()
    if isinstance(card, Document) and isinstance(card.facts, CardFacts):
        stated = (*stated, *card.facts.data.license_link)
    return {link: target(link, info, url) for link in stated}


def targets_of(evidence: ModelEvidence) -> dict[str, Target]:
    """The same for what was collected of a model."""
    return {} if isinstance(evidence.info, Unavailable) else targets(evidence.info.facts, evidence.info.url, evidence.documents.get("README.md"))


def own_files(evidence: ModelEvidence) -> tuple[str, ...]:
    """Paths in the repository itself that its card links as the license, listed or not."""
    return tuple(dict.fromkeys(found.path for found in targets_of(evidence).values() if isinstance(found, OwnFile)))


def target(link: str, info: ModelInfo, url: str = "") -> Target:
    """What `link` in the card of `info` points at. `url` is the address that the metadata came from: its host is the Hub's too."""
    if not link.isprintable() or "\\" in link:
        return NoFile("it holds characters that no address has")
    plain = link.partition("#")[0].partition("?")[0]
    if "//" in plain or _SCHEME.match(plain):
        found = _of_address(link, url)
    elif plain.startswith("/") or plain.partition("/")[0].lower() in _HOSTS:
        found = _hub_file(plain.partition("/")[2]) if plain.startswith("/") else _of_address(f"https://{link}", url)
    else:
        return _of_path(plain, info)
    if isinstance(found, HubFile) and found.repo == "model" and found.id.lower() == info.id.lower():
        listed = info.files is None or any(file.path == found.path for file in info.files)
        if listed or found.revision in (_OWN_BRANCH, info.sha):
            return OwnFile(found.path)
    return found


def _of_path(plain: str, info: ModelInfo) -> Target:
    path = plain.removeprefix("./")
    listed = {file.path for file in info.files or ()}
    if path not in listed and unquote(path) in listed:
        path = unquote(path)
    parts = path.split("/")
    return OwnFile(path) if path and all(part not in ("", ".", "..") for part in parts) else NoFile("it is no plain path in the repository")


def _of_address(link: str, url: str) -> Target:
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        return NoFile("it is no address that can be read")
    if parts.scheme not in _PORTS:
        return NoFile("it is no address of a web page")
    if "@" in parts.netloc:
        return NoFile("a user name stands before its host")
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        return NoFile("its host is written in letters that only look like those of another")
    ours, root = _endpoint(url)
    if parts.netloc.lower() == ours and parts.path.startswith(f"{root}/"):
        return _hub_file(parts.path.removeprefix(f"{root}/"))
    if host not in _HOSTS:
        return NoFile("it leads to another host than the Hub")
    return _hub_file(parts.path.removeprefix("/")) if port in (None, _PORTS[parts.scheme]) else NoFile("it names a port that the Hub does not have")


def _endpoint(url: str) -> tuple[str, str]:
    """Host (with its port) and folder of the Hub that gave the metadata; of a local folder's no host."""
    parts: SplitResult = urlsplit(url)
    root, found, _ = parts.path.partition(_API)
    return (parts.netloc.lower(), root) if found and parts.scheme in _PORTS else ("", "")


def _hub_file(path: str) -> Target:
    """Of `[datasets/|spaces/]org/name/blob/revision/path`, quoted as in an address. Old models have no organization."""
    parts = path.split("/")
    repo = _TYPES.get(parts[0], "model")
    parts = parts if repo == "model" else parts[1:]
    at = next((at for at in (2, 1) if len(parts) > at + 2 and parts[at] in _FILE_PAGES), None)
    if at is None or parts[0] == "api":
        return NoFile("it names a page of the Hub, not a file in a repository")
    return HubFile(repo, unquote("/".join(parts[:at])), unquote(parts[at + 1]), unquote("/".join(parts[at + 2 :])))  # type: ignore[arg-type]

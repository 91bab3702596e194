"""License statements that are listed or expected and could not be read."""

from __future__ import annotations

import re

from auditor.domain.evidence import ModelEvidence, Unavailable
from auditor.reading import adapter_config, dataset_info, merge_recipe

_CARD = "README.md"
_OWN_PAGE = re.compile(r"^https?://[^/]+/[^/]+/[^/]+/(?:blob|resolve|raw)/[^/]+/")
"""Of a file on the Hub, before its path."""
_NO_STATEMENT = frozenset({"config.json", "model.safetensors.index.json", adapter_config.FILE, *merge_recipe.FILES})
_HEADERS = (".safetensors", ".gguf")
_SUPPLEMENTS = ("notice", "policy")
_LICENSE_MARKS = ("licen", "copying")


def unread(evidence: ModelEvidence, identified: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """License files, and other statements (card, notices, use policies), each with the reason.

    A header counts like the card where it may state a license (GGUF), and not at all where it cannot (safetensors).
    Notices and use policies supplement a license text; where none is identified, one that cannot be read may decide like a license file.
    So does a card whose metadata nothing else repeats. Whatever has an odd name counts as a license file: only these are asked for beside card,
    config, index and what names base models.
    """
    license_files: list[str] = []
    other: list[str] = []
    for path, missing in evidence.unavailable.items():
        if missing.reason == "absent" or path in _NO_STATEMENT or path.startswith(dataset_info.FOLDER):
            continue
        name = path.rsplit("/", 1)[-1].lower()
        if name.endswith(_HEADERS):
            other += [f"{path}: {missing.detail}"] if name.endswith(".gguf") else []
            continue
        if path == _CARD:
            supplement = identified or _card_is_repeated(evidence)
        else:
            supplement = identified and any(mark in name for mark in _SUPPLEMENTS) and not any(mark in name for mark in _LICENSE_MARKS)
        (other if supplement else license_files).append(f"{path}: {missing.detail}")
    return (*license_files, *_linked(evidence), *_unlisted(evidence)), tuple(other)


def _linked(evidence: ModelEvidence) -> list[str]:
    """Files of the repository that the card links as the license, and whose names say nothing of it: they are not fetched."""
    if isinstance(evidence.info, Unavailable) or evidence.info.facts.card is None:
        return []
    info = evidence.info.facts
    link = (info.card.license_link if info.card else None) or ""
    listed = {file.path for file in info.files or ()}
    path = _OWN_PAGE.sub("", link) if f"/{info.id.lower()}/" in link.lower() else link.removeprefix("./")
    return (
        [f"{path}: it is linked as the license and was not read"]
        if path in listed and path not in evidence.documents and path not in evidence.unavailable
        else []
    )


def _card_is_repeated(evidence: ModelEvidence) -> bool:
    """Whether the Hub's answer holds the card's metadata. A local folder has none but the card itself."""
    return not isinstance(evidence.info, Unavailable) and evidence.info.facts.card is not None and not evidence.info.facts.local


def _unlisted(evidence: ModelEvidence) -> list[str]:
    """A list of files that is missing or cut rules no further license file out."""
    if isinstance(evidence.info, Unavailable):
        return []
    if evidence.info.facts.files is None:
        return ["the list of files: the Hub gave none, so another license file cannot be ruled out"]
    why = evidence.info.facts.unread_files
    return [f"the list of files: {why}, so another license file cannot be ruled out"] if why else []

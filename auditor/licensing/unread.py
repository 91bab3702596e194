"""License statements that are listed or expected and could not be read."""

from __future__ import annotations

from auditor.domain.evidence import ModelEvidence, Unavailable
from auditor.domain.memory import QUANTIZATION_FILES
from auditor.domain.text_safety import one_line
from auditor.reading import adapter_config, dataset_info, merge_recipe
from auditor.reading.license_link import held, own_files

_CARD = "README.md"
_NO_STATEMENT = frozenset({"config.json", *QUANTIZATION_FILES, "model.safetensors.index.json", *merge_recipe.FILES})
_HEADERS = (".safetensors", ".gguf")
_SUPPLEMENTS = ("notice", "policy", "acceptable", "prohibited", "responsible")
_LICENSE_MARKS = ("licen", "copying")


def unread(evidence: ModelEvidence, identified: bool, in_the_repository: bool, tagged: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """License files, and other statements (card, notices, use policies), each with the reason.

    A header counts like the card where it may state a license (GGUF), and not at all where it cannot (safetensors).
    Notices and use policies supplement a license text; where none is identified, one that cannot be read may decide like a license file.
    So does a card whose metadata nothing else repeats. Whatever has an odd name counts as a license file: only these are asked for beside card,
    config, index and what names base models. A file of another repository that the card links counts like a license file, unless a text is identified
    `in_the_repository` itself; one that is not there is a dead link, which says nothing beside a license that is `tagged`.
    """
    license_files: list[str] = []
    other: list[str] = []
    for path, missing in evidence.unavailable.items():
        if link := held(path):
            if missing.reason != "absent" or not tagged:
                (other if in_the_repository else license_files).append(f"{one_line(link.page)}, which the card links as the license: {missing.detail}")
            continue
        if missing.reason == "absent" or path in _NO_STATEMENT or adapter_config.is_adapter_config(path) or path.startswith(dataset_info.FOLDER):
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
    """Files of the repository that the card links as the license and that were read as something else, or not at all."""
    if isinstance(evidence.info, Unavailable):
        return []
    listed = {file.path for file in evidence.info.facts.files or ()}
    lost = [path for path in own_files(evidence) if path in listed and path not in evidence.unavailable and not _was_read(path, evidence)]
    return [f"{one_line(path)}: it is linked as the license and was not read" for path in lost]


def _was_read(path: str, evidence: ModelEvidence) -> bool:
    document = evidence.documents.get(path)
    return document is not None and not path.lower().endswith(_HEADERS)


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

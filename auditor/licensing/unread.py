"""License statements that are listed or expected and could not be read."""

from __future__ import annotations

from auditor.domain.evidence import ModelEvidence, Unavailable

_NO_STATEMENT = ("config.json", "model.safetensors.index.json")
_HEADERS = (".safetensors", ".gguf")
_SUPPLEMENTS = ("notice", "policy")
_LICENSE_MARKS = ("licen", "copying")


def unread(evidence: ModelEvidence, identified: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """License files, and other statements (card, notices, use policies), each with the reason.

    A header counts like the card where it may state a license (GGUF), and not at all where it cannot (safetensors).
    Notices and use policies supplement a license text; where none is identified, one that cannot be read may decide like a license file.
    Whatever has an odd name counts as a license file: only these are asked for beside card, config and index.
    """
    license_files: list[str] = []
    other: list[str] = []
    for path, missing in evidence.unavailable.items():
        if missing.reason == "absent" or path in _NO_STATEMENT:
            continue
        name = path.rsplit("/", 1)[-1].lower()
        if name.endswith(_HEADERS):
            other += [f"{path}: {missing.detail}"] if name.endswith(".gguf") else []
            continue
        supplement = any(mark in name for mark in _SUPPLEMENTS) and not any(mark in name for mark in _LICENSE_MARKS)
        (other if path == "README.md" or (supplement and identified) else license_files).append(f"{path}: {missing.detail}")
    if not isinstance(evidence.info, Unavailable) and evidence.info.facts.files is None:
        license_files.append("the list of files: the Hub gave none, so another license file cannot be ruled out")
    return tuple(license_files), tuple(other)

"""Licenses of the datasets that a model names, one step away and as they state them: for a person to know of, never part of a verdict."""

from __future__ import annotations

from typing import Literal

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import CardFacts, DatasetFacts, Evidence, ModelEvidence, Unavailable
from auditor.domain.license import License
from auditor.domain.record import record
from auditor.domain.text_safety import one_line
from auditor.domain.truth import Truth, all_of
from auditor.licensing.names import match_tag
from auditor.licensing.witnesses import document_evidence
from auditor.reading.dataset_info import FOLDER


@record
class Dataset:
    """A dataset that a model names, with what it says of itself."""

    name: str
    licenses: tuple[str, ...]
    noncommercial: Literal["yes", "no", "unknown"]
    """Whether the licenses that it states bar commercial use, each of them; unknown where none is stated or one is not in the catalogue."""
    missing: str
    """Why nothing is known of it; empty when it was had."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def license(self) -> str:
        """What it states, in words."""
        return " and ".join(self.licenses) or "no license"


def datasets(evidence: ModelEvidence, catalog: Catalog) -> tuple[Dataset, ...]:
    """In the order in which the card names them."""
    return tuple(_dataset(name, evidence, catalog) for name in named_datasets(evidence))


def named_datasets(evidence: ModelEvidence) -> tuple[str, ...]:
    """As metadata and card name them, each once."""
    if isinstance(evidence.info, Unavailable):
        return ()
    card, readme = evidence.info.facts.card, evidence.documents.get("README.md")
    stated = list(card.datasets) if card else []
    stated += readme.facts.data.datasets if readme is not None and isinstance(readme.facts, CardFacts) else ()
    return tuple({name.lower(): name for name in reversed(stated)}.values())[::-1]


def _dataset(name: str, evidence: ModelEvidence, catalog: Catalog) -> Dataset:
    document = evidence.documents.get(FOLDER + name)
    if document is None or not isinstance(document.facts, DatasetFacts):
        missing = evidence.unavailable.get(FOLDER + name)
        return Dataset(one_line(name, 120), (), "unknown", missing.detail if missing else "not asked for")
    licenses = document.facts.licenses
    barred = all_of([_noncommercial(license, catalog) for license in licenses]) if licenses else None
    said: Literal["yes", "no", "unknown"] = "unknown" if barred is None else "yes" if barred else "no"
    proof = document_evidence(document, "dataset", None, None, f"license: {', '.join(licenses) or '(none is stated)'}")
    return Dataset(one_line(name, 120), licenses, said, "", (proof,))


def _noncommercial(license: str, catalog: Catalog) -> Truth:
    match = match_tag(license, catalog)
    entries = [catalog.license_entry(key) for key in match.keys] if match.kind in ("exact", "family") else []
    known = [entry.category == "noncommercial" for entry in entries if isinstance(entry, License)]
    if not known or (match.kind == "family" and any(known) != all(known)):
        return None
    return all(known)

"""Attributions that a base model's license demands of derivatives, where a derivative's repository shows that they are missing."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.domain.evidence import CardFacts, ModelEvidence, ModelInfo, RepoFile, Unavailable
from auditor.domain.license import License
from auditor.domain.text_safety import one_line
from auditor.reading.display import is_short_line


def missing_attribution(child: ModelEvidence, parent: ModelEvidence, licenses: Sequence[License]) -> str:
    """What is missing, in words; empty unless all that could hold it was read.

    Looked for are a line that has to be shown (`Built with X`) in the card, and a notice file where the base model has one that has to go along
    (Apache-2.0, Section 4(d)). A copy of the license is no attribution.
    """
    for license in licenses:
        for term in license.terms:
            duty = term.obligation
            if duty is None or not term.flows_down or "redistribute_derivative" not in term.uses or term.when is not None or term.unless is not None:
                continue
            if duty.check == "card_text" and duty.text is not None and _not_shown(child, duty.text):
                return f"{license.name} wants {duty.text!r} to be shown with a derivative, and the card of {child.id} does not show it"
            if duty.file == "NOTICE" and duty.text is None and (notice := _left_behind(child, parent)):
                return f"{license.name} wants the notices in {notice} of the base model {parent.id} to go along, and {child.id} has no notice file"
    return ""


def _not_shown(child: ModelEvidence, line: str) -> bool:
    card = child.documents.get("README.md")
    if card is None or not isinstance(card.facts, CardFacts) or not is_short_line(line):
        return False
    from auditor.reading.holding import lines_holding

    return lines_holding(card, line) == "no"


def _left_behind(child: ModelEvidence, parent: ModelEvidence) -> str:
    """The notice file of the base model when the child lists none of its own."""
    ours, theirs = _whole_list(child), _whole_list(parent)
    if ours is None or theirs is None or any(_is_notice(file.path) for file in ours):
        return ""
    return next((one_line(file.path, 80) for file in theirs if "/" not in file.path and _is_notice(file.path)), "")


def _whole_list(model: ModelEvidence) -> Sequence[RepoFile] | None:
    info: ModelInfo | None = None if isinstance(model.info, Unavailable) else model.info.facts
    return info.files if info is not None and info.files is not None and not info.unread_files else None


def _is_notice(path: str) -> bool:
    return "notice" in path.rsplit("/", 1)[-1].lower()

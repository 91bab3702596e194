"""The Hub's answer about a dataset: its license and nothing else."""

from __future__ import annotations

from auditor.domain.evidence import DatasetFacts
from auditor.domain.text_safety import one_line
from auditor.reading.bounded_json import TooManyParts, load

FOLDER = "api/datasets/"
"""Begins the path under which the answer is held among the documents of the model that names the dataset."""
_TAG = "license:"
_MAX_LICENSES = 20
_MAX_LENGTH = 200


class MalformedDataset(ValueError):
    """The answer is not the JSON of a dataset."""


def read_dataset_info(content: bytes) -> DatasetFacts:
    """Licenses by tag and by card, each once. Raises MalformedDataset when the answer is no JSON object with an id."""
    try:
        raw = load(content)
    except TooManyParts as error:
        raise MalformedDataset(f"the answer has {error}") from None
    except ValueError:
        raise MalformedDataset("the answer is not JSON") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise MalformedDataset("the answer is no JSON object with the id of a dataset")
    card, tags = raw.get("cardData"), raw.get("tags")
    said = card.get("license") if isinstance(card, dict) else None
    values = [*(said if isinstance(said, list) else [said])]
    values += [tag.removeprefix(_TAG) for tag in tags if isinstance(tag, str) and tag.startswith(_TAG)] if isinstance(tags, list) else []
    found = dict.fromkeys(one_line(value, _MAX_LENGTH) for value in values if isinstance(value, str) and value.strip())
    return DatasetFacts(id=one_line(raw["id"], _MAX_LENGTH), licenses=tuple(found)[:_MAX_LICENSES])

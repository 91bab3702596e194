"""What the Hub says of a dataset."""

from __future__ import annotations

import json

import pytest

from auditor.reading import bounded_json
from auditor.reading.dataset_info import MalformedDataset, read_dataset_info


@pytest.mark.parametrize(
    ("answer", "licenses"),
    [
        ({"cardData": {"license": "cc-by-nc-4.0"}, "tags": ["license:cc-by-nc-4.0", "language:en"]}, ("cc-by-nc-4.0",)),
        ({"cardData": {"license": ["mit", "odbl"]}}, ("mit", "odbl")),
        ({"tags": ["license:mit"]}, ("mit",)),
        ({"cardData": {"license": "mit"}, "tags": ["license:odbl"]}, ("mit", "odbl")),
        ({}, ()),
        ({"cardData": None, "tags": None}, ()),
        ({"cardData": [], "tags": "license:mit"}, ()),
        ({"cardData": {"license": False}, "tags": [7]}, ()),
        ({"cardData": {"license": "a\x1b[2J"}}, ("a⟦U+001B⟧[2J",)),
        ({"tags": [f"license:{n}" for n in range(30)]}, tuple(map(str, range(20)))),
    ],
)
def test_licenses(answer: dict[str, object], licenses: tuple[str, ...]) -> None:
    assert read_dataset_info(json.dumps({"id": "org/data", **answer}).encode()).licenses == licenses


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"id": 7}'])
def test_what_is_no_answer_about_a_dataset(content: bytes) -> None:
    with pytest.raises(MalformedDataset):
        read_dataset_info(content)


def test_too_many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_json, "MAX_PARTS", 2)
    with pytest.raises(MalformedDataset, match="more than 2 parts"):
        read_dataset_info(b'{"id": "a", "b": [1, 2]}')

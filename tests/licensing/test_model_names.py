"""Ids of models as people write them."""

from __future__ import annotations

import pytest

from auditor.domain.evidence import ModelRef
from auditor.licensing.model_names import reference


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("org/name", ModelRef("org/name")),
        ("org/name@v1", ModelRef("org/name", "v1")),
        ("org/name@main", ModelRef("org/name")),
        ("org/name@refs/pr/3", ModelRef("org/name", "refs/pr/3")),
        ("gpt2@abc", ModelRef("gpt2", "abc")),
        ("hf.co/org/name", ModelRef("org/name")),
        ("huggingface.co/org/name/", ModelRef("org/name")),
        ("HF.co/org/name", ModelRef("org/name")),
        ("https://huggingface.co/org/name/tree/main", ModelRef("org/name")),
        ("https://huggingface.co/org/name/tree/v2/sub", ModelRef("org/name", "v2")),
        ("https://huggingface.co/org/name/resolve/main/model.gguf", ModelRef("org/name")),
        ("https://huggingface.co/org/name/blob/abc/README.md?download=true", ModelRef("org/name", "abc")),
        ("https://huggingface.co/org/name@v1", ModelRef("org/name", "v1")),
        ("https://huggingface.co/api/models/org/name", ModelRef("org/name")),
        ("https://huggingface.co/models/org/name", ModelRef("org/name")),
        ("https://huggingface.co/org/name?library=transformers#use", ModelRef("org/name")),
        ("https://huggingface.co/org%2Fname", ModelRef("org/name")),
        ("org/name/resolve/main/model.gguf", ModelRef("org/name")),
        ("org/name/tree/v1", ModelRef("org/name", "v1")),
        ("https://huggingface.co/datasets/org/name", None),
        ("https://huggingface.co/spaces/org/name", None),
        ("https://huggingface.co.evil.example/org/name", None),
        ("https://user@huggingface.co/org/name", ModelRef("org/name")),
        ("ftp://huggingface.co/org/name", None),
        ("org/name@", None),
        ("org/name@a b", None),
        ("org/name@../x", None),
        ("hf.co", ModelRef("hf.co")),
        ("./org/name", None),
        ("/data/llama", None),
        ("~/llama", None),
        ("C:\\llama", None),
        ("огр/name", None),
    ],
)
def test_the_model_that_is_named(value: str, found: ModelRef | None) -> None:
    assert reference(value) == found

"""The gate's words beside its prompt."""

from typing import Any

import pytest

from auditor.reading.card import card_data
from auditor.reading.gate import gate_binding_words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, 0),
        ({"extra_gated_fields": {"Name": "text", "I agree to use this model for non-commercial use ONLY": "checkbox"}}, 2),
        ({"extra_gated_fields": {"I agree to use this model for research": {"type": "Checkbox"}}}, 1),
        ({"extra_gated_fields": {"Job title": {"type": "select", "options": ["Research only", "Other"]}, "Company": "text"}}, 0),
        ({"extra_gated_fields": {"I accept the terms of the license": "checkbox"}, "extra_gated_button_content": "Submit"}, 0),
        ({"extra_gated_description": "Not for military use."}, 2),
        ({"extra_gated_heading": "Nur zu Forschungszwecken und mit unserer Zustimmung zu verwenden"}, 1),
        ({"extra_gated_heading": ["a"], "extra_gated_fields": ["checkbox"]}, 0),
        ({"extra_gated_fields": {"仅供研究使用": "checkbox"}}, 1),
    ],
)
def test_words_that_restrict(values: dict[str, Any], words: int) -> None:
    assert gate_binding_words(values) == words
    assert card_data(values).gate_binding_words == words

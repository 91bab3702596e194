"""What a user accepts at a gate beside its prompt: heading, description, button and the labels of checkboxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.reading.text import binding_words

_TEXTS = ("extra_gated_heading", "extra_gated_description", "extra_gated_button_content")
_SHORT = 8
"""Words below which a text says nothing of its language: a button that reads `Submit` is no foreign text."""


def gate_binding_words(values: Mapping[str, Any]) -> int:
    """How often these words put restrictions. Questions with an answer to choose are passed over: their options restrict nobody."""
    fields = values.get("extra_gated_fields")
    labels = [str(label) for label, kind in fields.items() if _is_checkbox(kind)] if isinstance(fields, Mapping) else []
    texts = [value for name in _TEXTS if isinstance(value := values.get(name), str)]
    return sum(binding_words(text, len(words) if len(words := text.split()) >= _SHORT else 0) for text in texts + labels)


def _is_checkbox(kind: object) -> bool:
    if isinstance(kind, Mapping):
        kind = kind.get("type")
    return isinstance(kind, str) and kind.strip().lower() == "checkbox"

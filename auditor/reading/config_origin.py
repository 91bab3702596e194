"""`_name_or_path` of config.json: where transformers loaded the model from before it was saved (PretrainedConfig.to_dict)."""

from __future__ import annotations

from auditor.domain.text_safety import one_line
from auditor.reading.bounded_json import load


def starting_point(content: bytes) -> str:
    """The value; empty when the file states none. It may be the model's own id, a folder of whoever saved it, or the model that training began from."""
    if b'"_name_or_path"' not in content:
        return ""
    try:
        value = load(content)
    except ValueError:
        return ""
    found = value.get("_name_or_path") if isinstance(value, dict) else None
    return one_line(found, 500) if isinstance(found, str) else ""

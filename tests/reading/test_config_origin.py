"""What a saved config names as its origin."""

from __future__ import annotations

import pytest

from auditor.reading.config_origin import starting_point


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"_name_or_path": "org/base"}', "org/base"),
        (b'{"_name_or_path": " /data/x\\n"}', "/data/x"),
        (b'{"_name_or_path": ""}', ""),
        (b'{"_name_or_path": 7}', ""),
        (b'{"text_config": {"_name_or_path": "org/part"}}', ""),
        (b'["_name_or_path"]', ""),
        (b'{"_name_or_path": "x"', ""),
        (b"{}", ""),
    ],
)
def test_the_starting_point(content: bytes, value: str) -> None:
    assert starting_point(content) == value

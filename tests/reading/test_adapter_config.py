"""What an adapter says that it is made for."""

from __future__ import annotations

import json

import pytest

from auditor.reading import bounded_json
from auditor.reading.adapter_config import adapter_configs, is_adapter_config, read_adapter_config


@pytest.mark.parametrize(
    ("value", "base", "revision", "problems"),
    [
        ({"base_model_name_or_path": "org/base", "revision": None}, "org/base", None, ()),
        ({"base_model_name_or_path": " org/base\n", "revision": "abc"}, "org/base", "abc", ()),
        ({"base_model_name_or_path": "/data/llama"}, "/data/llama", None, ()),
        ({"base_model_name_or_path": ""}, None, None, ()),
        ({"base_model_name_or_path": None}, None, None, ()),
        ({"r": 8}, None, None, ()),
        ({"base_model_name_or_path": ["org/base"]}, None, None, ("base_model_name_or_path in adapter_config.json is no text: list",)),
        ({"base_model_name_or_path": "org/base", "revision": 7}, "org/base", None, ()),
        ([], None, None, ("adapter_config.json is no mapping",)),
    ],
)
def test_the_base_of_an_adapter(value: object, base: str | None, revision: str | None, problems: tuple[str, ...]) -> None:
    facts = read_adapter_config(json.dumps(value).encode())
    assert (facts.base_model, facts.revision, facts.problems) == (base, revision, problems)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_a_problem(content: bytes) -> None:
    assert read_adapter_config(content).problems == ("adapter_config.json is not JSON",)


def test_too_many_parts_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_json, "MAX_PARTS", 3)
    assert read_adapter_config(b'{"a": [1, 2, 3]}').problems == ("adapter_config.json has more than 3 parts",)


def test_hostile_names_are_made_safe() -> None:
    assert read_adapter_config(json.dumps({"base_model_name_or_path": "a\x1b[31m/b\u202e"}).encode()).base_model == "a⟦U+001B⟧[31m/b⟦U+202E⟧"


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        ({"adapter_config.json", "a/adapter_config.json"}, ("adapter_config.json",)),
        ({"b/adapter_config.json", "a/adapter_config.json", "a/adapter_model.safetensors"}, ("a/adapter_config.json", "b/adapter_config.json")),
        ({"vision-lora/adapter_config.json", "model-00001-of-00002.safetensors"}, ()),
        ({"a/b/adapter_config.json", "README.md"}, ()),
    ],
)
def test_which_files_speak_of_the_repository(listed: set[str], found: tuple[str, ...]) -> None:
    assert adapter_configs(listed) == found


def test_by_name() -> None:
    assert [is_adapter_config(path) for path in ("adapter_config.json", "a/adapter_config.json", "a/b/adapter_config.json", "my_adapter_config.json")] == [
        True, True, False, False,
    ]  # fmt: skip

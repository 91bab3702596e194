"""`auditor licenses`, `gpus`, `stacks`, `rules`, `policies`: tables and JSON of what the catalogue holds."""

import json

import pytest
from fakes import real_catalog

from auditor.cli.main import run
from auditor.engine.rules import load_rules


def listed(capsys, name):
    assert run([name, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["schema_version", name]
    assert found["schema_version"] == f"auditor-{name}/1"
    return found[name]


@pytest.mark.parametrize(
    ("name", "key", "keys"),
    [
        ("licenses", "key", lambda catalog: list(catalog.license_keys)),
        ("gpus", "key", lambda catalog: list(catalog.gpus)),
        ("stacks", "key", lambda catalog: list(catalog.stacks)),
        ("rules", "id", lambda catalog: [rule.id for rule in load_rules(catalog)]),
        ("policies", "key", lambda catalog: ["default", "strict"]),
    ],
)
def test_every_entry_once_in_both_formats(capsys, name, key, keys):
    expected = keys(real_catalog())
    assert [row[key] for row in listed(capsys, name)] == expected
    assert run([name]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[0] == key
    assert [row.split()[0] for row in rows] == expected


def test_a_stack(capsys):
    assert next(row for row in listed(capsys, "stacks") if row["key"] == "tensorrt-llm") == {
        "key": "tensorrt-llm", "name": "TensorRT-LLM", "version": "1.2.1", "oldest": "1.0.0", "gpu_memory_utilization": 0.9, "block_size": 32,
        "kv_types": ["bfloat16", "float16", "fp8", "nvfp4"], "aliases": ["trtllm", "trt-llm"], "reviewed": "2026-11-24",
    }  # fmt: skip


def test_the_policies(capsys):
    default, strict = listed(capsys, "policies")
    assert (default["fail_on"], default["require_text"], default["gate"], default["rules"]) == ("review", False, ["license", "lineage", "artifact"], {})
    assert (strict["fail_on"], strict["require_text"], strict["gate"]) == ("conditional", True, ["license", "lineage", "artifact", "documentation"])
    assert strict["rules"] == {"LIC013": "review", "LIN002": "review", "LIN004": "review"}


@pytest.mark.parametrize("name", ["licenses", "gpus", "stacks", "rules", "policies"])
def test_an_unknown_format_is_a_usage_error(capsys, name):
    assert run([name, "-f", "jsn"]) == 2
    assert capsys.readouterr() == ("", "auditor: unknown format 'jsn'; did you mean 'json'?\n  next: choose from: terminal, json\n")

"""README, CONTRIBUTING, CHANGELOG and docs/ say what is there."""

import json
import re
from pathlib import Path

import pytest
from fakes import real_catalog
from jsonschema import Draft202012Validator

from auditor.cli.main import _COMMANDS, run

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")] + sorted((ROOT / "docs").glob("*.md"))
SYNTHETIC = str(ROOT / "reports" / "examples" / "synthetic")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_shows_every_command_and_no_other():
    shown = {name for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL) for name in re.findall(r"(?:\$ |; |\$\()auditor ([a-z]+)", block)}
    assert shown == set(_COMMANDS)


def test_the_readme_counts_right():
    catalog = real_catalog()
    types = {name for architecture in catalog.architectures.values() for name in architecture.types}
    assert f"for {len(types)} model types on five serving stacks" in README
    assert len(catalog.stacks) == 5


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_repository_lead_somewhere(path):
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize(
    ("schema", "version", "arguments"),
    [
        ("auditor-result-1", "auditor-result/1", ("check", "--exit-zero")),
        ("auditor-diff-1", "auditor-diff/1", ("diff", SYNTHETIC)),
        ("auditor-notices-1", "auditor-notices/1", ("notices",)),
        ("auditor-lineage-1", "auditor-lineage/1", ("lineage",)),
        ("auditor-size", None, ("size", "example-org/synthetic-1b", "--gpu", "rtx-4090", "--finetune", "qlora")),
    ],
)
def test_what_is_printed_follows_its_schema(schema, version, arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    known = json.loads((ROOT / "reports" / "schema" / f"{schema}.json").read_text(encoding="utf-8"))
    place = (SYNTHETIC,) if arguments[0] == "diff" else ("--evidence", SYNTHETIC)
    assert run([*arguments, *place, "-f", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [error.message for error in Draft202012Validator(known).iter_errors(printed)] == []
    assert printed.get("schema_version") == version
    assert known["additionalProperties"] is False

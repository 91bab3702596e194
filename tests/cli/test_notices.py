"""`auditor notices` from the command line, on saved evidence: what is printed, what is written, and the exit codes."""

import json
from pathlib import Path

import pytest
from fakes import FakeSource, Repo, real_catalog

from auditor.audit.pipeline import collect
from auditor.cli.main import run
from auditor.crawler.bundle import write_bundle
from auditor.crawler.gather import Gathered
from auditor.domain.evidence import ModelRef

CARD = "---\nlicense: llama3.1\n---\nA model.\n\nBuilt with Llama\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def bundle(repos, *ids: str) -> str:
    models, parents = collect(FakeSource(repos), tuple(ModelRef(name) for name in ids or list(repos)[:1]), real_catalog())
    write_bundle(Path("evidence"), Gathered(models, parents), "https://hub.example", "1", withhold_text=False)
    return "evidence"


LLAMA = {"org/Llama-x": Repo({"license": "llama3.1"}, {"USE_POLICY.md": "Be kind.\n"}, readme=CARD)}


def test_it_prints_what_has_to_be_shipped(capsys):
    assert run(["notices", "--evidence", bundle(LLAMA), "--color", "never"]) == 0
    shown = capsys.readouterr().out
    assert "    Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.\n" in shown
    assert "Built with Llama\n" in shown
    assert "Name       begin it with Llama" in shown
    assert shown.startswith("Notice pack for org/Llama-x@")


def test_it_writes_a_pack_and_writes_it_again(capsys):
    evidence = bundle(LLAMA)
    for _ in range(2):
        assert run(["notices", "org/Llama-x", "--evidence", evidence, "-o", "pack"]) == 0
    assert capsys.readouterr().out.endswith("wrote 7 files into pack\n")
    assert sorted(path.relative_to("pack").as_posix() for path in Path("pack").rglob("*") if path.is_file()) == [
        "CHANGES.md", "CHECKLIST.md", "MODEL_CARD_SNIPPET.md", "NOTICE", "README.md", "USE_POLICY/USE_POLICY.md", "manifest.json",
    ]  # fmt: skip
    assert Path("pack/USE_POLICY/USE_POLICY.md").read_bytes() == b"Be kind.\n"
    manifest = json.loads(Path("pack/manifest.json").read_text())
    assert manifest["uses"] == ["hosted", "embedded", "redistribute", "redistribute_derivative"]
    assert [duty["status"] for duty in manifest["duties"] if duty["id"] == "llama3.1/display"] == ["met"]


def test_a_folder_is_packed_like_a_repository(capsys):
    Path("Llama-x").mkdir()
    Path("Llama-x/README.md").write_text(CARD)
    Path("Llama-x/config.json").write_text("{}")
    Path("Llama-x/NOTICE").write_text("Thanks to all.\n")
    assert run(["notices", "./Llama-x", "--offline", "-o", "pack"]) == 0
    assert Path("pack/NOTICES/NOTICE").read_text() == "Thanks to all.\n"
    statuses = {duty["id"]: duty["status"] for duty in json.loads(Path("pack/manifest.json").read_text())["duties"]}
    assert (statuses["llama3.1/display"], statuses["llama3.1/notice"], statuses["llama3.1/license-copy"]) == ("met", "missing", "missing")


def test_json_and_uses(capsys):
    assert run(["notices", "--evidence", bundle(LLAMA), "--use", "redistribute", "-f", "json"]) == 0
    pack = json.loads(capsys.readouterr().out)
    assert (pack["schema_version"], pack["uses"], pack["use_source"], pack["complete"]) == ("auditor-notices/1", ["redistribute"], "flag", True)


@pytest.mark.parametrize(
    ("repos", "code"),
    [
        ({"org/x": Repo({"license": "other"})}, 0),
        ({"org/x": Repo({"license": "llama3.1"}, unavailable={"LICENSE": "timeout"})}, 4),
        ({"org/x": Repo({"license": "llama3.1", "base_model": "a/b"}), "a/b": "timeout"}, 4),
    ],
)
def test_what_cannot_be_told_is_said_and_still_written(repos, code, capsys):
    assert run(["notices", "--evidence", bundle(repos), "-o", "pack"]) == code
    assert "WARNING: " in capsys.readouterr().out
    assert [
        name for name in ("README.md", "CHECKLIST.md", "CHANGES.md", "MODEL_CARD_SNIPPET.md", "NOTICE") if "WARNING" not in Path("pack", name).read_text()
    ] == []


def test_without_evidence_nothing_is_written(capsys):
    assert run(["notices", "org/x", "--offline", "-o", "pack"]) == 4
    assert not Path("pack").exists()
    assert "nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["notices", "--offline"], "a pack is for one model, not for 0"),
        (["notices", "--evidence", "{two}"], "a pack is for one model, not for 2"),
        (["notices", "org/x", "--offline", "-f", "html"], "unknown format 'html'"),
        (["notices", "org/x", "--offline", "--use", "shipping"], "unknown use 'shipping'"),
        (["notices", "not an id", "--offline"], "not an id"),
    ],
)
def test_a_mistake_is_2(arguments, said, capsys):
    two = bundle({"org/x": Repo({"license": "mit"}), "org/y": Repo({"license": "mit"})}, "org/x", "org/y")
    assert run([one.replace("{two}", two) for one in arguments]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_with_something_else_in_it_is_2(capsys):
    Path("pack").mkdir()
    Path("pack/mine.txt").write_text("x")
    assert run(["notices", "--evidence", bundle(LLAMA), "-o", "pack"]) == 2
    said = capsys.readouterr().err
    assert "which was not written by this command" in said
    assert "next: name an empty or new folder with -o" in said
    assert [path.name for path in Path("pack").iterdir()] == ["mine.txt"]

"""`auditor lineage`: the tree of one model, as a drawing and as JSON."""

import json
import os
from pathlib import Path

import pytest
from fakes import HUB, FakeSource, Repo, real_catalog

from auditor import __version__
from auditor.audit.pipeline import collect
from auditor.cli.main import run
from auditor.crawler.bundle import write_bundle
from auditor.crawler.gather import Gathered
from auditor.domain.evidence import ModelRef

REPOS = {
    "me/model": Repo({"license": "mit", "base_model": ["me/mid", "lost/one"], "base_model_relation": "merge"}),
    "me/mid": Repo({"license": "apache-2.0", "base_model": "org/nc", "base_model_relation": "finetune"}),
    "org/nc": Repo({"license": "cc-by-nc-4.0"}),
    "org/loop": Repo({"license": "mit", "base_model": "org/pool"}),
    "org/pool": Repo({"license": "mit", "base_model": "org/loop"}),
}


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = collect(FakeSource(REPOS), [ModelRef("me/model"), ModelRef("org/loop")], real_catalog())
    write_bundle(tmp_path / "bundle", Gathered(*found), HUB, __version__, withhold_text=True)
    return str(tmp_path / "bundle")


def answered(capsys, *arguments):
    assert run(["lineage", *arguments, "-f", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_nodes_and_edges(capsys, bundle):
    tree = answered(capsys, "me/model", "--evidence", bundle)
    assert tree["schema_version"] == "auditor-lineage/1"
    assert [(n["id"], n["license"], n["depth"], n["state"]) for n in tree["nodes"]] == [
        ("me/model", "mit", 0, "known"),
        ("lost/one", "unknown", 1, "unfetched"),
        ("me/mid", "apache-2.0", 1, "known"),
        ("org/nc", "cc-by-nc-4.0", 2, "known"),
    ]
    assert [(e["child"], e["parent"], e["relation"], e["depth"], e["grade"]) for e in tree["edges"]] == [
        ("me/model", "lost/one", "merge", 1, "unknown"),
        ("me/model", "me/mid", "merge", 1, "benign"),
        ("me/mid", "org/nc", "finetune", 2, "permission_dropped"),
    ]
    assert {number for e in tree["edges"] for number in e["evidence"]} == {e["id"] for e in tree["evidence"]}
    assert all(len(n["revision"]) == 40 for n in tree["nodes"] if n["state"] == "known")


def test_edges_are_those_of_a_check(capsys, bundle):
    run(["check", "me/model", "--evidence", bundle, "-f", "json"])
    [model] = json.loads(capsys.readouterr().out)["models"]
    assert answered(capsys, "me/model", "--evidence", bundle)["edges"] == model["lineage"]


def test_a_drawing(capsys, bundle, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    assert run(["lineage", "me/model", "--evidence", bundle]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("me/model@") and lines[0].endswith(" (mit, tag only, no text)")
    assert lines[1].startswith("├─ merge of lost/one (could not be had): ")
    assert any(line.startswith("└─ merge of me/mid@") for line in lines)
    assert any(line.startswith("   └─ fine-tune of org/nc@") for line in lines)
    assert all(len(line) <= 110 for line in lines)


def test_circles(capsys, bundle):
    assert answered(capsys, "org/loop", "--evidence", bundle)["cycles"] == [["org/loop", "org/pool", "org/loop"]]
    assert run(["lineage", "org/loop", "--evidence", bundle]) == 0
    assert "a circle: org/loop -> org/pool -> org/loop" in " ".join(capsys.readouterr().out.split())


def test_a_folder(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "README.md").write_text("---\nlicense: mit\nbase_model: my own thing\n---\n")
    tree = answered(capsys, "./m", "--offline")
    assert [(n["id"], n["state"]) for n in tree["nodes"]] == [("local/m", "known"), ("my own thing", "unidentified")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "no model was named"),
        (("--evidence", "{bundle}"), 2, "the bundle was made for 2 models"),
        (("me/model", "-f", "html"), 2, "unknown format 'html'"),
        (("not an id", "--offline"), 2, "is no id of a model"),
        (("me/model", "--offline"), 4, "--offline makes no request"),
        (("elsewhere/model", "--evidence", "{bundle}"), 4, "the bundle does not hold elsewhere/model"),
        (("me/model", "--evidence", "nothing"), 2, "nothing"),
    ],
)
def test_what_cannot_be_answered(capsys, bundle, arguments, code, said):
    assert run(["lineage", *(part.replace("{bundle}", bundle) for part in arguments)]) == code
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)


def test_it_is_lazy():
    import subprocess
    import sys

    program = "import sys; import auditor.cli.lineage; sys.exit('auditor.audit' in sys.modules or 'yaml' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(root)}, check=False).returncode == 0

"""`check PATH`, `--as`, `--from`: what a user has on disk."""

import hashlib
import json

import pytest

from auditor.cli.main import run
from auditor.crawler.bundle import write_bundle
from auditor.crawler.gather import Gathered
from auditor.crawler.parse import Received, file_document, info_document
from auditor.domain.evidence import ModelEvidence, ModelRef

SHA = "1" * 40
CARD = b"---\nlicense: mit\n---\nA model.\n"
WEIGHTS = b"not really weights"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def folder(path, weights=WEIGHTS):
    path.mkdir()
    (path / "README.md").write_bytes(CARD)
    (path / "pytorch_model.bin").write_bytes(weights)


def bundle_of_the_original(path):
    listed = [
        {"rfilename": "README.md", "size": len(CARD)},
        {"rfilename": "pytorch_model.bin", "size": len(WEIGHTS), "lfs": {"sha256": hashlib.sha256(WEIGHTS).hexdigest(), "size": len(WEIGHTS)}},
    ]
    answer = {"id": "org/model", "sha": SHA, "gated": False, "tags": ["license:mit"], "cardData": {"license": "mit"}, "siblings": listed}
    info = info_document(Received("https://hub.example/api/models/org/model", 200, {}, json.dumps(answer).encode(), "2026-11-24T08:00:00Z"))
    card = file_document("card", "README.md", Received("https://hub.example/org/model/resolve/x/README.md", 200, {}, CARD, "2026-11-24T08:00:00Z"))
    one = ModelEvidence(ModelRef("org/model"), info, {"README.md": card})
    write_bundle(path, Gathered({one.requested: one}, {}), "https://hub.example", "0", withhold_text=False)


def model_of(capsys):
    [model] = json.loads(capsys.readouterr().out)["models"]
    return model


def test_a_folder_is_audited_without_the_hub(tmp_path, capsys):
    folder(tmp_path / "copy")
    assert run(["check", "./copy", "--offline", "-f", "json"]) == 0
    model = model_of(capsys)
    assert (model["requested"], model["verdict"], model["license"]["concluded"]["key"]) == ("./copy", "approved", "mit")
    assert {a["area"]: a["verdict"] for a in model["areas"]}["artifact"] == "not_assessed"


@pytest.mark.parametrize(("weights", "code", "verdict", "rules"), [(WEIGHTS, 0, "approved", []), (b"not really weighty", 3, "review", ["SEC001"])])
def test_a_copy_is_held_against_the_model_that_it_claims_to_be(weights, code, verdict, rules, tmp_path, capsys):
    folder(tmp_path / "copy", weights)
    bundle_of_the_original(tmp_path / "evidence")
    assert run(["check", "./copy", "--as", "org/model", "--evidence", "evidence", "-f", "json"]) == code
    model = model_of(capsys)
    assert {a["area"]: a["verdict"] for a in model["areas"]}["artifact"] == verdict
    assert [f["rule"] for f in model["findings"] if f["area"] == "artifact"] == rules


def test_what_could_not_be_compared_is_said(tmp_path, capsys):
    folder(tmp_path / "copy")
    assert run(["check", "./copy", "--as", "org/model", "--offline", "-f", "json"]) == 0
    assert [(f["rule"], f["outcome"]) for f in model_of(capsys)["findings"] if f["area"] == "artifact"] == [("SEC002", "note")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["org/model", "--as", "a/b"], "exactly one path"), (["./a", "./b", "--as", "a/b"], "exactly one path"), (["./a", "--as", "no id"], "no id")],
)
def test_as_goes_with_one_path(arguments, said, tmp_path, capsys):
    folder(tmp_path / "a")
    folder(tmp_path / "b")
    assert run(["check", *arguments, "--offline"]) == 2
    assert said in capsys.readouterr().err


def test_a_path_that_is_not_there(capsys):
    assert run(["check", "./nothing", "--offline"]) in (2, 4)
    assert "nothing" in "".join(capsys.readouterr())


def test_ids_from_a_file(tmp_path, capsys):
    folder(tmp_path / "copy")
    (tmp_path / "models.txt").write_text("# ours\n\n./copy\norg/other\n")
    assert run(["check", "--from", "models.txt", "--offline", "-f", "json"]) == 4
    assert {m["requested"] for m in json.loads(capsys.readouterr().out)["models"]} == {"./copy", "org/other"}


@pytest.mark.parametrize(("content", "code", "said"), [(b"\n# nothing\n", 5, "nothing to audit"), (b"\xff\xfe", 2, "not UTF-8"), (None, 2, "cannot be read")])
def test_a_list_that_names_nothing(content, code, said, tmp_path, capsys):
    if content is not None:
        (tmp_path / "models.txt").write_bytes(content)
    assert run(["check", "--from", "models.txt", "--offline"]) == code
    assert said in capsys.readouterr().err

"""An organization's own readings: found by the digest of a text, signed, never in the place of the catalogue."""

import json
from pathlib import Path

import pytest

from auditor.cli.main import run
from auditor.reading.normalize import fingerprint

ROOT = Path(__file__).resolve().parents[2]
SYNTHETIC = ("check", "--evidence", str(ROOT / "reports" / "examples" / "synthetic"))
TEXT = "Example Model License, version 1\n\n1. You may run the model inside your organization.\n2. You may offer it to others once you have told the author.\n3. Keep this text with every copy of the weights.\n"
USES = ("internal", "hosted", "embedded", "redistribute", "finetune", "redistribute_derivative", "distil", "research")


def reading(**changes):
    digest = fingerprint(TEXT)
    grants = "".join(f'  {use}: {{given: "{"yes" if use in ("internal", "hosted", "research") else "silent"}", clause: "1"}}\n' for use in USES)
    fields = {
        "entry": "reading", "key": "example-1", "name": "Example Model License 1", "family": "example", "steward": "Example Org", "category": "community",
        "osi_approved": "false", "verified": "true", "reviewed": "2026-11-01", "reading": "{signed_by: J. Doe, signed_on: 2026-11-01}",
        "sources": "[{url: the text itself}]", "texts": f"[{{id: whole, form: canonical, words: {digest.words}, sha256: {digest.sha256}, source: the repository}}]",
        "outputs": '{training: not_stated, commercial: not_stated, clause: "none", summary: Not spoken of.}', **changes,
    }  # fmt: skip
    terms = 'terms:\n  - {id: tell, kind: notice_to_licensor, clause: "2", summary: Tell the author before offering it., effect: oblige, uses: [hosted], obligation: {action: Tell the author., trigger: offering it}}\n'
    return "".join(f"{name}: {value}\n" for name, value in fields.items()) + "grants:\n" + grants + terms


@pytest.fixture(autouse=True)
def _legal(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "legal").mkdir()
    (tmp_path / "auditor.toml").write_text('[catalog]\nextra = ["legal"]\n')


def found(capsys, *arguments):
    run([*SYNTHETIC, *arguments, "-f", "json"])
    report = json.loads(capsys.readouterr().out)
    return report, report["models"][0]


def test_a_text_that_the_catalogue_does_not_know_is_read_as_signed(tmp_path, capsys):
    before = found(capsys)[0]["tool"]["knowledge_sha256"]
    (tmp_path / "legal" / "example-1.yaml").write_text(reading())
    report, model = found(capsys, "--use", "internal,hosted")
    assert (model["verdict"], model["license"]["concluded"]["key"], model["license"]["concluded"]["method"]) == ("conditional", "example-1", "text_exact")
    assert model["license"]["concluded"]["name"] == "Example Model License 1 (as read by J. Doe, 2026-11-01)"
    assert {p["use"]: p["result"] for p in model["permissions"]}["internal"] == "permitted"
    assert {p["use"]: p["result"] for p in model["permissions"]}["embedded"] == "unknown"
    assert model["license"]["concluded"]["confidence"] == "declared"
    [note] = [f for f in model["findings"] if f["rule"] == "LIC021"]
    assert note["message"] == "The reading of Example Model License 1 is that of J. Doe of 2026-11-01; the catalogue does not hold this text."
    assert report["tool"]["knowledge_sha256"] != before


def test_without_it_the_text_goes_to_review(capsys):
    assert found(capsys)[1]["verdict"] == "review"


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("mit", {"key": "mit"}, "'mit' names mit of the catalogue"),
        ("example-1", {"texts": "[]"}, "a reading is found by the digest of its text"),
        ("example-1", {"aliases": "[example]"}, "a reading is found by its text, not by a name"),
        ("example-1", {"entry": "license"}, "entry: Input should be 'reading'"),
        ("example-1", {"reading": "{signed_by: J. Doe}"}, "reading.signed_on"),
        ("example-1", {"readng": "1"}, "unknown field; did you mean 'reading'?"),
        ("other", {}, "key: 'example-1' must equal the file's name 'other'"),
        ("example-1", {"texts": "[{id: a, form: canonical, words: 163, sha256: 0cf21bdfd1964a97a8615e128534845826afbc887edc95aa5c925cbf64386b5c, source: x}]"}, "this text is mit of the catalogue"),
    ],
)  # fmt: skip
def test_a_reading_that_cannot_stand_is_a_usage_error(name, changes, said, tmp_path, capsys):
    (tmp_path / "legal" / f"{name}.yaml").write_text(reading(**changes))
    assert run([*SYNTHETIC]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert f"legal/{name}.yaml" in err


def test_a_folder_that_is_not_there(tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text('[catalog]\nextra = ["nowhere"]\n')
    assert run([*SYNTHETIC]) == 2
    assert "nowhere: no folder with license readings" in capsys.readouterr().err

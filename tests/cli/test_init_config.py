"""`init` and `config`: the template, where values come from, agreements."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from auditor.cli.main import run
from auditor.config.file import read_config
from auditor.config.template import TEMPLATE

ROOT = Path(__file__).resolve().parents[2]
FUYU = ("check", "--evidence", str(ROOT / "reports" / "examples" / "evidence"), "adept/fuyu-8b", "--fact", "organization=company")
AGREEMENT = '[[agreements]]\nlicensor = "Adept"\nlicenses = ["cc-by-nc-4.0"]\nuses = ["hosted"]\nexpires = 2027-06-30\n'


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def uncommented(template):
    """The template with every example line live."""
    lines = [re.sub(r"^# (?=\[\[|[a-z_0-9]+ = )", "", line) for line in template.splitlines()]
    return "\n".join(lines)


def test_init_writes_the_template_once(tmp_path, capsys):
    assert run(["init"]) == 0
    assert (tmp_path / "auditor.toml").read_text() == TEMPLATE
    assert run(["init"]) == 2
    assert "auditor.toml is there already" in capsys.readouterr().err
    (tmp_path / "auditor.toml").write_text("")
    assert run(["init", "--force"]) == 0
    assert (tmp_path / "auditor.toml").read_text() == TEMPLATE


def test_the_template_says_hosted_and_nothing_else(tmp_path):
    assert tomllib.loads(TEMPLATE) == {"profile": {"use": ["hosted"], "facts": {}}, "hardware": {}, "serving": {}, "policy": {}}


def test_every_example_in_the_template_is_valid(tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text(uncommented(TEMPLATE))
    found = read_config(tmp_path / "auditor.toml")
    assert (found.policy.fail_on, found.hardware.gpus, found.agreements[0].licensor) == ("review", ["rtx-4090"], "Stability AI")
    assert run(["config"]) == 0
    assert re.search(r"facts.monthly_active_users_by_month +\{'2024-06': 4000000\}", capsys.readouterr().out)


def test_config_says_where_each_value_came_from(tmp_path, monkeypatch, capsys):
    (tmp_path / "auditor.toml").write_text('[profile]\nuse = ["internal"]\n[hardware]\ngpus = ["l4"]\n' + AGREEMENT)
    monkeypatch.setenv("AUDITOR_FACT_ORGANIZATION", "company")
    assert run(["config", "--show-sources", "-f", "json"]) == 0
    rows = {row["name"]: (row["value"], row["source"]) for row in json.loads(capsys.readouterr().out)["settings"]}
    path = str(tmp_path / "auditor.toml")
    assert rows["use"] == ("internal", path)
    assert rows["gpus"] == ("l4", path)
    assert rows["facts.organization"] == ("company", "AUDITOR_FACT_ORGANIZATION")
    assert rows["policy"] == ("default", "default")
    assert rows["agreements[0]"] == ("Adept until 2027-06-30", path)


@pytest.mark.parametrize(
    ("as_of", "use", "code", "result"),
    [
        ("2026-12-01", "hosted", 0, "conditional"),
        ("2027-06-30", "hosted", 0, "conditional"),
        ("2027-07-01", "hosted", 1, "prohibited"),
        ("2026-12-01", "internal", 1, "prohibited"),
    ],
)
def test_an_agreement_holds_for_its_use_until_its_last_day(as_of, use, code, result, tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text(AGREEMENT)
    assert run([*FUYU, "--as-of", as_of, "--use", use, "-f", "json"]) == code
    [model] = json.loads(capsys.readouterr().out)["models"]
    found = next(p for p in model["permissions"] if p["use"] == use)
    assert found["result"] == result
    assert ("your agreement with Adept until 2027-06-30" in found["because"]) == (result == "conditional")
    assert [o["id"] for o in model["obligations"] if o["kind"] == "agreement"] == (["cc-by-nc-4.0/agreement-adept"] if result == "conditional" else [])
    assert ("LIC020" in {f["rule"] for f in model["findings"]}) == (as_of == "2027-07-01")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('licenses = ["cc-by-nc-4"]', "no license is called 'cc-by-nc-4'; did you mean"),
        ('licenses = ["mit"]\nuses = ["hostd"]', "did you mean 'hosted'?"),
        ('licenses = ["mit"]\ndocument_sha256 = "12"', "agreements.0.document_sha256"),
        ('licenses = ["mit"]\nexpire = 2027-01-01', "unknown key; did you mean 'expires'?"),
    ],
)
def test_a_mistake_in_an_agreement_is_a_usage_error(line, said, tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text(f'[[agreements]]\nlicensor = "X"\n{line}\n')
    assert run([*FUYU]) == 2
    assert said in capsys.readouterr().err


def test_an_agreement_about_another_license_helps_nothing(tmp_path):
    (tmp_path / "auditor.toml").write_text(AGREEMENT.replace("cc-by-nc-4.0", "cc-by-nc-sa-4.0"))
    assert run([*FUYU, "--as-of", "2026-12-01"]) == 1


def test_an_agreement_with_somebody_else_helps_nothing(tmp_path):
    (tmp_path / "auditor.toml").write_text(AGREEMENT.replace('"Adept"', '"Cohere"'))
    assert run([*FUYU, "--as-of", "2026-12-01"]) == 1


def test_old_knowledge_is_a_note(capsys):
    assert run([*FUYU, "--as-of", "2027-11-24", "-f", "json"]) == 1
    [model] = json.loads(capsys.readouterr().out)["models"]
    [note] = [f for f in model["findings"] if f["rule"] == "LIC022"]
    assert (note["outcome"], note["message"]) == ("note", "The knowledge was last reviewed on 2026-11-24, 365 days before the day that this is judged at.")

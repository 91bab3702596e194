"""`init` and `config`: the template, where values come from, agreements."""

import json
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from auditor.cli.main import run
from auditor.config.file import ConfigFile, read_config
from auditor.config.template import TEMPLATE

ROOT = Path(__file__).resolve().parents[2]
FUYU = ("check", "--evidence", str(ROOT / "reports" / "examples" / "evidence"), "adept/fuyu-8b", "--fact", "organization=company")
AGREEMENT = '[[agreements]]\nlicensor = "Adept"\nlicenses = ["cc-by-nc-4.0"]\nuses = ["hosted"]\nexpires = 2027-06-30\n'
NC = "Creative Commons Attribution-NonCommercial 4.0 International"


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
    assert tomllib.loads(TEMPLATE) == {"profile": {"use": ["hosted"], "facts": {}}, "hardware": {}, "serving": {}, "policy": {}, "catalog": {}}


def keys(model):
    """Every key of the file, with dots; those of a list of tables under the list."""
    for name, field in model.model_fields.items():
        table = next((kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
        yield from (f"{name}.{inner}" for inner in keys(table)) if table else (name,)


def test_the_template_holds_every_key_of_the_file():
    parsed = tomllib.loads(uncommented(TEMPLATE))
    written = {f"{table}.{key}" for table, value in parsed.items() for key in (value[0] if isinstance(value, list) else value)}
    assert written == set(keys(ConfigFile))


def test_a_link_to_nowhere_is_there_already(tmp_path, capsys):
    (tmp_path / "auditor.toml").symlink_to(tmp_path / "nowhere")
    assert run(["init"]) == 2
    assert "auditor.toml is there already" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_the_schema_that_the_template_speaks_of_accepts_it(tmp_path, capsys):
    assert run(["config", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    validator = Draft202012Validator(schema)
    for text in (TEMPLATE, uncommented(TEMPLATE)):
        assert list(validator.iter_errors(json.loads(json.dumps(tomllib.loads(text), default=str)))) == []
    assert list(validator.iter_errors({"profile": {"uses": []}}))


def test_every_example_in_the_template_is_valid(tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text(uncommented(TEMPLATE))
    (tmp_path / "legal" / "licenses").mkdir(parents=True)
    found = read_config(tmp_path / "auditor.toml")
    assert (found.policy.fail_on, found.hardware.gpus, found.agreements[0].licensor) == ("review", ["rtx-4090"], "Stability AI")
    assert run(["config"]) == 0
    assert re.search(r"facts.monthly_active_users_by_month +2024-06=4000000\n", capsys.readouterr().out)


def test_config_shows_every_setting_and_where_it_came_from(tmp_path, monkeypatch, capsys):
    (tmp_path / "auditor.toml").write_text(
        '[profile]\nuse = ["internal"]\n[profile.facts]\nfield_of_use = []\ncommercial_purpose = true\n[hardware]\ngpus = ["l4"]\n'
        '[policy]\nname = "strict"\nrules = { LIC013 = "block" }\n' + AGREEMENT
    )
    monkeypatch.setenv("AUDITOR_FACT_ORGANIZATION", "company")
    monkeypatch.setenv("AUDITOR_CONTEXT", "4096")
    assert run(["config", "--show-sources", "-f", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    path = str(tmp_path / "auditor.toml")
    assert (shown["schema_version"], shown["file"]) == ("auditor-config/1", path)
    rows = {row["name"]: (row["value"], row["source"], row["where"]) for row in shown["settings"]}
    held = {
        "licensor": "Adept",
        "name": "",
        "reference": "",
        "licenses": ["cc-by-nc-4.0"],
        "uses": ["hosted"],
        "expires": "2027-06-30",
        "document_sha256": None,
    }
    assert {name: row for name, row in rows.items() if row[1] != "default"} == {
        "use": (["internal"], "file", f"{path}:2: profile.use"),
        "facts.field_of_use": ([], "file", f"{path}:4: profile.facts.field_of_use"),
        "facts.commercial_purpose": (True, "file", f"{path}:5: profile.facts.commercial_purpose"),
        "facts.organization": ("company", "env", "AUDITOR_FACT_ORGANIZATION"),
        "gpus": (["l4"], "file", f"{path}:7: hardware.gpus"),
        "context": (4096, "env", "AUDITOR_CONTEXT"),
        "policy": ("strict", "file", f"{path}:9: policy.name"),
        "rules.LIC013": ("block", "file", f"{path}:10: policy.rules.LIC013"),
        "agreements.0": (held, "file", f"{path}:11: agreements.0"),
    }
    assert {"facts.monthly_active_users", "concurrency", "stack", "fail_on", "require_text", "tensor_parallel", "quantization", "catalog.extra"} <= set(rows)
    assert rows["facts.monthly_active_users"] == (None, "default", "")
    assert rows["require_text"][0] is True  # the strict policy's, whatever the file leaves out


def test_config_in_words(tmp_path, capsys):
    assert run(["config"]) == 0
    plain = capsys.readouterr().out
    assert plain.startswith("file: none (auditor.toml is looked for up to the git root)\nuse ")
    assert re.search(r"facts.organization +not declared\n", plain)
    assert "(default)" not in plain
    (tmp_path / "auditor.toml").write_text("[profile.facts]\nfield_of_use = []\n" + AGREEMENT)
    assert run(["config", "--show-sources"]) == 0
    shown = capsys.readouterr().out
    path = tmp_path / "auditor.toml"
    assert re.search(rf"facts.field_of_use +none  \({path}:2: profile.facts.field_of_use\)\n", shown)
    assert re.search(rf"agreements.0 +Adept until 2027-06-30: hosted under cc-by-nc-4.0  \({path}:3: agreements.0\)\n", shown)
    assert re.search(r"require_text +false  \(default\)\n", shown)


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


def test_the_report_holds_the_agreements_as_declared(tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text(AGREEMENT + f'name = "Enterprise"\nreference = "C-7"\ndocument_sha256 = "{"ab" * 32}"\n')
    assert run([*FUYU, "--as-of", "2026-12-01", "-f", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    [held] = report["profile"]["agreements"]
    assert held == {
        "licensor": "Adept", "name": "Enterprise", "reference": "C-7", "licenses": ["cc-by-nc-4.0"], "uses": ["hosted"],
        "expires": "2027-06-30", "document_sha256": "ab" * 32,
    }  # fmt: skip
    [hosted] = [p for p in report["models"][0]["permissions"] if p["use"] == "hosted"]
    assert "your agreement with Adept until 2027-06-30 (Enterprise, C-7, document abababababab)" in hosted["because"]


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


def test_an_agreement_with_somebody_else_helps_nothing_and_is_named(tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text(AGREEMENT.replace('"Adept"', '"Cohere"'))
    assert run([*FUYU, "--as-of", "2026-12-01", "-f", "json"]) == 1
    [model] = json.loads(capsys.readouterr().out)["models"]
    [note] = [f for f in model["findings"] if f["rule"] == "LIC023"]
    said = f"This agreement changes nothing here: Cohere until 2027-06-30, but {NC} is granted by Creative Commons or adept"
    assert (note["outcome"], note["message"]) == ("note", said)


def test_old_knowledge_is_a_note(capsys):
    assert run([*FUYU, "--as-of", "2027-11-24", "-f", "json"]) == 1
    [model] = json.loads(capsys.readouterr().out)["models"]
    [note] = [f for f in model["findings"] if f["rule"] == "LIC022"]
    reviews = f"Last reviewed: the knowledge on 2026-11-24, {NC} on 2026-11-24."
    assert (note["outcome"], note["message"]) == ("note", f"{reviews} The earlier is 365 days before the day that this is judged at.")


@pytest.mark.parametrize(("as_of", "verdict", "outcomes"), [("2027-05-23", "approved", []), ("2027-05-24", "review", ["review"])])
def test_a_policy_may_make_knowledge_older_than_half_a_year_gate(as_of, verdict, outcomes, tmp_path, capsys):
    (tmp_path / "auditor.toml").write_text('[policy.rules]\nLIC022 = "review"\n')
    run([*FUYU, "--use", "research", "--as-of", as_of, "-f", "json"])
    [model] = json.loads(capsys.readouterr().out)["models"]
    assert (model["verdict"], [f["outcome"] for f in model["findings"] if f["rule"] == "LIC022"]) == (verdict, outcomes)

"""A misspelt name of ours is a usage error that says what was meant, wherever it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
CHECK = ("check", "--evidence", str(ROOT / "reports" / "examples" / "synthetic"))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["--use", "hostd"], "hosted"),
        (["--fact", "organisation=company"], "organization"),
        (["--fact", "organization=compny"], "company"),
        (["--fact", "business=model_hostng"], "model_hosting"),
        (["--fact", "field_of_use=milatary"], "military"),
        (["--fact", "established_in=EUU"], "EU"),
        (["--gpu", "rtx-409"], "rtx-4090"),
        (["--stack", "vlm"], "vllm"),
        (["--policy", "strct"], "strict"),
        (["--fail-on", "revue"], "review"),
        (["-f", "jsn"], "json"),
        (["-o", "jsn:out"], "json"),
        (["--color", "alway"], "always"),
    ],
)
def test_on_the_command_line(arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*CHECK, *arguments]) == 2
    assert f"did you mean {meant!r}?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "line", "meant"),
    [
        ('[profile]\nuse = ["hostd"]\n', 2, "hosted"),
        ("[profile.facts]\norganisation = 'company'\n", 2, "organization"),
        ("[profile.facts]\norganization = 'compny'\n", 2, "company"),
        ("[profile.facts]\nbusiness = ['clod']\n", 2, "cloud"),
        ("[profile.facts]\nfield_of_use = ['milatary']\n", 2, "military"),
        ("[profile.facts]\nserves_users_in = ['EAA']\n", 2, "EEA"),
        ("[policy]\nfail_on = 'revue'\n", 2, "review"),
        ("[policy.rules]\nLIC013 = 'blck'\n", 2, "block"),
        ("[polcy]\n", 1, "policy"),
        ("[[agreements]]\nlicensor = 'Adept'\nlicenses = ['mit', 'cc-by-nc-4']\n", 3, "cc-by-nc-4.0"),
        ("[[agreements]]\nlicensor = 'Adept'\nlicenses = ['mit']\nuses = ['finetun']\n", 4, "finetune"),
    ],
)
def test_in_the_file_with_its_line(text: str, line: int, meant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "auditor.toml").write_text(text)
    for command in (CHECK, ["config"]):
        assert run(command) == 2
        error = capsys.readouterr().err
        assert f"did you mean {meant!r}?" in error
        assert f"auditor.toml:{line}: " in error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[policy.rules]\nLIC0113 = 'block'\n", "auditor.toml: policy.rules: unknown rule 'LIC0113'; did you mean 'LIC013'?"),
        ("[policy]\nname = 'strct'\n", "did you mean 'strict'?"),
        ("[hardware]\ngpus = ['rtx-409']\n", "did you mean 'rtx-4090'?"),
        ("[serving]\nstack = 'vlm'\n", "did you mean 'vllm'?"),
        ("[catalog]\nextra = ['legal']\n", "legal: no folder with license readings"),
    ],
)
def test_what_the_catalogue_decides_is_said_by_config_too(text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "auditor.toml").write_text(text)
    for command in (CHECK, ["config"]):
        assert run(command) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("AUDITOR_USES", "hosted", "AUDITOR_USE"),
        ("AUDITOR_USE", "hostd", "hosted"),
        ("AUDITOR_STACK", "vlm", "vllm"),
        ("AUDITOR_FACT_BUSINESS", "clod", "cloud"),
    ],
)
def test_in_the_environment(name: str, value: str, meant: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv(name, value)
    assert run(CHECK) == 2
    assert f"did you mean {meant!r}?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("term", "meant"), [("lama3.1", "llama3.1"), ("hostd", "hosted"), ("aproved", "approved"), ("LIC0100", "LIC010"), ("rtx-409", "rtx-4090")]
)
def test_for_explain(term: str, meant: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", term]) == 2
    assert meant in capsys.readouterr().err

"""Every ending of the command has the contract's exit code, and no traceback reaches a user."""

import subprocess
import sys
from pathlib import Path

import pytest

from auditor import __version__
from auditor.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = str(ROOT / "reports" / "examples" / "evidence")
SYNTHETIC = str(ROOT / "reports" / "examples" / "synthetic")
DEMO = ("check", "--evidence", EVIDENCE)

ENDINGS = [
    (("--version",), 0, f"auditor {__version__}"),
    (("--help",), 0, "Exit codes of check: 0 pass, 1 blocked"),
    (("nonsense",), 2, "nonsense"),
    (("check", "--no-such-flag"), 2, "no-such-flag"),
    (("check",), 5, "nothing to audit"),
    (("check", "not a repository"), 2, "'not a repository' is no id of a model"),
    (("check", "a/b/c"), 2, "is no id of a model"),
    ((*DEMO, "--use", "hostd"), 2, "did you mean 'hosted'?"),
    ((*DEMO, "--fact", "monthly_active_user=1"), 2, "did you mean 'monthly_active_users'?"),
    ((*DEMO, "--fact", "monthly_active_users=many"), 2, "takes a number of users"),
    ((*DEMO, "--fact", "monthly_active_users"), 2, "expected NAME=VALUE"),
    ((*DEMO, "--gpu", "rtx-409"), 2, "rtx-4090"),
    ((*DEMO, "--stack", "vlm"), 2, "did you mean 'vllm'?"),
    ((*DEMO, "--policy", "strikt"), 2, "did you mean 'strict'?"),
    ((*DEMO, "-f", "jsn"), 2, "did you mean 'json'?"),
    ((*DEMO, "-o", "report.htm"), 2, ".html"),
    ((*DEMO, "--fail-on", "revew"), 2, "did you mean 'review'?"),
    ((*DEMO, "--as-of", "yesterday"), 2, "--as-of 'yesterday': no date"),
    ((*DEMO, "--context", "0"), 2, "context: expected a positive whole number"),
    (("check", "--evidence", "no-such-folder"), 2, "no-such-folder"),
    ((*DEMO, "--fact", "organization=company"), 1, "BLOCKED"),
    ((*DEMO, "--fact", "organization=company", "--exit-zero"), 0, "BLOCKED"),
    (DEMO, 4, "INCOMPLETE"),
    ((*DEMO, "--fail-on", "blocked"), 4, "INCOMPLETE"),
    ((*DEMO, "Qwen/Qwen2.5-VL-7B-Instruct"), 0, "APPROVED"),
    ((*DEMO, "absent/model"), 4, "INCOMPLETE"),
    (("check", "Qwen/Qwen2.5-VL-7B-Instruct", "--offline"), 4, "INCOMPLETE"),
    (("check", "--evidence", SYNTHETIC), 3, "REVIEW"),
    (("check", "--evidence", SYNTHETIC, "--fail-on", "blocked"), 0, "REVIEW"),
    (("explain", "lama3.1"), 2, "did you mean"),
    (("licenses", "-f", "yaml"), 2, "choose from: terminal, json"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), ENDINGS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else None)
def test_ending(arguments, code, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run([*arguments])
    out, err = capsys.readouterr()
    assert found == code, err
    assert said in out + err
    assert "Traceback" not in out + err


def test_a_usage_error_says_what_to_do_next(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run([*DEMO, "--use", "hostd"])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1].startswith("  next: choose from: internal, hosted")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("check", "--ues", "hosted"), "auditor: No such option: --ues (Possible options: --as, --quiet, --use)\n  next: run: auditor check --help\n"),
        (("explain",), "auditor: Missing argument 'TERM'.\n  next: run: auditor explain --help\n"),
        (("chek",), "auditor: No such command 'chek'. Did you mean 'check'?\n  next: run: auditor --help\n"),
        ((*DEMO, "--policy", "strct"), "auditor: unknown policy 'strct'; did you mean 'strict'?\n  next: choose from: default, strict\n"),
        ((*DEMO, "--fact", "monthly_users=5"), "auditor: --fact: unknown fact 'monthly_users'; did you mean 'monthly_active_users'?\n"
         "  next: run: auditor explain monthly_active_users\n"),
        ((*DEMO, "--fact", "zzz=5"), "auditor: --fact: unknown fact 'zzz'\n  next: auditor config --show-sources lists every fact\n"),
        ((*DEMO, "-o", "no such/report.html"), "auditor: no such/report.html: cannot be written: the folder no such does not exist\n"
         "  next: run: mkdir -p 'no such'\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_the_next_step_belongs_to_the_mistake(arguments, error, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    assert capsys.readouterr() == ("", error)


def test_the_bare_command_shows_its_help_as_help(capsys):
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: auditor [OPTIONS] COMMAND [ARGS]...\n")
    assert "\n  check " in err and "next:" not in err


def test_a_folder_that_is_missing_is_said_before_anything_is_asked_for(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("")
    monkeypatch.setattr("auditor.cli.targets.source_of", lambda *_: pytest.fail("evidence was asked for"))
    assert run([*DEMO, "-o", "taken/report.json"]) == 2
    assert capsys.readouterr().err.splitlines()[0] == "auditor: taken/report.json: cannot be written: the folder taken is a file"


def test_a_crash_is_70_and_names_the_error(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITOR_TRACEBACK", raising=False)

    def crash(*_):
        raise RuntimeError("boom \x1b[31m")

    monkeypatch.setattr("auditor.cli.targets.source_of", crash)
    assert run([*DEMO]) == 70
    err = capsys.readouterr().err
    assert err.splitlines()[0] == "auditor: internal error: RuntimeError: boom ⟦U+001B⟧[31m"


def test_an_interrupt_is_130(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("auditor.cli.targets.source_of", interrupt)
    assert run([*DEMO, "--exit-zero"]) == 130
    assert capsys.readouterr().err == "auditor: interrupted; nothing was decided\n"


def start(*arguments, **options):
    return subprocess.Popen([sys.executable, "-m", "auditor", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.parametrize("format_", ["terminal", "json", "html"])
def test_a_reader_that_goes_away_keeps_the_code(format_, tmp_path):
    process = start(*DEMO, "--fact", "organization=company", "-f", format_, cwd=tmp_path)
    process.stdout.close()
    process.stdout = None
    error = process.communicate(timeout=60)[1]
    assert (process.returncode, error) == (1, "")


def test_the_code_does_not_depend_on_the_format(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    codes = {format_: run([*DEMO, "--fact", "organization=company", "-f", format_]) for format_ in ("terminal", "json", "html")}
    assert codes == {"terminal": 1, "json": 1, "html": 1}


def imported(*arguments):
    """Modules that a command loads."""
    script = f"import sys, auditor.cli.main as m\nm.run({list(arguments)!r})\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.splitlines()}


def test_help_loads_neither_models_nor_clients():
    assert imported("--help") & {"pydantic", "yaml", "jinja2", "rich", "huggingface_hub", "httpx2", "license_expression"} == set()


def test_an_offline_check_loads_no_client_and_no_template_engine():
    assert imported(*DEMO) & {"jinja2", "rich", "huggingface_hub", "httpx2", "license_expression"} == set()

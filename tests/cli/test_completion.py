"""What a shell is told."""

import os
import subprocess
import sys

import pytest

from auditor.cli import completion as module
from auditor.cli.completion import SHELLS, VARIABLE, completion, prepare
from auditor.domain.errors import UsageError

START = """
from typing import Annotated
import typer
from auditor.cli import completion as c
app = typer.Typer(add_completion=False)
@app.command()
def check(
    use: Annotated[list[str], typer.Option("--use", autocompletion=c.complete_use)] = [],
    gpu: Annotated[str, typer.Option(autocompletion=c.complete_gpu)] = "",
): ...
app.command()(c.completion)
c.prepare()
typer.main.get_command(app).main(prog_name="auditor")
"""


def answered(words: str, position: int) -> list[str]:
    """What bash gets for these words."""
    environment = {**os.environ, VARIABLE: "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    return subprocess.run([sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_for_every_shell(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert completion(shell) == 0
    script = capsys.readouterr().out
    assert VARIABLE in script and "auditor" in script and script.endswith("\n")


def test_an_unknown_shell_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="unknown shell 'bahs'; did you mean 'bash'"):
        completion("bahs")


def test_commands_options_and_names_are_completed() -> None:
    assert answered("auditor ch", 1) == ["check"]
    assert answered("auditor check --u", 2) == ["--use"]
    assert answered("auditor check --use ho", 3) == ["hosted"]
    assert answered("auditor check --use internal,ho", 3) == ["internal,hosted"]
    assert answered("auditor check --gpu rtx-409", 3) == ["rtx-4090"]


@pytest.mark.parametrize(
    ("words", "position", "expected"),
    [
        ("auditor polic", 1, ["policies"]),
        ("auditor size --gpu rtx-409", 3, ["rtx-4090"]),
        ("auditor size --engine sg", 3, ["sglang"]),
        ("auditor explain LIC01", 2, [f"LIC01{n}" for n in range(10)]),
    ],
)
def test_the_command_itself_completes(words: str, position: int, expected: list[str]) -> None:
    environment = {**os.environ, VARIABLE: "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    done = subprocess.run([sys.executable, "-m", "auditor"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == expected


def test_completers_know_the_catalogue() -> None:
    assert module.complete_stack("vl") == ["vllm"]
    assert module.complete_policy("str") == ["strict"]
    assert module.complete_fact("monthly_active_users_at") == ["monthly_active_users_at_release="]
    assert "llama3.1" in module.complete_term("llama3")
    assert [module.complete_term(start) for start in ("LIC025", "vll", "str")] == [["LIC025"], ["vllm"], ["strict"]]
    assert module.complete_format("h") == ["html"]


def test_the_shells_know_bash_after_prepare() -> None:
    from typer._click.shell_completion import get_completion_class

    prepare()
    assert [get_completion_class(shell) is not None for shell in SHELLS] == [True] * 4

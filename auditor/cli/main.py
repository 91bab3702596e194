"""The `auditor` command. Every ending goes through `run`, which turns it into the contract's exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import typer

from auditor.cli.completion import VARIABLE, prepare

EPILOG = (
    "Exit codes of check: 0 pass, 1 blocked, 2 usage or configuration, 3 review, 4 incomplete, 5 nothing to audit, 70 internal error, 130 interrupted. "
    "An unknown never passes; only --fail-on never lets a verdict through."
)

_INTERRUPTED = ("interrupted; nothing was decided", "")

_COMMANDS = {
    "check": "check", "snapshot": "snapshot", "size": "size", "identify": "identify", "notices": "notices", "diff": "diff", "lineage": "lineage",
    "explain": "explain", "licenses": "listing", "gpus": "listing", "stacks": "listing", "rules": "listing", "policies": "listing",
    "init": "init", "config": "config", "completion": "completion",
}  # fmt: skip
"""Every command, in the order of the help, and the module of auditor.cli that has it as a function of its name."""


def _version(value: bool) -> None:
    if value:
        from auditor import __version__

        typer.echo(f"auditor {__version__}")
        raise typer.Exit()


def options(version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version and exit.")) -> None:
    """May you use this open-weight model, and will it run? License, lineage and memory from evidence."""


def app(arguments: Sequence[str]) -> typer.Typer:
    """The command line. Where the first argument is a command, that one alone: describing all of them costs a tenth of a start-up."""
    built = typer.Typer(name="auditor", add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, epilog=EPILOG)
    named = arguments[0] if arguments and VARIABLE not in os.environ else ""
    for name in [named] if named in _COMMANDS else _COMMANDS:
        built.command()(getattr(import_module(f"auditor.cli.{_COMMANDS[name]}"), name))
    built.callback()(options)
    return built


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code. No traceback reaches a user: an unforeseen error is 70, never 1."""
    from auditor.cli.output import ClosedPipe, say

    if VARIABLE in os.environ:
        prepare()
    try:
        result = typer.main.get_command(app(sys.argv[1:] if arguments is None else arguments)).main(args=arguments, prog_name="auditor", standalone_mode=False)
        if result == 130:  # typer's own ending of an interrupt, which says nothing
            say(*_INTERRUPTED)
        return result if isinstance(result, int) else 0
    except ClosedPipe as closed:
        return closed.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say(*_INTERRUPTED)
        return 130
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    from auditor.cli.output import say
    from auditor.domain.errors import AuditorError
    from auditor.domain.text_safety import one_line

    if isinstance(error, AuditorError):
        say(str(error), error.next_step)
        return error.exit_code
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):  # what typer raises for a wrong command line
        return _wrong_command_line(error)
    say(
        f"internal error: {type(error).__name__}: {one_line(str(error), 200)}",
        "this is a bug in auditor; nothing was decided. Run with AUDITOR_TRACEBACK=1 to see where, and report it",
    )
    if os.environ.get("AUDITOR_TRACEBACK"):
        raise error
    return 70


def _wrong_command_line(error: Any) -> int:
    """The message and the help that speaks of it; `auditor` alone shows its help instead."""
    from auditor.cli.output import say

    if type(error).__name__ == "NoArgsIsHelpError":  # typer keeps the class private; its message is the help
        with suppress(OSError, ValueError, AttributeError):  # an error stream that is gone or was never there
            sys.stderr.write(f"{error.format_message()}\n")
        return 2
    context = getattr(error, "ctx", None)
    say(error.format_message(), f"run: {context.command_path if context else 'auditor'} --help")
    return 2


def main() -> None:
    """Runs the command and ends the process."""
    code = run()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # gone, closed, or never there; what could not be written has been said
            stream.flush()
    os._exit(code)  # everything is written; taking the interpreter apart costs a sixth of a run and could only change the code

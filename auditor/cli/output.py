"""Results on standard output, everything else on standard error, files written whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.text_safety import one_line
from auditor.formats.interface import Detail, RenderContext

_WHEN = ("auto", "always", "never")
_WIDTH, _NARROWEST, _WIDEST = 100, 40, 120
"""Columns off a terminal; at least; at most, longer lines are hard to read."""


class ClosedPipe(Exception):
    """The reader of standard output went away; the code that was computed stands."""

    def __init__(self, exit_code: int) -> None:
        super().__init__()
        self.exit_code = exit_code


def say(message: str, next_step: str) -> None:
    """One error line, and one with what to do next, on standard error."""
    if sys.stderr is None:  # print would take standard output in its place
        return
    try:
        print(f"auditor: {one_line(message, 1000)}", file=sys.stderr)
        if next_step:
            print(f"  next: {one_line(next_step, 500)}", file=sys.stderr)
    except (BrokenPipeError, ValueError):
        return


def print_result(text: str, exit_code: int) -> None:
    """The result on standard output. Raises ClosedPipe when nobody reads it, UsageError when it cannot be written."""
    if sys.stdout is None:  # closed by whoever started us
        raise ClosedPipe(exit_code)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", errors="backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
        raise ClosedPipe(exit_code) from None
    except OSError as error:
        silence_stdout()
        raise UsageError(f"standard output cannot be written: {error.strerror}", "check the disk, or write to another place") from None


def silence_stdout() -> None:
    """Points standard output at nothing, so that the interpreter's own flush at exit cannot fail."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def check_folder(path: str) -> None:
    """UsageError when the folder that a file is to be written to is not there: said before the work, not after it."""
    folder = Path(path).parent
    if not folder.is_dir():
        from shlex import quote

        raise UsageError(
            f"{path}: cannot be written: the folder {folder} {'is a file' if folder.exists() else 'does not exist'}", f"run: mkdir -p {quote(str(folder))}"
        )


def write_file(path: str, text: str) -> None:
    """Writes the file whole or not at all. UsageError when it cannot be written."""
    import tempfile

    target = Path(path)
    try:
        if target.exists() and not target.is_file():
            with target.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as device:  # a device or a pipe is written into, never replaced
                device.write(text)
            return
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
                file.write(text)
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}", "check the folder and its permissions") from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def terminal_context(command: tuple[str, ...], color: str = "auto", detail: Detail = "normal") -> RenderContext:
    """How standard output shows text. UsageError when `color` is none of auto, always and never."""
    tty = sys.stdout is not None and sys.stdout.isatty()
    colored = _colored(color, tty)
    width = shutil.get_terminal_size((_WIDTH, 24)).columns if tty or os.environ.get("COLUMNS") else _WIDTH
    return RenderContext(
        color=colored,
        width=max(_NARROWEST, min(width, _WIDEST)),
        links=tty and colored and os.environ.get("TERM") != "dumb",
        ascii=not _unicode_output(),
        detail=detail,
        command=command,
    )


def file_context(command: tuple[str, ...], detail: Detail = "normal") -> RenderContext:
    """How a file shows text: UTF-8 without codes, whatever the terminal is; never less than the normal screen."""
    return RenderContext(width=_WIDTH, detail="verbose" if detail == "verbose" else "normal", command=command)


def chosen_detail(quiet: bool, verbose: bool) -> Detail:
    """What -q and -v ask for. UsageError when both are given."""
    if quiet and verbose:
        raise UsageError("-q and -v contradict each other", "give one of them")
    return "quiet" if quiet else "verbose" if verbose else "normal"


def _colored(when: str, tty: bool) -> bool:
    """The flag, else FORCE_COLOR and CLICOLOR_FORCE, else NO_COLOR, else whether a terminal shows it."""
    if when not in _WHEN:
        raise UsageError(f"unknown color setting {when!r}{did_you_mean(when, _WHEN)}", f"choose from: {', '.join(_WHEN)}")
    if when != "auto":
        return when == "always"
    if any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return tty and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _unicode_output() -> bool:
    try:
        "■▲◆●○…—".encode((sys.stdout and sys.stdout.encoding) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

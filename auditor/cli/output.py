"""Results on standard output, everything else on standard error, files written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from auditor.domain.errors import UsageError
from auditor.domain.text_safety import one_line
from auditor.formats.interface import RenderContext


class ClosedPipe(Exception):
    """The reader of standard output went away; the code that was computed stands."""

    def __init__(self, exit_code: int) -> None:
        super().__init__()
        self.exit_code = exit_code


def say(message: str, next_step: str) -> None:
    """One error line, and one with what to do next, on standard error."""
    try:
        print(f"auditor: {one_line(message, 1000)}", file=sys.stderr)
        if next_step:
            print(f"  next: {one_line(next_step, 500)}", file=sys.stderr)
    except (BrokenPipeError, ValueError):
        return


def print_result(text: str, exit_code: int) -> None:
    """The result on standard output. Raises ClosedPipe when nobody reads it."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        sys.stdout.buffer.write(text.encode(sys.stdout.encoding or "utf-8", errors="backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
        raise ClosedPipe(exit_code) from None


def silence_stdout() -> None:
    """Points standard output at nothing, so that the interpreter's own flush at exit cannot fail."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def write_file(path: str, text: str) -> None:
    """Writes the file whole or not at all. UsageError when it cannot be written."""
    target = Path(path)
    try:
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


def terminal_context(command: tuple[str, ...]) -> RenderContext:
    """How standard output shows text: color only on a terminal without NO_COLOR, or with FORCE_COLOR."""
    import shutil

    tty = sys.stdout.isatty()
    color = not os.environ.get("NO_COLOR") and (tty or bool(os.environ.get("FORCE_COLOR"))) and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((100, 24)).columns if tty or os.environ.get("COLUMNS") else 100
    return RenderContext(color=color, width=max(40, min(width, 120)), links=tty and color, ascii=not _unicode_output(), command=command)


def _unicode_output() -> bool:
    try:
        "■▲◆●○…—".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

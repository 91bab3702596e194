"""The command at a real terminal, in a pipe, with an encoding that lacks our shapes, and with nowhere to write."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECK = ("check", "--evidence", str(ROOT / "reports" / "examples" / "synthetic"), "--as-of", "2026-11-24", "--use", "internal")
REVIEW = 3
CODES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")


def environment(**variables: str) -> dict[str, str]:
    """Ours without what decides on color and encoding, and with `variables`."""
    dropped = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "LANG", "LC_ALL", "PYTHONIOENCODING", "PYTHONUTF8")
    return {**{name: value for name, value in os.environ.items() if name not in dropped}, "PYTHONPATH": str(ROOT), "TERM": "xterm", **variables}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "auditor", *CHECK, *arguments]


def piped(*arguments: str, **variables: str) -> tuple[int, bytes]:
    done = subprocess.run(command(*arguments), env=environment(**variables), capture_output=True, timeout=60)
    assert done.stderr == b""
    return done.returncode, done.stdout


def at_a_terminal(**variables: str) -> tuple[int, str]:
    """Exit code and what appears when output and errors go to a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command(), env=environment(**variables), stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # how Linux says that nobody writes any more
            pass
        os.close(ours)
        return process.wait(60), shown.decode().replace("\r\n", "\n")


def test_a_terminal_gets_colors_links_and_its_width() -> None:
    code, shown = at_a_terminal(COLUMNS="60")
    assert code == REVIEW
    assert "\x1b[1;33m▲ REVIEW\x1b[0m" in shown
    assert "\x1b]8;;https://" in shown
    plain = CODES.sub("", shown)
    assert "\x1b" not in plain
    assert [line for line in plain.splitlines() if len(line) > 60 and " " in line.strip()] == []


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_wants_no_codes_gets_none(variables: dict[str, str]) -> None:
    code, shown = at_a_terminal(COLUMNS="100", **variables)
    assert (code, "\x1b" in shown) == (REVIEW, False)
    assert shown.encode() == piped()[1]


def test_a_pipe_gets_plain_text_and_with_force_color_colors_but_no_links() -> None:
    code, plain = piped()
    assert (code, b"\x1b" in plain) == (REVIEW, False)
    code, colored = piped(FORCE_COLOR="1")
    assert (code, b"\x1b[1;33m" in colored, b"\x1b]8" in colored) == (REVIEW, True, False)
    assert CODES.sub("", colored.decode()).encode() == plain


@pytest.mark.parametrize("columns", ["40", "60"])
def test_narrow_output_in_a_pipe(columns: str) -> None:
    code, shown = piped(COLUMNS=columns)
    assert code == REVIEW
    assert [line for line in shown.decode().splitlines() if len(line) > int(columns) and " " in line.strip()] == []


def test_ascii_output_has_words_for_shapes() -> None:
    code, shown = piped(PYTHONIOENCODING="ascii")
    assert code == REVIEW
    assert shown.isascii() and shown.startswith(b"[!] REVIEW")


def test_the_c_locale_changes_nothing_that_is_decided() -> None:
    code, shown = piped(LC_ALL="C")
    assert (code, b"REVIEW  " in shown, b"exit code 3" in shown) == (REVIEW, True, True)


@pytest.mark.parametrize("variables", [{"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"}])
def test_documents_stay_valid_where_the_encoding_is_poor(variables: dict[str, str]) -> None:
    poor, rich = (json.loads(piped("-f", "json", **setting)[1]) for setting in (variables, {}))
    assert poor == rich
    assert b"&#9650;" in piped("-f", "html", **variables)[1]


def test_a_reader_that_takes_one_line_keeps_the_code_and_sees_no_error(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    line = f"{' '.join(command('-f', 'json'))} 2>{errors} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], env=environment(), capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["{", str(REVIEW)]
    assert errors.read_text() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_an_error_with_its_cause() -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command(), env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "auditor: standard output cannot be written: No space left on device"


def test_progress_never_stays_on_the_screen() -> None:
    _, shown = at_a_terminal(COLUMNS="100", NO_COLOR="1")
    assert "done" not in shown.replace("What is done", "")

"""The line about a long run: on a terminal only, after a while, gone at the end."""

import io
import threading
import time

import pytest

from auditor.cli.progress import Progress


class Terminal(io.StringIO):
    """Standard error in memory, that knows what stands on its line."""

    def __init__(self, tty: bool = True) -> None:
        super().__init__()
        self.tty = tty
        self.lines: list[str] = []
        self.wrote = threading.Event()

    def isatty(self) -> bool:
        return self.tty

    def write(self, text: str) -> int:
        line = ""
        for piece in (self.getvalue() + text).split("\r"):
            line = piece + line[len(piece) :]
        self.lines.append(line.rstrip())
        self.wrote.set()
        return super().write(text)


def wait(condition: object) -> None:
    """Until the thread has written; two seconds at most."""
    end = time.monotonic() + 2
    while not condition() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.005)


def test_a_long_run_shows_its_count_and_clears_it() -> None:
    terminal = Terminal()
    with Progress("checking", "model", terminal, after=0.01, every=0.01) as progress:
        progress(0, 12)
        wait(lambda: "checking 12 models: 0 done" in terminal.lines)
        progress(5, 12)
        wait(lambda: "checking 12 models: 5 done" in terminal.lines)
    assert terminal.lines == ["checking 12 models: 0 done", "checking 12 models: 5 done", ""]


def test_one_model_is_one() -> None:
    terminal = Terminal()
    with Progress("checking", "model", terminal, after=0.01, every=0.01) as progress:
        progress(0, 1)
        wait(lambda: terminal.lines)
    assert terminal.lines == ["checking 1 model: 0 done", ""]


def test_a_short_run_shows_nothing() -> None:
    terminal = Terminal()
    with Progress("checking", "model", terminal, after=60) as progress:
        progress(1, 1)
    assert terminal.lines == []


@pytest.mark.parametrize(("tty", "enabled"), [(False, True), (True, False)])
def test_off_a_terminal_or_switched_off_nothing_ever_appears_and_no_thread_runs(tty: bool, enabled: bool) -> None:
    terminal = Terminal(tty)
    before = threading.active_count()
    with Progress("checking", "model", terminal, after=0, enabled=enabled) as progress:
        progress(1, 2)
        time.sleep(0.02)
        assert threading.active_count() == before
    assert terminal.lines == []


def test_without_standard_error_the_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    done = []
    with Progress("checking", "model") as progress:
        progress(1, 2)
        done.append(1)
    assert done == [1]


def test_an_interrupt_clears_the_line_and_passes() -> None:
    terminal = Terminal()
    with pytest.raises(KeyboardInterrupt), Progress("checking", "model", terminal, after=0.01, every=0.01) as progress:
        progress(3, 4)
        wait(lambda: terminal.lines)
        raise KeyboardInterrupt
    assert terminal.lines == ["checking 4 models: 3 done", ""]


def test_a_narrow_terminal_cuts_the_line_instead_of_wrapping_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    terminal = Terminal()
    with Progress("checking", "model", terminal, after=0.01, every=0.01) as progress:
        progress(3, 4)
        wait(lambda: terminal.lines)
    assert terminal.lines == ["checking 4", ""]


def test_a_terminal_that_goes_away_stops_nothing() -> None:
    class Gone(Terminal):
        def write(self, text: str) -> int:
            self.wrote.set()
            raise OSError(5, "Input/output error")

    terminal = Gone()
    with Progress("checking", "model", terminal, after=0.01, every=0.01) as progress:
        progress(3, 4)
        assert terminal.wrote.wait(2)

"""What decides on color, links, width and detail; results that cannot be written."""

import io
import os

import pytest

from auditor.cli import output
from auditor.cli.output import ClosedPipe, chosen_detail, file_context, print_result, terminal_context
from auditor.domain.errors import UsageError
from auditor.formats import RenderContext

VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "TERM", "COLUMNS")


class Screen(io.TextIOWrapper):
    """A standard output in memory."""

    def __init__(self, tty: bool, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty

    def written(self) -> bytes:
        self.flush()
        return self.buffer.getvalue()  # type: ignore[attr-defined,no-any-return]


def at(monkeypatch: pytest.MonkeyPatch, tty: bool, encoding: str = "utf-8", **variables: str) -> Screen:
    screen = Screen(tty, encoding)
    monkeypatch.setattr("sys.stdout", screen)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return screen


@pytest.mark.parametrize(
    ("tty", "when", "variables", "colored"),
    [
        (True, "auto", {}, True),
        (False, "auto", {}, False),
        (True, "auto", {"NO_COLOR": "1"}, False),
        (True, "auto", {"NO_COLOR": ""}, True),
        (True, "auto", {"TERM": "dumb"}, False),
        (False, "auto", {"FORCE_COLOR": "1"}, True),
        (False, "auto", {"FORCE_COLOR": "3"}, True),
        (False, "auto", {"FORCE_COLOR": ""}, False),
        (False, "auto", {"FORCE_COLOR": "0"}, False),
        (False, "auto", {"CLICOLOR_FORCE": "1"}, True),
        (False, "auto", {"CLICOLOR_FORCE": "0"}, False),
        (False, "auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True),
        (False, "auto", {"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, True),
        (False, "auto", {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        (True, "never", {}, False),
        (True, "never", {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}, False),
        (False, "always", {}, True),
        (False, "always", {"NO_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_color(tty: bool, when: str, variables: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, tty, **variables)
    assert terminal_context((), when).color is colored


@pytest.mark.parametrize(
    ("tty", "when", "variables", "links"),
    [
        (True, "auto", {}, True),
        (True, "always", {}, True),
        (True, "always", {"TERM": "dumb"}, False),
        (True, "never", {}, False),
        (True, "auto", {"NO_COLOR": "1"}, False),
        (False, "always", {}, False),
        (False, "auto", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_links_are_for_terminals_only(tty: bool, when: str, variables: dict[str, str], links: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, tty, **variables)
    assert terminal_context((), when).links is links


def test_an_unknown_color_setting_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, False)
    with pytest.raises(UsageError, match="unknown color setting 'alwys'; did you mean 'always'") as caught:
        terminal_context((), "alwys")
    assert caught.value.next_step == "choose from: auto, always, never"


@pytest.mark.parametrize(("columns", "width"), [("20", 40), ("40", 40), ("60", 60), ("120", 120), ("300", 120), ("x", 100), ("0", 100)])
def test_the_width_is_that_of_the_terminal_within_limits(columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, False, COLUMNS=columns)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((0, 0)))
    assert terminal_context(()).width == width


def test_off_a_terminal_a_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, False)
    assert terminal_context(()).width == 100


@pytest.mark.parametrize(("encoding", "plain"), [("utf-8", False), ("ascii", True), ("latin-1", True), ("cp1252", True)])
def test_shapes_only_where_the_encoding_has_them(encoding: str, plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, False, encoding)
    assert terminal_context(()).ascii is plain


def test_a_file_gets_neither_codes_nor_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, True, "ascii", FORCE_COLOR="1", COLUMNS="60")
    assert file_context(("auditor",)) == RenderContext(width=100, command=("auditor",))
    assert [file_context((), detail).detail for detail in ("quiet", "normal", "verbose")] == ["normal", "normal", "verbose"]


def test_quiet_and_verbose_exclude_each_other() -> None:
    assert [chosen_detail(*flags) for flags in ((False, False), (True, False), (False, True))] == ["normal", "quiet", "verbose"]
    with pytest.raises(UsageError, match="-q and -v contradict each other"):
        chosen_detail(True, True)


def test_characters_that_the_encoding_lacks_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = at(monkeypatch, False, "ascii")
    print_result("caf\u00e9\n", 0)
    assert screen.written() == b"caf\\xe9\n"


class Broken(io.StringIO):
    """An output that fails when it is flushed."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        raise self.error


def test_a_full_disk_is_a_usage_error_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Broken(OSError(28, "No space left on device")))
    with pytest.raises(UsageError, match="standard output cannot be written: No space left on device"):
        print_result("x", 0)


def test_a_reader_that_went_away_keeps_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Broken(BrokenPipeError()))
    with pytest.raises(ClosedPipe) as caught:
        print_result("x", 3)
    assert caught.value.exit_code == 3


def test_without_a_standard_output_the_code_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    assert terminal_context(()).color is False
    with pytest.raises(ClosedPipe) as caught:
        print_result("x", 4)
    assert caught.value.exit_code == 4


def test_without_a_standard_error_nothing_is_said_on_standard_output(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr", None)
    output.say("what happened", "what to do")
    assert capsys.readouterr().out == ""


def test_a_file_is_written_whole_or_not_at_all(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    output.write_file("report.md", "old\n")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(UsageError, match=r"report\.md: cannot be written: No space left on device"):
        output.write_file("report.md", "new\n")
    with open("report.md") as file:
        assert file.read() == "old\n"
    assert os.listdir() == ["report.md"]

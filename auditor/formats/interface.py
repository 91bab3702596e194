"""What a format is: a pure function from a report to text. A format shows what was decided and decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Literal, Protocol

from auditor.domain.record import record

if TYPE_CHECKING:
    from auditor.domain.report import Report


Detail = Literal["quiet", "normal", "verbose"]


@record
class RenderContext:
    """Where the text will be shown, and the command that made it. Nothing here changes what is said."""

    color: bool = False
    """ANSI colors, for the terminal only."""
    width: int = 80
    """Columns of the terminal."""
    links: bool = False
    """OSC 8 hyperlinks, for the terminal only."""
    ascii: bool = False
    """Output can carry ASCII only: shapes and dashes are replaced, other characters written out."""
    detail: Detail = "normal"
    """How much the terminal says: one line a model, what decides, or everything. Documents always say everything."""
    command: tuple[str, ...] = ()
    """Words of the command line, for "how to reproduce"; empty when there was none."""


class Format(Protocol):
    """A way to write a report."""

    @property
    def name(self) -> str:
        """What `--format` takes."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """Lower-case file name endings that mean this format, with their dot."""

    def render(self, report: Report, context: RenderContext) -> str:
        """The report as text that ends in a newline. The same report and context give the same text."""


@record
class LazyFormat:
    """A format whose module, which has `render(report, context)`, is imported at its first use."""

    name: str
    extensions: tuple[str, ...]
    module: str

    def render(self, report: Report, context: RenderContext) -> str:
        """See `Format.render`."""
        write: Callable[[Report, RenderContext], str] = import_module(self.module).render
        return write(report, context)

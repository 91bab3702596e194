"""Plain text for a terminal: labelled rows wrapped at a width, optional colors and links, and no way for the text to leave its place.

ANSI codes are written by hand: rich costs 50 ms at import, assumes 80 columns off a terminal and crops names in tables.
A style is held in the text as a marker made of control characters; untrusted text went through `shown` and holds none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import combining, east_asian_width

from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import visible
from auditor.formats.interface import RenderContext
from auditor.formats.shown import inert

_STYLES = {"bold": "1", "dim": "2", "blocked": "1;31", "incomplete": "1;35", "review": "1;33", "conditional": "1;36", "approved": "1;32"}
_OPEN, _CLOSE = "\x0e", "\x0f"
_MARKER = lazy_pattern(f"({_OPEN}.|{_CLOSE})", re.DOTALL)
_MARKER_OR_CHARACTER = lazy_pattern(f"{_OPEN}.|.", re.DOTALL)
_BREAKS = lazy_pattern(r"[\t\n]+")
_FIRST = 0xF0000
"""Private-use character that numbers the first opened style."""
_ASCII = str.maketrans(
    {"■": "[X]", "○": "[?]", "▲": "[!]", "◆": "[~]", "●": "[+]", "…": "...", "⟦": "[", "⟧": "]", "·": "-", "—": "-", "–": "-", "×": "x", "→": "->", "≤": "<="}
)
GLUE = "\xa0"
"""A space that no line breaks at."""
_LABEL = 11
_NARROWEST = 40
_NARROW = 56
"""Below so many columns a label has a line of its own."""
_MARGIN = 2
"""Indent of a row's text there."""


class Sheet:
    """Lines in the making. Styles do not nest; a styled text ends before the next begins."""

    def __init__(self, context: RenderContext) -> None:
        self._context = context
        self._width = max(context.width, _NARROWEST)
        self._margin = _LABEL if self._width >= _NARROW else _MARGIN
        self._lines: list[str] = []
        self._codes: list[tuple[str, str]] = []

    def styled(self, text: str, style: str) -> str:
        """`text` in one of the styles: bold, dim, or a verdict."""
        return self._marked(text, f"\x1b[{_STYLES[style]}m", "\x1b[0m") if self._context.color else text

    def linked(self, text: str, url: str) -> str:
        """`text` that opens `url` on a click; plain when it is not https in plain ASCII or the terminal has no links."""
        fit = self._context.links and re.fullmatch(r"https://[!-~]+", url)
        return self._marked(text, f"\x1b]8;;{url}\x1b\\", "\x1b]8;;\x1b\\") if fit else text

    def line(self, text: str = "", indent: int = 0, hang: int = 0) -> None:
        """`text` wrapped at the width, after `indent` spaces; lines after the first `hang` further in."""
        self._put(" " * indent, " " * (indent + hang), text)

    def row(self, label: str, text: str, hang: int = 0, indent: int = 0) -> None:
        """`text` beside a label, or below it on a narrow terminal; an empty label continues the row above."""
        beside = label and self._margin == _LABEL
        if label and not beside:
            self._lines.append(self.styled(label, "bold"))
        head = self.styled(label, "bold") + " " * (_LABEL - len(label)) if beside else " " * (self._margin + indent)
        self._put(head, " " * (self._margin + (indent + hang if self._margin == _LABEL else _MARGIN)), text)

    def whole(self, text: str) -> None:
        """One line that is never broken."""
        self._lines.append(text)

    def verbatim(self, text: str) -> None:
        """Text to be copied, below a row: its own line breaks, never wrapped."""
        self._lines.extend(f"{' ' * (self._margin + 3)}{self.styled(line, 'bold')}" for line in text.split("\n"))

    def text(self) -> str:
        """Everything, ending in a newline."""
        output, closing = "", ""
        for part in _MARKER.split("\n".join(self._lines)):
            if part.startswith(_OPEN):
                opening, closing = self._codes[ord(part[1]) - _FIRST]
                output += opening
            else:
                output += closing if part == _CLOSE else visible(part)
        output = inert(output.replace(GLUE, " "), lambda character: f"⟦{character}⟧") + "\n"
        return output.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii") if self._context.ascii else output

    def _put(self, first: str, following: str, text: str) -> None:
        line, used, room = first, _cells(first), self._width - len(following)
        empty = True
        for word in (piece for whole in _BREAKS.sub(" ", text).split(" ") for piece in _pieces(whole, room)):
            cells = _cells(word)
            if not empty and used + 1 + cells > self._width:
                self._lines.append(line.rstrip(" "))
                line, used, empty = following, len(following), True
            line, used, empty = (line + word, used + cells, False) if empty else (f"{line} {word}", used + 1 + cells, False)
        self._lines.append(line.rstrip(" "))

    def _marked(self, text: str, opening: str, closing: str) -> str:
        code = (opening, closing)
        if code not in self._codes:
            self._codes.append(code)
        return f"{_OPEN}{chr(_FIRST + self._codes.index(code))}{text}{_CLOSE}"


def _cells(text: str) -> int:
    """Columns that `text` takes: two for wide characters, none for marks and markers."""
    text = _MARKER.sub("", text)
    if text.isascii():
        return len(text)
    return sum(0 if combining(character) else 2 if _wide(character) else 1 for character in text)


def _wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def _pieces(word: str, room: int) -> Iterator[str]:
    """`word` whole, so that it can be copied; broken to fit `room` only when it holds wide characters, which need no spaces."""
    if _cells(word) <= room or not any(map(_wide, word)):
        yield word
        return
    piece, used = "", 0
    for part in _MARKER_OR_CHARACTER.findall(word):
        cells = _cells(part)
        if used + cells > room:
            yield piece
            piece, used = "", 0
        piece, used = piece + part, used + cells
    yield piece

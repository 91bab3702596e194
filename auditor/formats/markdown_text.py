"""Text inside GitHub-flavored Markdown that stays text: no markup, HTML, link, image, mention, emoji, math or table cell comes of it.

Backslashes alone do not do: GitHub finds links, mentions, issue numbers and emoji in the finished page, so words that could be one become code,
in which nothing is looked for. A backtick is always written as an entity, so that the only backticks are ours and code cannot be left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import MAX_QUOTE, one_line, visible

_LONGEST = MAX_QUOTE + 200
"""Characters of a line: a whole quote and the note that it was cut."""
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "&#96;", "|": "&#124;", "\\": "&#92;"})
_MARKUP = lazy_pattern(r"[*\[\]~]|(?<=\])\(|(?<![^\W_])_|_(?![^\W_])")
"""Emphasis, brackets, strikethrough; `(` after a bracket; underscores at the edge of a word, inside one they are plain."""
_START = lazy_pattern(r"^(\d+(?=[.)])|(?=[#+=:-]))")
"""Where a heading, list or rule would begin, if the text stood at the beginning of a line."""
_WORD = lazy_pattern(r"[^\s`|\\]+")
_ALIVE = lazy_pattern(r"://|www\.|@|#\d|\bgh-\d|\$|:[\w+-]+:|(?:javascript|data|mailto|xmpp):\S", re.IGNORECASE)
_BEFORE, _AFTER = "(\"'[", ".,;:!?)\"']"
"""Punctuation around a word, which stays outside the code."""
_NOT_IN_CODE = lazy_pattern(r"[`|\\]")


def prose(text: str) -> str:
    """`text` as one line of running text; words that a reader could bring to life as code."""
    line, output, at = one_line(text, _LONGEST), "", 0
    for word in _WORD.finditer(line):
        inner = word[0].lstrip(_BEFORE).rstrip(_AFTER)
        if inner and _ALIVE.search(word[0]):
            start = word.end() - len(word[0].lstrip(_BEFORE))
            output += f"{_plain(line[at:start])}`{inner}`"
            at = start + len(inner)
    return _START.sub(r"\1\\", output + _plain(line[at:]))


def code(text: str) -> str:
    """`text` as code on one line, to be copied; as running text when it holds what code in a table cannot."""
    line = one_line(text, _LONGEST)
    return f"`{line}`" if line and not _NOT_IN_CODE.search(line) else prose(line)


def block(text: str, indent: int = 0) -> str:
    """`text` with its own line breaks, to be copied, as fenced code. `indent`: spaces before it, for text under a list item.

    Where it holds a fence of its own it is shown as preformatted text, every sign an entity: no reader has to count backticks.
    """
    text, margin = visible(text), " " * indent
    first, inner, last = ("<pre>", text.translate(_ENTITIES), "</pre>") if "```" in text else ("```text", text, "```")
    lines = (first, *inner.split("\n"), last)
    return "\n".join(f"{margin}{line}" for line in lines)


def link(url: str) -> str:
    """`url` as a link when it is https and of plain characters only, else as code."""
    return f"<{url}>" if re.fullmatch(r"https://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/%?=+-]*", url) else code(url)


def table(head: Sequence[str], rows: Iterable[str]) -> str:
    """A table; see `row`."""
    return "\n".join((row(head), row(["---"] * len(head)), *rows))


def row(cells: Iterable[str]) -> str:
    """One row of a table, of cells that are Markdown already."""
    return f"| {' | '.join(cells)} |"


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda match: f"\\{match[0]}", text.translate(_ENTITIES))

"""Markdown with HTML to sentences with their lines: code, BibTeX, comments and struck-out passages left out, links kept recognisable."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import text_lines
from auditor.reading.badges import license_badge
from auditor.reading.prose_words import MAX_CHARACTERS, in_one_script, states

MAX_EXAMINED = 250_000
"""Characters of blocks that speak of licenses or restrictions and are looked into; no card seen holds a tenth."""
MAX_BLOCK = 2_000
"""Characters of one block; a longer one is cut at white space."""

MAX_HEADINGS = 2_000
OPEN, OPEN_LICENSE, CLOSE, BREAK = "\ue000", "\ue003", "\ue001", "\ue002"
"""Private characters that stand for the edges of a link's text (OPEN_LICENSE: its address speaks of a license) and for a line break of HTML."""

# White space stays. Soft hyphen, zero-width and bidi characters go: they hide words from patterns, not from a reader.
_INVISIBLE = lazy_pattern(r"[\x00-\x08\x0e-\x1b\x7f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\ue0ff]")
_SEPARATOR = lazy_pattern(r"[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_FENCE = lazy_pattern(r"[ >]{0,12}(`{3,}|~{3,})(.*)")
_BIBTEX = lazy_pattern(r"\s{0,8}@[A-Za-z]{3,20}\s?\{")
_HEADING = lazy_pattern(r"\s{0,3}(?:#{1,6}(?=[^#])|<h[1-6]\b)", re.IGNORECASE)
_ITEM = lazy_pattern(r"[\s>]{0,20}(?:[-*+•]|\d{1,3}[.)])\s+")
_TABLE = lazy_pattern(r"[\s>]{0,20}\|")
_UNDERLINE = lazy_pattern(r"\s{0,3}(?:=+|-{2,})\s*$")
"""Below one line of text: that is a heading."""
_RULE = lazy_pattern(r"\s{0,3}(?:=+|-{3,}|\*{3,}|_{3,})\s*$")
_QUOTE = lazy_pattern(r"(?:\s{0,3}>)+\s?")
_IMAGE = lazy_pattern(r"!\[([^\[\]]{0,200})\]\(([^()\s]{0,600})(?:\s+\"[^\"\n]{0,200}\")?\)")
_HTML_IMAGE = lazy_pattern(r"<img\b([^<>]{0,1500})>", re.IGNORECASE)
_ATTRIBUTE = lazy_pattern(r"\b(alt|src)\s*=\s*(?:\"([^\"]{0,800})\"|'([^']{0,800})')", re.IGNORECASE)
_LINK = lazy_pattern(r"\[((?:[^\[\]]|\[[^\[\]]{0,40}\]){1,200}+)\](?:\([^()\s]{0,600}(?:\s+\"[^\"\n]{0,200}\")?\)|\[[^\[\]]{0,100}\])")
_ANCHOR = lazy_pattern(r"<a\b[^<>]{0,800}>([^<]{1,200})</a>", re.IGNORECASE)
_STRUCK = lazy_pattern(r"~~[^~]{1,1000}~~|<(?:del|strike|s)\b[^<>]{0,200}>[^<]{0,1000}</(?:del|strike|s)>", re.IGNORECASE)
_CELLS = lazy_pattern(r"</t[dh]\s*>(\s{0,200})<t[dh]\b[^<>]{0,300}>", re.IGNORECASE)
_IN_WORD = lazy_pattern(r"(?<=\w)(?:</?(?:a|abbr|b|bdi|code|em|font|i|kbd|mark|small|span|strong|sub|sup|u|wbr)\b[^<>]{0,300}>)+(?=[\w<-])", re.IGNORECASE)
"""Markup that parts no words."""
_ENTITY = lazy_pattern(r"&#?\w{1,32};?")
_BREAK_TAG = lazy_pattern(r"</?(?:br|p|li|td|th|tr|div|ul|ol|h[1-6])\b[^<>]{0,300}>", re.IGNORECASE)
_TAG = lazy_pattern(r"</?[A-Za-z][^<>]{0,1500}>")
_AUTOLINK = lazy_pattern(r"<?https?://[^\s<>)\]]{1,600}>?")
_EMPHASIS = lazy_pattern(r"[`*]+|(?<!\w)_+|_+(?!\w)")
_DASHES = str.maketrans("‐‑‒–—−’‘“”", "------''\"\"")
_ANSWER = r"(?!\s+(?:\W{0,4}[Aa](?:nswer)?:\W{0,4})?(?:No|Please|Contact|E-?mail|Get in touch|Reach out|Write to)\b)"
_SENTENCE_END = lazy_pattern(r"[。！？" + BREAK + r"]|[.!][\"')\]" + CLOSE + r"]*(?=\s+[^a-z\s])|\?[\"')\]" + CLOSE + r"]*(?=\s+[^a-z\s])" + _ANSWER)
"""`Commercial use? No.` and `Commercial use? Contact us.` are one sentence: neither half says it alone."""


class Badge(NamedTuple):
    """An image that shows a license: what it says it is about, and the name that it shows."""

    label: str
    value: str
    line: int


class Block(NamedTuple):
    """A paragraph, list item, heading or table row, one character of `text` for each that is left; `\\n` keeps the lines."""

    kind: Literal["heading", "text", "item", "row"]
    text: str
    line: int
    badges: tuple[Badge, ...]

    def at(self, position: int) -> int:
        """Line of the document that a position of `text` stands in."""
        return self.line + self.text.count("\n", 0, position)

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Start and text of each sentence, white space flattened to single-character blanks so that positions hold."""
        flat, start = self.text.replace("\n", " "), 0
        for end in _SENTENCE_END.finditer(flat):
            yield start, flat[start : end.end()]
            start = end.end()
        yield start, flat[start:]


def blocks(text: str, first_line: int = 1) -> Iterator[Block]:
    """Headings, and the other blocks that may speak of licenses. Takes time in proportion to the text, of which MAX_CHARACTERS are read.

    Left out: fenced code, BibTeX entries, HTML comments, what is struck out. A fence or comment that never closes hides nothing.
    """
    read = text_lines(_INVISIBLE.sub("", text[:MAX_CHARACTERS]))
    lines, numbers = _parted(read, first_line)
    examined = headings = 0
    below = False
    for kind, start, held in _raw_blocks(_prose_lines(lines)):
        raw = "\n".join(held)
        speaks = states(raw)
        if kind == "heading":
            headings += 1
            if headings <= MAX_HEADINGS:
                yield _cleaned(kind, raw, numbers[start])
            below = speaks
            continue
        if not speaks and not below:
            continue
        below = False
        for offset, piece in _pieces(raw):
            examined += len(piece)
            if examined > MAX_EXAMINED:
                return
            yield _cleaned(kind, piece, numbers[min(start + raw.count("\n", 0, offset), len(numbers) - 1)])


def _parted(read: list[str], first_line: int) -> tuple[list[str], Sequence[int]]:
    """The lines parted at other separators too, and the number of each."""
    if not any(map(_SEPARATOR.search, read)):
        return read, range(first_line, first_line + len(read))
    parts = [(number, part) for number, line in enumerate(read, first_line) for part in line.splitlines() or ("",)]
    return [part for _, part in parts], [number for number, _ in parts]


def _prose_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines outside fences, comments and BibTeX; what is left out leaves a blank, so that it parts blocks. Linear: one failed search for an end is the last."""
    index, closable = 0, {"`", "~", "<!--"}
    while index < len(lines):
        line = lines[index]
        fence = _FENCE.match(line) if "```" in line or "~~~" in line else None
        if fence and fence[1][0] in closable and (fence[1][0] == "~" or "`" not in fence[2]):
            if (end := _fence_end(lines, index + 1, fence[1])) is not None:
                yield index, ""
                index = end + 1
                continue
            closable.discard(fence[1][0])
        if "<!--" in line and "<!--" in closable:
            kept, index, closed = _past_comments(lines, index)
            if not closed:
                closable.discard("<!--")
            yield from kept
        elif "@" in line and _BIBTEX.match(line):
            yield index, ""
            index = _bibtex_end(lines, index)
        else:
            yield index, line
            index += 1


def _past_comments(lines: list[str], index: int) -> tuple[list[tuple[int, str]], int, bool]:
    """What stands around the comments that begin in a line, the line after them, and whether every comment closes."""
    kept, line, position = "", lines[index], 0
    out: list[tuple[int, str]] = []
    while (start := line.find("<!--", position)) >= 0:
        end, after = line.find("-->", start + 4), index
        while end < 0 and after + 1 < len(lines):
            after += 1
            end = lines[after].find("-->")
        if end < 0:
            return [*out, (index, kept + line[position:])], index + 1, False
        kept += line[position:start]
        if after != index:
            out.append((index, kept))
            kept, index, line = "", after, lines[after]
        position = end + 3
    return [*out, (index, kept + line[position:])], index + 1, True


def _fence_end(lines: list[str], start: int, mark: str) -> int | None:
    for index in range(start, len(lines)):
        found = _FENCE.match(lines[index])
        if found and found[1][0] == mark[0] and len(found[1]) >= len(mark) and not found[2].strip():
            return index
    return None


def _bibtex_end(lines: list[str], start: int) -> int:
    """Line after the entry: where its braces close, at the latest a blank line or a heading."""
    depth = 0
    for index in range(start, len(lines)):
        if index > start and (not lines[index].strip() or lines[index].startswith("#")):
            return index
        depth += lines[index].count("{") - lines[index].count("}")
        if depth <= 0:
            return index + 1
    return len(lines)


def _raw_blocks(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[Literal["heading", "text", "item", "row"], int, list[str]]]:
    kind: Literal["heading", "text", "item", "row"] = "text"
    start, held = 0, []  # type: int, list[str]
    for index, line in lines:
        blank = not line.strip(" \t>")
        opens: Literal["heading", "text", "item", "row"] | None = None
        if blank:
            pass
        elif len(line) < MAX_BLOCK and _HEADING.match(line):
            opens = "heading"
        else:
            opens = "row" if _TABLE.match(line) else "item" if _ITEM.match(line) else None
        if len(held) == 1 and kind == "text" and _UNDERLINE.match(line):
            kind = "heading"
        if held and (blank or opens or kind in ("heading", "row") or _RULE.match(line)):
            yield kind, start, held
            held = []
        if not blank and not _RULE.match(line):
            if not held:
                kind, start = opens or "text", index
            held.append(line)
    if held:
        yield kind, start, held


def _pieces(raw: str) -> Iterator[tuple[int, str]]:
    start = 0
    while len(raw) - start > MAX_BLOCK:
        cut = max(raw.rfind(mark, start + MAX_BLOCK // 2, start + MAX_BLOCK) for mark in (" ", "\n"))
        cut = cut if cut > start else start + MAX_BLOCK
        yield start, raw[start:cut]
        start = cut
    yield start, raw[start:]


def _cleaned(kind: Literal["heading", "text", "item", "row"], raw: str, line: int) -> Block:
    """Markup to plain text that keeps every line break; badges are taken out."""
    badges: list[Badge] = []

    def image(found: re.Match[str]) -> str:
        if found[0].startswith("<"):
            named = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(found[1])}
            alt, source = named.get("alt", ""), named.get("src", "")
        else:
            alt, source = found[1], found[2]
        if badge := license_badge(html.unescape(alt), html.unescape(source)):
            badges.append(Badge(*badge, line + found.string.count("\n", 0, found.start())))
        return _breaks(found)

    raw = _STRUCK.sub(_breaks, raw)
    raw = _HTML_IMAGE.sub(image, _IMAGE.sub(image, raw))
    raw = _LINK.sub(_marked, _ANCHOR.sub(_marked, raw))
    raw = _CELLS.sub(r" |\1 ", _IN_WORD.sub("", raw))
    raw = _BREAK_TAG.sub(lambda found: BREAK + _breaks(found), raw)
    raw = _AUTOLINK.sub("", _TAG.sub(_breaks, raw))
    raw = "\n".join(_QUOTE.sub("", part, count=1) for part in raw.split("\n"))
    raw = _EMPHASIS.sub("", _ENTITY.sub(_seen, raw)).translate(_DASHES)
    raw = "\n".join(in_one_script(part[:MAX_BLOCK]) for part in raw.split("\n"))
    return Block(kind, raw, line, tuple(badges))


def _seen(entity: re.Match[str]) -> str:
    """The character that an entity stands for; nothing where nobody would see it."""
    return _INVISIBLE.sub("", html.unescape(entity[0]))


def _breaks(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n") or " "


def _marked(found: re.Match[str]) -> str:
    """The text of a link between marks. What surrounds the text is its address and attributes."""
    text = found[1]
    around = found[0].replace(text, "", 1)
    mark = OPEN_LICENSE if re.search("licen[sc]e", around, re.IGNORECASE) else OPEN
    return mark + text + CLOSE + "\n" * around.count("\n")

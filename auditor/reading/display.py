"""Short lines that a card shows, such as `Built with X` or `X Inside`: kept as digests, so that a card without its text still tells whether it shows one."""

from __future__ import annotations

import hashlib
import html
import re
from itertools import islice

from auditor.domain.pattern import lazy_pattern

MAX_LINES = 200
"""Shown lines of one card that are kept."""
MAX_WORDS = 6
"""Words of a line to show, counted by spaces; what is longer is compared by its passages (`auditor.reading.shingles`)."""
_LOOKED_AT = 5_000
"""Lines with the beginning of such a line; far more than any card has."""
_OPENING = lazy_pattern(
    r"(?<!\w)(?:Built|Powered|Made|Created|Generated|Improved|Trained|Developed)[\s*_]{1,8}(?:with|on|by|using)(?!\w)[\s*_\[]{0,8}",
)
_CLOSING = lazy_pattern(r"(?<![\w-])Inside(?![\w-])")
_SENTENCE_ENDS = ".;:!?"
_SENTENCES = lazy_pattern(r"[.;:!?]\s")
_TAG = lazy_pattern(r"<[^<>\n]{0,500}>")
_LINK = lazy_pattern(r"\[([^\]\[\n]{0,300})\]\([^()\s]{0,500}\)")
_IMAGE = lazy_pattern(r"<img\b[^<>\n]{0,1500}>|!\[([^\]\[\n]{0,300})\]\(([^()\s]{0,600})\)", re.IGNORECASE)
_ATTRIBUTE = lazy_pattern(r"\b(alt|src)\s*=\s*(?:\"([^\"]{0,800})\"|'([^']{0,800})')", re.IGNORECASE)
_MARKUP = lazy_pattern(r"[*_`#>~|\s]+")
_QUOTES = "\"'“”‘’«»"
_ENDS = ".,;:!?)]}|" + _QUOTES
_WORD = lazy_pattern(r"\S+")
_NEAR, _FAR = 40, 400
"""Characters before an opening, and from it on, that are looked at."""


def line_digest(line: str) -> str:
    """Digest of a line to show. Case counts: a license that demands a line demands it as it stands."""
    return hashlib.blake2b(" ".join(line.split()).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def is_short_line(line: str) -> bool:
    """Whether `line` is of the kind that `shown_lines` finds."""
    return len(line.split()) <= MAX_WORDS and (_OPENING.match(line) is not None or line.endswith(" Inside"))


def shown_lines(text: str, first_line: int = 1) -> dict[str, int]:
    """Digests of every short line that the Markdown `text` shows, with the line of the document that it stands in (`text` begins in `first_line`).

    A line is shown where it begins a line, a cell or a sentence, and by an image whose alternative text or badge it is. In quotation marks it is only
    spoken of: so license texts write down what has to be shown, on lines of their own as well. In a comment nobody
    sees it, and `Built with X-Factory` or `Built with X Factory` names something else than X.
    At most MAX_LINES are returned.
    """
    found: dict[str, int] = {}
    lines = (html.unescape(line) if "&" in line else line for line in _without_comments(text).split("\n"))
    promising = ((number, line) for number, line in enumerate(lines, first_line) if _OPENING.search(line.replace("%20", " ")) or _CLOSING.search(line))
    for number, line in islice(promising, _LOOKED_AT):
        line = _IMAGE.sub(_image_text, line) if "!" in line or "<" in line else line
        plain = _LINK.sub(r"\1", _TAG.sub(" ", line))
        for cell in plain.split("|"):
            for phrase in _phrases(_MARKUP.sub(" ", cell).strip()):
                if len(found) >= MAX_LINES:
                    return found
                found.setdefault(line_digest(phrase), number)
    return found


def _image_text(found: re.Match[str]) -> str:
    """What an image shows: its alternative text, and what a badge of shields.io says, each in a cell of its own."""
    from auditor.reading.badges import badge_words

    named = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(found[0])} if found[1] is None else {}
    alt, source = named.get("alt", "") if found[1] is None else found[1], named.get("src", "") if found[1] is None else found[2]
    return f" | {alt} | {badge_words(source)} | "


def _phrases(plain: str) -> list[str]:
    """Every line to show in one line without markup, in all lengths that end where a name can end."""
    found: list[str] = []
    for opening in _OPENING.finditer(plain):
        before = plain[max(0, opening.start() - _NEAR) : opening.start()].rstrip()
        rest = plain[opening.start() : opening.start() + _FAR]
        alone = not before or not (before[-1].isalnum() or before[-1] in f",{_QUOTES}")
        found += _lengths(rest) if alone else []
    return found + (_inside(plain) if _CLOSING.search(plain) else [])


def _inside(plain: str) -> list[str]:
    """Sentences that are nothing but a name and `Inside`."""
    bare = (sentence.strip(_SENTENCE_ENDS + " ") for sentence in _SENTENCES.split(plain))
    return [sentence for sentence in bare if sentence.endswith(" Inside") and len(sentence.split()) <= MAX_WORDS]


def _lengths(rest: str) -> list[str]:
    words = [match[0] for match in _WORD.finditer(rest)][: MAX_WORDS + 1]
    found = []
    for count in range(3, min(len(words), MAX_WORDS) + 1):
        last, following = words[count - 1], words[count] if count < len(words) else ""
        bare = last.rstrip(_ENDS)
        if bare and (bare != last or not following[:1].isupper()):
            found.append(" ".join((*words[: count - 1], bare)))
        if bare != last:
            break  # what follows a full stop or a quotation mark belongs to something else
    return found


def _without_comments(text: str) -> str:
    """`text` with the inside of HTML comments blank, line breaks kept; a comment that never ends hides the rest."""
    if "<!--" not in text:
        return text
    kept, position = [], 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start)
        end = len(text) if end < 0 else end + 3
        kept += [text[position:start], "\n" * text.count("\n", start, end)]
        position = end
    return "".join((*kept, text[position:]))

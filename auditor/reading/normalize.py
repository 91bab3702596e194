"""Normalised words of a license text: what two copies share whatever their wrapping, markup and copyright line."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from typing import NamedTuple

# Only real formatting tags go: text in any other angle brackets may be a clause.
_HTML_TAG = re.compile(
    r"</?(?:a|b|blockquote|br|center|code|div|em|font|h[1-6]|hr|i|li|ol|p|pre|span|strong|sub|sup|table|tbody|td|th|thead|tr|u|ul)"
    r"(?:\s+(?:href|src|class|id|align|style|name|target|rel)=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'))*\s*/?>",
    re.IGNORECASE,
)
_LINK = re.compile(r"\[([^\]\[]{0,300})\]\((?:https?://|mailto:|#|\.{0,2}/)[^()\s]{0,500}\)")
_COPYRIGHT_MARK = re.compile(r"^[\s#*>/;-]{0,80}(?P<mark>(?:(?:copyright|\(c\)|©)[\s:,]{0,20}){1,6})(?P<rest>.{1,160})$", re.IGNORECASE)
_BOTH_MARKS = re.compile(r"copyright\s*(?:\(c\)|©)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|[\[<{](?:yyyy|year)[^\]>}]*[\]>}]", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"[\[<{](?:yyyy|years?|dates?|(?:full ?)?name(?: of (?:copyright owner|author))?|copyright (?:holders?|owners?)|owners?|holders?|organi[sz]ation)[\]>}]"
    r"|<?\S+@\S+|<?https?://\S+",
    re.IGNORECASE,
)
_RESERVED = re.compile(r"all rights reserved\.?", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\b(?:inc|ltd|co|corp|llc|gmbh|al|jr|dr|[a-z])\.", re.IGNORECASE)
_NAME_WORDS = frozenset(
    (
        "and",
        "by",
        "the",
        "of",
        "et",
        "al",
        "van",
        "von",
        "de",
        "der",
        "la",
        "inc",
        "present",
        "individual",
        "respective",
        "team",
        "authors",
        "contributors",
        "developers",
        "group",
    )
)
_MAX_COPYRIGHT_WORDS = 16
_MAX_HEADING_WORDS = 6
_MAX_HANDLE_WORDS = 3
"""Words of a holder that may be lower-case, as account names are; too few for a clause that the words below do not give away."""
# Said in capitals it would pass as a name: a line that speaks of rights is no mere copyright line.
_SPEAKS_OF_RIGHTS = re.compile(
    r"\b(?:may|must|shall|not|only|no|without|except\w*|unless|excluded?|licen[sc]\w*|permi\w*|commercial\w*|prohibit\w*|distribut\w*|requir\w*|royalt\w*|fees?|pay\w*|appl\w*"
    r"|us(?:e[ds]?|age|ing)|purposes?|academic\w*|evaluat\w*|educational|personal|internal\w*|non|for\s+research|restrict\w*|forbid\w*|limit(?:s|ed\s+to)?"
    r"|confidential\w*|proprietary|secrets?|trial|expir\w*|consent\w*|approv\w*|terminat\w*|revo[ck]\w*|void"
    r"|kommerz\w*|nur|verboten\w*|nutzung|interdit\w*|prohib\w*|vietat\w*|recherche|investigaci\w*|только|коммерч\w*|некоммерч\w*|запрещ\w*)\b"
    r"|禁|不得|不可|仅|僅|只[限供能可]|のみ|研究(?![院所中])|学术|學術|商用|商业|商業|使用|利用|许可|許可|授权|授權|목적|상업|금지",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+|\ufffd{2,}")
"""Bytes that are no UTF-8 read as U+FFFD: one may be a quotation mark of an old encoding, several in a row are words in a script that was not read."""
_PIECE = re.compile(r"[^ \n]{1,1024}")
"""Normalised one by one: normalising is quadratic in a run of combining marks."""
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


class Fingerprint(NamedTuple):
    """Digest of a text's normalised words."""

    words: int
    sha256: str


def normalized_words(text: str) -> list[str]:
    """Lower-case words of `text` without markup, link targets and stand-alone copyright lines.

    Apostrophes split words (`you're` gives `you`, `re`), so straight and typographic quotes agree.
    """
    return word_lines(text)[0]


def word_lines(text: str) -> tuple[list[str], list[int]]:
    """The normalised words, and the line (from 1) that each stands in."""
    numbers, lines = [], []
    for number, line in enumerate(text.split("\n"), 1):
        for part in html.unescape(line).split("\n"):  # an entity may be a line feed
            numbers.append(number)
            lines.append(part if part.isascii() else _PIECE.sub(_nfkc, part).translate(_QUOTES))
    kept = _kept_lines(lines)
    # What spans lines keeps its line feeds, so that the lines after it keep their numbers; between words they count as the space.
    shown = _HTML_TAG.sub(lambda tag: " " + "\n" * tag[0].count("\n"), "\n".join(lines[index] for index in kept))
    shown = _LINK.sub(lambda link: link[1] + "\n" * (link[0].count("\n") - link[1].count("\n")), shown)
    words, places = [], []
    for index, line in zip(kept, shown.split("\n"), strict=True):
        found = _WORD.findall(line.casefold())
        words += found
        places += [numbers[index]] * len(found)
    return words, places


def _nfkc(piece: re.Match[str]) -> str:
    return piece[0] if piece[0].isascii() else unicodedata.normalize("NFKC", piece[0])


def _kept_lines(lines: list[str]) -> list[int]:
    kept: list[int] = []
    stands_alone, unfinished = True, False
    for index, line in enumerate(lines):
        ends_paragraph = index + 1 == len(lines) or not lines[index + 1].strip()
        is_copyright = (stands_alone and _is_copyright_line(line)) or (unfinished and ends_paragraph and _is_name(line))
        if not is_copyright:
            kept.append(index)
        # A line wrapped out of a sentence does not stand alone: what precedes it is no blank, heading or other copyright line.
        stripped = line.strip(" \t\r#*=-_")
        unfinished = is_copyright and stripped.endswith((" and", " by", ",", "&"))
        stands_alone = is_copyright or not stripped or (len(_WORD.findall(stripped)) <= _MAX_HEADING_WORDS and stripped[-1] not in ",;:")
    return kept


def _is_name(line: str) -> bool:
    """The rest of a holder's name, wrapped onto a line of its own."""
    words = _WORD.findall(line)
    return 0 < len(words) <= _MAX_HANDLE_WORDS and not _SPEAKS_OF_RIGHTS.search(line) and all(not w[0].islower() or w in _NAME_WORDS for w in words)


def _is_copyright_line(line: str) -> bool:
    """A mark, a year or placeholder, and a name; nothing that could be a sentence."""
    mark = _COPYRIGHT_MARK.match(line)
    if not mark or not (_YEAR.search(mark["rest"]) or _BOTH_MARKS.match(mark["mark"])) or _SPEAKS_OF_RIGHTS.search(_PLACEHOLDER.sub("", line)):
        return False
    rest = _RESERVED.sub("", _PLACEHOLDER.sub("", mark["rest"]))
    words = _WORD.findall(rest)
    names = [word for word in words if not word.isdigit()]
    sentences = [part for part in re.split(r"[.!?]\s", _ABBREVIATION.sub("", rest)) if part.strip(" .,")]
    return (
        len(words) <= _MAX_COPYRIGHT_WORDS
        and len(sentences) <= 1
        and (len(names) <= _MAX_HANDLE_WORDS or all(not word[0].islower() or word in _NAME_WORDS for word in names))
    )


def fingerprint(text: str) -> Fingerprint:
    """Number and SHA-256 of the normalised words joined by single spaces."""
    words = normalized_words(text)
    return Fingerprint(len(words), hashlib.sha256(" ".join(words).encode()).hexdigest())

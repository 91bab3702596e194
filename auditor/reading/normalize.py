"""Normalised words of a license text: what two copies share whatever their wrapping, markup and copyright line."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from auditor.domain.pattern import lazy_pattern

# Only real formatting tags go: text in any other angle brackets may be a clause.
_HTML_TAG = lazy_pattern(
    r"<!doctype\s+html>|</?(?:a|article|b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|font|footer|h[1-6]|head|header|hr|html|i|li|main|ol|p|pre"
    r"|section|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul)"
    r"(?:\s+(?:href|src|class|id|align|style|name|target|rel|lang|dir)=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'))*\s*/?>",
    re.IGNORECASE,
)
_LINK = lazy_pattern(r"\[([^\]\[]{0,300})\]\((?:https?://|mailto:|#|\.{0,2}/)[^()\s]{0,500}\)")
_MARKUP = r"\s#*>/;|!_~-"
"""What comments, quotations, lists, tables and emphasis put before a line."""
_COPYRIGHT_MARK = lazy_pattern(rf"^[{_MARKUP}]{{0,80}}(?P<mark>(?:(?:copyright|\(c\)|©)[\s:,*_]{{0,20}}){{1,6}})(?P<rest>.{{1,160}})$", re.IGNORECASE)
_BOTH_MARKS = lazy_pattern(r"copyright[\s*_]*(?:\(c\)|©)", re.IGNORECASE)
_YEAR = lazy_pattern(r"\b(?:19|20)\d\d\b|[\[<{](?:yyyy|year)[^\]>}]*[\]>}]", re.IGNORECASE)
_PLACEHOLDER = lazy_pattern(
    r"[\[<{](?:yyyy|years?|dates?|(?:full ?)?name(?: of (?:copyright owner|author))?|copyright (?:holders?|owners?)|owners?|holders?|organi[sz]ation)[\]>}]"
    r"|<?\S+@\S+|<?https?://\S+",
    re.IGNORECASE,
)
_RESERVED = lazy_pattern(r"all rights reserved\.?", re.IGNORECASE)
_ABBREVIATION = lazy_pattern(r"\b(?:inc|ltd|co|corp|llc|gmbh|al|jr|dr|[a-z])\.", re.IGNORECASE)
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
_SPEAKS_OF_RIGHTS = lazy_pattern(
    r"\b(?:may|must|shall|not|only|no|without|except\w*|unless|excluded?|licen[sc]\w*|permi\w*|commercial\w*|prohibit\w*|distribut\w*|requir\w*|royalt\w*|fees?|pay\w*|appl\w*"
    r"|us(?:e[ds]?|age|ing)|purposes?|academic\w*|evaluat\w*|educational|personal|internal\w*|non|for\s+research|restrict\w*|forbid\w*|limit(?:s|ed\s+to)?"
    r"|for\s+(?:students?|hobby\w*|schools?|companies|businesses|non-?profits?)|sell|sale|resell\w*|militar\w*|contact\w*"
    r"|banned|barred|denied|disallow\w*|exclusive(?:ly)?|outside|until|subject\s+to|reserved\s+(?:for|to)"
    r"|confidential\w*|proprietary|secrets?|trial|expir\w*|consent\w*|approv\w*|terminat\w*|revo[ck]\w*|void"
    r"|kommerz\w*|nur|verboten\w*|nutzung|interdit\w*|prohib\w*|vietat\w*|recherche|investigaci\w*|только|коммерч\w*|некоммерч\w*|запрещ\w*)\b"
    r"|禁|不得|不可|仅|僅|只[限供能可]|のみ|研究(?![院所中])|学术|學術|商用|商业|商業|使用|利用|许可|許可|授权|授權|목적|상업|금지",
    re.IGNORECASE,
)
_WORD = lazy_pattern(r"[^\W_]+|\ufffd{2,}")
"""Bytes that are no UTF-8 read as U+FFFD: one may be a quotation mark of an old encoding, several in a row are words in a script that was not read."""
_PIECE = lazy_pattern(r"[^ \n]{1,1024}")
"""Normalised one by one: normalising is quadratic in a run of combining marks."""
_INVISIBLE = lazy_pattern("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""Soft hyphens, joiners and byte order marks: nobody sees them, so they part no word."""
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"'})


_REMEMBERED = 256 * 1024
"""Characters of a text whose words are kept in memory for the next question."""


class Fingerprint(NamedTuple):
    """Digest of a text's normalised words."""

    words: int
    sha256: str


def normalized_words(text: str) -> Sequence[str]:
    """Lower-case words of `text` without markup, link targets and stand-alone copyright lines.

    Apostrophes split words (`you're` gives `you`, `re`), so straight and typographic quotes agree.
    """
    return word_lines(text)[0]


def word_lines(text: str) -> tuple[Sequence[str], Sequence[int]]:
    """The normalised words, and the line (from 1) that each stands in."""
    return _remembered(text) if len(text) <= _REMEMBERED else _word_lines(text)


def _word_lines(text: str) -> tuple[Sequence[str], Sequence[int]]:
    numbers, lines = [], []
    for number, line in enumerate(text.split("\n"), 1):
        # An entity may be a line feed; a carriage return alone ended a line once.
        for part in html.unescape(line.rstrip("\r")).replace("\r", "\n").split("\n"):
            numbers.append(number)
            lines.append(part if part.isascii() else _INVISIBLE.sub("", compatible(part)).translate(_QUOTES))
    kept = _kept_lines(lines)
    # What spans lines keeps its line feeds, so that the lines after it keep their numbers; between words they count as the space.
    shown = _HTML_TAG.sub(lambda tag: " " + "\n" * tag[0].count("\n"), "\n".join(lines[index] for index in kept))
    shown = _LINK.sub(lambda link: link[1] + "\n" * (link[0].count("\n") - link[1].count("\n")), shown)
    words, places = [], []
    for index, line in zip(kept, shown.split("\n") if kept else (), strict=True):
        found = _WORD.findall(line.casefold())
        words += found
        places += [numbers[index]] * len(found)
    return words, places


_remembered = lru_cache(maxsize=2)(_word_lines)
"""A text's digest and its shingles are mostly asked for one after the other."""


def compatible(text: str) -> str:
    """Compatibility forms (ligatures, full-width letters) as plain characters; in time that grows with the length alone."""
    return _PIECE.sub(_nfkc, text)


def _nfkc(piece: re.Match[str]) -> str:
    return piece[0] if piece[0].isascii() else unicodedata.normalize("NFKC", piece[0])


def _kept_lines(lines: list[str]) -> list[int]:
    kept: list[int] = []
    stands_alone, unfinished = True, False
    for index, marked in enumerate(lines):
        line = (_HTML_TAG.sub(" ", marked) if "<" in marked else marked).replace("*", "")
        ends_paragraph = index + 1 == len(lines) or not lines[index + 1].strip()
        is_copyright = (stands_alone and _is_copyright_line(line)) or (unfinished and ends_paragraph and _is_name(line))
        if not is_copyright:
            kept.append(index)
        # A line wrapped out of a sentence does not stand alone: what precedes it is no blank, heading or other copyright line.
        stripped = line.strip(" \t\r#*=-_").lstrip("/;>|!~ \t#*")
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

"""The words that every license statement has one of. A card, block or sentence without them is passed over, and the patterns for it are never compiled."""

from __future__ import annotations

import html

from auditor.domain.pattern import lazy_pattern
from auditor.reading.normalize import compatible

MAX_CHARACTERS = 500_000
"""Of a README that are read; the longest body seen holds 40 thousand."""

# Plain substrings of lower-case text: of so many alternatives a search for each is far faster than one pattern.
_LICENSES = (
    "licens", "licenc", "lizen", "licenz", "licenç", "лицензи", "许可", "許可", "授权", "授權", "协议", "協議", "ライセンス", "許諾", "라이선스", "라이센스",
    "cc by", "cc-by", "cc_by", "creative commons", "creativecommons", " under", "\nunder", "unter ", "sous ", "bajo ", "terms", "agreement", "badge",
)  # fmt: skip
"""Of statements that name a license."""
_LIMITS = (
    "commerc", "comercia", "kommers", "kommerz", "komersial", "komerc", "komerč", "коммерч", "thương mại", "ticari", "تجاري", "商", "営利", "营利", "營利",
    "盈利", "상업", "영리", "profit", "sell", "sold", "monetiz", "money", "research", "recherche", "ricerca", "pesquisa", "investiga", "forsch",
    "onderzoek", "исследова", "научн", "nghiên cứu", "研究", "科研", "学术", "学術", "學術", "연구", "학술", "academ", "accadem", "académ", "acadêm", "akadem",
    "scient", "scienc", "wissenschaft", "学习", "學習", "evaluation", "testing", "hobby", "personal", "personnel", "pessoa", "persönlich", "privat",
    "privé", "privad", "личн", "образовательн", "个人", "個人", "개인", "educati", "educac", "business", "compan", "corporat", "enterprise", "revenue",
    "employees", "million", "turnover", "funding", "redistribut", "re-distribut", "reupload", "re-upload", "repost", "re-post", "republish",
    "re-publish", "reshar", "re-shar", "sublicens", "再配布", "分发", "分發", "转载", "轉載", "재배포",
)  # fmt: skip
"""Of statements that restrict what may be done."""
# What may stand inside a word without being seen.
_INSIDE = lazy_pattern(r"<[^<>]{0,300}>|[*_`~\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ue000-\ue0ff]+")
_MARKUP = lazy_pattern(r"[*_`<&~]|[^\x00-\x7f]")
_FOREIGN = lazy_pattern(r"[\u0370-\u04ff]")
_MIXED = lazy_pattern(r"(?<!\w)(?:[A-Za-z]\w{0,40}?[\u0370-\u04ff]|[\u0370-\u04ff]\w{0,40}?[A-Za-z])\w{0,40}")
"""A word in Latin and in Greek or Cyrillic letters: nobody spells so."""
_ALIKE = str.maketrans("аерсхуоіјѕһԁԛԝкмтвнАВЕКМНОРСТУХІЈЅονιαερτκυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aepcxyoijshdqwkmtbhABEKMHOPCTYXIJSoviaeptkuxABEZHIKMNOPTYX")
"""Letters that look like Latin ones; only those of `_MIXED` words are replaced."""


def states(text: str) -> bool:
    """Whether `text`, Markdown or plain, has such a word, as it is written or as it is seen."""
    return _has_one(text) or (_MARKUP.search(text) is not None and _has_one(in_one_script(_INSIDE.sub("", html.unescape(text)))))


def restricts(sentence: str) -> bool:
    """Whether a sentence without markup has a word that restrictions are put in."""
    lower = sentence.lower()
    return any(word in lower for word in _LIMITS)


def in_one_script(text: str) -> str:
    """Compatibility forms (full-width letters) as plain ones, and look-alikes of Greek or Cyrillic inside Latin words as Latin. For one line of text."""
    if text.isascii():
        return text
    text = compatible(text)
    return _MIXED.sub(lambda word: word[0].translate(_ALIKE), text) if _FOREIGN.search(text) else text


def _has_one(text: str) -> bool:
    lower = text.lower()
    return lower.startswith("under ") or any(word in lower for word in _LICENSES) or any(word in lower for word in _LIMITS)

"""Sentences that bar or tie commercial use, or leave research alone, in English; other languages are `prose_languages`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from auditor.domain.pattern import lazy_pattern
from auditor.reading.prose_languages import restrictions_elsewhere
from auditor.reading.prose_names import Found

Kind = Literal["noncommercial", "research_only", "personal_only", "restricted", "limited", "intended"]

# Every pattern is put to lower-case text, and every gap between words is bounded: a sentence takes time in proportion to its length.
_NON = r"\bnon[- ]?commercial(?:ly|es?)?\b"
_USE = r"(?:use[ds]?|usages?|purposes?|applications?|projects?|settings?|basis|activities|licen[sc]\w*|products?|deployment|exploitation|gain|profit)"
_NON_COMMERCIAL = lazy_pattern(
    rf"^\W{{0,12}}{_NON}\W{{0,12}}$|[:：(]\s*{_NON}|\blicen[sc]e\W{{0,8}}\|\W{{0,8}}{_NON}"
    rf"|\b(?:only|solely|exclusively|strictly|purely|for)\s+(?:\w+[\s,/-]+){{0,4}}{_NON}(?!\s+(?:models?|systems?|organi[sz]ations?|entit\w+|users?)\b)"
    rf"|\b(?:is|are|remains?)\s+(?:\w+ly\s+)?{_NON}(?=\W*$|\W*[.,;:)]|\s+and\b)|\bhence\s+{_NON}"
    rf"|{_NON}[\s,/&-]*(?:and |or )?(?:\w+[\s,/-]+){{0,3}}{_USE}\b|{_NON}[\s-]+only\b"
)
_BARRED = lazy_pattern(
    r"(?:n't|\b(?:not|cannot|never|prohibit\w*|forbid\w*|disallow\w*))\b[^.;]{0,80}?"
    r"\b(?:(?:for|in)\s+(?:any\s+|other\s+)?(?:\w+\s+(?:or|and)\s+)?commercial(?:ly)?|commercially"
    r"|(?:any\s+)?commercial\s+(?:use|usage|purposes?|exploitation|deployment|applications?)\b)"
    rf"|\bno\s+commercial\s+{_USE}|[✗✘❌🚫⛔]\s*commercial\s+{_USE}"
    r"|\b(?:except|excluding|other than|but not)\s+(?:for\s+)?(?:any\s+)?commercial(?:ly)?\b"
    r"|\b(?:may|must|can|do|shall)\s*(?:not|n't)\s+(?:\w+\s+){0,2}?(?:sell|monetize)\s+(?:or\s+\w+\s+)?(?:this|the|these|our|any|it|them|outputs?|images?)\b"
    r"|\b(?:models?|weights|checkpoints?|loras?|outputs?|images?|it|they)\s+(?:may|must|can|shall|should)\s*(?:not|n't)\s+be\s+(?:\w+ly\s+)?(?:sold|monetized)\b"
    r"|\bselling\b[^.;,]{0,60}?\b(?:prohibited|forbidden|not\s+(?:allowed|permitted))\b|(?:n't|\b(?:not|cannot))\b[^.;]{0,30}?\bto\s+make\s+money\b"
    r"|\b(?:not|prohibited|forbidden)\b[^.;]{0,60}?\bfor[- ]profit\b|\bfor[- ]profit\b[^.;,]{0,30}?\b(?:prohibited|forbidden|not\s+(?:allowed|permitted))\b"
    r"|\bcommercial(?:ly)?\b[^.;?]{0,60}\?[^\w.;]{0,6}(?:a(?:nswer)?:\s*)?no\b"
    r"|\b(?:not|never|n't)\b[^.;]{0,40}?\bby\s+(?:any\s+)?commercial\s+(?:entit\w+|organi[sz]ations?|compan\w+|users?)\b"
    rf"|\bcommercial\s+{_USE}\s{{0,20}}[:|][\s|]{{0,20}}(?:no\b|not\b|[✗✘❌])"
    rf"|\bcommercial\s+{_USE}\b[^.;,]{{0,70}}?\b(?:prohibited|forbidden|disallowed|barred|excluded"
    r"|(?:not|n't|never)\s+(?:\w+\s+)?(?:allowed|permitted|possible|granted|supported|licensed|authori[sz]ed))\b"
)
_BARS_NOTHING = lazy_pattern(
    r"\b(?:not|never|n't|cannot)\b[^.;]{0,25}?\b(?:only|just|merely|limit\w*|restrict\w*|prohibit\w*|forbid\w*|prevent\w*|exclud\w*|preclud\w*|disallow\w*"
    r"|requir\w*|need\w*|necessary|charge\w*|hesitate|test(?:ed)?|evaluated|verified|validated|responsible|liable)\b"
)
"""At the beginning of what _BARRED found: `not only for`, `does not restrict`, `has not been tested for`."""
_ADVISES = lazy_pattern(r"\b(?:not|never|n't|cannot)\b[^.;]{0,25}?\b(?:recommend\w*|suggest\w*|advis\w*|optimi[sz]\w*|suitable|suited|ready|endorse\w*)\b")
"""There as well: `not recommended for`. It bars nothing unless it goes on with _FORBIDS: `not recommended and not allowed`."""
_FORBIDS = lazy_pattern(r"(?<!not )\b(?:prohibited|forbidden)\b|\b(?:not|n't|never|nor)\s+(?:\w+\s+)?(?:allowed|permitted|licensed|authori[sz]ed)\b")
_CONDITION = r"(?:obtain|apply|permission|authori[sz]ation|consent|fill\w*|e-?mail|contact|regist\w*|questionnaire|approval|reach out)"
_TIED = lazy_pattern(
    r"\bcommercial(?:ly)?(?:\s+\w+){0,3}?\s+(?:use|usage|purposes?|applications?|licen[sc]\w*|deployment|products?|exploitation|rights?|interests?"
    r"|inquir\w*|enquir\w*)\b"
    rf"[^.;]{{0,80}}?\b(?:{_CONDITION}|requir\w*|need\w*|necessary|subject to|separate|obtain\w*|applying|application|inquir\w*|enquir\w*|purchas\w*"
    r"|royalt\w*|fees?|paid|agreement with|granted|enter in)\b"
    rf"|\bcommercially\b[^.;]{{0,60}}?\b(?:{_CONDITION}|agreement|separate)\b"
    rf"|\b(?:{_CONDITION}|application|applying|license is required|agreement)\b[^.;]{{0,80}}?\bcommercial(?:ly)?\b(?!\s+(?:team|partners?))"
)
_THRESHOLD = lazy_pattern(
    r"\b(?:commercial(?:ly)?|free(?:ly)?|licen[sc]e)\b[^.;]{0,120}?\b(?:less than|fewer than|under|below|up to|more than|over|above"
    r"|exceed\w*)\s+(?:[$€]\s?)?\d[\d.,]*"
    r"[^.;]{0,40}?\b(?:revenue|employees|users|turnover|funding)\b"
    r"|\b(?:revenue|employees|users|turnover|funding)\b[^.;]{0,40}?\b(?:less than|fewer than|below|more than|over|above"
    r"|exceed\w*)\s+(?:[$€]\s?)?\d[^;]{0,60}?\b(?:commercial|licen[sc]e)\b"
)
"""Free below a size of the licensee, or on a license above it."""
_UNBOUND = lazy_pattern(
    r"\brequires?\s+(?:only\s+)?(?:that\s+you\s+)?(?:keep\w*|attribution|credit\w*|citing|citation|retain\w*|preserv\w*|includ\w*"
    rf"|(?:further|additional|extensive)\s+(?!(?:\w+\s+)?(?:{_CONDITION}|agreement|licen[sc]|fee|terms|contract|condition)))|"
    r"\b(?:no|without)(?:\s+\w+){0,3}\s+(?:permission|registration|fees?|royalt\w*|approval|application|agreement|authori[sz]ation|consent|licen[sc]e)\b"
)
_OTHER_PRODUCTS = lazy_pattern(r"\bcommercial (?:software|models?|data|gpus?|hardware|apis?|llms?|systems?)\b")
_RESEARCH = r"(?:research|academic|scientific)"
_TO_RESEARCH = lazy_pattern(
    r"\b(?:only|solely|exclusively|strictly|purely|merely|restricted|limited|confined|reserved)\s+"
    r"(?:(?:be\s+)?(?:intended|to be used|used|use|available|allowed|permitted|licensed|released|meant|provided|open)\s+)?"
    rf"(?:for|to|as)\s+(?:\w+[\s,/-]+){{0,5}}?{_RESEARCH}\b"
    rf"|\b(?:for|to|as)\s+(?:\w+[\s,/-]+){{0,4}}?{_RESEARCH}"
    r"(?:(?:\s*,\s*|\s*/\s*|\s+and(?:\s*/\s*or)?\s+|\s+or\s+|[\s-]+)(?!only|solely|commercial)\w+){0,4}?"
    r"[\s-]*(?:only|exclusively|solely)\b(?!\s+(?:covers?|on|the|a|works?|when|if))"
    r"|\b(?:research|academic)[\s-]+(?:(?:and|or|/)\s+\w+\s+)?(?:use|usage|purposes?)[\s-]+(?:only|exclusively|solely)\b"
    r"|\b(?:research|academic)[\s-]only(?=\s*(?:$|[.,;:!)]|licen|model|release|use|purpose|basis|preview))"
    r"|\b(?:not|never|n't)\b[^.;]{0,60}?\b(?:outside(?: of)?|other than|beyond)\s+(?:for\s+)?(?:\w+[\s,/-]+){0,3}?(?:research|academic)\b"
    r"|\b(?:use|usage|purposes?)\s+(?:other than|beyond|outside(?: of)?)\s+(?:\w+[\s,/-]+){0,4}?(?:research|academic)\b[^.;]{0,60}?\b(?:prohibited"
    r"|forbidden|not\s+(?:allowed|permitted))"
    r"|\bonly\s+(?:grant\w*|licen[sc]e\w*|allow\w*|permit\w*|provide\w*|offer\w*|release\w*"
    r"|be\s+used)\s+(?:\w+\s+){0,4}?for\s+(?:\w+[\s,/-]+){0,3}?(?:research|academic|scientific|non-?profit)\b"
    r"|\bonly\s+(?:be\s+used\s+|allow\w*\s+|permit\w*\s+|the\s+)?(?:non-?commercial\s+)?(?:(?:academic|scientific)\s+)?(?:research|academic)\s+(?:use"
    r"|usage|purposes?)\b"
)
_LIMITED = lazy_pattern(
    r"\b(?:not|n't|without|but not|no longer)\s+(?:\w+\s+)?(?:being\s+)?(?:only|solely|exclusively|strictly|restricted|limited|confined|just|merely)\b"
)
_INTENDED = lazy_pattern(r"\b(?:intend\w*|designed)\b")
_NOT_BEFORE = lazy_pattern(r"\b(?:not|previously|formerly|no longer|initially)\s+$")
_FURTHER = lazy_pattern(r"\b(?:further|future|more) research\b")
_COMMERCIAL = lazy_pattern(r"\bcommercial(?:ly)?\b(?!\s*(?:terms|license|team|models?|products? from))")
_NON_WORD = lazy_pattern(_NON)
_NEGATED = lazy_pattern(r"\b(?:not|n't|never|without|no|nor|neither)\b(?:\s+(?:be|being|is|are|any|an?|the|\w+ly)){0,4}\s+(?:a\s+)?(?:\w+\s+)?$")
_PERSONAL = lazy_pattern(
    r"\b(?:only|solely|exclusively|strictly)\s+(?:be\s+used\s+|available\s+|licensed\s+)?(?:for|as)\s+(?:\w+[\s,/-]+){0,2}?(?:personal|private"
    r"|educational|hobby)\b"
    r"|\b(?:personal|private|educational)(?:\s+(?:and|or)\s+\w+)?\s+(?:use|usage|purposes?)\s+(?:only|exclusively|solely)\b"
    r"|\b(?:businesses|companies|corporations)\s+(?:may|must|can)\s*not\s+use\s+(?:it|them|this|these|our|any|the\s+(?:\w+[\s-]+){0,2}(?:models?|weights"
    r"|checkpoints?))\b"
)
_COPIES = r"(?:re-?distribut\w*|re-?upload\w*|re-?post(?:ed|ing)?|re-?publish\w*|re-?shar(?:e|ed|ing)|re-?s(?:ell|old|elling)|sublicens\w*)"
_LIMITS = lazy_pattern(
    r"\bredistribution\s+(?:of\s+(?:this|these|our|the)\s+(?:\w+[\s-]+){0,3})?(?:is\s+)?(?:strictly\s+)?(?:prohibited|forbidden|not\s+(?:allowed|permitted))"
    rf"|\b(?:do\s+not|don't|never|may\s+not|must\s+not|cannot|can't|(?:not|n't)\s+(?:be|allowed\s+to|permitted\s+to)"
    rf"|no\s+part\b[^.;]{{0,40}}\bbe)\s+(?:\w+ly\s+)?{_COPIES}\b"
    r"|\b(?:only|solely|exclusively|strictly)\s+for\s+(?:\w+[\s,/-]+){0,2}?(?:evaluation|testing)\b"
    r"|\bfor\s+(?:\w+[\s,/-]+){0,2}?(?:evaluation|testing)\s+(?:use|usage|purposes?)\s+only\b"
)
"""Restrictions of another kind: copies, and trial."""


def restrictions(sentence: str) -> Iterator[tuple[Kind, Found]]:
    """Restrictions of a sentence, each kind and place once. What permits commercial use beside the other restricts nothing.

    What a model is said to be intended for is `intended`: it describes a use, and no license need stand behind it.
    """
    for kind, found in _restrictions(sentence):
        said = sentence[max(0, found.start - 30) : found.end].lower()
        yield ("intended" if kind != "restricted" and _INTENDED.search(said) else kind), found


def _restrictions(sentence: str) -> Iterator[tuple[Kind, Found]]:
    lower = sentence.replace("İ", "I").lower()  # the one letter that two stand for in lower case: places have to hold
    barred, only, tied = _barred(lower), _TO_RESEARCH.search(lower), _TIED.search(_UNBOUND.sub(_blank, lower))
    free = _grants_commercial(lower)
    unlimited = _LIMITED.search(lower) is not None
    if barred:
        yield "noncommercial", _found(barred)
    elif not free and not unlimited and (non := _NON_COMMERCIAL.search(lower)) and not _is_negated(lower, non):
        yield "noncommercial", _found(non)
    if only and not unlimited and not _FURTHER.search(only[0]) and not _NOT_BEFORE.search(lower, 0, only.start()) and (barred or not free):
        yield "research_only", _found(only)
    if tied and not barred and not _OTHER_PRODUCTS.search(tied[0]) and "non" not in tied[0][-20:]:
        yield "restricted", _found(tied)
    elif not barred and (threshold := _THRESHOLD.search(lower)):
        yield "restricted", _found(threshold)
    if personal := _PERSONAL.search(lower):
        yield "personal_only", _found(personal)
    if limits := _LIMITS.search(lower):
        yield "limited", _found(limits)
    for kind, found in restrictions_elsewhere(lower):
        yield kind, _found(found)


def _blank(found: re.Match[str]) -> str:
    """As many blanks, so that places hold."""
    return " " * len(found[0])


def _barred(sentence: str) -> re.Match[str] | None:
    """What bars commercial use; `not only for`, `does not restrict` bar nothing."""
    return next((found for found in _BARRED.finditer(sentence) if not _bars_nothing(found[0])), None)


def _bars_nothing(words: str) -> bool:
    return _BARS_NOTHING.match(words) is not None or (_ADVISES.match(words) is not None and not _FORBIDS.search(words))


def _is_negated(sentence: str, found: re.Match[str]) -> bool:
    word = _NON_WORD.search(sentence, found.start())
    return word is not None and _NEGATED.search(sentence[max(0, word.start() - 60) : word.start()]) is not None


def _grants_commercial(sentence: str) -> bool:
    """Whether commercial use is named beside the non-commercial one, as allowed as that."""
    rest = _NON_WORD.sub(" ", sentence)
    return _COMMERCIAL.search(rest) is not None and not _barred(rest) and not _TIED.search(rest)


def _found(match: re.Match[str]) -> Found:
    return Found("", match.start(), match.end(), match.start())

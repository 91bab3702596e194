"""Sentences that bar or tie commercial use, or leave research alone, in English and, by their plainest words, in six other languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from auditor.reading.prose_names import Found

Kind = Literal["noncommercial", "research_only", "personal_only", "restricted", "intended"]

# Every pattern is put to lower-case text, and every gap between words is bounded: a sentence takes time in proportion to its length.
_NON = r"\bnon[- ]?commercial(?:ly|es?)?\b"
_USE = r"(?:use[ds]?|usages?|purposes?|applications?|projects?|settings?|basis|activities|licen[sc]\w*|products?|deployment|exploitation|gain|profit)"
_NON_COMMERCIAL = re.compile(
    rf"^\W{{0,12}}{_NON}\W{{0,12}}$|[:：(]\s*{_NON}|\blicen[sc]e\W{{0,8}}\|\W{{0,8}}{_NON}"
    rf"|\b(?:only|solely|exclusively|strictly|purely|for|is|are|remains?|under|an?|in)\s+(?:\w+[\s,/-]+){{0,4}}{_NON}"
    rf"|{_NON}[\s,/&-]*(?:and |or )?(?:\w+[\s,/-]+){{0,3}}{_USE}\b|{_NON}[\s-]+only\b"
)
_BARRED = re.compile(
    r"\b(?:not|cannot|can't|never|n't|prohibit\w*|forbid\w*|disallow\w*)\b[^.;]{0,80}?"
    r"\b(?:(?:for|in)\s+(?:any\s+|other\s+)?(?:\w+\s+(?:or|and)\s+)?commercial(?:ly)?|commercially"
    r"|(?:any\s+)?commercial\s+(?:use|usage|purposes?|exploitation|deployment|applications?)\b)"
    rf"|\bno\s+commercial\s+{_USE}"
    rf"|\bcommercial\s+{_USE}\s{{0,20}}[:|][\s|]{{0,20}}(?:no\b|not\b|[✗✘❌])"
    rf"|\bcommercial\s+{_USE}\b[^.;,]{{0,70}}?\b(?:prohibited|forbidden|disallowed|barred|excluded"
    r"|(?:not|n't|never)\s+(?:\w+\s+)?(?:allowed|permitted|possible|granted|supported|licensed|authori[sz]ed))\b"
)
_BARS_NOTHING = re.compile(
    r"\b(?:not|never|n't|cannot)\b[^.;]{0,25}?\b(?:only|just|merely|limit\w*|restrict\w*|prohibit\w*|forbid\w*|prevent\w*|exclud\w*|preclud\w*|disallow\w*"
    r"|requir\w*|need\w*|necessary|charge\w*|hesitate|test(?:ed)?|evaluated|verified|validated|responsible|liable)\b"
)
"""At the beginning of what _BARRED found: `not only for`, `does not restrict`, `has not been tested for`."""
_CONDITION = r"(?:obtain|apply|permission|authori[sz]ation|consent|fill\w*|e-?mail|contact|regist\w*|questionnaire|approval|reach out)"
_TIED = re.compile(
    r"\bcommercial(?:ly)?(?:\s+\w+){0,3}?\s+(?:use|usage|purposes?|applications?|licen[sc]\w*|deployment|products?|exploitation|rights?|interests?|inquir\w*|enquir\w*)\b"
    rf"[^.;]{{0,80}}?\b(?:{_CONDITION}|requir\w*|need\w*|necessary|subject to|separate|obtain\w*|applying|application|inquir\w*|enquir\w*|purchas\w*"
    r"|royalt\w*|fees?|paid|agreement with|granted|enter in)\b"
    rf"|\bcommercially\b[^.;]{{0,60}}?\b(?:{_CONDITION}|agreement|separate)\b"
    rf"|\b(?:{_CONDITION}|application|applying|license is required|agreement)\b[^.;]{{0,80}}?\bcommercial(?:ly)?\b(?!\s+(?:team|partners?))"
)
_UNBOUND = re.compile(
    r"\b(?:no|without)(?:\s+\w+){0,3}\s+(?:permission|registration|fees?|royalt\w*|approval|application|agreement|authori[sz]ation|consent|licen[sc]e)\b"
)
_OTHER_PRODUCTS = re.compile(r"\bcommercial (?:software|models?|data|gpus?|hardware|apis?|llms?|systems?)\b")
_RESEARCH = r"(?:research|academic|scientific)"
_TO_RESEARCH = re.compile(
    r"\b(?:only|solely|exclusively|strictly|purely|merely|restricted|limited|confined|reserved)\s+"
    r"(?:(?:be\s+)?(?:intended|to be used|used|use|available|allowed|permitted|licensed|released|meant|provided|open)\s+)?"
    rf"(?:for|to|as)\s+(?:\w+[\s,/-]+){{0,5}}?{_RESEARCH}\b"
    rf"|\b(?:for|to|as)\s+(?:\w+[\s,/-]+){{0,4}}?{_RESEARCH}"
    r"(?:(?:\s*,\s*|\s*/\s*|\s+and(?:\s*/\s*or)?\s+|\s+or\s+|[\s-]+)(?!only|solely|commercial)\w+){0,4}?"
    r"[\s-]*(?:only|exclusively|solely)\b(?!\s+(?:covers?|on|the|a|works?|when|if))"
    r"|\b(?:research|academic)[\s-]+(?:(?:and|or|/)\s+\w+\s+)?(?:use|usage|purposes?)[\s-]+(?:only|exclusively|solely)\b"
    r"|\b(?:research|academic)[\s-]only(?=\s*(?:$|[.,;:!)]|licen|model|release|use|purpose|basis|preview))"
    r"|\b(?:not|never|n't)\b[^.;]{0,60}?\b(?:outside(?: of)?|other than|beyond)\s+(?:for\s+)?(?:\w+[\s,/-]+){0,3}?(?:research|academic)\b"
    r"|\bonly\s+(?:be\s+used\s+|allow\w*\s+|permit\w*\s+|the\s+)?(?:non-?commercial\s+)?(?:(?:academic|scientific)\s+)?(?:research|academic)\s+(?:use|usage|purposes?)\b"
)
_LIMITED = re.compile(r"\b(?:not|n't|without|but not)\s+(?:\w+\s+)?(?:being\s+)?(?:only|solely|exclusively|strictly|restricted|limited|confined|just|merely)\b")
_INTENDED = re.compile(r"\bintend\w*\b")
_NOT_BEFORE = re.compile(r"\bnot\s+$")
_FURTHER = re.compile(r"\b(?:further|future|more) research\b")
_COMMERCIAL = re.compile(r"\bcommercial(?:ly)?\b(?!\s*(?:terms|license|team|models?|products? from))")
_NON_WORD = re.compile(_NON)
_NEGATED = re.compile(r"\b(?:not|n't|never|without|no|nor|neither)\b(?:\s+(?:be|being|is|are|any|an?|the|\w+ly)){0,4}\s+(?:a\s+)?(?:\w+\s+)?$")
_OTHERS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "personal_only",
        re.compile(
            r"\b(?:only|solely|exclusively|strictly)\s+(?:be\s+used\s+|available\s+|licensed\s+)?(?:for|as)\s+(?:\w+[\s,/-]+){0,2}?(?:personal|private|educational|hobby)\b"
            r"|\b(?:personal|private|educational)(?:\s+(?:and|or)\s+\w+)?\s+(?:use|usage|purposes?)\s+only\b"
            r"|\b(?:businesses|companies|corporations)\s+(?:may|must|can)\s*not\s+use\b"
            r"|\bredistribution\s+(?:\w+\s+){0,4}?is\s+(?:prohibited|forbidden|not\s+(?:allowed|permitted))\b"
        ),
    ),
    (
        "noncommercial",
        re.compile(
            r"(?<![和及与或])非(?:商业|商用|商業|营利)(?!和|与|及|或商)|(?:不得|禁止|不可|不能|不允许|严禁|请勿|勿|不支持|不许)[^。；，,.]{0,12}?(?:商用|商业|商業)"
            r"|(?:商用|商業|商业)(?:利用|使用|用途|目的)?(?:は|での利用は|を)?(?:不可|禁止|できません|禁じ|不得)"
            r"|\bnicht[- ]?kommerziell\w*|\bkommerzielle\w* (?:nutzung|verwendung|zwecke)\b[^.;]{0,40}?\b(?:untersagt|verboten|nicht)\b"
            r"|\b(?:usage|utilisation) commerciale?\b[^.;]{0,30}?\b(?:interdite?|prohib\w*|pas)\b|\bnon commerciale?\b"
            r"|\bno comercial(?:es)?\b|\bus[oi] comercial\w*\b[^.;]{0,30}?\b(?:prohibido|proibido|no est[aá])\b"
        ),
    ),
    (
        "research_only",
        re.compile(
            r"(?:仅|只|僅)(?:限|供|用于|可用于|能用于|限于|用於|作|可|能|允许|对|支持|限於|为)[^。；，,.]{0,14}?(?:研究|学术|學術|科研)(?!和商|及商|与商)|研究(?:目的|用途)?(?:のみ|に限)"
            r"|\b(?:uniquement|exclusivement|seulement)\b[^.;]{0,40}?\brecherche\b|\brecherche (?:uniquement|exclusivement|seulement)\b"
            r"|\b(?:nur|ausschlie(?:ß|ss)lich|lediglich)\b[^.;]{0,40}?\b\w{0,30}forschung\w*\b"
            r"|\b(?:s[oó]lo|solamente|[uú]nicamente|exclusivamente)\b[^.;]{0,40}?\binvestigaci[oó]n\b"
        ),
    ),
    (
        "restricted",
        re.compile(
            r"(?:商用|商业(?:使用|用途|授权|化|目的|许可)|商業(?:利用|用途))[^。；]{0,24}?(?:申请|申請|联系|聯繫|授权|登记|许可|填写|书面|問い合わせ)"
            r"|(?:申请|申請|登记|填写|授权|联系|书面)[^。；]{0,24}?(?:商用|商业|商業)"
        ),
    ),
)


def restrictions(sentence: str) -> Iterator[tuple[Kind, Found]]:
    """Restrictions of a sentence, each kind and place once. What permits commercial use beside the other restricts nothing.

    What a model is said to be intended for is `intended`: it describes a use, and no license need stand behind it.
    """
    for kind, found in _restrictions(sentence):
        said = sentence[max(0, found.start - 30) : found.end].lower()
        yield ("intended" if kind != "restricted" and _INTENDED.search(said) else kind), found


def _restrictions(sentence: str) -> Iterator[tuple[Kind, Found]]:
    lower = sentence.replace("İ", "I").lower()  # the one letter that two stand for in lower case: places have to hold
    barred, only, tied = _barred(lower), _TO_RESEARCH.search(lower), _TIED.search(lower)
    free = _grants_commercial(lower)
    unlimited = _LIMITED.search(lower) is not None
    if barred:
        yield "noncommercial", _found(barred)
    elif not free and not unlimited and (non := _NON_COMMERCIAL.search(lower)) and not _is_negated(lower, non):
        yield "noncommercial", _found(non)
    if only and not unlimited and not _FURTHER.search(only[0]) and not _NOT_BEFORE.search(lower, 0, only.start()) and (barred or not free):
        yield "research_only", _found(only)
    if tied and not barred and not _UNBOUND.search(lower) and not _OTHER_PRODUCTS.search(tied[0]) and "non" not in tied[0][-20:]:
        yield "restricted", _found(tied)
    for kind, pattern in _OTHERS:
        # What bars commerce in another language speaks of it in a word that reads like the English one.
        if (found := pattern.search(lower)) and not (found[0].isascii() and _grants_commercial(lower.replace(found[0], " "))):
            yield kind, _found(found)


def _barred(sentence: str) -> re.Match[str] | None:
    """What bars commercial use; `not only for`, `does not restrict` bar nothing."""
    return next((found for found in _BARRED.finditer(sentence) if not _BARS_NOTHING.match(found[0])), None)


def _is_negated(sentence: str, found: re.Match[str]) -> bool:
    word = _NON_WORD.search(sentence, found.start())
    return word is not None and _NEGATED.search(sentence[max(0, word.start() - 60) : word.start()]) is not None


def _grants_commercial(sentence: str) -> bool:
    """Whether commercial use is named beside the non-commercial one, as allowed as that."""
    rest = _NON_WORD.sub(" ", sentence)
    return _COMMERCIAL.search(rest) is not None and not _barred(rest) and not _TIED.search(rest)


def _found(match: re.Match[str]) -> Found:
    return Found("", match.start(), match.end(), match.start())

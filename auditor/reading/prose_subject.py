"""What a license statement speaks of: the model, its code, a dataset, or the model that it was made from."""

from __future__ import annotations

import re
from typing import Literal

from auditor.domain.pattern import lazy_pattern

Subject = Literal["model", "code", "data", "base", "unknown"]

_BASE = lazy_pattern(
    r"\b(?:base|original|upstream|parent|teacher|backbone|underlying|foundation) (?:language |vision )?(?:models?|weights|checkpoints?|license)\b"
    r"|\boriginally\b|\bbackbone\b|基座|基础模型|底座|ベースモデル",
    re.IGNORECASE,
)
_MODEL = lazy_pattern(
    r"\b(?:models?|weights?|checkpoints?|parameters|loras?|adapters?|quanti[sz]ations?|modell(?:e|s|en)?|mod[eè]les?|modelos?|gewichte|poids|pesos)\b|模型|权重|モデル",
    re.IGNORECASE,
)
_DATA = lazy_pattern(
    r"\b(?:data|datasets?|data-?sets?|corpus|corpora|annotations?|daten|datens[aä]tze?|donn[ée]es|datos)\b|数据|語料|语料|データ",
    re.IGNORECASE,
)
_TEXTS = lazy_pattern(r"\b(?:(?:original )?model cards?|documentation|papers?|figures|demo)\b", re.IGNORECASE)
"""What stands beside a model and is none of it; counted as data. In a heading it says nothing of what stands below."""
_CODE = lazy_pattern(
    r"\b(?:code|codebase|codes|scripts?|library|libraries|software|package|framework|notebooks?|quellcode|c[oó]digo)\b|代码|コード",
    re.IGNORECASE,
)
_COMPARED = lazy_pattern(
    r"\b(?:unlike|in contrast (?:to|with)|contrary to|compared (?:to|with)|as opposed to|different from|similar to)\b"
    r"(?![^,;]{0,60}\b(?:this|these|our|it|they)\b)[^,;]{0,60}$",
    re.IGNORECASE,
)
"""What this model is compared with, to the end: after a comma, and where this one is named, the comparison is over."""
_OTHERS = lazy_pattern(
    r"^\W*(?:\w+,\s+)?(?:(?:(?:many|most|some|several)\s+)?(?:the\s+)?(?:other|previous|prior|earlier|competing|alternative)"
    r"|(?:(?:many|most|some|several)\s+)?(?:existing|current|closed|proprietary|recent|popular))\b"
    r"(?:\s+(?!(?:of|in|from|our|these|this)\b)[\w.+-]+){0,6}?\s+(?:models|llms|systems)\b(?!\s+(?:in|of|on|from|here|below|above|listed)\b)"
    r"|^\W*(?:the\s+)?other\s+(?:model|checkpoint)s?\b",
    re.IGNORECASE,
)
"""Models in the plural that are not those of this repository."""
_OF_THIS = lazy_pattern(
    r"^[^.;,]{0,60}?\b(?:of|for|with|use)\s+(?:this|these|our)\s+(?:[\w.-]{1,40}\s+){0,2}(?:models?|weights|checkpoints?|loras?|adapters?)\b", re.IGNORECASE
)
_AS_THE_BASE = lazy_pattern(r"\bas\s+(?:(?:the|its|that|those|of)\s+){0,4}(?=base\b|original\b|parent\b|upstream\b|underlying\b)[\w ]{1,40}", re.IGNORECASE)
"""`the same license as the base model`: it speaks of this one."""
_MADE_FROM = lazy_pattern(
    r"\b(?:based|built|adapted|converted|quanti[sz]ed|initiali[sz]ed|build|builds|derived|trained|finetuned|fine-tuned|tuned|distilled|merged?"
    r"|fine-?tune|finetune|quantized version|version|derivative|comes?|came|taken|collected)"
    r"\s+(?:on|upon|of|from|with|using)\b"
    r"|\b(?:uses?|used|using|employ\w*)\b",
    re.IGNORECASE,
)
_RELATIVE = lazy_pattern(r"\b(?:which|that|whose)\b(?=[^.]{0,60}$)", re.IGNORECASE)
_CLAUSE = lazy_pattern(r"[;；，]|[,:(]\s+(?:and|but|while|whereas|the|this|these|our|its|use)\b|,\s*(?=while|but)|\s(?:while|whereas|but)\s", re.IGNORECASE)
_OF_MODEL = lazy_pattern(
    r"\b(?:of|for|behind|to|from|in|with|by|on|used|train|training)\s+(?:(?:the|this|our|these|its|all|any)\s+)?(?:[\w.-]{1,40}\s+){0,2}?models?\b"
    r"|\bmodels?['’]?s? (?=code|training|data|cards?\b)"
    r"|\btrain(?:ing|ed)?\s+(?:(?:the|this|our)\s+)?(?:[\w.-]{1,40}\s+){0,2}?models?\b",
    re.IGNORECASE,
)
_TRAINED_ON_DATA = lazy_pattern(
    r"\b(?:trained|fine-?tuned|tuned|built|based|created|derived|obtained|produced|generated)\s+(?:on|from|with|using|by)\b[^.;]{0,60}", re.IGNORECASE
)
_PRONOUN = lazy_pattern(
    r"\s*(?:it|they|this|these|both|which|all)(?:\s+(?:is|are|was|were|has|have|been|also|all|only"
    r"|itself|licensed|released|distributed|available|provided|published|made|intended))*\s*",
    re.IGNORECASE,
)
_REDUCED = lazy_pattern(
    r"(?:[\w.-]{1,40}\s+){0,2}[\w.-]{1,40}\s+(?:released|licensed|distributed|published|provided|available|shared|offered)\s*$", re.IGNORECASE
)
"""`data released under`, without a verb of its own: the words before the participle say what is."""
_NEAR = 120
_COPULA = lazy_pattern(r"\b(?:is|are|was|were|been|be|being|we|have|has|also)\b", re.IGNORECASE)


def heading_subject(text: str) -> Subject:
    """Of a heading, or of a badge's label: `Model License`, `Code License`; unknown where it does not say."""
    return _classified(_TEXTS.sub(" ", text)) if len(text) <= 120 else "unknown"


def _speaks_of_others(clause: str, before: str) -> bool:
    """Whether `clause`, of what stands `before` a statement, is about models that this one is compared with."""
    return _OTHERS.search(clause) is not None or _COMPARED.search(before) is not None


def subject_of(before: str, previous: str, section: Subject, after: str = "") -> Subject:
    """Subject of a statement from what stands before it in its sentence, else the previous sentence (of a pronoun), what follows, or the heading."""
    if _OF_THIS.search(after):
        return "model"
    clause = before
    reduced = _REDUCED.search(before[-_NEAR:])
    if reduced and not _COPULA.search(reduced[0]) and _last(_MADE_FROM, before[: -len(reduced[0])]):
        named = _classified(reduced[0])
        return named if named in ("data", "code") else "base"
    if relative := _last(_RELATIVE, before):
        head = _CLAUSE.split(before[: relative.start()].rstrip(" ,"))[-1]
        if _speaks_of_others(head, head):
            return "base"
        made_from = _last(_MADE_FROM, head)
        named = _classified(head[made_from.end() :]) if made_from else "unknown"
        if made_from:
            own = named == "model" and made_from[0].lower().startswith("us")
            return "model" if own else named if named in ("data", "code") else "base"
        clause = head if _classified(head) != "unknown" else clause
    else:
        clause = next((part for part in reversed(_CLAUSE.split(before)) if _classified(part) != "unknown"), before)
    if _speaks_of_others(clause, before):
        return "base"
    found = _classified(clause)
    if found == "unknown" and _PRONOUN.fullmatch(before):
        found = _classified(previous) if _classified(previous) in ("data", "code", "base") else "unknown"
    if found == "unknown" and after:
        found = _classified(_AS_THE_BASE.sub(" ", after))
    return section if found == "unknown" else found


def _classified(text: str) -> Subject:
    """The model wins over what is named beside it; `code of the model` and `data used to train the model` are code and data."""
    base = _BASE.search(text)
    rest = _BASE.sub(" ", text) if base else text
    model = _MODEL.search(rest)
    other: Subject = "unknown"
    code, data = _CODE.search(rest), _DATA.search(rest) or _TEXTS.search(rest)
    if code or data:
        other = "data" if data and (not code or data.start() < code.start()) else "code"
    if model and other != "unknown":
        place = min(found.start() for found in (code, data) if found)
        if model.start() < place and _TRAINED_ON_DATA.search(rest[model.start() :]):
            return "model"
        model = _MODEL.search(_OF_MODEL.sub(" ", rest))
    if model:
        return "model"
    if base:
        return "base"
    return other


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed([*pattern.finditer(text)]), None)

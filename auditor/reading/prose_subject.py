"""What a license statement speaks of: the model, its code, a dataset, or the model that it was made from."""

from __future__ import annotations

import re
from typing import Literal

Subject = Literal["model", "code", "data", "base", "unknown"]

_BASE = re.compile(
    r"\b(?:base|original|upstream|parent|teacher|backbone|underlying|foundation|pre-?trained) (?:language |vision )?(?:models?|weights|checkpoints?|license)\b"
    r"|\boriginally\b|\bbackbone\b|基座|基础模型|底座|ベースモデル",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"\b(?:models?|weights?|checkpoints?|parameters|loras?|adapters?|quanti[sz]ations?|modell(?:e|s|en)?|mod[eè]les?|modelos?|gewichte|poids|pesos)\b|模型|权重|モデル",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"\b(?:data|datasets?|data-?sets?|corpus|corpora|annotations?|daten|datens[aä]tze?|donn[ée]es|datos)\b|数据|語料|语料|データ",
    re.IGNORECASE,
)
_TEXTS = re.compile(r"\b(?:(?:original )?model cards?|documentation|papers?|figures|demo)\b", re.IGNORECASE)
"""What stands beside a model and is none of it; counted as data. In a heading it says nothing of what stands below."""
_CODE = re.compile(
    r"\b(?:code|codebase|codes|scripts?|library|libraries|software|package|framework|notebooks?|quellcode|c[oó]digo)\b|代码|コード",
    re.IGNORECASE,
)
_MADE_FROM = re.compile(
    r"\b(?:based|built|adapted|converted|quanti[sz]ed|initiali[sz]ed|build|builds|derived|trained|finetuned|fine-tuned|tuned|distilled|merged?"
    r"|fine-?tune|finetune|quantized version|version|derivative)"
    r"\s+(?:on|upon|of|from|with|using)\b"
    r"|\b(?:uses?|using)\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(?:which|that|whose)\b(?=[^.]{0,60}$)", re.IGNORECASE)
_CLAUSE = re.compile(r"[;；，]|[,:(]\s+(?:and|but|while|whereas|the|our|its|use)\b|,\s*(?=while|but)|\s(?:while|whereas|but)\s", re.IGNORECASE)
_OF_MODEL = re.compile(
    r"\b(?:of|for|behind|to|from|in|with|by|on|used|train|training)\s+(?:(?:the|this|our|these|its|all|any)\s+)?(?:[\w.-]{1,40}\s+){0,2}?models?\b"
    r"|\bmodels?['’]?s? (?=code|training|data|cards?\b)"
    r"|\btrain(?:ing|ed)?\s+(?:(?:the|this|our)\s+)?(?:[\w.-]{1,40}\s+){0,2}?models?\b",
    re.IGNORECASE,
)
_TRAINED_ON_DATA = re.compile(
    r"\b(?:trained|fine-?tuned|tuned|built|based|created|derived|obtained|produced|generated)\s+(?:on|from|with|using|by)\b[^.;]{0,60}", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\s*(?:it|they|this|these|both|which|all)(?:\s+(?:is|are|was|were|has|have|been|also|all|only"
    r"|itself|licensed|released|distributed|available|provided|published|made|intended))*\s*",
    re.IGNORECASE,
)
_REDUCED = re.compile(
    r"(?:[\w.-]{1,40}\s+){0,2}[\w.-]{1,40}\s+(?:released|licensed|distributed|published|provided|available|shared|offered)\s*$", re.IGNORECASE
)
"""`data released under`, without a verb of its own: the words before the participle say what is."""
_NEAR = 120
_COPULA = re.compile(r"\b(?:is|are|was|were|been|be|being|we|have|has|also)\b", re.IGNORECASE)


def heading_subject(text: str) -> Subject:
    """Of a heading, or of a badge's label: `Model License`, `Code License`; unknown where it does not say."""
    return _classified(_TEXTS.sub(" ", text)) if len(text) <= 120 else "unknown"


def subject_of(before: str, previous: str, section: Subject, after: str = "") -> Subject:
    """Subject of a statement from what stands before it in its sentence, else the previous sentence (of a pronoun), what follows, or the heading."""
    clause = before
    reduced = _REDUCED.search(before[-_NEAR:])
    if reduced and not _COPULA.search(reduced[0]) and _last(_MADE_FROM, before[: -len(reduced[0])]):
        named = _classified(reduced[0])
        return named if named in ("data", "code") else "base"
    if relative := _last(_RELATIVE, before):
        head = _CLAUSE.split(before[: relative.start()].rstrip(" ,"))[-1]
        made_from = _last(_MADE_FROM, head)
        named = _classified(head[made_from.end() :]) if made_from else "unknown"
        if made_from:
            return named if named in ("data", "code") else "base"
        clause = head if _classified(head) != "unknown" else clause
    else:
        clause = next((part for part in reversed(_CLAUSE.split(before)) if _classified(part) != "unknown"), before)
    found = _classified(clause)
    if found == "unknown" and _PRONOUN.fullmatch(before):
        found = _classified(previous) if _classified(previous) in ("data", "code", "base") else "unknown"
    if found == "unknown" and after:
        found = _classified(after)
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

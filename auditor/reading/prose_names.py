"""Names of licenses as sentences, labels and links write them. Which license a name means is the catalogue's business, not this module's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from auditor.domain.pattern import lazy_pattern
from auditor.reading.prose_blocks import BREAK, CLOSE, OPEN, OPEN_LICENSE


class Found(NamedTuple):
    """A statement in a text: the name (empty for a restriction), its place, where the words that lead to it begin, and words on its subject."""

    value: str
    start: int
    end: int
    lead: int
    about: str = ""


_LINKS = f"[{OPEN}{OPEN_LICENSE}]"
_ARTICLE = lazy_pattern(
    r"(?:[\s\"']*(?:the|an?|its|their|our|terms(?: and conditions)? of|conditions of|la|le|les|der|die|den|licen[cs]e|licencia|licen[cç]a|licenza"
    r"|licentie|лицензией|lizenz|permissive|a|o"
    r"|(?:non-?commercial|open-?source|standard|free) licen[cs]e)\s+){0,5}+"
    rf"\s*(?:{_LINKS}\s*(?:the\s+(?=\S))?)?",
    re.I,
)
MAX_NAME_WORDS = 14
"""A longer one is a passage, and passages are no facts."""
_PHRASE = 160
"""Characters looked at for a name."""
# A name goes on over `, Version 2.0` and `or later`; lower-case words that begin a clause end it.
_STOP = lazy_pattern(
    r"[;:(（，。；、|\"\[\]]|,(?!\s*[Vv](?:er|ersion)?\.?\s*\d)|[.!?](?=\s|$)|\s[-/]\s"
    r"|\s(?=(?:(?<!cc\s)by|and|or(?!\s(?:later|newer|any later))|for|which|that|with|at|in|on|as|to|from|see|under|unless|except|allowing|but|while|where|if|is"
    r"|are|was|were|will|you|we|please|found|available|granted|due|because|since|only|when|via|per|permits?|allows?|requires?|can|may|must|should|has"
    r"|have|meaning|provided|here|below|therefore"
    r"|there|et|und|y|que|qui|das|veröffentlicht|lizenziert|verfügbar|bereitgestellt)(?:\W|$))"
    rf"|{BREAK}"
)
_TYPE = lazy_pattern(r"licen[sc]|agreement|\bterms\b|lizenz|licencia|许可|协议|\brail\b|openrail", re.IGNORECASE)
_TYPE_NEXT = lazy_pattern(r"\s*(?:community |public |open )?licen[sc]e(?: agreement)?\b", re.IGNORECASE)
# Words that say of a license what any may be called: a name holds more than these.
_GENERIC = lazy_pattern(
    r"\b(?:the|an?|this|that|these|same|following|models?|licen[sc](?:e[ds]?|ing)|lizenz|licencia|agreements?|terms?|conditions?|of|use|usage|open|sourced?"
    r"|permissive(?:ly)?|commercial(?:ly)?|custom|proprietary|non-?commercial|research|free(?:ly)?|files?|below|above|our|its|their|own|restrictive"
    r"|standard|details|here|link|page"
    r"|software|code|data|datasets?|weights|new|original(?:ly)?|respective|specific|special|certain|other|additional|document|texts?|public|copyleft"
    r"|full(?:y)?|legal(?:ly)?|md|txt|pdf|more|information|needed|unknown|none|n|tbd|see|no|not|none|various|different|multiple|mixed|friendly|both"
    r"|documents?|policy|policies|our|modified"
    r"|individual|dual|similar|type|and|or|read|check|applies|apply|it|academic|liberal|very|fully|user|acceptable|end-user|website|repository|repo"
    r"|section|readme"
    r"|community|enterprise|for|under|is|are|commons?|creative)\b"
    r"|[^\w\s]|许可证?|协议|开源|模型|license",
    re.IGNORECASE,
)
_CAPITALS = lazy_pattern(r"[A-Z][A-Z]|[A-Z]\w*[ -]?v?\d|[A-Z]\w*[a-z][A-Z]")
_PLAIN = lazy_pattern(r"[a-z]{2,12}(?:-[\w.]+)?(?: licen[sc]e)?")
_LOWER_START = lazy_pattern(r"[a-z]+(?:\s|$)")
_LICENSED = lazy_pattern(r"licen[sc](?:ed?|ing)\b[^.;]{0,60}$|lizenziert[^.;]{0,20}$|licenciad[oa][^.;]{0,20}$", re.IGNORECASE)
_RELEASED = lazy_pattern(
    r"\b(?:releas\w*|re?distribut\w*|distribut\w*|publish\w*|open-?sourc\w*|open source|made available|diffus\w*|publi[ée]\w*)\b"
    r"(?:(?!\btrain|\btest|\bevaluat|\brun)[^.;]){0,100}$"
    r"|\b(?:is|are|falls?|all|covered|protected|code|models?|weights|checkpoints?|datasets?|data)\s*$",
    re.IGNORECASE,
)
_NEGATED = lazy_pattern(r"\b(?:not|never|n't|previously|formerly|no longer|neither|nor)\b[^.;,]{0,25}$", re.IGNORECASE)
_PAST = lazy_pattern(
    r"\b(?:not|never|n't|instead of|unlike)\s+(?:(?:a|an|the|is|was|released|licensed|published|distributed|available|under|as)\s+){0,4}$"
    r"|\b(?:previously|formerly|no longer|used to be|originally)\b[^.;:,]{0,40}$"
    r"|\b(?:chang|switch|mov|relicens)\w*\s+(?:the\s+|its\s+|our\s+)?(?:licen[sc]e\s+)?(?:was\s+)?from\s+(?:the\s+|a\s+)?$",
    re.I,
)
"""Before a name: that of a license which the model is not under, or no longer."""
_LEAD = lazy_pattern(
    r"\b(?P<under>under|unter|sous|bajo|sob|sotto|onder|под)\s+"
    r"|\b(?P<weak>governed by|subject to|compl(?:y|ies) with|follow(?:s|ed|ing)?|adheres? to|bound by|in accordance with|according to|inherits?|uses?|using"
    r"|has|have|with|carries|adopts?|agree to|accept|use of|terms of|details of)\s+"
    r"|(?P<chinese>遵循|遵守|依照|按照|采用|使用|基于|根据|遵从|基於|依據|採用)\s*",
    re.IGNORECASE,
)
_WORD_LICENSED = lazy_pattern(
    rf"(?<!\w)(?P<name>(?:[A-Z][\w.+-]{{0,30}}\s+){{0,4}}?[A-Z][\w.+-]{{0,30}}(?:\s+v?\d[\w.]{{0,6}})?(?:\s+[Ll]icen[cs]e)?){CLOSE}?(?:-"
    rf"|\s+)(?:licensed|lizenziert)\b"
)
_LINK = lazy_pattern(rf"{OPEN_LICENSE}([^{CLOSE}]{{2,160}}){CLOSE}")
_CHINESE = lazy_pattern(
    rf"(?:遵循|遵守|依照|按照|采用|使用|基于|根据|遵从)\s*(?:了)?\s*{_LINKS}?(?P<name>[A-Za-z][\w .+-]{{1,60}}?)\s*{CLOSE}?\s*(?:开源)?(?:许可证?|协议|授权)"
)
_JAPANESE = lazy_pattern(rf"{_LINKS}?(?P<name>[A-Z][A-Za-z0-9 .+-]{{1,60}}?)\s*{CLOSE}?\s*(?:ライセンス|라이[선센]스)")
_LABEL = lazy_pattern(
    rf"(?:^|(?<=[\n{BREAK}|>]))[^\w\n\u4e00-\u9fff]{{0,12}}(?:\d{{1,2}}[.)]\s{{0,3}})?(?P<about>(?:[\w.+/&'-]{{1,40}}[ \t]{{1,3}}){{0,5}}?)"
    rf"(?P<word>licen[cs](?:e|es|ing|ed)|lizenz|licencia|licença|licenza|licentie|licencja|лицензия|许可证?|許可證?|协议|協議|授权|ライセンス|라이[선센]스)"
    rf"(?:[ \t]?\(s\)|[ \t]?[(（][^()（）\n]{{0,20}}[)）]|[ \t](?:type|information|name|agreement))?\s{{0,40}}{CLOSE}?\s{{0,3}}[:：|]+[\s|]{{0,20}}",
    re.IGNORECASE,
)
_SENTENCE = lazy_pattern(r"\b(?:is|are|was|were|may|can|has|have|shall|must|be|used?|apply|applies|governed|found|please|will|do|you|we)\b")
_BETWEEN_WORDS = lazy_pattern(r"[\s/&-]+")
_SUBJECT_WORDS = frozenset(
    {"", "the", "this", "our", "model", "models", "weight", "weights", "code", "source", "data", "dataset", "datasets", "base", "original", "software", "open"}
    | {"checkpoint", "and", "project", "repo", "training", "main"}
)
"""What may stand before `License:` without being a license's name."""
_NONCOMMERCIAL_NAME = lazy_pattern(r"\bcc[- ]by[- ]nc(?:[- ](?:sa|nd))?(?:[- ]\d\.\d)?(?![\w-])", re.IGNORECASE)
_EXTENSION = lazy_pattern(r"\.(?:md|txt|pdf|html)$|\s*(?:模型|社区|开源){0,2}(?:许可证?|许可协议|协议){0,2}(?:开源|授权|发布)?$", re.IGNORECASE)
_CLOSE_BY = 8
_IDEOGRAPHS = lazy_pattern(r"[\u3040-\u30ff\u4e00-\u9fff]")
"""In what follows a Chinese verb: the sentence goes on, and a name has not been found."""
_POINTS = lazy_pattern(r"(?:this|that|such|your|any|these|those|another|(?:agreements?|terms|licen[sc]es?|rights) (?:of|for|from|by))\b", re.IGNORECASE)
_AND = lazy_pattern(rf"{CLOSE}?\s*(?:and|or|/)\s+(?:the\s+)?(?={_LINKS}?[A-Z])")
_BESIDE = 4
"""Words beside a link that leave it standing alone."""
_TEXT_ABOVE = lazy_pattern(
    r"additional information|adapted from|\babout\b|\barticle\b|\bpaper\b|e\.g\.|such as|for example|instead of|replaces?", re.IGNORECASE
)


def labelled(text: str, kind: Literal["heading", "text", "item", "row"], announced: bool) -> Found | None:
    """`License: X` in a line, list item, heading or table row, `X License: ...`, or a bare X below a heading that announces a license."""
    for label in _LABEL.finditer(text):
        about = label["about"].strip()
        if about and not _SUBJECT_WORDS.issuperset(_BETWEEN_WORDS.split(about.lower())):
            if _specific(about) and kind != "row":
                skipped = _ARTICLE.match(about)
                name = about[skipped.end() if skipped else 0 :]
                return Found(f"{name} {label['word']}", label.start("about"), label.end("word"), label.start("about"))
            continue
        if value := _label_value(text, label.end()):
            return value._replace(lead=label.start(), about=about)
    if announced and len(text) <= _PHRASE and not _SENTENCE.search(text) and not _LEAD.search(text):
        value = _label_value(text, len(text) - len(text.lstrip(" \n\t-*+>•|#")))
        return value if value and _specific(value.value) and not re.search(r"[^\W_]", text[value.end :]) else None
    return None


def _label_value(text: str, start: int) -> Found | None:
    tail = text[start : start + _PHRASE]
    found = _phrase(tail, start, whole_line=True)
    if found is None or _SENTENCE.search(found.value) or not _residue(found.value) or len(found.value.split()) > MAX_NAME_WORDS:
        return None
    return found if _specific(found.value) or len(_residue(found.value).split()) <= 3 else None


def stated(sentence: str) -> Iterator[Found]:
    """Names that a sentence states by a verb or by their own kind: `licensed under X`, `under the X license`, `X-licensed`."""
    held: list[Found] = []
    for lead in _LEAD.finditer(sentence):
        if (held and lead.start() < held[-1].end) or _NEGATED.search(sentence[max(0, lead.start() - 60) : lead.start()]):
            continue
        name = _phrase(sentence[lead.end() : lead.end() + _PHRASE], lead.end())
        if name is None or not _states(sentence[max(0, lead.start() - 160) : lead.start()], lead, name.value, sentence[name.start : name.end + _CLOSE_BY]):
            continue
        held.append(name._replace(lead=lead.start()))
        if second := _joined(sentence, name.end):
            held.append(second._replace(lead=lead.start()))
    for pattern in (_WORD_LICENSED, _CHINESE, _JAPANESE):
        for found in pattern.finditer(sentence):
            start, end = found.span("name")
            apart = all(end <= other.start or start >= other.end for other in held)
            if apart and _strict(found["name"]) and not _NEGATED.search(sentence[max(0, start - 40) : start]):
                held.append(Found(_EXTENSION.sub("", found["name"]), start, end, start))
    yield from sorted(held, key=lambda found: found.start)


def _joined(sentence: str, end: int) -> Found | None:
    """The second name of `under X and Y`."""
    joined = _AND.match(sentence, end)
    second = _phrase(sentence[joined.end() : joined.end() + _PHRASE], joined.end()) if joined else None
    return second if second and second.value[0].isupper() and _strict(second.value) and not _SENTENCE.search(second.value) else None


def named(sentence: str, announced: bool) -> Iterator[Found]:
    """Links to a license whose text is its name: in a section that announces a license, or where little else stands beside them."""
    if not announced and len(_LINK.sub(" ", sentence).split()) > _BESIDE:
        return
    for link in _LINK.finditer(sentence):
        value = _EXTENSION.sub("", _STOP.split(link[1], maxsplit=1)[0].strip())
        if _strict(value) and not _TEXT_ABOVE.search(sentence[: link.end()]):
            yield Found(value, link.start(1), link.start(1) + len(link[1]), link.start())


def bare(sentence: str) -> Iterator[Found]:
    """Licenses that bar commerce by the name that nothing else is called by, where no verb leads to them: `Code: MIT, weights: CC BY-NC 4.0`."""
    for found in _NONCOMMERCIAL_NAME.finditer(sentence):
        if _PAST.search(sentence[: found.start()]):
            continue
        yield Found(found[0], found.start(), found.end(), found.start())


def _phrase(tail: str, offset: int, whole_line: bool = False) -> Found | None:
    """The name at the beginning of `tail`: the text of a link, else the words up to where a clause ends."""
    skipped = _ARTICLE.match(tail)
    start = skipped.end() if skipped else 0
    linked = start > 0 and any(mark in tail[:start] for mark in (OPEN, OPEN_LICENSE))
    close = tail.find(CLOSE, start)
    if linked and close >= 0:
        stop = _STOP.search(tail, start, close)
        end = stop.start() if stop and tail[stop.start()] not in "([" else close
        after = _TYPE_NEXT.match(tail, close + 1)
        end = after.end() if after and end == close else end
    else:
        stop = _STOP.search(tail, start)
        end = stop.start() if stop else len(tail)
        if close >= 0:
            after = _TYPE_NEXT.match(tail, close + 1)
            end = min(end, after.end() if after else close)
        if whole_line and "\n" in tail[start:end]:
            end = tail.index("\n", start)
    value = _EXTENSION.sub("", re.sub(rf"[{OPEN}{OPEN_LICENSE}{CLOSE}]", "", " ".join(tail[start:end].split())).strip(" .,;:'\""))
    if _POINTS.match(value):
        return None
    return Found(value, offset + start, offset + end, offset) if value and len(value) <= _PHRASE else None


def _states(before: str, lead: re.Match[str], value: str, behind: str) -> bool:
    if lead["chinese"]:
        return _specific(value) and not _IDEOGRAPHS.search(value) and _TYPE.search(behind) is not None
    if lead["under"]:
        if _LICENSED.search(before):
            return _specific(value) or (bool(_residue(value)) and _PLAIN.fullmatch(value) is not None)
        if _RELEASED.search(before):
            return _strict(value)
        return _strict(value) and (_TYPE.search(value) is not None or lead[0][0] not in "uU")
    return _strict(value) and _TYPE.search(value) is not None


def _residue(value: str) -> str:
    """What of a name is more than `the license`."""
    return " ".join(_GENERIC.sub(" ", value).split())


def _specific(value: str) -> bool:
    residue = _residue(value)
    return bool(residue) and len(value.split()) <= MAX_NAME_WORDS and (any(c.isupper() or c.isdigit() for c in residue) or bool(re.search(r"[a-z]\d", residue)))


def _strict(value: str) -> bool:
    """Surely a name: it says what kind of document it is, or it is written with capitals or a version."""
    residue = _residue(value)
    if _LOWER_START.match(value) and not _TYPE.search(value):
        return False
    return _specific(value) and ((_TYPE.search(value) is not None and any(c.isupper() for c in residue)) or _CAPITALS.search(residue) is not None)

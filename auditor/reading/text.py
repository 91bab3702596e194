"""A text to its fingerprint, and whether bytes are text at all."""

from __future__ import annotations

import re
from itertools import islice

from auditor.domain.evidence import TextFacts
from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import text_lines
from auditor.reading.normalize import fingerprint
from auditor.reading.prose_words import MAX_CHARACTERS, states

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"\xff\xfe", b"\xfe\xff")
"""First bytes of PDF, ZIP (also of office documents), gzip, PNG, JPEG and UTF-16."""
# Deliberately broad: a prompt without any of these asks for a name or a click on a license that stands elsewhere; one with any may restrict.
_BINDING = lazy_pattern(
    r"\b(?:must|shall|only|solely|not|no|cannot|never|without|except\w*|unless|\w+n['’]t|prohibit\w*|restrict\w*|forbid\w*|non\w*commercial\w*|commercial\w*|research"
    r"|academic\w*|evaluation|exclud\w*|limit\w*|permi\w*|royalt\w*|fees?|pay\w*|military|territor\w*|jurisdiction\w*|condition\w*|obligat\w*)\b|[^\x00-\x7f]{4,}",
    re.IGNORECASE,
)
_LEGAL = lazy_pattern(
    r"hereby\s+grant|licensors?\b|licensees?\b|\bas[\s-]is\b|warrant(?:y|ies)\b|terms\s+and\s+conditions|license\s+agreement|in\s+no\s+event|shall\s+not|you\s+may\s+not"
    r"|royalty-free|derivative\s+works?",
    re.IGNORECASE,
)
_ENGLISH = lazy_pattern(r"\b(?:the|to|you|your|this|and|with|is|are|for|of|in|a|an|we|it|be|or)\b", re.IGNORECASE)
_OTHERS = lazy_pattern(
    r"third[-_. ]?part(?:y|ies)|3rd[-_. ]?part(?:y|ies)|bundled|dependenc(?:y|ies)|open[-_. ]?source[-_. ](?:software[-_. ])?(?:notices?|licen[sc]es)",
    re.IGNORECASE,
)
_WEIGHTS = lazy_pattern(
    r"\bweights?\b|\bcheckpoints?\b|\b(?:this|the|our|these|all|language|base|ai|pre-?trained) models?\b|模型|权重|モデル|모델", re.IGNORECASE
)
MAX_BINDING = 10_000
"""Counted at most: far more than any license holds, and enough to know that there are some."""
_ENGLISH_SHARE = 4
"""At least one in so many words of English prose is one of these."""


def binding_words(text: str, words: int) -> int:
    """Words in which restrictions are put. A text that is not recognisably English counts as one: what cannot be read may bind."""
    foreign = len(_ENGLISH.findall(text)) * _ENGLISH_SHARE < words
    return sum(1 for _ in islice(_BINDING.finditer(text), MAX_BINDING)) + foreign


def legal_words(text: str) -> int:
    """Phrases that license texts are made of."""
    return sum(1 for _ in islice(_LEGAL.finditer(text), MAX_BINDING))


def text_facts(text: str, first_line: int = 1) -> TextFacts:
    """Fingerprint of `text`, which begins in `first_line` of its document."""
    found = fingerprint(text)
    return TextFacts(
        lines=len(text_lines(text)),
        words=found.words,
        sha256=found.sha256,
        first_line=first_line,
        binding_words=binding_words(text, found.words),
        legal_words=legal_words(text),
    )


def bundles_others(path: str) -> bool:
    """Whether the name of a file says that it holds the licenses of software that comes along: `THIRD_PARTY_LICENSES.txt`."""
    return _OTHERS.search(path.rsplit("/", 1)[-1]) is not None


def notice_facts(text: str) -> TextFacts:
    """Fingerprint of a notice or use policy, with the restrictions that it states; what licenses it names is of what it is a notice of."""
    facts = text_facts(text).model_copy(update={"of_weights": _WEIGHTS.search(text) is not None})
    if not states(text[:MAX_CHARACTERS]):
        return facts
    from auditor.reading.prose import statements

    restricting = tuple(one for one in statements(text) if one.kind not in ("licensed_under", "badge", "intended"))
    return facts.model_copy(update={"statements": restricting})


def is_text(content: bytes) -> bool:
    """False for what no reader would call text: PDF, images, archives, UTF-16. A stray NUL in UTF-8 hides nothing from the audit."""
    if content.startswith(_BINARY):
        return False
    nuls = content.count(0)
    if nuls == 0:
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return nuls * 100 <= len(content)

"""A text to its fingerprint, and whether bytes are text at all."""

from __future__ import annotations

import re
from itertools import islice

from auditor.domain.evidence import TextFacts
from auditor.domain.text_safety import text_lines
from auditor.reading.normalize import fingerprint

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"\xff\xfe", b"\xfe\xff")
"""First bytes of PDF, ZIP (also of office documents), gzip, PNG, JPEG and UTF-16."""
# Deliberately broad: a prompt without any of these asks for a name or a click on a license that stands elsewhere; one with any may restrict.
_BINDING = re.compile(
    r"\b(?:must|shall|only|solely|not|no|cannot|never|without|except\w*|unless|\w+n['’]t|prohibit\w*|restrict\w*|forbid\w*|non\w*commercial\w*|commercial\w*|research"
    r"|academic\w*|evaluation|exclud\w*|limit\w*|permi\w*|royalt\w*|fees?|pay\w*|military|territor\w*|jurisdiction\w*|condition\w*|obligat\w*)\b|[^\x00-\x7f]{4,}",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"hereby\s+grant|licensors?\b|licensees?\b|\bas[\s-]is\b|warrant(?:y|ies)\b|terms\s+and\s+conditions|license\s+agreement|in\s+no\s+event|shall\s+not|you\s+may\s+not"
    r"|royalty-free|derivative\s+works?",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"\b(?:the|to|you|your|this|and|with|is|are|for|of|in|a|an|we|it|be|or)\b", re.IGNORECASE)
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

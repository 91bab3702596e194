"""A text to its fingerprint, and whether bytes are text at all."""

from __future__ import annotations

from auditor.domain.evidence import TextFacts
from auditor.reading.normalize import fingerprint

_BINARY = (b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"\xff\xfe", b"\xfe\xff")
"""First bytes of PDF, ZIP (also of office documents), gzip, PNG, JPEG and UTF-16."""


def text_facts(text: str, first_line: int = 1) -> TextFacts:
    """Fingerprint of `text`, which begins in `first_line` of its document."""
    found = fingerprint(text)
    return TextFacts(lines=len(text.splitlines()), words=found.words, sha256=found.sha256, first_line=first_line)


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

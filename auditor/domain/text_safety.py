"""Untrusted text made safe to show: no control characters, no bidi overrides, bounded length."""

from __future__ import annotations

from auditor.domain.pattern import lazy_pattern

_UNSAFE = lazy_pattern(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = lazy_pattern(r"\s+")
MAX_QUOTE = 2048
"""Characters of a quote that are kept."""


def visible(text: str) -> str:
    """`text` with control, bidi and other invisible characters written out as `⟦U+202E⟧`; tab and newline stay."""
    return _UNSAFE.sub(lambda match: f"⟦U+{ord(match[0]):04X}⟧", text.replace("\r\n", "\n"))


def text_lines(text: str) -> list[str]:
    """The lines of `text` as editors and the Hub number them: a line feed ends one, not the form feeds and separators that `splitlines` knows as well."""
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def one_line(text: str, limit: int = 300) -> str:
    """`visible` text on one line, cut at `limit` characters with an ellipsis."""
    line = visible(_SPACES.sub(" ", text).strip())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def quoted(text: str) -> str:
    """`visible` text for the evidence register, cut at MAX_QUOTE characters."""
    text = visible(text)
    return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + "…"

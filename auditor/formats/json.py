"""The record itself, such as `auditor-result/1`: two-space indent, keys in the models' order, nothing left out."""

from __future__ import annotations

import json

from auditor.domain.pattern import lazy_pattern
from auditor.domain.report import Record
from auditor.formats.interface import RenderContext
from auditor.formats.shown import inert

_SURROGATE = lazy_pattern(r"[\ud800-\udfff]")
_ESCAPED = lazy_pattern(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
"""Legal inside a JSON string, but not on a terminal; control characters below the space are escaped anyway."""

_NOT_ASCII = lazy_pattern(r"[^\x00-\x7e]")


def render(report: Record, context: RenderContext) -> str:
    """A record as JSON that is valid UTF-8, or ASCII where output cannot carry more.

    Characters that would act on a terminal or a CI runner are `\\u` escapes: a reader of JSON gets them back.
    """
    text = json.dumps(report.model_dump(mode="json"), ensure_ascii=False, allow_nan=False, indent=2)
    text = _SURROGATE.sub("\ufffd", text)
    escaped = _NOT_ASCII if context.ascii else _ESCAPED
    return inert(escaped.sub(lambda match: _escape(match[0]), text), _escape) + "\n"


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if ord(character) > 0x7E else f"\\u{ord(character):04x}"

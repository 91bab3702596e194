"""Untrusted text on its way to a reader: the one place where a report becomes safe to show, and output inert to CI runners."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from auditor.domain.pattern import lazy_pattern
from auditor.domain.report import Record
from auditor.domain.text_safety import MAX_QUOTE, visible

R = TypeVar("R", bound=Record)

_COMMAND = lazy_pattern(r"^(?P<before>(?:\x1b\[[0-9;]*m|[^\S\n])*):(?=:)|#(?=#\[|#vso\[)", re.MULTILINE)
"""What a CI runner obeys: GitHub `::command` after any white space and the older `##[command]` anywhere (actions/runner, ActionCommand.cs),
Azure Pipelines `##vso[`. Colors before the colons are passed over as white space is."""


def shown(record: R) -> R:
    """The record with control, bidi and invisible characters of every string written out, and every string bounded. The record itself keeps them."""
    return type(record).model_validate(_shown(record.model_dump()))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return _bounded(value)
    if isinstance(value, dict):
        return {_shown(key): _shown(item) for key, item in value.items()}
    return [_shown(item) for item in value] if isinstance(value, (list, tuple)) else value


def _bounded(text: str) -> str:
    if len(text) <= MAX_QUOTE:
        return visible(text)
    return f"{visible(text[:MAX_QUOTE])}… [cut: {MAX_QUOTE:,} of {len(text):,} characters shown]"


def inert(output: str, written: Callable[[str], str]) -> str:
    """`output` without anything that a CI runner would obey; `written` gives the harmless form of the one character that has to change."""

    def replacement(match: re.Match[str]) -> str:
        before = match["before"]
        return written("#") if before is None else before + written(":")

    return _COMMAND.sub(replacement, output)

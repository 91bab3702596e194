"""A stack as it was at a version: the rules of its newest one with what was different then."""

from __future__ import annotations

import re

from auditor.domain.errors import UsageError
from auditor.domain.pattern import lazy_pattern
from auditor.domain.stack import CacheRules, MemoryConstants, Stack

_NUMBERS = lazy_pattern(r"v?([0-9]{1,5})\.([0-9]{1,5})(?:\.([0-9]{1,5}))?(?:[-.+a-z].*)?", re.IGNORECASE)
_BUILD = lazy_pattern(r"b[0-9]{1,6}", re.IGNORECASE)


def parsed(text: str, stack: Stack) -> tuple[int, ...] | None:
    """A version to compare; None when it is none. A missing third number is zero; a build number counts as the newest version."""
    if stack.versions == "dates" and _BUILD.fullmatch(text.strip()):
        return parsed(stack.version, stack)
    match = _NUMBERS.fullmatch(text.strip())
    return tuple(int(number or 0) for number in match.groups()) if match else None


def at_version(stack: Stack, wanted: str | None) -> tuple[Stack, str]:
    """The stack at a version, and a note when the version lies outside what the rules were checked against."""
    text = stack.version if wanted is None else wanted
    version = parsed(text, stack)
    if version is None:
        raise UsageError(f"{text[:40]!r} is no version of {stack.name}", f"write it like {stack.version}")
    note = ""
    oldest, newest = parsed(stack.oldest, stack), parsed(stack.version, stack)
    if (newest is not None and version > newest) or (oldest is not None and version < oldest):
        note = f"stack_version: {text} is unverified (rules were checked from {stack.oldest} to {stack.version})"
    cache, memory = dict(stack.cache), dict(stack.memory)
    own: dict[str, int | float | bool | tuple[str, ...]] = {}
    for span in stack.spans:
        since, before = (parsed(edge, stack) if edge else None for edge in (span.since, span.before))
        if (since is None or version >= since) and (before is None or version < before):
            cache |= span.cache
            memory |= span.memory
            own |= span.stack
    changed = {"cache": CacheRules.model_validate(cache), "memory": MemoryConstants.model_validate(memory), "version": text.removeprefix("v"), **own}
    return stack.model_copy(update=changed), note

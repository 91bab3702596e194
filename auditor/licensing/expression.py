"""SPDX expressions as a choice of licenses that hold together.

Read here and not by license-expression: that one raises AssertionError, and takes exponential time, on input that is made for it.
"""

from __future__ import annotations

import re

from auditor.domain.pattern import lazy_pattern

Choice = tuple[tuple[str, ...], ...]
"""What may be chosen (`OR`), each the names that then hold together (`AND`)."""
_TOKEN = lazy_pattern(r"[()]|[^\s()]+")
_EXCEPTION = lazy_pattern(r"\s+WITH\s+[\w.-]*exception[\w.-]*(?=[\s)]|$)", re.IGNORECASE)
"""By the names that SPDX gives exceptions. Another name after WITH may take away: `MIT WITH Commons-Clause` is met."""
_MAX_TOKENS = 64
_MAX_CHOICES = 16


class NotAnExpression(ValueError):
    """The text is no expression, or larger than any that is in use."""


def parse(text: str) -> Choice:
    """The choice, in the order of the text; AND binds closer than OR.

    An exception (`WITH`) only ever permits more, so it is left out; whatever else stands there is none. Raises NotAnExpression.
    """
    tokens = _TOKEN.findall(_EXCEPTION.sub("", text))
    if not tokens or len(tokens) > _MAX_TOKENS:
        raise NotAnExpression(text)
    choice, position = _either(tokens, 0)
    if position != len(tokens):
        raise NotAnExpression(text)
    return choice


def _either(tokens: list[str], position: int) -> tuple[Choice, int]:
    choice, position = _together(tokens, position)
    while position < len(tokens) and tokens[position].upper() == "OR":
        other, position = _together(tokens, position + 1)
        choice = _bounded(choice + other)
    return choice, position


def _together(tokens: list[str], position: int) -> tuple[Choice, int]:
    choice, position = _one(tokens, position)
    while position < len(tokens) and tokens[position].upper() == "AND":
        other, position = _one(tokens, position + 1)
        choice = _bounded(tuple(left + right for left in choice for right in other))
    return choice, position


def _one(tokens: list[str], position: int) -> tuple[Choice, int]:
    word = tokens[position] if position < len(tokens) else ")"
    if word == "(":
        choice, position = _either(tokens, position + 1)
        if position >= len(tokens) or tokens[position] != ")":
            raise NotAnExpression("a parenthesis is not closed")
        return choice, position + 1
    if word == ")" or word.upper() in ("AND", "OR", "WITH"):
        raise NotAnExpression("a name is missing")
    return ((word,),), position + 1


def _bounded(choice: Choice) -> Choice:
    if len(choice) > _MAX_CHOICES:
        raise NotAnExpression("more alternatives than anybody offers")
    return choice

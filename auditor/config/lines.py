"""Lines of the keys of a TOML file, so that an error or a setting can say where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Key = tuple[str | int, ...]

_MAX_CHARACTERS = 64 * 1024
_MAX_STATEMENT = 200
"""Lines of one statement that are tried; a longer one, and what follows it, has no lines."""


def key_lines(text: str) -> dict[Key, int]:
    """Line (from 1) of every table and key of a TOML document that parses; empty for one that is too long to be looked through.

    The TOML parser itself says where a statement ends: the lines are joined until they parse.
    """
    found: dict[Key, int] = {}
    if len(text) > _MAX_CHARACTERS:
        return found
    lines = text.split("\n")
    table: Key = ()
    last: dict[Key, int] = {}
    number = 0
    while number < len(lines):
        start, opening = number, lines[number].lstrip()
        statement, number = _statement(lines, number)
        if statement is None:
            return found
        if opening.startswith("["):
            table = _header(statement, opening.startswith("[["), last)
            for key in (table, table[:-1] if isinstance(table[-1], int) else table):
                found.setdefault(key, start + 1)
        else:
            _record(statement, table, start + 1, found)
    return found


def line_of(lines: Mapping[Key, int], key: Key) -> int | None:
    """Line of the key, or of the nearest table around it; None when none is known."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key)


def _statement(lines: list[str], start: int) -> tuple[dict[str, Any] | None, int]:
    """The statement that begins here, and the line after it; None when its end cannot be told."""
    import tomllib

    for end in range(start + 1, min(len(lines), start + _MAX_STATEMENT) + 1):
        try:
            return tomllib.loads("\n".join(lines[start:end])), end
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
    return None, start


def _header(statement: dict[str, Any], array: bool, last: dict[Key, int]) -> Key:
    """The table that a header opens; `last` counts the items of arrays of tables."""
    key: Key = ()
    node: Any = statement
    while isinstance(node, (dict, list)) and node:
        if isinstance(node, list):
            node = node[0]
            continue
        name, node = next(iter(node.items()))
        key = (*key, name)
        if array and node == [{}]:
            last[key] = last.get(key, -1) + 1
        if key in last:
            key = (*key, last[key])
    return key


def _record(value: Any, key: Key, line: int, found: dict[Key, int]) -> None:
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found.setdefault((*key, name), line)
        _record(inner, (*key, name), line, found)

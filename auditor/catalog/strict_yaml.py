"""YAML as data: no aliases, no duplicate keys, no YAML 1.1 booleans, no timestamps; every value knows its line."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

import yaml

from auditor.domain.pattern import lazy_pattern

Path = tuple[str | int, ...]

_AMBIGUOUS = lazy_pattern(r"^(?:y|n|yes|no|on|off)$", re.IGNORECASE)
_ODD_NUMBER = lazy_pattern(r"^[-+]?(?:0[0-9_]+|0[bx][0-9a-f_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?)$", re.IGNORECASE)
"""What YAML 1.1 reads as octal, binary, hexadecimal or base 60: `010` would be 8, `1:30` would be 90."""
_BaseLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class StrictYamlError(ValueError):
    """The document is not acceptable; `line` counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Loader(_BaseLoader):  # type: ignore[misc]
    """CSafeLoader without implicit timestamps; composing is checked before anything is constructed."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        letter: [
            (tag, pattern) for tag, pattern in resolvers if tag not in {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:merge"}
        ]
        for letter, resolvers in _BaseLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", lazy_pattern(r"^(?:true|false)$"), list("tf"))


def load(text: str) -> tuple[Any, dict[Path, int]]:
    """Value of the one document in `text`, and the line (from 1) of every path in it.

    Raises StrictYamlError for syntax errors, anchors and aliases, duplicate or non-string keys, plain `yes`, `no`, `on`, `off`, and odd numbers.
    """
    try:
        alias: Any = next((e for e in yaml.parse(text, Loader=_BaseLoader) if isinstance(e, yaml.AliasEvent) or getattr(e, "anchor", None)), None)
        if alias is not None:
            raise StrictYamlError("anchors and aliases are not allowed; write the value out", alias.start_mark.line + 1)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            lines: dict[Path, int] = {}
            value = _value(loader, node, (), lines) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise StrictYamlError(f"not valid YAML: {error.problem}", mark.line + 1 if mark else 1) from None
    except yaml.YAMLError as error:
        raise StrictYamlError(f"not valid YAML: {error}".splitlines()[0], 1) from None
    return value, lines


def _value(loader: Any, node: Any, path: Path, lines: dict[Path, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return dict(_pair(loader, key, value, path, lines) for key, value in _unique(loader, node))
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*path, index), lines) for index, item in enumerate(node.value)]
    if not node.style and _AMBIGUOUS.match(str(node.value)):
        raise StrictYamlError(f"{node.value!r} is ambiguous: write true or false, or quote the word", node.start_mark.line + 1)
    if not node.style and node.tag != "tag:yaml.org,2002:str" and _ODD_NUMBER.match(str(node.value)):
        raise StrictYamlError(f"{node.value!r} is ambiguous: write a plain number, or quote it", node.start_mark.line + 1)
    try:
        return loader.construct_object(node)
    except (ValueError, KeyError, TypeError):
        raise StrictYamlError(f"{node.value!r} is no {str(node.tag).rsplit(':', 1)[-1]}", node.start_mark.line + 1) from None


def _pair(loader: Any, key: yaml.Node, value: yaml.Node, path: Path, lines: dict[Path, int]) -> tuple[str, Any]:
    name = str(key.value)
    return name, _value(loader, value, (*path, name), lines)


def _unique(loader: Any, node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    seen: dict[Hashable, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or (not key.style and key.tag != "tag:yaml.org,2002:str"):
            raise StrictYamlError("a key must be a string; quote it", line)
        if key.value in seen:
            raise StrictYamlError(f"key {key.value!r} stands twice, first in line {seen[key.value]}", line)
        seen[key.value] = line
    return list(node.value)


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Line of the nearest known ancestor of `path`."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)

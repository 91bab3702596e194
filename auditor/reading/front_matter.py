"""The YAML front matter of a card, read from parser events: strings only, no aliases, bounded depth and size, lines kept."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, TypeAlias

import yaml

from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record

MAX_CHARACTERS = 2 * 1024 * 1024
MAX_EVENTS = 400_000
MAX_DEPTH = 32

Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"

_FENCE = lazy_pattern(r"\A\ufeff?[ \t\r\n]*---[ \t]*\r?\n")
_END = lazy_pattern(r"^---[ \t]*\r?$", re.MULTILINE)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@record
class FrontMatter:
    """Keys and values of the front matter; scalars are strings as written, a plain empty or `null` value is None."""

    values: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """First line (from 1, in the whole document) of each top-level key's value."""
    problems: tuple[str, ...] = ()
    body_line: int = 1
    """Line that the text after the front matter begins in."""
    found: bool = False


class _Refused(Exception):
    """The front matter is not acceptable."""


def read_front_matter(text: str) -> FrontMatter:
    """Front matter of `text`; whatever cannot be read is a problem, never an exception."""
    start = _FENCE.match(text)
    if not start:
        return FrontMatter()
    end = _END.search(text, start.end())
    if not end:
        return FrontMatter(found=True, problems=("the front matter has no closing ---",))
    first_line = text.count("\n", 0, start.end())
    body_line = text.count("\n", 0, end.end()) + 2
    block = text[start.end() : end.start()]
    if len(block) > MAX_CHARACTERS:
        return FrontMatter(found=True, problems=("the front matter is larger than 2 MiB",), body_line=body_line)
    builder = _Builder(block, first_line)
    try:
        value = builder.build()
    except _Refused as error:
        return FrontMatter(found=True, problems=(str(error),), body_line=body_line)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if "maximum nesting depth" in str(error):  # libyaml has a limit of its own since 0.2.6
            return FrontMatter(found=True, problems=(f"the front matter is nested deeper than {MAX_DEPTH}",), body_line=body_line)
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1 + first_line}" if mark else ""
        return FrontMatter(found=True, problems=(f"the front matter is not valid YAML{where}",), body_line=body_line)
    if value is None:
        value = {}
    if not isinstance(value, dict):
        return FrontMatter(found=True, problems=("the front matter is not a mapping",), body_line=body_line)
    return FrontMatter(value, builder.lines, tuple(builder.problems), body_line, True)


class _Builder:
    """Builds the value from events with an explicit stack, so that depth cannot exhaust Python's."""

    def __init__(self, block: str, first_line: int) -> None:
        self.line, self.index = first_line + 1, 0
        self.block = block
        self.lines: dict[str, int] = {}
        self.problems: list[str] = []

    def build(self) -> Node:
        root: list[Node] = []
        stack: list[tuple[Any, str | None]] = [(root, None)]  # container, pending key
        for count, event in enumerate(yaml.parse(self.block, Loader=_LOADER)):
            if count > MAX_EVENTS:
                raise _Refused(f"the front matter has more than {MAX_EVENTS} parts")
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise _Refused(f"the front matter uses a YAML anchor or alias in line {self._line(event)}")
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(stack, event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                if len(stack) > MAX_DEPTH:
                    raise _Refused(f"the front matter is nested deeper than {MAX_DEPTH}")
                child: Node = {} if isinstance(event, yaml.MappingStartEvent) else []
                self._place(stack, child, event)
                stack.append((child, None))
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                stack.pop()
        if len(root) > 1:
            raise _Refused("the front matter holds more than one YAML document")
        return root[0] if root else None

    def _line(self, event: yaml.Event) -> int:
        """Counted here: for YAML other characters end a line too. Events come in order, so that every character is looked at once."""
        index = event.start_mark.index if event.start_mark else 0
        self.line += self.block.count("\n", self.index, index)
        self.index = max(index, self.index)
        return self.line

    def _scalar(self, stack: list[tuple[Any, str | None]], event: yaml.ScalarEvent) -> None:
        container, key = stack[-1]
        if isinstance(container, dict) and key is None:
            if event.value in container:
                self.problems.append(f"the front matter states {event.value[:60]!r} twice, again in line {self._line(event)}")
            stack[-1] = (container, event.value)
            if len(stack) == 2:
                self.lines.setdefault(event.value, self._line(event))
            return
        plain = event.style is None or not event.style
        self._place(stack, None if plain and event.value in ("", "~", "null", "Null", "NULL") else event.value, event)

    def _place(self, stack: list[tuple[Any, str | None]], value: Node, event: yaml.Event) -> None:
        container, key = stack[-1]
        if isinstance(container, list):
            container.append(value)
        elif key is None:
            raise _Refused(f"the front matter has a key that is no string in line {self._line(event)}")
        else:
            stack[-1] = (container, None)
            container.setdefault(key, value)

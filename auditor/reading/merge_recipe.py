"""A mergekit recipe: the models that a merge was made of (arcee-ai/mergekit, docs and mergekit/config.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

from auditor.domain.evidence import RecipeFacts
from auditor.domain.pattern import lazy_pattern
from auditor.domain.text_safety import one_line

FILES = ("mergekit_config.yml", "mergekit_config.yaml", "mergekit_moe_config.yml", "mergekit_moe_config.yaml")
"""Names that mergekit, and those who use it, give the recipe in the root of a repository."""
MAX_CHARACTERS = 512 * 1024
MAX_EVENTS = 100_000
MAX_DEPTH = 32
MAX_MODELS = 200

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REFERENCES = frozenset({"model", "base_model", "source_model", "lora"})
"""Keys whose value is a model: `org/name`, `org/name@revision`, `org/name+org/lora`, or a mapping with `path` and `revision`."""
_LISTS = frozenset({"models"})
"""Keys whose items may be models by themselves."""
_MAX_LENGTH = 500


_FENCE = lazy_pattern(r"```ya?ml[ \t]*", re.IGNORECASE)
_METHOD = lazy_pattern(r"^merge_method[ \t]*:", re.MULTILINE)
_MAX_BLOCKS = 32
"""Recipes that one card may show; merges of merges show one for each step."""


class _Refused(Exception):
    """The recipe is not acceptable."""


def read_merge_recipe(text: str) -> RecipeFacts:
    """Models in the order in which they stand there, each once; what cannot be read is a problem, and what stood before it counts.

    A file of several recipes may name its own results.
    """
    if len(text) > MAX_CHARACTERS:
        return RecipeFacts(problems=(f"the merge recipe is larger than {MAX_CHARACTERS:,} characters",))
    names: set[str] = set()
    found: dict[str, None] = {}
    problems: list[str] = []
    try:
        for key, value in _scalars(text):
            if key == "name":
                names.add(value)
            else:
                found.update(dict.fromkeys(one_line(part, _MAX_LENGTH) for part in value.split("+") if part.strip()))
    except _Refused as error:
        problems = [str(error)]
    except (yaml.YAMLError, ValueError, RecursionError):
        problems = ["the merge recipe is not valid YAML"]
    models = tuple(model for model in found if model not in names or "/" in model)  # a name with a slash is a repository's, whatever it is called here
    problems += [f"the merge recipe names {len(models)} models; only the first {MAX_MODELS} were read"] if len(models) > MAX_MODELS else []
    return RecipeFacts(models=models[:MAX_MODELS], problems=tuple(problems))


def recipe_in(body: str) -> RecipeFacts | None:
    """Models of the recipes that the text of a card shows in YAML blocks, and what of them cannot be read; None when it shows no recipe."""
    if "merge_method" not in body:
        return None
    blocks = list(islice((block for block in _blocks(body) if _METHOD.search(block)), _MAX_BLOCKS + 1))
    recipes = [read_merge_recipe(block) for block in blocks[:_MAX_BLOCKS]]
    models = tuple(dict.fromkeys(model for recipe in recipes for model in recipe.models))
    problems = list(dict.fromkeys(problem for recipe in recipes for problem in recipe.problems))
    problems += [f"the card shows more than {_MAX_BLOCKS} merge recipes; the others were not read"] if len(blocks) > _MAX_BLOCKS else []
    problems += [f"the merge recipes of the card name {len(models)} models; only the first {MAX_MODELS} were read"] if len(models) > MAX_MODELS else []
    return RecipeFacts(models=models[:MAX_MODELS], problems=tuple(problems)) if models or problems else None


def _blocks(body: str) -> Iterator[str]:
    """Fenced YAML blocks; one that is not closed ends with the text, as it is shown."""
    lines: list[str] | None = None
    for line in body.split("\n"):
        if lines is None:
            lines = [] if _FENCE.fullmatch(line.rstrip()) else None
        elif line.rstrip() == "```":
            yield "\n".join(lines)
            lines = None
        else:
            lines.append(line)
    if lines is not None:
        yield "\n".join(lines)


def _scalars(text: str) -> Iterator[tuple[str, str]]:
    """(key, value) of every model that is named, and of the names that recipes of one file give their results, from the events of the parser."""
    stack: list[list[Any]] = []  # of each open collection: kind, key that waits for its value, key that it is the value of
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if count > MAX_EVENTS:
            raise _Refused(f"the merge recipe has more than {MAX_EVENTS:,} parts")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("the merge recipe uses a YAML anchor or alias")
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if len(stack) >= MAX_DEPTH:
                raise _Refused(f"the merge recipe is nested deeper than {MAX_DEPTH}")
            stack.append(["map" if isinstance(event, yaml.MappingStartEvent) else "list", None, _taken(stack)])
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            stack.pop()
        elif isinstance(event, yaml.ScalarEvent) and stack:
            yield from _scalar(stack, event)


def _scalar(stack: list[list[Any]], event: yaml.ScalarEvent) -> Iterator[tuple[str, str]]:
    kind, key, parent = stack[-1]
    if kind == "map" and key is None:
        stack[-1][1] = event.value
        return
    key, value = _taken(stack), event.value.strip()
    if event.style in (None, "") and value in ("", "~", "null", "Null", "NULL"):
        return
    of_list = kind == "list" and parent in _LISTS
    if key in _REFERENCES or of_list or (key == "path" and parent in _REFERENCES):
        yield "model", value
    elif key == "name" and len(stack) == 1:
        yield "name", value


def _taken(stack: list[list[Any]]) -> str | None:
    """The key that the next value belongs to; in a list, that of the list."""
    if not stack:
        return None
    kind, key, parent = stack[-1]
    if kind == "list":
        return str(parent) if parent is not None else None
    stack[-1][1] = None
    return str(key) if key is not None else None

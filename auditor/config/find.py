"""Which file holds the configuration: auditor.toml or `[tool.auditor]`, from the working folder up to the git root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from auditor.domain.errors import UsageError
from auditor.domain.pattern import lazy_pattern

FILE_NAME = "auditor.toml"
PROJECT_FILE = "pyproject.toml"
_MAX_BYTES = 1024 * 1024
_DEEPEST = 32
_LONG_KEY = lazy_pattern(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){64}""")
"""A dotted key whose parsing would take a time that grows with the square of its length."""


def find_config(start: Path) -> Path | None:
    """The nearest auditor.toml, or pyproject.toml with `[tool.auditor]`, from `start` up to the git root or the file system's."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        project = folder / PROJECT_FILE
        if project.is_file() and section(parsed(project)) is not None:
            return project
        if (folder / ".git").exists():
            return None
    return None


def section(project: dict[str, Any]) -> Any:
    """`[tool.auditor]` of a pyproject.toml; None when there is none."""
    tools = project.get("tool")
    return tools.get("auditor") if isinstance(tools, dict) else None


def parsed(path: Path) -> dict[str, Any]:
    """The file's TOML. Raises UsageError with file and repair."""
    import tomllib

    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{path}: larger than 1 MiB", f"mend {path}")
        text = path.read_text(encoding="utf-8")
        if _LONG_KEY.search(text):
            raise UsageError(f"{path.name}: a key of more than 64 parts", f"mend {path}")
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path.name}: not valid TOML: {error}", f"mend {path}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", f"mend {path}") from None
    if _deep(values):
        raise UsageError(f"{path.name}: nested deeper than {_DEEPEST} levels", f"mend {path}")
    return values


def _deep(value: Any) -> bool:
    layer = [value]
    for _ in range(_DEEPEST):
        layer = [inner for one in layer for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())]
    return bool(layer)

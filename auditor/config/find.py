"""Which file holds the configuration: auditor.toml or `[tool.auditor]`, from the working folder up to the git root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from auditor.domain.errors import UsageError

FILE_NAME = "auditor.toml"
_MAX_BYTES = 1024 * 1024


def find_config(start: Path) -> Path | None:
    """The nearest auditor.toml, or pyproject.toml with `[tool.auditor]`, from `start` up to the git root or the file system's."""
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
        project = folder / "pyproject.toml"
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
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path.name}: not valid TOML: {error}", f"mend {path}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", f"mend {path}") from None

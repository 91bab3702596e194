"""Where the knowledge and the templates lie: the repository in an editable install, package data in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _root() -> Path:
    shipped = _PACKAGE / "_data"
    return shipped if shipped.is_dir() else _PACKAGE.parent


def rules() -> Path:
    """Folder of the knowledge files."""
    return _root() / "rules"


def templates() -> Path:
    """Folder of the report templates."""
    return _root() / "reports" / "templates"


def config_schema() -> Path:
    """JSON Schema of auditor.toml."""
    return _root() / "reports" / "schema" / "auditor-toml.json"


def demo_evidence() -> Path:
    """The bundle of real models that the demonstration audits; only in the repository."""
    return _root() / "reports" / "examples" / "evidence"

"""Regular expressions that are compiled when they are first used: a start defines two hundred of them and uses a third."""

from __future__ import annotations

import re
from typing import Any, cast


class _Lazy:
    """Stands in for a compiled pattern and takes over its attributes as they are asked for."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, value)
        return value


def lazy_pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, for a constant of a module. What is wrong with the source is raised at its first use, so each needs a test that uses it."""
    return cast("re.Pattern[str]", _Lazy(source, flags))

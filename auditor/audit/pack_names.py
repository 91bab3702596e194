"""File names in a notice pack, derived from names in a repository that anybody may have chosen."""

from __future__ import annotations

import re

from auditor.domain.pattern import lazy_pattern

_UNSAFE = lazy_pattern(r"[^A-Za-z0-9._+-]+")
_RESERVED = lazy_pattern(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_LONGEST = 80


def safe_name(name: str) -> str:
    """One plain file name: ASCII letters, digits and `._+-`, at most 80 of them, never hidden, never a device of Windows, never empty."""
    plain = _UNSAFE.sub("-", name).strip(".-")
    if len(plain) > _LONGEST:
        stem, dot, ending = plain.rpartition(".")
        kept = ending if dot and len(ending) <= 8 else ""
        plain = (f"{stem[: _LONGEST - len(kept) - 1]}.{kept}" if kept else plain[:_LONGEST]).strip(".-")
    return f"file-{plain}" if not plain or _RESERVED.fullmatch(plain) else plain


class PackNames:
    """Gives every file one name, without case; the same bytes under the same name are one file."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def of(self, folder: str, name: str, sha256: str) -> str:
        """`folder/name`, made safe, with a number where another file has it already."""
        plain, number = safe_name(name), 1
        stem, dot, ending = plain.rpartition(".")
        while True:
            tried = plain if number == 1 else f"{stem}-{number}.{ending}" if dot and stem else f"{plain}-{number}"
            path = f"{folder}/{tried}"
            if self._taken.setdefault(path.casefold(), sha256) == sha256:
                return path
            number += 1

"""Errors that reach a user: what happened, on what, and what to run next.

AuditorError                exit 70 unless a subclass says otherwise
+-- UsageError              exit 2: a mistake in the command line, a config file or a policy
|   +-- CatalogError        a knowledge file is wrong
|   +-- BundleError         saved evidence is damaged or not a bundle
+-- EvidenceError           exit 4: evidence could not be had
"""

from __future__ import annotations

from collections.abc import Iterable


class AuditorError(Exception):
    """An error with a remedy. `str(error)` is one line; `error.next_step` is what to run or change."""

    exit_code = 70

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.next_step = next_step


class UsageError(AuditorError):
    """The command line, a config file or a policy is wrong."""

    exit_code = 2


class CatalogError(UsageError):
    """A file under rules/ is wrong; the message holds file, line and field."""


class BundleError(UsageError):
    """Saved evidence is damaged or is no bundle; the message holds the file."""


class EvidenceError(AuditorError):
    """Evidence that a command cannot do without could not be had."""

    exit_code = 4


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'hosted'?` for the nearest known name, else an empty string."""
    found = nearest(name, known)
    return f"; did you mean {found!r}?" if found else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is spelled most like `name`, empty when none is near."""
    from difflib import get_close_matches  # only where something is wrong

    by_folded = {candidate.casefold().replace("_", "-"): candidate for candidate in known}
    near = get_close_matches(name.casefold().replace("_", "-"), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else ""

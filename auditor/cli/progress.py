"""How far a long run is: one line on a terminal's standard error, from the second on, gone at the end."""

from __future__ import annotations

import shutil
import sys
import threading
from types import TracebackType
from typing import TextIO

_AFTER = 1.0
"""Seconds of work before anything is shown."""
_EVERY = 0.2
"""Seconds between two looks at the count."""


class Progress:
    """`checking 12 models: 5 done`, for a `with` block. Calling it tells what is done; off a terminal nothing ever appears.

    The line is written by a thread of its own, so that it appears though nothing is done yet; leaving the block, by an interrupt too, clears it.
    """

    def __init__(self, verb: str, noun: str, stream: TextIO | None = None, after: float = _AFTER, every: float = _EVERY, enabled: bool = True) -> None:
        self._verb, self._noun, self._after, self._every = verb, noun, after, every
        self._stream = sys.stderr if stream is None else stream
        self._done, self._total, self._shown, self._enabled = 0, 0, "", enabled
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Progress:
        if self._enabled and self._stream is not None and self._stream.isatty():
            self._thread = threading.Thread(target=self._watch, name="auditor-progress", daemon=True)
            self._thread.start()
        return self

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` are done. Cheap: it only notes the numbers."""
        self._done, self._total = done, total

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._put("")

    def _watch(self) -> None:
        wait = self._after
        while not self._ended.wait(wait):
            wait = self._every
            if self._total:
                self._put(f"{self._verb} {self._total:,} {self._noun}{'' if self._total == 1 else 's'}: {self._done:,} done")

    def _put(self, line: str) -> None:
        """Replaces the line: spaces instead of codes, which not every terminal knows, and cut so that it never wraps."""
        line = line[: max(shutil.get_terminal_size().columns - 1, 0)]
        if line == self._shown:
            return
        blank = f"\r{' ' * len(self._shown)}\r" if len(line) < len(self._shown) else "\r"
        self._shown = line
        try:
            self._stream.write(blank + line)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal went away; the work goes on
            self._ended.set()

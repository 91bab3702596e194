"""Jobs on a few threads, results through one queue."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")


class Workers(Generic[K, R]):
    """At most `count` daemon threads: unlike those of concurrent.futures they hold back nobody who interrupts the program."""

    def __init__(self, count: int) -> None:
        self._count, self._started, self._pending = max(1, count), 0, 0
        self._jobs: queue.SimpleQueue[tuple[K, Callable[[], R]] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[K, R] | BaseException] = queue.SimpleQueue()

    def submit(self, key: K, job: Callable[[], R]) -> None:
        """Starts `job` as soon as a thread is free."""
        self._pending += 1
        self._jobs.put((key, job))
        if self._started < min(self._count, self._pending):
            self._started += 1
            threading.Thread(target=self._work, name="auditor-fetch", daemon=True).start()

    def next(self) -> tuple[K, R] | None:
        """Key and result of a job that ended, None when none is left; an exception of a job is raised here."""
        if not self._pending:
            return None
        outcome = self._done.get()
        self._pending -= 1
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def stop(self) -> None:
        """Drops the jobs not begun and lets the threads end."""
        while not self._jobs.empty():
            try:
                self._jobs.get_nowait()
            except queue.Empty:  # a thread was faster
                break
        for _ in range(self._started):
            self._jobs.put(None)

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            key, job = item
            try:
                self._done.put((key, job()))
            except BaseException as error:
                self._done.put(error)

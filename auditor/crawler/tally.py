"""Which models are waiting for which answers: how far a gathering is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from auditor.domain.evidence import ModelRef


class Tally:
    """Counts the models for which nothing is outstanding any more, and tells whoever asked, with the number of all."""

    def __init__(self, total: int, tell: Callable[[int, int], None] | None) -> None:
        self._total, self._tell = total, tell
        self._models: dict[Hashable, set[ModelRef]] = {}
        self._outstanding: dict[ModelRef, int] = {}

    def waits(self, request: Hashable, models: Iterable[ModelRef]) -> None:
        """`models` need the answer to `request`."""
        waiting = self._models.setdefault(request, set())
        for model in set(models) - waiting:
            waiting.add(model)
            self._outstanding[model] = self._outstanding.get(model, 0) + 1

    def waiting(self, request: Hashable) -> frozenset[ModelRef]:
        """The models that need the answer to `request`."""
        return frozenset(self._models.get(request, ()))

    def answered(self, request: Hashable) -> None:
        """`request` has its answer, and what follows from it has been asked."""
        for model in self._models.pop(request, ()):
            self._outstanding[model] -= 1
            if not self._outstanding[model]:
                del self._outstanding[model]
        if self._tell is not None:
            self._tell(self._total - len(self._outstanding), self._total)

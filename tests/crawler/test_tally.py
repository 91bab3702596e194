"""How far a gathering is."""

from auditor.crawler.tally import Tally
from auditor.domain.evidence import ModelRef

A, B = ModelRef("a/a"), ModelRef("b/b")


def test_a_model_is_done_when_nothing_is_outstanding_for_it() -> None:
    told: list[tuple[int, int]] = []
    tally = Tally(2, lambda done, total: told.append((done, total)))
    tally.waits("a", [A])
    tally.waits("b", [B])
    tally.waits("a's file", tally.waiting("a"))
    tally.answered("a")
    tally.answered("b")
    tally.answered("a's file")
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_shared_answer_counts_for_every_model_once() -> None:
    told: list[tuple[int, int]] = []
    tally = Tally(2, lambda done, total: told.append((done, total)))
    for _ in range(2):
        tally.waits("parent", [A])
    tally.waits("parent", [B])
    assert tally.waiting("parent") == {A, B}
    tally.answered("parent")
    assert told == [(2, 2)]


def test_nobody_has_to_listen() -> None:
    tally = Tally(1, None)
    tally.waits("a", [A])
    tally.answered("a")
    assert tally.waiting("a") == frozenset()

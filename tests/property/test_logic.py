"""Laws of three-valued logic and of the worst."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.truth import Truth, all_of, any_of, negate
from auditor.domain.verdict import RESULTS, VERDICTS, PermissionResult, Verdict, worst, worst_result

TRUTHS = st.sampled_from([True, False, None])
LISTS = st.lists(TRUTHS, max_size=6)
VERDICT_LISTS = st.lists(st.sampled_from(VERDICTS), max_size=6)
ORDER: dict[Truth, int] = {False: 0, None: 1, True: 2}


@given(LISTS)
def test_de_morgan(parts: list[Truth]) -> None:
    assert negate(all_of(parts)) is any_of(negate(part) for part in parts)
    assert negate(any_of(parts)) is all_of(negate(part) for part in parts)


@given(TRUTHS)
def test_not_not(part: Truth) -> None:
    assert negate(negate(part)) is part
    assert all_of([part]) is part
    assert any_of([part]) is part
    assert any_of([part, negate(part)]) is (None if part is None else True)


@given(LISTS)
def test_all_is_the_least_and_any_the_greatest(parts: list[Truth]) -> None:
    assert ORDER[all_of(parts)] == min((ORDER[part] for part in parts), default=2)
    assert ORDER[any_of(parts)] == max((ORDER[part] for part in parts), default=0)


@given(LISTS, LISTS)
def test_grouping_changes_nothing(one: list[Truth], other: list[Truth]) -> None:
    assert all_of([*one, *other]) is all_of([all_of(one), all_of(other)])
    assert any_of([*one, *other]) is any_of([any_of(one), any_of(other)])


@given(LISTS, st.randoms(use_true_random=False))
def test_order_changes_nothing(parts: list[Truth], random: object) -> None:
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert all_of(parts) is all_of(shuffled)
    assert any_of(parts) is any_of(shuffled)


@given(LISTS, st.integers(min_value=0, max_value=5), st.booleans())
def test_learning_an_unknown_never_turns_a_decided_answer(parts: list[Truth], place: int, answer: bool) -> None:
    unknown = [*parts[:place], None, *parts[place:]]
    known = [*parts[:place], answer, *parts[place:]]
    for join in (all_of, any_of):
        assert join(unknown) is None or join(unknown) is join(known)


@given(VERDICT_LISTS, VERDICT_LISTS)
def test_laws_of_the_worst(one: list[Verdict], other: list[Verdict]) -> None:
    both = worst([*one, *other])
    assert both == worst([worst(one), worst(other)])
    assert both == worst(reversed([*one, *other]))
    assert all(VERDICTS.index(both) <= VERDICTS.index(verdict) for verdict in (*one, *other))
    assert both in (*one, *other, "approved")
    assert worst([*one, *one]) == worst(one)


@given(st.lists(st.sampled_from(RESULTS), min_size=1))
def test_the_worst_result_is_one_of_them_and_none_is_worse(results: list[PermissionResult]) -> None:
    found = worst_result(results)
    assert found in results
    assert all(RESULTS.index(found) <= RESULTS.index(result) for result in results)

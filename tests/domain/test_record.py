"""Records behave as frozen dataclasses do."""

from dataclasses import field, fields, replace

import pytest

from auditor.domain.record import record


@record
class Point:
    x: int
    y: int = 0
    names: tuple[str, ...] = field(default=())


@record
class Other:
    x: int
    y: int = 0
    names: tuple[str, ...] = ()


@record(kw_only=True)
class Base:
    first: int


@record(kw_only=True)
class Derived(Base):
    second: int = 2


def test_equal_by_fields_and_by_class() -> None:
    assert Point(1) == Point(1, 0)
    assert Point(1) != Point(2)
    assert Point(1) != Other(1)


def test_hash_follows_equality() -> None:
    assert {Point(1): "a"}[Point(1, 0)] == "a"
    assert len({Point(1), Point(1), Point(2)}) == 2


def test_a_field_that_cannot_be_hashed_makes_the_record_so() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(Point(1, names=["a"]))  # type: ignore[arg-type]


def test_shown_as_it_is_written() -> None:
    assert repr(Point(1, names=("a",))) == "Point(x=1, y=0, names=('a',))"


def test_works_with_what_dataclasses_offers() -> None:
    assert replace(Point(1), y=5) == Point(1, 5)
    assert [one.name for one in fields(Derived)] == ["first", "second"]
    assert Derived(first=1) == Derived(first=1, second=2)


def test_keywords_alone_where_asked_for() -> None:
    with pytest.raises(TypeError):
        Derived(1, 2)  # type: ignore[call-arg]

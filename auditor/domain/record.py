"""Dataclasses that are cheap to define: a start defines a hundred of them, and `frozen=True, slots=True` takes four times as long for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


def _values(one: Any) -> list[Any]:
    return [getattr(one, name) for name in one.__dataclass_fields__]


def _equal(one: Any, other: object) -> Any:
    return _values(one) == _values(other) if one.__class__ is other.__class__ else NotImplemented


def _hash(one: Any) -> int:
    return hash(tuple(_values(one)))


def _text(one: Any) -> str:
    shown = ", ".join(f"{name}={value!r}" for name, value in zip(one.__dataclass_fields__, _values(one), strict=True))
    return f"{type(one).__qualname__}({shown})"


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T] | None = None, /, *, kw_only: bool = False) -> Any:
    """A dataclass whose instances never change: the type checker refuses an assignment, nothing at run time pays for it.

    `dataclasses.replace` and `fields` work as with any other; equality, hash and repr go through the fields, without code compiled for each class.
    """

    def made(cls: type[T]) -> type[T]:
        built: Any = dataclass(repr=False, eq=False, match_args=False, kw_only=kw_only)(cls)
        built.__eq__, built.__hash__, built.__repr__ = _equal, _hash, _text
        result: type[T] = built
        return result

    return made if cls is None else made(cls)

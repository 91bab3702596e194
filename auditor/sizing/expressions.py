"""Arithmetic of rules/architectures: a closed subset of Python's expressions over the fields of one config."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

MOST: Final = 1 << 62
"""No product of true dimensions comes near it."""

_BINARY: Final[Mapping[type[ast.AST], Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Div: operator.truediv,
}  # fmt: skip
_COMPARE: Final[Mapping[type[ast.AST], Callable[[Any, Any], bool]]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "max": max,
    "min": min,
    "int": int,
    "len": len,
    "round_up": lambda value, multiple: -(-value // multiple) * multiple,
}


class Unreadable(Exception):
    """A field that is absent or not what the expression needs; the message names it."""


@cache
def _parsed(expression: str) -> ast.expr:
    return ast.parse(expression, mode="eval").body


def evaluate(expression: str, field: Callable[[str], Any]) -> Any:
    """Value of the expression. `field` gives the value of a name and raises Unreadable where there is none."""
    try:
        return _value(_parsed(expression), field)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, OverflowError, RecursionError):
        raise Unreadable(f"what {expression} needs in config.json is of another kind") from None


def number(expression: str, field: Callable[[str], Any]) -> int:
    """The same, for a whole number of at least zero."""
    value = evaluate(expression, field)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST:
        raise Unreadable(f"{expression} is not a whole number that can be")
    return value


def truth(expression: str, field: Callable[[str], Any]) -> bool:
    """The same, for a condition; null and an empty list are false, a number counts as a switch."""
    value = evaluate(expression, field)
    if value is None or isinstance(value, (bool, int, list, tuple, Mapping)):
        return bool(value)
    raise Unreadable(f"{expression} is neither true nor false")


def _value(node: ast.expr, field: Callable[[str], Any]) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return field(name)
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_BINARY[type(op)](_operand(_value(left, field)), _operand(_value(right, field))))
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _value(test, field) else other, field)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_value(value, field) for value in values)
        case ast.BoolOp(values=values):
            return any(_value(value, field) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _value(inner, field)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARE[type(op)](_value(left, field), _value(right, field))
        case ast.Subscript(value=of, slice=index):
            return _value(of, field)[_value(index, field)]
        case ast.Attribute(value=of, attr=name):
            inner_value = _value(of, field)
            return inner_value.get(name) if isinstance(inner_value, Mapping) else None
        case ast.Call(func=ast.Name(id="has"), args=[ast.Name(id=name)]):
            return _has(name, field)
        case ast.Call(func=ast.Name(id="flag"), args=[ast.Name(id=name)]):
            return _flag(name, field)
        case ast.Call(func=ast.Name(id=name), args=args) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(arg, field) for arg in args))
        case _:
            raise ValueError(f"{ast.unparse(node)} may not stand in an expression")


def _has(name: str, field: Callable[[str], Any]) -> bool:
    try:
        return field(name) is not None
    except Unreadable:
        return False


def _flag(name: str, field: Callable[[str], Any]) -> bool:
    """Whether a switch is on; absent is off, and anything but true and false is a fault."""
    value = field(name) if _has(name, field) else False
    if not isinstance(value, bool):
        raise Unreadable(f"{name} is neither true nor false")
    return value


def _operand(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, (int, float)) or abs(value) >= MOST:
        raise TypeError
    return value


def _bounded(value: Any) -> Any:
    if not abs(value) < MOST:
        raise OverflowError
    return value

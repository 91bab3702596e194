"""Lazy patterns behave as compiled ones; every one of them compiles."""

import importlib
import pkgutil
import re

import pytest

import auditor
from auditor.domain.pattern import _Lazy, lazy_pattern


def test_matches_as_a_compiled_one() -> None:
    word = lazy_pattern(r"[a-z]+", re.IGNORECASE)
    assert word.findall("One two") == ["One", "two"]
    assert word.sub("x", "a b") == "x x"
    assert (word.pattern, word.flags) == (r"[a-z]+", re.compile("", re.IGNORECASE).flags)


def test_nothing_is_compiled_before_the_first_use() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error):
        broken.match("")


def test_every_pattern_of_the_package_compiles() -> None:
    names = [module.name for module in pkgutil.walk_packages(auditor.__path__, "auditor.")]
    held = [value for name in names for value in vars(importlib.import_module(name)).values() if isinstance(value, _Lazy)]
    assert len(held) > 100
    for one in held:
        re.compile(one._source, one._flags)

"""Two scripted servers, and processes to run the command in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crawler.conftest import elsewhere, hub, nobody

from .bench import Bench

__all__ = ["elsewhere", "hub", "nobody"]


@pytest.fixture(scope="package")
def bench() -> Iterator[Bench]:
    made = Bench(warm=True)
    yield made
    made.close()

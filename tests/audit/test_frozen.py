"""A figure at a release is one release's: limits in exemptions count among the frozen ones of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fakes import LIMIT, Repo, license_entry, prohibiting, run

from auditor.catalog.catalog import Catalog


def bar(release: str, place: str) -> dict[str, Any]:
    """A prohibition above the limit, said directly or as an exemption below it."""
    limit = {**LIMIT, "basis": "at_release", "release": release, "comparator": ">" if place == "when" else "<="}
    return {**prohibiting("limit"), place: limit}


@pytest.mark.parametrize("place", ["when", "unless"])
@pytest.mark.parametrize(
    ("releases", "verdict"),
    [(("2024-07-23", "2024-07-23"), "approved"), (("2024-07-23", "2025-04-05"), "review")],
)
def test_one_figure_for_two_releases_decides_nothing(catalog_with: Callable[..., Catalog], releases: tuple[str, str], verdict: str, place: str) -> None:
    entries = [license_entry(f"frozen-{index}", hub_id=f"frozen-{index}", terms=[bar(release, place)]) for index, release in enumerate(releases)]
    repos = {f"org/m{index}": Repo({"license": f"frozen-{index}"}) for index in range(2)}
    catalog = catalog_with(*entries)
    declared: dict[str, Any] = {"monthly_active_users_at_release": 5}
    assert run(repos, "org/m0", catalog=catalog, **declared).summary.verdict == "approved"
    assert run(repos, *repos, catalog=catalog, **declared).summary.verdict == verdict
    assert run(repos, *repos, catalog=catalog, monthly_active_users=1000).summary.verdict == "approved"

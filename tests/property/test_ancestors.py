"""Families of invented models: nothing in between lifts a restriction, nothing unknown is better than something known, and no order decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakes import Repo, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import Reason
from auditor.domain.report import ModelRecord
from auditor.domain.verdict import RESULTS, VERDICTS

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FREE = ("free-1", "free-2")
TAGS = (*FREE, "duty-1", "nc-1", "limit-1", "silent-1", "closed-1", "mixed", "other", "Zephyrine", None)
RELATIONS = st.sampled_from([None, "finetune", "adapter", "quantized", "merge"])
SIZE = 5
NAMES = tuple(f"pub{n}/m{n}" for n in range(SIZE))
"""Of one publisher each, so that nobody answers for another."""

EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(lambda pair: pair[0] != pair[1]), max_size=7, unique=True)
LICENSES = st.lists(st.sampled_from(TAGS), min_size=SIZE, max_size=SIZE)


def family(licenses: list[str | None], edges: list[tuple[int, int]], relation: str | None, turned: bool = False) -> dict[str, Repo | Reason]:
    repos: dict[str, Repo | Reason] = {}
    for number, license in enumerate(licenses):
        bases = [NAMES[parent] for child, parent in edges if child == number]
        card: dict[str, Any] = {"license": license, "base_model": bases[::-1] if turned else bases, "base_model_relation": relation if bases else None}
        repos[NAMES[number]] = Repo({key: value for key, value in card.items() if value})
    return repos


def record(repos: Mapping[str, Repo | Reason], catalog: Catalog, name: str = NAMES[0]) -> ModelRecord:
    return run(repos, name, catalog=catalog, organization="company").models[0]


def no_better(now: ModelRecord, before: ModelRecord) -> bool:
    ranks = [[RESULTS.index(p.result) for p in one.permissions] for one in (now, before)]
    return VERDICTS.index(now.verdict) <= VERDICTS.index(before.verdict) and all(one <= other for one, other in zip(*ranks, strict=True))


@EXAMPLES
@given(licenses=LICENSES, edges=EDGES, relation=RELATIONS, step=st.integers(1, SIZE - 1))
def test_a_model_is_no_better_than_any_of_its_ancestors_by_itself(
    invented: Catalog, licenses: list[str | None], edges: list[tuple[int, int]], relation: str | None, step: int
) -> None:
    repos = family(licenses, edges, relation)
    found = record(repos, invented)
    if NAMES[step] not in {edge.parent for edge in found.lineage}:
        return
    alone = record({**repos, NAMES[step]: Repo({"license": licenses[step]} if licenses[step] else {})}, invented, NAMES[step])
    barred = {p.use for p in alone.permissions if p.result == "prohibited"}
    assert barred <= {p.use for p in found.permissions if p.result == "prohibited"}
    assert {p.use for p in alone.permissions if p.result == "unknown"} <= {p.use for p in found.permissions if p.result in ("unknown", "prohibited")}


@EXAMPLES
@given(licenses=LICENSES, edges=EDGES, relation=RELATIONS, child=st.integers(0, SIZE - 1), reason=st.sampled_from(["missing", "timeout", "gated_no_token"]))
def test_one_more_ancestor_that_cannot_be_had_never_improves(
    invented: Catalog, licenses: list[str | None], edges: list[tuple[int, int]], relation: str | None, child: int, reason: Reason
) -> None:
    before = family(licenses, edges, relation)
    repo = before[NAMES[child]]
    assert isinstance(repo, Repo)
    more = Repo({**repo.card, "base_model": [*repo.card.get("base_model", ()), "lost/model"]})
    assert no_better(record({**before, NAMES[child]: more, "lost/model": reason}, invented), record(before, invented))


@EXAMPLES
@given(licenses=LICENSES, edges=EDGES, relation=RELATIONS, lost=st.integers(1, SIZE - 1))
def test_an_ancestor_that_is_lost_never_makes_a_pass(
    invented: Catalog, licenses: list[str | None], edges: list[tuple[int, int]], relation: str | None, lost: int
) -> None:
    repos = family(licenses, edges, relation)
    found = record({**repos, NAMES[lost]: "timeout"}, invented)
    if NAMES[lost] in {edge.parent for edge in found.lineage}:
        assert found.verdict in ("blocked", "incomplete")
        assert all(p.result in ("unknown", "prohibited") for p in found.permissions)


@EXAMPLES
@given(licenses=LICENSES, edges=EDGES, relation=RELATIONS)
def test_the_order_of_parents_decides_nothing(invented: Catalog, licenses: list[str | None], edges: list[tuple[int, int]], relation: str | None) -> None:
    one, other = (record(family(licenses, edges, relation, turned), invented) for turned in (False, True))
    assert one.verdict == other.verdict
    assert [p.result for p in one.permissions] == [p.result for p in other.permissions]
    assert {o.id for o in one.obligations} == {o.id for o in other.obligations}
    assert {(e.child, e.parent, e.depth, e.grade) for e in one.lineage} == {(e.child, e.parent, e.depth, e.grade) for e in other.lineage}


@EXAMPLES
@given(licenses=LICENSES, edges=EDGES, relation=RELATIONS, step=st.integers(1, SIZE - 1), free=st.sampled_from(FREE))
def test_a_freer_label_in_between_never_frees_a_use_from_what_lies_beyond(
    invented: Catalog, licenses: list[str | None], edges: list[tuple[int, int]], relation: str | None, step: int, free: str
) -> None:
    """Whatever a model in between says, the uses that the others prohibit stay prohibited."""
    found = record(family(licenses, edges, relation), invented)
    freed = record(family([free if n == step else license for n, license in enumerate(licenses)], edges, relation), invented)
    beyond = {edge.parent for edge in found.lineage} - {NAMES[step]}
    held = {p.use for p in found.permissions if p.result == "prohibited" and any(name in str(p.decided_by) for name in beyond)}
    assert held <= {p.use for p in freed.permissions if p.result == "prohibited"}

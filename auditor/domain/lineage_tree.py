"""The answer of `auditor lineage`: `auditor-lineage/1`."""

from __future__ import annotations

from typing import Literal

from auditor.domain.identification import Method
from auditor.domain.report import Edge, EvidenceRecord, Record

SCHEMA_VERSION: Literal["auditor-lineage/1"] = "auditor-lineage/1"


class Node(Record):
    """A model of the family."""

    id: str
    """As the Hub returns it, else as it is stated."""
    revision: str
    """40 hex digits, or `unknown`."""
    license: str
    """Key of the concluded license, else `unknown`."""
    expression: str
    """SPDX; `NONE` where nothing is stated, `NOASSERTION` where it cannot be told."""
    method: Method
    depth: int
    """Steps from the model that was asked for."""
    state: Literal["known", "unfetched", "unidentified", "no_license"]
    """unfetched: it, or a file that decides, could not be had; unidentified: no model on the Hub, or its license cannot be told."""


class LineageTree(Record):
    """A model and everything that it comes from."""

    schema_version: Literal["auditor-lineage/1"]
    nodes: tuple[Node, ...]
    """The model that was asked for first, then by depth."""
    edges: tuple[Edge, ...]
    """As `models[].lineage[]` of a check."""
    cycles: tuple[tuple[str, ...], ...]
    """Ids in order, the first again at the end."""
    evidence: tuple[EvidenceRecord, ...]
    """That the edges refer to."""

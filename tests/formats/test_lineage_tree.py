"""The drawing of a lineage."""

from __future__ import annotations

import pytest

from auditor.domain.lineage_tree import LineageTree, Node
from auditor.domain.report import Edge
from auditor.formats.interface import RenderContext
from auditor.formats.lineage_tree import draw

SHA = "0123456789abcdef" * 2 + "01234567"


def node(name: str, depth: int, license: str = "mit", **changes: object) -> Node:
    plain = {"id": name, "revision": SHA, "license": license, "expression": "MIT", "method": "tag_only", "depth": depth, "state": "known"}
    return Node.model_validate({**plain, **changes})


def edge(child: str, parent: str, depth: int, **changes: object) -> Edge:
    plain = {
        "child": child,
        "parent": parent,
        "relation": "finetune",
        "source": "tag",
        "depth": depth,
        "license": "mit",
        "grade": "benign",
        "because": "",
        "evidence": (),
    }
    return Edge.model_validate({**plain, **changes})


def tree(nodes: list[Node], *edges: Edge) -> LineageTree:
    return LineageTree(schema_version="auditor-lineage/1", nodes=tuple(nodes), edges=edges, cycles=(), evidence=())


FAMILY = tree(
    [
        node("a/root", 0),
        node("b/one", 1),
        node("b/two", 1, "unknown", method="none", state="unfetched", revision="unknown", expression="NOASSERTION"),
        node("c/far", 2, "llama2"),
    ],
    edge("a/root", "b/one", 1, relation="merge"),
    edge("a/root", "b/two", 1, relation="merge", grade="unknown", because="it could not be had: timeout"),
    edge("b/one", "c/far", 2, grade="permission_dropped", because="the restrictions are gone"),
)


def test_a_tree() -> None:
    assert draw(FAMILY, RenderContext(width=100)) == (
        "a/root@0123456 (mit, tag only, no text)\n"
        "├─ merge of b/one@0123456 (mit, tag only, no text): nothing lost on the way\n"
        "│  └─ fine-tune of c/far@0123456 (llama2, tag only, no text): permission dropped, the restrictions\n"
        "│       are gone\n"
        "└─ merge of b/two (could not be had): it could not be had: timeout\n"
    )


def test_ascii_and_a_narrow_terminal() -> None:
    drawn = draw(FAMILY, RenderContext(width=40, ascii=True))
    assert drawn.isascii()
    assert all(len(line) <= 40 for line in drawn.splitlines())
    assert drawn.splitlines()[1:3] == ["|- merge of b/one@0123456 (mit, tag", "|    only, no text): nothing lost on the"]


def test_nothing_is_stated() -> None:
    assert draw(tree([node("a/root", 0)]), RenderContext()) == "a/root@0123456 (mit, tag only, no text)\nNo base model is stated.\n"


def test_a_circle_is_said_and_not_followed() -> None:
    found = tree([node("a/root", 0), node("b/one", 1)], edge("a/root", "b/one", 1), edge("b/one", "a/root", 2))
    assert draw(found, RenderContext(width=120)).splitlines()[-1] == (
        "   └─ fine-tune of a/root@0123456 (mit, tag only, no text): nothing lost on the way; a circle: a/root -> b/one -> a/root"
    )


def test_what_was_drawn_is_not_drawn_again() -> None:
    nodes = [node("a/root", 0), node("b/one", 1), node("b/two", 1), node("c/far", 2), node("d/end", 3)]
    edges = [edge("a/root", "b/one", 1), edge("a/root", "b/two", 1), edge("b/one", "c/far", 2), edge("b/two", "c/far", 2), edge("c/far", "d/end", 3)]
    drawn = draw(tree(nodes, *edges), RenderContext(width=200))
    assert drawn.count("d/end") == 1
    assert drawn.count("its own base models are drawn at its other place") == 1


@pytest.mark.parametrize("name", ["evil/\x1b[2Jx", "evil/\u202ex", "evil/a\nb"])
@pytest.mark.parametrize("ascii_", [True, False])
def test_hostile_names_move_nothing(name: str, ascii_: bool) -> None:
    drawn = draw(tree([node("a/root", 0), node(name, 1)], edge("a/root", name, 1, because=name, grade="unknown")), RenderContext(ascii=ascii_))
    assert "\x1b" not in drawn and "\u202e" not in drawn
    assert drawn.splitlines()[1].startswith(("|- ", "`- ", "├─ ", "└─ "))

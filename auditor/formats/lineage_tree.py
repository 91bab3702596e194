"""A lineage as a tree for a terminal: per model its license and how that is known, per edge relation and grade."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from auditor.domain.lineage_tree import LineageTree, Node
from auditor.domain.report import Edge
from auditor.domain.text_safety import visible
from auditor.formats import wording
from auditor.formats.interface import RenderContext

_STATES = {
    "known": "",
    "unfetched": "could not be had",
    "unidentified": "license cannot be told",
    "no_license": "no license stated",
}
_NARROWEST = 40
_FEWEST = 24
"""Columns that text keeps beside the branches."""
_UNICODE, _ASCII = ("├─ ", "└─ ", "│  ", "   "), ("|- ", "`- ", "|  ", "   ")


def draw(tree: LineageTree, context: RenderContext) -> str:
    """The tree, no line wider than the context unless a name is."""
    edges: dict[str, list[Edge]] = {}
    for edge in tree.edges:
        edges.setdefault(edge.child, []).append(edge)
    drawing = _Drawing(edges, {node.id: node for node in tree.nodes}, context)
    root = tree.nodes[0]
    lines = [*drawing.wrapped("", "", drawing.model(root)), *drawing.branches(root.id, "", (root.id,))]
    if not tree.edges:
        lines.append("No base model is stated.")
    return "".join(f"{drawing.safe(line)}\n" for line in lines)


class _Drawing:
    """One drawing in the making."""

    def __init__(self, edges: dict[str, list[Edge]], nodes: dict[str, Node], context: RenderContext) -> None:
        self.edges, self.nodes, self.context = edges, nodes, context
        self.marks = _ASCII if context.ascii else _UNICODE
        self.drawn: set[str] = set()

    def branches(self, child: str, indent: str, path: tuple[str, ...]) -> Iterator[str]:
        """Lines below a model. One whose branches were drawn above is not drawn again; depth is bounded by that of the lineage."""
        self.drawn.add(child)
        edges = self.edges.get(child, [])
        for number, edge in enumerate(edges, 1):
            last = number == len(edges)
            first, rest = indent + self.marks[1 if last else 0], indent + self.marks[3 if last else 2]
            again = self._again(edge, path)
            yield from self.wrapped(first, rest, f"{wording.RELATIONS[edge.relation]} {self.model(self.nodes[edge.parent])}: {self._grade(edge)}{again}")
            if not again:
                yield from self.branches(edge.parent, rest, (*path, edge.parent))

    def _again(self, edge: Edge, path: tuple[str, ...]) -> str:
        if edge.parent in path:
            return "; a circle: " + " -> ".join((*path[path.index(edge.parent) :], edge.parent))
        elsewhere = edge.parent in self.drawn or self.nodes[edge.parent].depth < edge.depth
        return "; its own base models are drawn at its other place" if elsewhere and self.edges.get(edge.parent) else ""

    def _grade(self, edge: Edge) -> str:
        if edge.grade == "benign":
            return "nothing lost on the way"
        return edge.because if edge.grade == "unknown" else f"{wording.spaced(edge.grade)}, {edge.because}"

    def model(self, node: Node) -> str:
        """`org/name@0123456 (mit, by tag alone)`."""
        revision = "" if node.revision == "unknown" else f"@{node.revision[:7]}"
        known = node.license if node.license != "unknown" else node.expression if node.expression not in ("NONE", "NOASSERTION") else ""
        license = f"{known}, {wording.METHODS[node.method]}" if known else "license unknown"
        state = _STATES[node.state]
        return f"{node.id}{revision} ({'; '.join(part for part in (license if known or not state else '', state) if part)})"

    def wrapped(self, first: str, rest: str, text: str) -> list[str]:
        """`text` behind the branches, its further lines behind theirs."""
        width = max(self.context.width, _NARROWEST, len(rest) + _FEWEST)
        return wrap(text, width, initial_indent=first, subsequent_indent=rest + "  ", break_long_words=False, break_on_hyphens=False, drop_whitespace=True) or [
            first
        ]

    def safe(self, line: str) -> str:
        """Nothing that moves the cursor; ASCII alone where the terminal shows no more."""
        line = visible(line).replace("\n", " ").replace("\t", " ")
        return line.encode("ascii", "backslashreplace").decode() if self.context.ascii else line

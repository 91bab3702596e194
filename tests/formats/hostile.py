"""A report in which every text field is an attack, and a reader of pages that tells what a page could do."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from pydantic import ValidationError

from auditor.domain.report import Report
from tests.formats import sample

ATTACK = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg onload=alert(1)></bdi></td></table></section></pre>"
    "</style><style>*{display:none}</style><base href=//evil.example><a href=javascript:alert(1)>x</a>"
    "\n::error title=x::pwned\n \t\u00a0::warning::pwned\r\n::add-mask::a ##[error]pwned ##vso[task.complete]\n"
    "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \u202eback\u2066 \u200bthin\ufeff \x00 \x85 \x0e\U000f0000\x0f \u2028::group::x"
    " {{ 7 * 7 }} {% raw %} {# x #} \\3c script &lt;b&gt; ]]> --> %0A::error::x"
)
LONG = "A" * 5_000
_LOOKED_UP = {"counts", "estimates"}
"""Tables whose keys are names of ours."""


def attacked(report: Report, attack: str) -> Report:
    """`report` with `attack` before every string that the record lets be anything, ids and keys of facts included."""
    record = report.model_dump(mode="json")
    for path in list(_strings(record, ())):
        _try(record, path, attack)
    return Report.model_validate(record)


def _strings(value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, (*path, index))


def _try(record: dict[str, Any], path: tuple[Any, ...], attack: str) -> None:
    """Attack one string; put it back when the model takes only words of its own there."""
    holder: Any = record
    for step in path[:-1]:
        holder = holder[step]
    before = holder[path[-1]]
    holder[path[-1]] = attack + before
    try:
        Report.model_validate(record)
    except ValidationError:
        holder[path[-1]] = before


def report(attack: str = ATTACK) -> Report:
    """All four sample models under attack, and a fact with an attack for a name."""
    whole = attacked(sample.portfolio(), attack)
    return whole.model_copy(update={"profile": whole.profile.model_copy(update={"facts": {attack: attack, "list": [attack, 1], "months": {attack: 2}}})})


class Page(HTMLParser):
    """Elements with their attributes, text, and style of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = self.style = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("span", "strong", "bdi", "code", "a"):
            self.text += " "

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "style":
            self.style += data
        else:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every element called `tag`."""
        return [attributes for name, attributes in self.elements if name == tag]

    def policy(self) -> str:
        """The content security policy."""
        return next((meta["content"] or "" for meta in self.named("meta") if meta.get("http-equiv") == "Content-Security-Policy"), "")

    def active(self) -> list[str]:
        """Whatever could run, load, submit or restyle: elements and attributes outside a short list of harmless ones."""
        found = [tag for tag, _ in self.elements if tag not in _TAGS]
        for tag, attributes in self.elements:
            for name, value in attributes.items():
                if name not in _ATTRIBUTES or (name == "http-equiv" and value != "Content-Security-Policy"):
                    found.append(f"{tag} {name}={value}")
                if name == "href" and (tag != "a" or not re.match(r"https://[a-z0-9.-]+/|#", value or "")):
                    found.append(f"{tag} {name}={value}")
        return found + re.findall(r"@import|url\(|expression\(|</", self.style)


_TAG_NAMES = """
html head meta title style body a header main section article h1 h2 h3 h4 p span strong small bdi code pre ul li dl dt dd div
table caption colgroup col thead tbody tr th td figure figcaption br svg rect
"""
_TAGS = frozenset(_TAG_NAMES.split())
_ATTRIBUTES = {
    "lang", "charset", "name", "content", "http-equiv", "class", "id", "href", "rel", "scope", "colspan", "dir", "role", "tabindex",
    "aria-label", "aria-labelledby", "aria-hidden", "width", "height", "viewbox", "x", "y", "fill", "fill-opacity", "stroke",
}  # fmt: skip

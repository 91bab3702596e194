"""Hostile repositories through the command: bounded time and memory, no effect on any output, and no pass that nothing justifies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from auditor.domain.verdict import VERDICTS
from tests.crawler.fake_hub import FakeHub
from tests.faults.stand import MODEL, arrange
from tests.formats.hostile import Page

from .bench import FORMATS, Bench, Outcome
from .cases import CASES, Hostile

SECONDS, BYTES = 10.0, 600 * 2**20
OUTPUT = 4_000_000
"""Characters of the largest output."""
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.MULTILINE)
MARKUP = re.compile(r"<script|<img|<svg|<style|\]\(\s*javascript:", re.IGNORECASE)


def harmless(outcome: Outcome) -> None:
    """No output does anything to whoever shows it."""
    for name, text in outcome.written.items():
        assert not CONTROL.findall(text), name
        assert not COMMAND.findall(text), name
        assert len(text) < OUTPUT, name
        assert "Traceback" not in text and "internal error" not in text
    assert Page(outcome.written["html"]).active() == []
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", outcome.written["markdown"], flags=re.DOTALL)
    assert not MARKUP.findall(prose)
    for text in _texts(outcome.report):
        assert not CONTROL.findall(text) and not COMMAND.findall(text.split("\n")[0])


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from _texts(item)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_hostile(case: Hostile, bench: Bench, hub: FakeHub, elsewhere: FakeHub, tmp_path: Path) -> None:
    arrange(case.make(), hub, elsewhere)
    outcome = bench.check([MODEL], tmp_path, hub.url)
    [model] = outcome.report["models"]
    assert model["verdict"] == case.verdict in VERDICTS, model["areas"]
    assert outcome.code == {"blocked": 1, "incomplete": 4, "review": 3, "conditional": 0, "approved": 0}[case.verdict]
    assert case.untouched or case.verdict not in ("approved", "conditional")
    assert outcome.seconds < SECONDS and outcome.peak < BYTES
    harmless(outcome)
    assert case.says in outcome.written["json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*(f"{name}.out" for name in FORMATS), "home"])
    assert elsewhere.seen == []
    assert all(path.startswith(("/api/models/org/name", "/org/name/resolve/", "/api/models/evil/")) for path in hub.paths()), hub.paths()
    assert len(hub.seen) < 120 and not [path for path in hub.paths() if ".." in path or "%" in path]

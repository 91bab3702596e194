"""Hostile repositories through the command: bounded time and memory, no effect on any output, and no pass that nothing justifies."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from auditor.cli.main import run
from auditor.crawler.hub import HubSource
from auditor.domain.verdict import VERDICTS
from tests.crawler.fake_hub import FakeHub
from tests.faults.stand import MODEL, Change, arrange
from tests.formats.hostile import Page

from .bench import FORMATS, Bench, Outcome
from .bundles import BUNDLES, HostileBundle, sound
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
        assert not CONTROL.findall(text)


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


@pytest.mark.parametrize("case", BUNDLES, ids=lambda case: case.name.replace(" ", "-"))
def test_hostile_bundle(case: HostileBundle, bench: Bench, tmp_path: Path) -> None:
    case.spoil(sound(tmp_path / "evidence"))
    (tmp_path / "here").mkdir()
    outcome = bench.check(["--evidence", str(tmp_path / "evidence")], tmp_path / "here", "http://127.0.0.1:9")
    assert outcome.seconds < SECONDS and outcome.peak < BYTES
    assert case.says in outcome.written["stderr"]
    if case.verdict is None:
        assert (outcome.code, outcome.written["stdout"]) == (2, "")
        assert sorted(path.name for path in (tmp_path / "here").iterdir()) == ["home"]
        assert "  next: " in outcome.written["stderr"] and not CONTROL.findall(outcome.written["stderr"])
    else:
        assert (outcome.code, outcome.report["summary"]["verdict"]) == (3, case.verdict)
        harmless(outcome)


def test_hostile_models_touch_no_other(bench: Bench, hub: FakeHub, elsewhere: FakeHub, tmp_path: Path) -> None:
    hostile = [case for case in CASES if case.name in ("alias bomb", "commands", "odd names", "deep configuration", "links to the inside", "a file of 2 GB")]
    for number, case in enumerate(hostile):
        arrange(case.make(), hub, elsewhere, f"evil/m{number}")
    arrange(Change(), hub, elsewhere)
    (tmp_path / "alone").mkdir()
    (tmp_path / "together").mkdir()
    alone = bench.check([MODEL], tmp_path / "alone", hub.url).report["models"]
    together = bench.check([MODEL, *(f"evil/m{number}" for number in range(len(hostile)))], tmp_path / "together", hub.url).report["models"]
    found = {model["id"]: model["verdict"] for model in together}
    assert len(found) == 1 + len(hostile)
    assert [found[f"evil/m{number}"] for number in range(len(hostile))] == [case.verdict for case in hostile]
    assert _decision(alone) == _decision([model for model in together if model["id"] == MODEL])


def _decision(models: list[dict[str, Any]]) -> Any:
    """All of one model, evidence ids apart."""
    [model] = models
    return re.sub(r'"E\d+"(, )?', "", json.dumps(model))


def test_a_snapshot_of_hostile_names_stays_in_its_folder(hub: FakeHub, elsewhere: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arrange(next(case for case in CASES if case.name == "odd names").make(), hub, elsewhere)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    sources = []
    monkeypatch.setattr("auditor.crawler.hub.HubSource", lambda: sources.append(HubSource()) or sources[-1])
    (tmp_path / "deep" / "down").mkdir(parents=True)
    assert run(["snapshot", MODEL, "-o", str(tmp_path / "deep" / "down" / "bundle")]) == 0
    sources[0].close()
    written = [path.relative_to(tmp_path / "deep" / "down" / "bundle").as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(written) == ["bundle.json", "files/0001-model_info.json"]


def test_the_document_names_every_case() -> None:
    document = (Path(__file__).resolve().parents[2] / "docs" / "hostile.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| ([^|]+) \|", document, re.MULTILINE)
    assert [name for name in named if name not in ("case", "---")] == [case.name for case in (*CASES, *BUNDLES)], "run: python scripts/measure_hostile.py"

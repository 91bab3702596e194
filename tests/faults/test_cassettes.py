"""Exchanges of the shape that public recordings of huggingface.co have, trimmed to facts, replayed below the HTTP client."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import vcr

from auditor.cli.main import run
from auditor.crawler.hub import HubSource

CASSETTES = Path(__file__).resolve().parents[1] / "cassettes" / "hub"
CASES: dict[str, tuple[str, str, int, list[str], list[float]]] = {
    "plain": ("sentence-transformers/all-MiniLM-L6-v2", "approved", 0, [], []),
    "renamed": ("gpt2", "approved", 0, [], []),
    "gated": ("meta-llama/Llama-3.1-8B-Instruct", "incomplete", 4, ["gated_no_token"], []),
    "missing": ("ggml-org/gemma-2-9b-it-GGUF", "incomplete", 4, ["missing"], []),
    "rate_limited_once": ("sentence-transformers/all-MiniLM-L6-v2", "approved", 0, [], [1.0]),
}


def replayed(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], list[float]]:
    """Exit code and result of a check of the cassette's model, and the waits."""
    waits: list[float] = []
    source = HubSource(sleep=waits.append)
    monkeypatch.setattr("auditor.crawler.hub.HubSource", lambda: source)
    with vcr.VCR(record_mode="none", match_on=["method", "uri"]).use_cassette(str(CASSETTES / f"{name}.yaml")) as cassette:
        code = run(["check", CASES[name][0], "--as-of", "2026-11-24", "-f", "json"])
    source.close()
    assert cassette.all_played
    return code, json.loads(capsys.readouterr().out), waits


@pytest.mark.parametrize("name", CASES)
def test_cassette(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    model, verdict, expected, reasons, waited = CASES[name]
    code, report, waits = replayed(name, monkeypatch, capsys)
    [found] = report["models"]
    assert (found["requested"], found["verdict"], code) == (model, verdict, expected)
    assert sorted({error["kind"] for error in report["run"]["errors"]}) == reasons
    assert [wait // 1 for wait in waits] == waited


def test_the_new_name_of_a_renamed_model(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    [found] = replayed("renamed", monkeypatch, capsys)[1]["models"]
    assert (found["id"], found["requested"]) == ("openai-community/gpt2", "gpt2")


def test_a_gated_model_names_page_and_command_for_every_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    report = replayed("gated", monkeypatch, capsys)[1]
    said = {one["topic"]: one["why"] for one in report["models"][0]["not_checked"]}
    for path in ("LICENSE", "USE_POLICY.md", "config.json"):
        assert "request access at https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct, then set HF_TOKEN or run `hf auth login`" in said[f"file {path}"]


def test_cassettes_hold_no_token_and_no_prose() -> None:
    found = {path.stem for path in CASSETTES.glob("*.yaml")}
    assert found == set(CASES)
    for path in CASSETTES.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"hf_\w{10}|authorization|cookie|set-cookie|bearer [a-z0-9]{8}", text, re.IGNORECASE)
        assert set(re.findall(r"uri: https://([^/]+)/", text)) == {"huggingface.co"}
        assert len(text) < 8_000

"""`check`: output files, configuration, determinism, golden reports."""

import json
from pathlib import Path

import pytest

from auditor.cli.main import run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "reports" / "examples"
DEMO = ("check", "--evidence", str(EXAMPLES / "evidence"))
COMPANY = ("--use", "hosted", "--fact", "organization=company", "--fact", "monthly_active_users=10M", "--as-of", "2026-11-24")
VERDICTS = {
    "adept/fuyu-8b": "blocked",
    "HuggingFaceH4/zephyr-7b-beta": "incomplete",
    "google/gemma-2b-it": "review",
    "meta-llama/Llama-3.1-8B-Instruct": "conditional",
    "deepseek-ai/DeepSeek-R1": "approved",
    "mistralai/Mixtral-8x7B-v0.1": "approved",
    "Qwen/Qwen2.5-VL-7B-Instruct": "approved",
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def report(capsys, *arguments):
    run([*arguments, "-f", "json"])
    return json.loads(capsys.readouterr().out)


def test_every_verdict_word_shows(capsys):
    assert {m["id"]: m["verdict"] for m in report(capsys, *DEMO, *COMPANY)["models"]} == VERDICTS


def test_the_golden_report_byte_for_byte(capsys):
    assert run([*DEMO, *COMPANY, "-f", "json"]) == 1
    assert capsys.readouterr().out == (EXAMPLES / "demo.json").read_text(encoding="utf-8")


def test_the_order_of_ids_changes_nothing(capsys):
    ids = list(VERDICTS)
    assert report(capsys, *DEMO, *COMPANY, *ids) == report(capsys, *DEMO, *COMPANY, *ids[::-1])


def test_llama_figures(capsys):
    [model] = report(capsys, *DEMO, "meta-llama/Llama-3.1-8B-Instruct")["models"]
    memory = model["memory"]
    assert (memory["weights_bytes"], memory["kv_bytes_per_token"], memory["parameters"]) == (16_060_522_496, 131_072, 8_030_261_248)
    assert model["license"]["concluded"]["key"] == "llama3.1"
    assert {w["witness"] for w in model["license"]["declared"]} >= {"card_tag", "gate_prompt"}


@pytest.mark.parametrize(
    ("facts", "verdict", "code"),
    [
        ((), "review", 3),
        (("monthly_active_users=10M",), "conditional", 0),
        (("monthly_active_users=700M",), "conditional", 0),
        (("monthly_active_users=700000001",), "review", 3),
        (("monthly_active_users=unknown",), "review", 3),
        (("monthly_active_users_at_release=800M",), "blocked", 1),
        (("monthly_active_users=800M", "monthly_active_users_at_release=10M"), "conditional", 0),
        (("monthly_active_users=800M", "monthly_active_users_by_month=2024-06=10M"), "conditional", 0),
        (("monthly_active_users=800M", "monthly_active_users_by_month=2024-05=10M"), "review", 3),
    ],
)
def test_llama_by_number_of_users(facts, verdict, code, capsys):
    flags = [part for fact in facts for part in ("--fact", fact)]
    assert run([*DEMO, "meta-llama/Llama-3.1-8B-Instruct", *flags, "-f", "json"]) == code
    assert json.loads(capsys.readouterr().out)["summary"]["verdict"] == verdict


def test_output_files_are_written_and_nothing_else(tmp_path, capsys):
    assert run([*DEMO, *COMPANY, "-o", "a.json", "-o", "b.html", "-o", "json:c.txt"]) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.json", "b.html", "c.txt"]
    assert (
        (tmp_path / "a.json").read_text(encoding="utf-8")
        == (tmp_path / "c.txt").read_text(encoding="utf-8")
        == (EXAMPLES / "demo.json").read_text(encoding="utf-8")
    )
    assert capsys.readouterr().out.startswith("7 models: 1 blocked")


def test_an_output_that_cannot_be_written_leaves_nothing(tmp_path, capsys):
    assert run([*DEMO, "-o", "missing/a.json"]) == 2
    assert list(tmp_path.iterdir()) == []
    assert "missing/a.json: cannot be written" in capsys.readouterr().err


def test_configuration_order_is_flag_environment_file(tmp_path, monkeypatch, capsys):
    llama = "meta-llama/Llama-3.1-8B-Instruct"
    (tmp_path / "auditor.toml").write_text('[profile]\nuse = ["internal"]\n[profile.facts]\nmonthly_active_users = 10_000_000\n')
    found = report(capsys, *DEMO, llama)
    assert (found["profile"]["use"], found["profile"]["use_source"], found["summary"]["verdict"]) == (["internal"], "file", "conditional")
    monkeypatch.setenv("AUDITOR_FACT_MONTHLY_ACTIVE_USERS", "800M")
    assert report(capsys, *DEMO, llama)["summary"]["verdict"] == "review"
    assert report(capsys, *DEMO, llama, "--fact", "monthly_active_users=1k")["summary"]["verdict"] == "conditional"


def test_a_stricter_policy_asks_for_a_text(capsys):
    qwen = "Qwen/Qwen2.5-VL-7B-Instruct"
    assert report(capsys, *DEMO, qwen, "--policy", "default")["summary"]["verdict"] == "approved"
    assert report(capsys, *DEMO, qwen, "--policy", "strict")["summary"]["verdict"] == "review"


def test_memory_gates_once_a_gpu_is_declared(capsys):
    mixtral = "mistralai/Mixtral-8x7B-v0.1"
    areas = {a["area"]: a for a in report(capsys, *DEMO, mixtral)["models"][0]["areas"]}
    assert (areas["memory"]["verdict"], areas["memory"]["gating"]) == ("not_gated", False)
    assert run([*DEMO, mixtral, "--gpu", "rtx-4090"]) == 1
    assert "MEM001" in capsys.readouterr().out


def test_withheld_evidence_holds_no_prose(capsys):
    quotes = {e["kind"]: e["quote"] for e in report(capsys, *DEMO)["evidence"]}
    assert quotes["gate_prompt"] == "withheld"
    assert quotes["license_file"] == "withheld"


def test_the_synthetic_model_is_quoted(capsys):
    quotes = [e["quote"] for e in report(capsys, "check", "--evidence", str(EXAMPLES / "synthetic"))["evidence"] if e["kind"] == "license_file"]
    assert quotes == ["Example Model License, version 1\n\n1. You may run the model inside your organization."]


def test_a_device_is_written_into_and_never_replaced(tmp_path, capsys):
    device = Path("/dev/null")
    assert run([*DEMO, *COMPANY, "-o", f"json:{device}"]) == 1
    assert device.is_char_device()

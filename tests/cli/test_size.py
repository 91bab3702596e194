"""`auditor size`: flags in, the object of the contract out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli.main import run

CONFIG = {
    "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "torch_dtype": "bfloat16", "hidden_size": 1024, "intermediate_size": 3072, "head_dim": 128,
    "num_hidden_layers": 28, "num_attention_heads": 16, "num_key_value_heads": 8, "vocab_size": 151936, "max_position_embeddings": 40960,
    "tie_word_embeddings": True,
}  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIG))
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run(["size", *arguments, "-f", "json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_object_of_the_contract(config, capsys):
    found = answer(capsys, "--config", str(config), "--gpu", "t4", "--context", "4096", "--finetune", "qlora", "--rank", "8")
    assert (found["parameters"], found["kv_bytes_per_token"], found["architecture_class"]) == (596_049_920, 28 * 2 * 8 * 128 * 2, "dense")
    assert found["fits"][0]["gpu"] == "t4" and found["finetune"]["method"] == "qlora" and found["speed"]["decode_tokens_per_second"] > 0


def test_flags_reach_the_estimate(config, capsys):
    flags = ["--kv-dtype", "q8_0/f16", "--stack", "llama.cpp", "--no-flash-attn", "--swa-full", "--n-ubatch", "256", "--parallel", "2", "--context", "1024"]
    found = answer(capsys, "--config", str(config), *flags)
    assert found["stack"] == "llama.cpp" and found["concurrency"] == 2
    assert found["kv_bytes_per_token"] == 28 * 8 * 128 * (34 / 32 + 2)
    found = answer(capsys, "--config", str(config), "--engine", "vllm", "--stack-version", "0.11.0", "--max-num-seqs", "1024", "--gpu", "h100-sxm")
    assert found["stack_version"] == "0.11.0" and found["activation_bytes"] / 2**30 == pytest.approx(5.56, rel=0.02)


def test_a_declaration_beside_the_config_is_read(config, capsys):
    (config.parent / "hf_quant_config.json").write_text(json.dumps({"quantization": {"quant_algo": "FP8", "kv_cache_quant_algo": "FP8"}}))
    assert answer(capsys, "--config", str(config))["precision"] == "fp8"
    index = config.parent / "index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1_192_099_840}}))
    (config.parent / "hf_quant_config.json").unlink()
    assert answer(capsys, "--config", str(config), "--index", str(index))["weights_bytes"] == 1_192_099_840


def test_the_terminal_shows_figures_a_bar_and_assumptions(config, capsys):
    assert run(["size", "--config", str(config), "--gpu", "rtx-4090", "--finetune", "lora", "--claimed-tokens-per-second", "9999"]) == 0
    shown = capsys.readouterr().out
    for part in ("KV cache per token    112 KiB", "rtx-4090", "weights █ cache ▓", "above the ceiling", "Fine-tuning with lora", "concurrency: 1 (default)"):
        assert part in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no model was named"),
        (["org/name", "--config", "c.json"], "not both"),
        (["--config", "absent.json"], "cannot be read"),
        (["--config", "CONFIG", "--stack", "vlm"], "no stack is known"),
        (["--config", "CONFIG", "--gpu", "rtx-9999"], "no GPU is known"),
        (["--config", "CONFIG", "--kv-dtype", "fp3"], "no KV cache of type"),
        (["--config", "CONFIG", "--rank", "4"], "goes with --finetune"),
        (["--config", "CONFIG", "--gpu-memory-utilization", "1.5"], "gpu memory utilization"),
        (["--config", "CONFIG", "-f", "yaml"], "unknown format"),
        (["org/name", "--index", "CONFIG"], "--index goes with --config"),
        (["--config", "CONFIG", "--context", "4000", "--prompt-tokens", "3000", "--generated-tokens", "2000"], "do not fit into a context of 4000"),
        (["--config", "CONFIG", "--claimed-tokens-per-second", "nan"], "claimed tokens per second must be a number above 0"),
        (["--config", "CONFIG", "--context", "nan"], "Invalid value for '--context'"),
    ],
)
def test_usage_errors(config, capsys, arguments, said):
    assert run(["size", *(str(config) if part == "CONFIG" else part for part in arguments)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_files_that_are_no_config(tmp_path, capsys, content):
    path = tmp_path / "config.json"
    path.write_bytes(content)
    assert run(["size", "--config", str(path)]) == 2
    assert "config.json" in capsys.readouterr().err


def test_evidence_that_cannot_be_had(capsys):
    assert run(["size", "org/name", "--offline"]) == 4
    assert "org/name" in capsys.readouterr().err

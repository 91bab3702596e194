"""Our estimates against memory that engines logged: quantity x class, n, median and 90th percentile of the absolute error, beside peers' formulas.

python bench/sizing.py MEASUREMENTS.jsonl CONFIGS_DIR [--rows]
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import peers
from placement import first_gpu
from table import Result, lines

from auditor import resources
from auditor.catalog.catalog import Catalog
from auditor.domain.memory import Memory, MemoryInputs, Serving, SizingKnowledge, SizingOptions, Training
from auditor.sizing import estimate

GIB, MIB = 1 << 30, 1 << 20
LEFT_OUT = {
    "m0229": "less than weights and gradients in 16 bit and activations: its optimizer is not recorded",
    "m0002": "GiB and tokens differ by 1.1 %, where whole pages lose at most one in ten thousand",
    "m0923": "the file says Q8_0 at half of its bits per weight: a mix of types",
    "m0924": "the file says Q6_K at two thirds of its bits per weight: a mix of types",
}
"""Rows that contradict themselves, or whose checkpoint is not recorded, by id."""
_NOT_ESTIMATED = {
    "load_reserved_gib": "reserved after loading: which layers Unsloth leaves in 16 bit, and what loading gave back, are not recorded",
    "non_torch_gib": "outside the allocator, a range only: versions of driver and libraries are not recorded",
    "cuda_graph_gib": "captured graphs, a range only: the sizes that were captured are not recorded",
}
"""Quantities that follow from nothing that a row records."""
_VERSION = re.compile(r"[0-9]+\.[0-9]+(?:\.[0-9]+)?")
_SCHEMES: dict[str, dict[str, Any]] = {
    "awq-int4": {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True},
    "gptq-int4": {"quant_method": "gptq", "bits": 4, "group_size": 128},
    "gptq-int8": {"quant_method": "gptq", "bits": 8, "group_size": 128},
    "fp8": {"quant_method": "fp8", "activation_scheme": "dynamic"},
    "fp8-block": {"quant_method": "fp8", "weight_block_size": [128, 128]},
    "bnb-nf4": {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_use_double_quant": True},
}
_OWN_HEADS = ("Qwen/Qwen3-0.6B-FP8", "Qwen/Qwen3-1.7B-FP8", "Qwen/Qwen3-4B-FP8")
"""Quantised files of tied models that carry a head of their own."""
_CONFIG_HUB = {"gemma": (16, "all-linear"), "tiny-llama": (32, "all-linear"), "phi": (8, "all-linear")}
"""Rank and targets of config_hub/finetune in litgpt by the start of their name; the others take 32 and queries and values."""
_RECIPES = {"Q4_K - Medium": "q4_k_m", "Q5_K - Medium": "q5_k_m", "Q8_0": "q8_0", "Q6_K": "q6_k", "Q4_0": "q4_0", "F16": "bf16", "BF16": "bf16"}


class Excluded(Exception):
    """A row without an input that the estimate needs."""


class Bench:
    """Configs, the catalogue, and one estimator per quantity."""

    def __init__(self, configs: Path) -> None:
        catalog = Catalog(resources.rules())
        self.knowledge = SizingKnowledge(catalog.gpus, catalog.architectures, catalog.geometries, catalog.stacks)
        self.configs = configs

    def result(self, row: dict[str, Any]) -> Result:
        engine, quantity = row["engine"].split()[0], row["quantity"]
        name = f"{engine} {quantity}"
        try:
            if row["id"] in LEFT_OUT:
                raise Excluded(LEFT_OUT[row["id"]])
            if quantity in _NOT_ESTIMATED:
                raise Excluded(_NOT_ESTIMATED[quantity])
            method = getattr(self, f"_{quantity}")
            return method(row, engine, name)
        except Excluded as why:
            return Result(row, name, why=str(why))

    def config(self, row: dict[str, Any]) -> dict[str, Any]:
        if row["config_of"] is None:
            raise Excluded("no config is recorded")
        path = self.configs / f"{row['config_of'].replace('/', '__')}.json"
        if not path.is_file():
            raise Excluded(f"the config of {row['config_of']} is not in the collection")
        config = json.loads(path.read_text())
        quant = row["quant"] or "none"
        if quant == "none":
            config.pop("quantization_config", None)
        elif quant in _SCHEMES:
            config["quantization_config"] = dict(_SCHEMES[quant])
            if config.get("intermediate_size", 0) % config["quantization_config"].get("group_size", 1):
                config["quantization_config"]["group_size"] = 64  # groups divide the rows
        if quant == "fp8-block" and row["model"] in _OWN_HEADS:
            config["tie_word_embeddings"] = False
        return config

    def size(self, row: dict[str, Any], engine: str, *, quantization: str | None = None, training: Training | None = None, **serving: Any) -> Memory:
        stack = engine if engine in ("vllm", "sglang", "llama.cpp", "transformers") else "transformers"
        version = _VERSION.search(row["engine"])
        if stack in ("vllm", "transformers") and version:
            serving.setdefault("version", version.group())
        kv = (row.get("kv_dtype") or "").split()[0] if row.get("kv_dtype") else ""
        if kv and stack in ("vllm", "sglang", "llama.cpp"):
            serving.setdefault("kv_dtype", {"bf16": "bfloat16", "fp16": "float16"}.get(kv, kv) if stack != "llama.cpp" else kv)
        config = serving.pop("config", None) or self.config(row)
        options = SizingOptions(
            context=serving.pop("context", None) or row.get("context"), tensor_parallel=row.get("tp") or 1, quantization=quantization, stack=stack,
            serving=Serving(**serving), training=training, gpus=self.gpus(row),
        )  # fmt: skip
        return estimate(MemoryInputs(row["model"], config=config), options, self.knowledge)

    def gpus(self, row: dict[str, Any]) -> tuple[Any, ...]:
        known = {"H100": "h100-sxm", "A100-80": "a100-sxm-80gb", "A100 80": "a100-sxm-80gb", "A100 40": "a100-sxm-40gb", "A100 39": "a100-sxm-40gb", "T4": "t4"}
        gpu = next((key for name, key in known.items() if name in (row.get("gpu") or "")), None)
        return ((self.knowledge.gpus[gpu], row.get("tp") or 1),) if gpu else ()

    def _weights_gib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        if row.get("lora_buffers"):
            raise Excluded("the rank of the LoRA buffers is not recorded")
        quant = row["quant"] or "none"
        if quant == "gguf-q8_0" and engine == "vllm":
            memory = self.size(row, engine, quantization="q8_0")
            return Result(row, f"{name} quantised", _known(memory.weights_bytes_per_gpu), row["value"] * GIB)
        if "gguf" in quant or quant.startswith("nvfp4") or "MTP" in (row.get("note") or ""):
            raise Excluded(f"the tensors of this {quant} file are not recorded")
        if engine == "llama.cpp":
            raise Excluded("the offloaded part of a GGUF file is not recorded")
        memory = self.size(row, engine, version=_mla_version(row))
        name += " quantised" if quant != "none" else " unquantised"
        return Result(row, name, _known(memory.weights_bytes_per_gpu), row["value"] * GIB, peers=peers.weights(memory, quant))

    def _weights_file_gib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        if engine != "llama.cpp":
            memory = self.size(row, engine)
            return Result(row, name, _known(memory.weights_bytes), row["value"] * GIB)
        recipe = _RECIPES.get((row["quant"] or "").removeprefix("gguf-"))
        if recipe is None:
            raise Excluded(f"types of the tensors of {row['quant']}: the mix that somebody chose is not recorded")
        memory = self.size(row, engine, quantization=recipe)
        return Result(row, name, _known(memory.weights_bytes), row["value"] * GIB, peers=peers.weights(memory, recipe))

    def _kv_cache_gib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        if engine == "llama.cpp":
            return self._cells(row, name)
        if "inferred" in (row.get("kv_dtype") or "") and row.get("max_conc") is None and "hybrid" in row["arch_class"]:
            raise Excluded("the type of the cache is inferred and no concurrency is logged")
        if "hybrid" in row["arch_class"]:
            return self._hybrid(row, engine, name)
        if not row.get("tokens"):
            raise Excluded("no number of tokens is logged")
        memory = self.size(row, engine, version=_mla_version(row))
        per_token = row["value"] * GIB / row["tokens"]
        return Result(row, f"{engine} KV per token", _known(memory.kv_bytes_per_token), per_token, peers=peers.kv(self.config(row), row))

    def _hybrid(self, row: dict[str, Any], engine: str, name: str) -> Result:
        if row.get("max_conc") is None or row.get("context") is None:
            raise Excluded("no requests at once are logged: the tokens of a hybrid count all layers alike")
        best: Result | None = None
        for batched in (2048, 8192, 16384):
            for mode in ("none", "align"):
                for ahead in (0, 1):
                    memory = self.size(
                        row, engine, kv_cache_memory=int(row["value"] * GIB), max_num_batched_tokens=batched, mamba_cache_mode=mode, speculative_tokens=ahead,
                        kv_dtype="fp8" if "fp8" in (row.get("kv_dtype") or "") else "bfloat16",
                    )  # fmt: skip
                    fit = memory.fits[0]
                    if isinstance(fit.max_concurrency, str):
                        raise Excluded("no capacity is computed")
                    found = Result(row, f"{engine} max_concurrency (flags by grid)", fit.max_concurrency, row["max_conc"])
                    best = found if best is None or found.error < best.error else best
        assert best is not None
        said = peers.kv(self.config(row), row, row["context"])
        return replace(best, peers=tuple((name, row["value"] * GIB / bytes_ if bytes_ else None) for name, bytes_ in said))

    def _cells(self, row: dict[str, Any], name: str) -> Result:
        part, context = row.get("part") or "all", row.get("context") or row.get("tokens")
        if not context:
            raise Excluded("no number of cells is logged")
        mla = _int(row.get("mla_attn"))
        if "mla" in row["arch_class"] and mla is None:
            mla = 0 if "expanded" in (row.get("note") or "") or " V (" in row["raw_line"] else None  # the log names a latent c^KV
        if part == "SWA" and row.get("n_ubatch") is None:
            raise Excluded("n_ubatch, which the cells of a window follow from, is not recorded")
        memory = self.size(
            row,
            "llama.cpp",
            context=context,
            mla_cache=mla,
            swa_full="ik_llama" in row["engine"] or None,
            n_ubatch=_int(row.get("n_ubatch")),
            kv_dtype=_llama_kv(row),
        )
        growth = _known(memory.kv_bytes_per_token)
        tokens = row.get("tokens") or context
        window = _known(memory.kv_bytes_per_request) - growth * context - _known(memory.state_bytes_per_sequence)
        if part == "SWA":
            return Result(row, "llama.cpp KV cells (window)", window, row["value"] * GIB)
        whole = growth * tokens + (window if part == "all" and row["arch_class"].startswith("swa") else 0)
        return Result(row, "llama.cpp KV cells", whole, row["value"] * GIB, peers=peers.kv(self.config(row), row, tokens))

    def _kv_cache_avail_gib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        if not self.gpus(row) or row.get("gpu_util") is None:
            raise Excluded("no card or share is recorded")
        memory = self.size(row, engine, gpu_memory_utilization=row["gpu_util"], enforce_eager="enforce-eager" in row["raw_line"] or None)
        return Result(row, f"{name} (budget)", _known(memory.fits[0].kv_budget_bytes), row["value"] * GIB)

    def _state_mib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        memory = self.size(row, engine)
        return Result(row, name, _known(memory.state_bytes_per_sequence) * (row.get("seqs") or 1), row["value"] * MIB)

    def _activation_gib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        memory = self.size(row, engine, max_num_seqs=row.get("max_num_seqs"), max_num_batched_tokens=row.get("max_num_batched_tokens"))
        if row.get("max_num_seqs") is None and not self.gpus(row):
            raise Excluded("max_num_seqs is not recorded, nor a card that its default follows from")
        kind = " (multimodal)" if "vl" in row["arch_class"] else " (text)"
        return Result(row, name + kind, _known(memory.activation_bytes), row["value"] * GIB)

    def _compute_buffer(self, row: dict[str, Any], engine: str, name: str) -> Result:
        if not _int(row.get("flash_attn")) or "mla" in row["arch_class"]:
            raise Excluded("compute buffer without flash attention or with latent attention, a range only: the graph of that build is not recorded")
        memory = self.size(row, engine, n_ubatch=_int(row.get("n_ubatch")), flash_attn=True)
        return Result(row, name, _known(memory.activation_bytes), row["value"] * MIB)

    def _peak_infer_gib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        if row["unit"].endswith("?"):
            raise Excluded("peaks of somebody's own report: neither unit nor what is counted is recorded")
        if engine != "transformers":
            raise Excluded("AutoAWQ with fused layers: the longest sequence that its cache is made for is not recorded")
        releases = {"Qwen/Qwen2-": "4.40.0", "Qwen/Qwen2.5": "4.46.0", "Qwen/Qwen3": "4.51.0"}  # of the three tables
        version = next((found for start, found in releases.items() if row["model"].startswith(start)), "4.51.0")
        work = {"version": version, "prompt_tokens": row["prefill"], "generated_tokens": row["decode"]}
        if version == "4.51.0" and row["quant"] == "awq-int4":
            work["flash_attn"] = False  # the environment of AutoAWQ in that table lists no flash attention
        gpus, name = row.get("ngpu") or 1, f"{name} {version} {'unquantised' if row['quant'] in (None, 'none', 'bf16') else 'quantised'}"
        if gpus > 1 and version == "4.40.0":
            ours = gpus * first_gpu(self.config(row), lambda config: self.size(row, engine, config=config, **work), gpus, row["prefill"], row["context"])
            return Result(row, name, ours, row["value"] * GIB)
        memory = self.size(row, engine, **work)
        ours = _known(memory.total_bytes_per_gpu) - _known(memory.overhead_bytes) + (gpus - 1) * _known(memory.activation_bytes)
        return Result(row, name, ours, row["value"] * GIB)

    def _peak_train_gib(self, row: dict[str, Any], engine: str, name: str) -> Result:
        method = row["method"]
        if method == "lora+emb":
            raise Excluded("adapters that train embeddings as well: which copies DeepSpeed holds of them is not recorded")
        if row.get("ngpu", 1) not in (None, 1) or (row["gpu"] or "").startswith("8x"):
            raise Excluded("how several GPUs share weights, gradients and states in training is not recorded")
        if row.get("seq") is None:
            raise Excluded("the length of samples is not recorded")
        if engine == "unsloth":
            raise Excluded("samples are far shorter than the recorded limit: their length is not recorded")
        rank, targets = _adapters(row, engine)
        training = Training(
            method,
            row["seq"],
            row["micro_batch"],
            rank if method != "full" else None,
            targets,
            None,
            row.get("gc") if isinstance(row.get("gc"), bool) else None,
            None,
            "deepspeed" if engine == "transformers" and method == "qlora" else engine,  # as the scripts beside that table run it
        )
        memory = self.size(row, "transformers", training=training, version="5.23.0")
        assert memory.finetune is not None
        return Result(row, f"{engine} {method} peak", _known(memory.finetune.total_bytes), row["value"] * GIB)


def _known(value: object) -> float:
    if not isinstance(value, (int, float)):
        raise Excluded("our figure is unknown")
    return float(value)


def _int(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float, str)) and str(value).isdigit() else None


def _llama_kv(row: dict[str, Any]) -> str:
    return str(row.get("kv_dtype") or "f16").split()[0]


def _adapters(row: dict[str, Any], engine: str) -> tuple[int, str]:
    """Rank and targets as recorded, else those of the configuration that the row names."""
    if engine == "litgpt":
        named = row["raw_line"].lstrip("| ")
        return next((found for start, found in _CONFIG_HUB.items() if named.startswith(start)), (32, "q_proj,v_proj"))
    targets = {"q,v": "q_proj,v_proj", "mlp": "gate_proj,up_proj,down_proj"}.get(row.get("targets") or "", "all-linear")
    return row.get("r") or 64, targets


def _mla_version(row: dict[str, Any]) -> str | None:
    """The release that a date in the engine's name stands for, where it matters."""
    if "V0 2025-0" in row["engine"]:
        return "0.7.3"
    found = _VERSION.search(row["engine"])
    return found.group() if found and row["engine"].startswith("vllm") else "0.9.0" if row["engine"].startswith("vllm") else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("measurements", type=Path)
    parser.add_argument("configs", type=Path)
    parser.add_argument("--rows", action="store_true", help="every row that counts")
    arguments = parser.parse_args()
    bench = Bench(arguments.configs)
    results = [bench.result(json.loads(line)) for line in arguments.measurements.read_text().splitlines() if line.strip()]
    counted = [result for result in results if not result.why]
    if arguments.rows:
        for result in sorted(counted, key=lambda r: (r.quantity, -r.error)):
            row, apart = result.row, result.ours / result.measured - 1
            print(f"{result.quantity:<44} {row['id']} {row['model']:<48} {apart:+8.2%}  {row['quant']!s:<14} tp{row['tp']}")
    print("\n".join(lines(counted, lambda r: f"{r.quantity}: {r.row['arch_class']}")))
    reasons: dict[str, list[str]] = defaultdict(list)
    for result in results:
        if result.why:
            reasons[result.why].append(result.row["id"])
    if peers.MISSING:
        print(f"\n{peers.MISSING}")
    print(f"\n{len(counted)} of {len(results)} rows count; left out:")
    for why, ids in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"  {len(ids):>4}  {why}: {' '.join(ids)}")


if __name__ == "__main__":
    main()

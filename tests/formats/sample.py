"""Sample reports: a Llama-like model whose use depends on a fact, an approved, a blocked and an incomplete one. Invented, in our own words."""

from __future__ import annotations

from typing import Any

from auditor.domain.license import USES
from auditor.domain.memory import Memory
from auditor.domain.report import Report
from auditor.domain.verdict import VERDICTS, worst

SHA = "0e9e39f249a16976918f6564b8830bc894c89659"
GATED = "meta-llama/Llama-3.1-8B-Instruct"
AT_RELEASE = "monthly_active_users_at_release"
NOTICE = "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved."


def digest(seed: str) -> str:
    """A stand-in for a SHA-256 that is the same in every run."""
    return (seed.encode().hex() * 64)[:64]


def evidence(number: int, kind: str, model: str, path: str, lines: str, quote: str) -> dict[str, Any]:
    base = f"https://huggingface.co/{model}/resolve/{SHA}/{path}" if path else f"https://huggingface.co/api/models/{model}/revision/{SHA}"
    return {
        "id": f"E{number}",
        "kind": kind,
        "url": base,
        "path": path,
        "lines": lines,
        "quote": quote,
        "sha256": digest(f"{number}"),
        "retrieved_at": f"2026-11-20T09:15:{number:02}Z",
        "status": 200,
    }


def areas(**verdicts: tuple[str, str]) -> list[dict[str, Any]]:
    """The six areas; verdict and reason for those that were assessed."""
    gating = ("license", "lineage", "artifact")
    return [
        {"area": name, "verdict": verdicts[name][0], "gating": name in gating, "reasons": [verdicts[name][1]] if verdicts[name][1] else []}
        if name in verdicts
        else {"area": name, "verdict": "not_assessed", "gating": False, "reasons": []}
        for name in ("license", "lineage", "artifact", "memory", "serving", "documentation")
    ]


def permissions(
    results: dict[str, tuple[str, str]], decided_by: str, clauses: list[str], flips: dict[str, list[dict[str, str]]] | None = None
) -> list[dict[str, Any]]:
    """All eight uses; `hosted` is the intended one."""
    rest = results["*"]
    return [
        {
            "use": use,
            "intended": use == "hosted",
            "result": results.get(use, rest)[0],
            "because": results.get(use, rest)[1],
            "decided_by": [decided_by] if decided_by else [],
            "clauses": clauses,
            "flips": (flips or {}).get(use, []),
        }
        for use in USES
    ]


def obligation(slug: str, action: str, clause: str, **other: Any) -> dict[str, Any]:
    return {
        "id": f"llama3.1/{slug}",
        "kind": "display",
        "modality": "must",
        "action": action,
        "text": None,
        "clause": clause,
        "trigger": "offering a service",
        "uses": ["hosted"],
        "applies": "yes",
        "because": "hosted is an intended use",
        "status": "open",
        "evidence": ["E3"],
        **other,
    }


def finding(rule: str, outcome: str, message: str, fix: str, ids: list[str], area: str = "license", rule_outcome: str | None = None) -> dict[str, Any]:
    severity = {"block": "high", "incomplete": "high", "review": "medium", "note": "low"}[outcome]
    return {
        "id": f"{rule}-1",
        "rule": rule,
        "area": area,
        "outcome": outcome,
        "rule_outcome": rule_outcome or outcome,
        "severity": severity,
        "message": message,
        "how_to_fix": fix,
        "evidence": ids,
    }


def unknown_memory() -> dict[str, Any]:
    figures = {name: "unknown" for name, field in Memory.model_fields.items() if field.annotation is not None and "unknown" in str(field.annotation)}
    return {
        **figures,
        "stack": "vllm",
        "stack_version": "0.12.0",
        "tensor_parallel": 1,
        "precision": "unknown",
        "concurrency": 1,
        "assumed": [],
        "fits": [],
        "architecture_class": "unknown:none",
        "estimates": {},
    }


def llama_memory() -> dict[str, Any]:
    fit = {
        "gpus": 1,
        "tensor_parallel": 1,
        "precision": "bfloat16",
        "context": 8192,
        "concurrency": 1,
        "kv_budget_bytes": 5_200_000_000,
        "kv_capacity_tokens": 39_672,
        "max_concurrency": 4,
        "max_context": 39_672,
        "because": "total below what the stack may use",
    }
    return {
        **unknown_memory(),
        "precision": "bfloat16",
        "context": 8192,
        "architecture_class": "dense",
        "assumed": [
            "stack: vllm 0.12.0 (default)",
            "context: 8192 (default: the smaller of 8192 and the model's maximum)",
            "tensor_parallel: 1 (default)",
        ],
        "parameters": 8_030_261_248,
        "active_parameters": 8_030_261_248,
        "mtp_parameters": 0,
        "weights_bytes": 16_060_522_496,
        "weights_bytes_per_gpu": 16_061_046_784,
        "kv_bytes_per_token": 131_072,
        "kv_bytes_per_request": 1_073_741_824,
        "state_bytes_per_sequence": 0,
        "activation_bytes": 1_288_490_188,
        "overhead_bytes": 805_306_368,
        "total_bytes_per_gpu": 19_228_585_164,
        "fits": [
            {
                "gpu": "rtx-4090",
                "fits": "yes",
                "total_bytes": 19_228_585_164,
                "headroom_bytes": 3_865_470_566,
                "low_bytes": 18_700_000_000,
                "high_bytes": 20_900_000_000,
                **fit,
            },
            {
                "gpu": "rtx-4080",
                "fits": "no",
                "total_bytes": 19_228_585_164,
                "headroom_bytes": -3_400_000_000,
                "low_bytes": 18_700_000_000,
                "high_bytes": 20_900_000_000,
                **fit,
                "max_context": 0,
                "kv_budget_bytes": 0,
                "kv_capacity_tokens": 0,
                "max_concurrency": 0,
            },
        ],
        "estimates": {
            "weights_bytes": {
                "basis": "exact",
                "low": 16_060_522_496,
                "high": 16_060_522_496,
                "formula": "parameters x 2 bytes",
                "inputs": {"parameters": 8_030_261_248, "dtype": "BF16"},
                "assumed": [],
            },
            "kv_bytes_per_token": {
                "basis": "formula",
                "low": 131_072,
                "high": 131_072,
                "formula": "2 x layers x KV heads x head size x 2 bytes",
                "inputs": {"layers": 32, "kv_heads": 8, "head_dim": 128},
                "assumed": [],
            },
            "activation_bytes": {
                "basis": "assumed",
                "low": 800_000_000,
                "high": 2_000_000_000,
                "formula": "peak of one forward step of 8192 tokens",
                "inputs": {"max_num_batched_tokens": 8192},
                "assumed": ["batched tokens: the stack's default"],
            },
            "total_bytes_per_gpu": {
                "basis": "assumed",
                "low": 18_700_000_000,
                "high": 20_900_000_000,
                "formula": "weights + KV + state + activations + overhead",
                "inputs": {},
                "assumed": ["overhead of CUDA graphs"],
            },
        },
    }


def model(model_id: str, verdict: str, **parts: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "obligations": [],
        "lineage": [],
        "findings": [],
        "not_checked": [],
        "files": [],
        "memory": unknown_memory(),
        "revision": {"requested": "main", "resolved": SHA, "pinned": False},
        "access": {"gated": "no", "eu_disallowed": False},
    }
    return {"id": model_id, "requested": model_id, "verdict": verdict, **empty, **parts}


def llama(verdict: str = "review") -> dict[str, Any]:
    """Gated, license from the prompt; `review` without the user count, `conditional` with it."""
    known = verdict == "conditional"
    asked = "Hosted use depends on the users of the month before the release, which were not declared."
    because = "Permitted: the users of the month before the release are at or below the threshold." if known else asked
    flips = [{"fact": AT_RELEASE, "value": "<= 700000000", "result": "conditional"}, {"fact": AT_RELEASE, "value": "> 700000000", "result": "prohibited"}]
    result = ("conditional" if known else "unknown", because)
    return model(
        GATED,
        verdict,
        access={"gated": "manual", "eu_disallowed": False},
        areas=areas(license=(verdict, because), lineage=("approved", ""), artifact=("approved", ""), memory=("not_gated", "")),
        license={
            "declared": [
                {"value": "llama3.1", "witness": "card_tag", "evidence": ["E1"]},
                {"value": "llama3.1", "witness": "gate_prompt", "evidence": ["E2"]},
                *([] if known else [{"value": "apache-2.0", "witness": "readme", "evidence": ["E4"]}]),
            ],
            "concluded": {
                "key": "llama3.1",
                "name": "Llama 3.1 Community License",
                "expression": "LicenseRef-llama3.1",
                "method": "text_equivalent",
                "confidence": "high",
                "evidence": ["E1", "E2"],
            },
            "conflicts": [] if known else [{"kind": "witnesses_disagree", "values": ["llama3.1", "apache-2.0"], "evidence": ["E2", "E4"]}],
        },
        permissions=permissions(
            {"*": result, "internal": ("conditional", "Permitted with the acceptable-use policy."), "research": ("permitted", "Granted.")},
            "llama3.1",
            ["Section 2"],
            {} if known else {"hosted": flips, "embedded": flips},
        ),
        obligations=[
            obligation(
                "built-with", "Display the words prominently on a page, in the interface or in the documentation.", "Section 1.b.i", text="Built with Llama"
            ),
            obligation(
                "notice",
                "Keep the notice line in a file called Notice in every copy.",
                "Section 1.b.iii",
                text=NOTICE,
                trigger="distributing the weights",
                uses=[],
                applies="unknown",
                because="whether copies leave your organization was not declared",
                kind="notice",
                file="Notice",
                status="missing",
                status_reason="no notice file among the 17 files of the repository",
                how_to_check="a notice file has the exact string",
            ),
            obligation(
                "acceptable-use",
                "Confirm that no use barred by the acceptable-use policy applies to your service.",
                "Section 1.b.iv",
                kind="acceptable_use",
                evidence=["E3"],
            ),
        ],
        lineage=[
            {
                "child": GATED,
                "parent": "meta-llama/Llama-3.1-8B",
                "relation": "finetune",
                "source": "card",
                "depth": 1,
                "license": "llama3.1",
                "grade": "benign",
                "because": "same license",
                "evidence": ["E5"],
            }
        ],
        memory=llama_memory(),
        findings=[
            *([] if known else [finding("LIC011", "review", because, f"Declare the figure: --fact {AT_RELEASE}=N", ["E3"])]),
            *(
                []
                if known
                else [finding("LIC007", "review", "The README names another license than the terms at the gate.", "Ask which one is meant.", ["E2", "E4"])]
            ),
            finding("LIC018", "note", "Access is given to persons one by one.", "Record who accepted.", ["E2"], rule_outcome="review"),
        ],
        not_checked=[
            {"topic": "USE_POLICY.md", "why": "gated: no token was given; the prompt that users accept is identified and covers it"},
            {"topic": "patents", "why": "no source states them"},
        ],
        files=[
            {"path": "README.md", "size": 44_000, "sha256": "unknown", "role": "card"},
            {"path": "LICENSE", "size": 7_627, "sha256": "unknown", "role": "license"},
            *({"path": f"model-0000{n}-of-00004.safetensors", "size": 4_976_698_672, "sha256": digest(f"w{n}"), "role": "weights"} for n in range(1, 5)),
            {"path": "config.json", "size": 855, "sha256": "unknown", "role": "config"},
        ],
    )


def approved() -> dict[str, Any]:
    """An Apache-2.0 model with its text."""
    because = "Every intended use is granted, and nothing has to be done for it."
    return model(
        "example-labs/plain-7b",
        "approved",
        areas=areas(license=("approved", because), lineage=("approved", ""), artifact=("approved", "")),
        license={
            "declared": [
                {"value": "apache-2.0", "witness": "card_tag", "evidence": ["E6"]},
                {"value": "apache-2.0", "witness": "license_file", "evidence": ["E7"]},
            ],
            "concluded": {
                "key": "apache-2.0",
                "name": "Apache License 2.0",
                "expression": "Apache-2.0",
                "method": "text_exact",
                "confidence": "high",
                "evidence": ["E7"],
            },
            "conflicts": [],
        },
        permissions=permissions({"*": ("permitted", because)}, "apache-2.0", ["Section 2"]),
    )


def blocked() -> dict[str, Any]:
    """Apache-2.0 tag on a quantized copy of a non-commercial model."""
    because = "Hosted commercial use is prohibited by the license of the parent, which allows non-commercial use only."
    return model(
        "example-labs/cat-quant-awq",
        "blocked",
        areas=areas(license=("approved", ""), lineage=("blocked", because), artifact=("review", "Weights come as pickle only.")),
        license={
            "declared": [{"value": "apache-2.0", "witness": "card_tag", "evidence": ["E8"]}],
            "concluded": {
                "key": "apache-2.0",
                "name": "Apache License 2.0",
                "expression": "Apache-2.0",
                "method": "tag_only",
                "confidence": "declared",
                "evidence": ["E8"],
            },
            "conflicts": [],
        },
        permissions=permissions(
            {"*": ("prohibited", because), "research": ("permitted", "Granted for non-commercial research.")},
            "cc-by-nc-4.0 of example-labs/cat-7b",
            ["Section 2(a)(1)"],
        ),
        lineage=[
            {
                "child": "example-labs/cat-quant-awq",
                "parent": "example-labs/cat-7b",
                "relation": "quantized",
                "source": "card",
                "depth": 1,
                "license": "cc-by-nc-4.0",
                "grade": "permission_dropped",
                "because": "the copy is tagged Apache-2.0, the original is non-commercial",
                "evidence": ["E9"],
            }
        ],
        findings=[
            finding("LIN003", "block", because, "Use the original under a commercial agreement, or choose another model.", ["E9"], "lineage"),
            finding("SEC002", "review", "Weights come as pickle only.", "Ask for safetensors, or load in a sandbox.", ["E8"], "artifact"),
        ],
    )


def incomplete() -> dict[str, Any]:
    """Nothing could be fetched."""
    because = "The Hub says that this repository does not exist or is private."
    return model(
        "nobody/missing",
        "incomplete",
        revision={"requested": "main", "resolved": "unknown", "pinned": False},
        access={"gated": "unknown", "eu_disallowed": False},
        areas=areas(license=("incomplete", because)),
        license={
            "declared": [],
            "conflicts": [],
            "concluded": {"key": None, "name": "unknown", "expression": "NOASSERTION", "method": "none", "confidence": "none", "evidence": []},
        },
        permissions=permissions({"*": ("unknown", "No license evidence could be had.")}, "", []),
        findings=[finding("LIC001", "incomplete", because, "Check the spelling, or log in with a token that can read it: hf auth login.", ["E10"])],
        not_checked=[{"topic": "everything", "why": "no answer about this model"}],
    )


def register() -> list[dict[str, Any]]:
    return [
        evidence(1, "card", GATED, "README.md", "8", "license: llama3.1"),
        evidence(2, "gate_prompt", GATED, "README.md", "14-92", "Terms under the name of Llama 3.1, version of July 2024,\nshown to whoever asks for access."),
        evidence(3, "gate_prompt", GATED, "README.md", "55-61", "Paragraph on additional commercial terms: a count of users, in the month before the release."),
        evidence(4, "card", GATED, "README.md", "412", "The weights are released under Apache 2.0."),
        evidence(5, "card", GATED, "README.md", "19-20", "base_model:\n- meta-llama/Llama-3.1-8B"),
        evidence(6, "card", "example-labs/plain-7b", "README.md", "3", "license: apache-2.0"),
        evidence(7, "license_file", "example-labs/plain-7b", "LICENSE", "1-201", "Apache License, Version 2.0"),
        evidence(8, "card", "example-labs/cat-quant-awq", "README.md", "2", "license: apache-2.0"),
        evidence(9, "model_info", "example-labs/cat-7b", "", "", '"license": "cc-by-nc-4.0"'),
        {**evidence(10, "model_info", "nobody/missing", "", "", "Repository not found"), "status": 404},
    ]


EXIT_CODES = {"blocked": 1, "incomplete": 4, "review": 3, "conditional": 0, "approved": 0}


def report(*models: dict[str, Any], **parts: Any) -> Report:
    """A report over `models`, worst first, with the evidence that they cite."""
    found = sorted(models, key=lambda entry: VERDICTS.index(entry["verdict"]))
    verdict = worst(entry["verdict"] for entry in found)
    text = repr(found)
    record: dict[str, Any] = {
        "schema_version": "auditor-result/1",
        "report_id": digest("report"),
        "tool": {"name": "auditor", "version": "0.1.0", "knowledge_sha256": digest("knowledge"), "knowledge_date": "2026-11-18"},
        "policy": {"name": "default", "sha256": digest("policy"), "ref": "built-in"},
        "profile": {"use": ["hosted"], "use_source": "assumed", "facts": {}},
        "run": {"mode": "hub", "complete": verdict != "incomplete", "evaluated_at": "2026-11-21T00:00:00Z", "errors": []},
        "summary": {"verdict": verdict, "exit_code": EXIT_CODES[verdict], "counts": {word: sum(m["verdict"] == word for m in found) for word in VERDICTS}},
        "models": found,
        "evidence": [entry for entry in register() if f"'{entry['id']}'" in text],
    }
    return Report.model_validate({**record, **parts})


def one() -> Report:
    """The Llama-like model alone, without the fact that decides."""
    return report(llama())


def conditional() -> Report:
    """The Llama-like model with the fact declared."""
    return report(llama("conditional"), profile={"use": ["hosted"], "use_source": "flag", "facts": {AT_RELEASE: 1_000_000}})


def portfolio() -> Report:
    """All four kinds in one run."""
    error = {"target": "nobody/missing", "kind": "not_found", "message": "404 from the Hub", "at": "2026-11-20T09:15:10Z"}
    run = {"mode": "hub", "complete": False, "evaluated_at": "2026-11-21T00:00:00Z", "errors": [error]}
    return report(llama(), approved(), blocked(), incomplete(), run=run)

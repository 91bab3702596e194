"""The options of `size`, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.completion import complete_gpu, complete_stack

Model = Annotated[str | None, typer.Argument(metavar="[ID[@REVISION] or PATH]", help="Model on the Hub, or a folder or GGUF file.", show_default=False)]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Size this config.json instead of a model on the Hub.")]
Index = Annotated[Path | None, typer.Option("--index", metavar="FILE", help="Weight index (model.safetensors.index.json) that belongs to --config.")]
QuantConfig = Annotated[
    Path | None, typer.Option("--quant-config", metavar="FILE", help="File that says how weights are quantized, such as hf_quant_config.json.")
]
Gpus = Annotated[
    list[str] | None,
    typer.Option("--gpu", metavar="NAME", autocompletion=complete_gpu, help="A GPU to serve on, such as rtx-4090 or l40sx2. Repeatable."),
]
PromptTokens = Annotated[int | None, typer.Option(metavar="N", help="Tokens of the prompt; the whole context when nothing is said.")]
GeneratedTokens = Annotated[int | None, typer.Option(metavar="N", help="Tokens of the answer.")]
Dtype = Annotated[str | None, typer.Option(metavar="TYPE", help="auto, bfloat16, float16 or float32.")]
KvDtype = Annotated[str | None, typer.Option(metavar="K[/V]", help="Type of the KV cache: auto, bfloat16, fp8, q8_0, iq4_nl/f16, ...")]
Stack = Annotated[
    str | None,
    typer.Option("--stack", "--engine", metavar="NAME", autocompletion=complete_stack, help="vllm, sglang, llama.cpp, transformers or tensorrt-llm."),
]
StackVersion = Annotated[str | None, typer.Option(metavar="X.Y[.Z]", help="Version of the stack; the newest checked one when nothing is said.")]
Utilization = Annotated[float | None, typer.Option("--gpu-memory-utilization", metavar="SHARE", help="Share of a card's memory that the stack takes.")]
KvCacheMemory = Annotated[int | None, typer.Option(metavar="BYTES", help="Answer what a KV cache of this size per GPU holds.")]
MaxNumSeqs = Annotated[int | None, typer.Option(metavar="N", help="Sequences that the stack runs at once.")]
MaxNumBatchedTokens = Annotated[int | None, typer.Option(metavar="N", help="Tokens that the stack computes in one step.")]
BlockSize = Annotated[int | None, typer.Option(metavar="N", help="Tokens in one page of the KV cache.")]
PrefixCaching = Annotated[bool | None, typer.Option("--prefix-caching/--no-prefix-caching", help="Keep pages of common beginnings.")]
MambaCacheMode = Annotated[str | None, typer.Option(metavar="MODE", help="none, align or all: how recurrent states are cached.")]
SpeculativeTokens = Annotated[int | None, typer.Option(metavar="N", help="Tokens guessed ahead by the model's own layers for it.")]
EnforceEager = Annotated[bool | None, typer.Option("--enforce-eager/--no-enforce-eager", help="Capture no graphs.")]
MaxLoras = Annotated[int | None, typer.Option(metavar="N", help="Adapters served at once.")]
MaxLoraRank = Annotated[int | None, typer.Option(metavar="N", help="Largest rank of them (16).")]
NUbatch = Annotated[int | None, typer.Option("--n-ubatch", metavar="N", help="llama.cpp: tokens in one step.")]
Parallel = Annotated[int | None, typer.Option(metavar="N", help="llama.cpp: sequences at once.")]
SwaFull = Annotated[bool | None, typer.Option("--swa-full/--no-swa-full", help="llama.cpp: window layers keep every token.")]
FlashAttn = Annotated[bool | None, typer.Option("--flash-attn/--no-flash-attn", help="llama.cpp, Transformers: flash attention.")]
MlaCache = Annotated[int | None, typer.Option(metavar="0|1|2|3", help="llama.cpp: how latent attention is cached.")]
Finetune = Annotated[str | None, typer.Option(metavar="METHOD", help="Also size fine-tuning: lora, qlora or full.")]
SequenceLength = Annotated[int | None, typer.Option(metavar="N", help="Training: tokens of a sample.")]
MicroBatch = Annotated[int | None, typer.Option(metavar="N", help="Training: samples in one step.")]
Rank = Annotated[int | None, typer.Option(metavar="N", help="Training: rank of the adapter.")]
Targets = Annotated[str | None, typer.Option(metavar="NAMES", help="Training: all-linear, or names such as q_proj,v_proj.")]
Optimizer = Annotated[str | None, typer.Option(metavar="NAME", help="Training: adamw, adamw_8bit, ...")]
Checkpointing = Annotated[bool | None, typer.Option("--gradient-checkpointing/--no-gradient-checkpointing", help="Training: compute activations again.")]
FusedCrossEntropy = Annotated[bool | None, typer.Option("--fused-cross-entropy/--no-fused-cross-entropy", help="Training: the loss without full logits.")]
TrainerName = Annotated[str | None, typer.Option("--trainer", metavar="NAME", help="Training: transformers, peft, deepspeed, unsloth, litgpt or torchtune.")]
All = Annotated[bool, typer.Option("--all/--no-all", help="Every card, number of cards and precision.")]
Claimed = Annotated[float | None, typer.Option("--claimed-tokens-per-second", metavar="N", help="Flag a claimed speed that lies above the ceiling.")]
Format = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")]

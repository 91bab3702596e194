"""The options of `check`, each with its help; other commands that take the same option take it from here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.completion import complete_fact, complete_format, complete_gpu, complete_policy, complete_stack, complete_use

Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID[@REVISION] or PATH]...",
        help="Models on the Hub (org/name, org/name@commit), folders of downloaded models (./folder) and GGUF files.",
        show_default=False,
    ),
]
FromFile = Annotated[Path | None, typer.Option("--from", metavar="FILE", help="Also audit the ids and paths in FILE, one a line.")]
AsId = Annotated[str | None, typer.Option("--as", metavar="ID", help="Hub id that the one given PATH was downloaded from.")]
Evidence = Annotated[Path | None, typer.Option(metavar="DIR", help="Audit saved evidence instead of the Hub; without ids, everything in it.")]
SavedEvidence = Annotated[Path | None, typer.Option("--evidence", metavar="DIR", help="Use saved evidence instead of the Hub.")]
"""Of commands that look at one model."""
Uses = Annotated[
    list[str] | None,
    typer.Option(
        metavar="USE",
        autocompletion=complete_use,
        help="What you intend: internal, hosted, embedded, redistribute, finetune, ... Repeatable; hosted when nothing is said.",
    ),
]
Facts = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE", autocompletion=complete_fact, help="A fact about you, such as monthly_active_users=10M or organization=company. Repeatable."
    ),
]
Gpus = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", autocompletion=complete_gpu, help="A GPU to serve on, such as rtx-4090 or l40sx2. Repeatable; makes memory gate."),
]
Context = Annotated[int | None, typer.Option(metavar="N", help="Tokens of context for the memory estimate.")]
Concurrency = Annotated[int | None, typer.Option(metavar="N", help="Requests at once for the memory estimate.")]
TensorParallel = Annotated[int | None, typer.Option(metavar="N", help="GPUs that share the model.")]
Quantization = Annotated[str | None, typer.Option(metavar="Q", help="Precision to size for instead of the published one.")]
Stack = Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete_stack, help="Serving stack of the memory estimate, such as vllm.")]
PolicyName = Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete_policy, help="Policy: default or strict.")]
Format = Annotated[
    str, typer.Option("--format", "-f", metavar="FORMAT", autocompletion=complete_format, help="terminal, json, html or markdown on standard output.")
]
Outputs = Annotated[
    list[str] | None,
    typer.Option("--output", "-o", metavar="FILE", help="Also write FILE; the format follows from its ending, or FORMAT:FILE. Repeatable."),
]
FailOn = Annotated[
    str | None, typer.Option(metavar="WORD", help="Fail from this verdict on: blocked, review (default) or conditional; never lets every verdict through.")
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="Same as --fail-on never.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="On the terminal, one line a model: verdict and id, worst first.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="On the terminal, everything: notes, clauses, evidence with digests.")]
Color = Annotated[str, typer.Option(metavar="WHEN", help="auto, always or never; auto heeds NO_COLOR and FORCE_COLOR.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No line about a long run on the terminal.")]
Offline = Annotated[bool, typer.Option("--offline", help="Make no request at all.")]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="Judge dates at this day instead of today (else SOURCE_DATE_EPOCH).")]

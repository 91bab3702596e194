"""`auditor check`: audit models and gate on the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.completion import complete_fact, complete_format, complete_gpu, complete_policy, complete_stack, complete_use

if TYPE_CHECKING:
    from auditor.audit import Request
    from auditor.catalog.catalog import Catalog
    from auditor.config.settings import Settings
    from auditor.domain.evidence import ModelRef


def check(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID[@REVISION] or PATH]...",
            help="Models on the Hub (org/name, org/name@commit), folders of downloaded models (./folder) and GGUF files.",
            show_default=False,
        ),
    ] = None,
    from_file: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="Also audit the ids and paths in FILE, one a line.")] = None,
    as_id: Annotated[str | None, typer.Option("--as", metavar="ID", help="Hub id that the one given PATH was downloaded from.")] = None,
    evidence: Annotated[Path | None, typer.Option(metavar="DIR", help="Audit saved evidence instead of the Hub; without ids, everything in it.")] = None,
    use: Annotated[
        list[str] | None,
        typer.Option(
            metavar="USE",
            autocompletion=complete_use,
            help="What you intend: internal, hosted, embedded, redistribute, finetune, ... Repeatable; hosted when nothing is said.",
        ),
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", autocompletion=complete_fact, help="A fact about you, such as monthly_active_users=10M or organization=company. Repeatable."
        ),
    ] = None,
    gpu: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", autocompletion=complete_gpu, help="A GPU to serve on, such as rtx-4090 or l40sx2. Repeatable; makes memory gate."),
    ] = None,
    context: Annotated[int | None, typer.Option(metavar="N", help="Tokens of context for the memory estimate.")] = None,
    concurrency: Annotated[int | None, typer.Option(metavar="N", help="Requests at once for the memory estimate.")] = None,
    tensor_parallel: Annotated[int | None, typer.Option(metavar="N", help="GPUs that share the model.")] = None,
    quantization: Annotated[str | None, typer.Option(metavar="Q", help="Precision to size for instead of the published one.")] = None,
    stack: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete_stack, help="Serving stack, such as vllm.")] = None,
    policy: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete_policy, help="Policy: default or strict.")] = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="FORMAT", autocompletion=complete_format, help="terminal, json, html or markdown on standard output.")
    ] = "terminal",
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FILE", help="Also write FILE; the format follows from its ending, or FORMAT:FILE. Repeatable."),
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option(metavar="WORD", help="Worst verdict that still passes is the one before: blocked, review (default), conditional, or never.")
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Same as --fail-on never.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="On the terminal, one line a model: verdict and id, worst first.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="On the terminal, everything: notes, clauses, evidence with digests.")] = False,
    color: Annotated[str, typer.Option(metavar="WHEN", help="auto, always or never; auto heeds NO_COLOR and FORCE_COLOR.")] = "auto",
    no_progress: Annotated[bool, typer.Option("--no-progress", help="No line about a long run on the terminal.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Make no request at all.")] = False,
    as_of: Annotated[str | None, typer.Option(metavar="DATE", help="Judge dates at this day instead of today (else SOURCE_DATE_EPOCH).")] = None,
) -> int:
    """Audit models: license, lineage, memory; the exit code gates."""
    import os
    import sys
    from dataclasses import replace

    from auditor import resources
    from auditor.audit import audit
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import chosen_detail, file_context, print_result, terminal_context, write_file
    from auditor.cli.progress import Progress
    from auditor.cli.targets import compared, read_list, source_of, with_readings
    from auditor.config.settings import Flags, resolve
    from auditor.formats import format_for_path, render

    catalog = Catalog(resources.rules())
    flags = Flags(
        use=use or (),
        facts=fact or (),
        gpus=gpu or (),
        context=context,
        concurrency=concurrency,
        tensor_parallel=tensor_parallel,
        quantization=quantization,
        stack=stack,
        policy=policy,
        fail_on="never" if exit_zero else fail_on,
    )
    settings = resolve(flags, os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    catalog = with_readings(catalog, settings)
    _check_format(format_)
    command, detail = ("auditor", *sys.argv[1:]), chosen_detail(quiet, verbose)
    screen = terminal_context(command, color, detail)
    targets = [format_for_path(target) for target in output or ()]
    source, refs = source_of([*(models or ()), *(read_list(from_file) if from_file else ())], evidence, offline, as_id)
    if not refs:
        from auditor.cli.output import say

        say("nothing to audit: no model was named", "run: auditor check ORG/NAME, or auditor check PATH")
        return 5
    request = replace(request_of(refs, settings, catalog, as_of), compared=compared(source, as_id, catalog))
    with Progress("checking", "model", enabled=not no_progress) as progress:
        report = audit(source, request, catalog, progress)
    for target in targets:
        write_file(target.path, render(target.format, report, file_context(command, detail)))
    code = report.summary.exit_code
    print_result(render(format_, report, screen), code)
    return code


def _check_format(name: str) -> None:
    from auditor.domain.errors import UsageError, did_you_mean
    from auditor.formats import format_names

    if name not in format_names():
        raise UsageError(f"unknown format {name!r}{did_you_mean(name, format_names())}", f"choose from: {', '.join(format_names())}")


def request_of(refs: tuple[ModelRef, ...], settings: Settings, catalog: Catalog, as_of: str | None) -> Request:
    from auditor.audit import Request
    from auditor.cli.as_of import evaluated_at
    from auditor.domain.memory import SizingOptions
    from auditor.engine.rules import load_policy
    from auditor.sizing.gpu_names import choose

    policy = load_policy(catalog, settings.policy)
    tightened = {
        "require_text": policy.require_text or bool(settings.require_text),
        "rules": {rule: policy.outcome(rule, outcome) for rule, outcome in {**policy.rules, **settings.rules}.items()},
    }
    chosen = [choose(name, catalog.gpus) for name in settings.gpus]
    stack = _stack(settings.stack, catalog)
    return Request(
        models=refs,
        profile=settings.profile,
        sizing=SizingOptions(
            gpus=tuple((choice.gpu, choice.count) for choice in chosen),
            context=settings.context,
            concurrency=settings.concurrency,
            tensor_parallel=settings.tensor_parallel,
            quantization=settings.quantization,
            stack=stack,
            assumed=tuple(choice.assumed for choice in chosen if choice.assumed),
        ),
        stack=stack,
        policy=policy.model_copy(update=tightened),
        policy_ref=settings.policy_ref,
        fail_on=settings.fail_on or policy.fail_on,
        evaluated_at=evaluated_at(as_of),
    )


def _stack(name: str | None, catalog: Catalog) -> str | None:
    from auditor.domain.errors import UsageError, did_you_mean

    if name is not None and name not in catalog.stacks:
        raise UsageError(f"unknown stack {name!r}{did_you_mean(name, catalog.stacks)}", f"choose from: {', '.join(catalog.stacks)}")
    return name

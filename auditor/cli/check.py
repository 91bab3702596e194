"""`auditor check`: audit models and gate on the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli import options

if TYPE_CHECKING:
    from auditor.audit import Request
    from auditor.catalog.catalog import Catalog
    from auditor.config.settings import Settings
    from auditor.domain.evidence import ModelRef


def check(
    models: options.Models = None,
    from_file: options.FromFile = None,
    as_id: options.AsId = None,
    evidence: options.Evidence = None,
    use: options.Uses = None,
    fact: options.Facts = None,
    gpu: options.Gpus = None,
    context: options.Context = None,
    concurrency: options.Concurrency = None,
    tensor_parallel: options.TensorParallel = None,
    quantization: options.Quantization = None,
    stack: options.Stack = None,
    policy: options.PolicyName = None,
    format_: options.Format = "terminal",
    output: options.Outputs = None,
    fail_on: options.FailOn = None,
    exit_zero: options.ExitZero = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    color: options.Color = "auto",
    no_progress: options.NoProgress = False,
    offline: options.Offline = False,
    as_of: options.AsOf = None,
) -> int:
    """Audit models: license, lineage, memory; the exit code gates."""
    import os
    import sys
    from dataclasses import replace

    from auditor import resources
    from auditor.audit import audit
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import check_folder, chosen_detail, file_context, print_result, terminal_context, write_file
    from auditor.cli.progress import Progress
    from auditor.cli.targets import compared, read_list, source_of, with_readings
    from auditor.config.settings import Flags, resolve
    from auditor.formats import format_for_path, render

    catalog = Catalog(resources.rules())
    flags = Flags(
        use=use or (), facts=fact or (), gpus=gpu or (), context=context, concurrency=concurrency, tensor_parallel=tensor_parallel,
        quantization=quantization, stack=stack, policy=policy, fail_on="never" if exit_zero else fail_on,
    )  # fmt: skip
    settings = resolve(flags, os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    catalog = with_readings(catalog, settings)
    _check_format(format_)
    command, detail = ("auditor", *sys.argv[1:]), chosen_detail(quiet, verbose)
    screen = terminal_context(command, color, detail)
    targets = [format_for_path(target) for target in output or ()]
    for target in targets:
        check_folder(target.path)
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
    from auditor.sizing.options import stack_named

    policy = load_policy(catalog, settings.policy)
    tightened = {
        "require_text": policy.require_text or bool(settings.require_text),
        "rules": {rule: policy.outcome(rule, outcome) for rule, outcome in {**policy.rules, **settings.rules}.items()},
    }
    chosen = [choose(name, catalog.gpus) for name in settings.gpus]
    stack = None if settings.stack is None else stack_named(settings.stack, catalog.stacks).key
    return Request(
        models=refs,
        profile=settings.profile,
        sizing=SizingOptions(
            gpus=tuple((choice.gpu, choice.count) for choice in chosen),
            context=settings.context,
            concurrency=settings.concurrency if "concurrency" in settings.sources else None,
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

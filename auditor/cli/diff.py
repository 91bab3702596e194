"""`auditor diff`: what changed between two models, or between two revisions of one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli import options

if TYPE_CHECKING:
    from auditor.crawler.interface import Source
    from auditor.domain.evidence import ModelRef

_SIDE = "folder of saved evidence (bundle.json inside), ID[@REVISION] on the Hub, ./folder of a downloaded model, or GGUF file."
FormatOption = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")]


def diff(
    before: Annotated[str, typer.Argument(metavar="A", help=f"What was: a {_SIDE}", show_default=False)],
    after: Annotated[str, typer.Argument(metavar="B", help="What is: the same kinds.", show_default=False)],
    use: options.Uses = None,
    fact: options.Facts = None,
    policy: options.PolicyName = None,
    format_: FormatOption = "terminal",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="On the terminal, one line a model.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="On the terminal, everything: every file, passage and place.")] = False,
    color: options.Color = "auto",
    no_progress: options.NoProgress = False,
    offline: options.Offline = False,
    as_of: options.AsOf = None,
) -> int:
    """Say what changed: license texts, tag, terms, obligations, files, verdict. Exit code 0 whatever changed, 4 when evidence could not be had."""
    import os
    import sys
    from dataclasses import replace

    from auditor import resources
    from auditor.audit.diff import compare
    from auditor.audit.pipeline import audited
    from auditor.catalog.catalog import Catalog
    from auditor.cli.check import request_of
    from auditor.cli.output import chosen_detail, print_result, terminal_context
    from auditor.cli.progress import Progress
    from auditor.cli.targets import with_readings
    from auditor.config.settings import Flags, resolve
    from auditor.domain.errors import UsageError, did_you_mean

    if format_ not in ("terminal", "json"):
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    catalog = Catalog(resources.rules())
    settings = resolve(Flags(use=use or (), facts=fact or (), policy=policy), os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    catalog = with_readings(catalog, settings)
    screen = terminal_context(("auditor", *sys.argv[1:]), color, chosen_detail(quiet, verbose))
    sides = [_side(argument, offline) for argument in (before, after)]
    request = request_of(sides[0][1], settings, catalog, as_of)
    with Progress("comparing", "model", enabled=not no_progress) as progress:
        audits = [audited(source, replace(request, models=refs), catalog, progress) for source, refs in sides]
    found = compare(audits[0], audits[1], (before, after), catalog)
    code = 0 if found.complete else 4
    if format_ == "json":
        from auditor.formats.json import render as as_json

        print_result(as_json(found, screen), code)
    else:
        from auditor.formats.terminal_diff import render

        print_result(render(found, screen), code)
    return code


def _side(argument: str, offline: bool) -> tuple[Source, tuple[ModelRef, ...]]:
    """Where the evidence of one side comes from, and which models it speaks of. A bundle's folder wins over an id of the same spelling."""
    from auditor.cli.targets import source_of
    from auditor.domain.errors import UsageError

    if _is_bundle(argument):
        source, refs = source_of([], Path(argument).expanduser(), offline, None)
    else:
        source, refs = source_of([argument], None, offline, None)
    if not refs:
        raise UsageError(f"{argument} holds no model", "save the evidence of one with `auditor snapshot`")
    return source, refs


def _is_bundle(argument: str) -> bool:
    """Whether the folder holds saved evidence, be it damaged: the manifest, or files of the names that only a bundle has."""
    import os

    from auditor.crawler.manifest import MANIFEST, STORED

    try:
        folder = Path(argument).expanduser()
        if os.path.lexists(folder / MANIFEST):
            return True
        return folder.is_dir() and any(STORED.fullmatch(f"files/{entry.name}") for entry in (folder / "files").iterdir())
    except (OSError, ValueError, RuntimeError):
        return False

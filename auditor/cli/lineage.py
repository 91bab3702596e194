"""`auditor lineage`: what a model was made from, over any number of steps."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import options


def lineage(
    model: Annotated[
        str | None,
        typer.Argument(metavar="[ID[@REVISION] or PATH]", help="A model on the Hub, or a downloaded one. May be left out with --evidence.", show_default=False),
    ] = None,
    evidence: options.SavedEvidence = None,
    as_id: options.AsId = None,
    format_: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")] = "terminal",
    offline: options.Offline = False,
    color: options.Color = "auto",
) -> int:
    """Draw the base models of a model with license and grade of each."""
    import os
    from pathlib import Path

    from auditor import resources
    from auditor.audit.lineage_tree import lineage_tree
    from auditor.audit.pipeline import audited
    from auditor.catalog.catalog import Catalog
    from auditor.cli.check import request_of
    from auditor.cli.output import print_result, terminal_context
    from auditor.cli.targets import source_of, with_readings
    from auditor.config.settings import Flags, resolve
    from auditor.domain.errors import EvidenceError, UsageError, did_you_mean
    from auditor.domain.evidence import Unavailable

    if format_ not in ("terminal", "json"):
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    context = terminal_context((), color)
    catalog = Catalog(resources.rules())
    settings = resolve(Flags(), os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    catalog = with_readings(catalog, settings)
    source, refs = source_of([model] if model is not None else [], evidence, offline, as_id)
    if len(refs) != 1:
        held = f"the bundle was made for {len(refs)} models" if evidence is not None else "no model was named"
        raise UsageError(f"{held}; a lineage is that of one", "run: auditor lineage ORG/NAME")
    found = audited(source, request_of(refs, settings, catalog, None), catalog)
    info = found.assessments[0].evidence.info
    if isinstance(info, Unavailable):
        raise EvidenceError(f"{refs[0]}: {info.detail}", "mend what is named there, or try again later")
    tree = lineage_tree(found)
    if format_ == "json":
        print_result(tree.model_dump_json(indent=2) + "\n", 0)
    else:
        from auditor.formats.lineage_tree import draw

        print_result(draw(tree, context), 0)
    return 0

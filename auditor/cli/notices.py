"""`auditor notices`: what has to travel with a model that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli import options
from auditor.cli.completion import complete_use

if TYPE_CHECKING:
    from auditor.audit import Request
    from auditor.catalog.catalog import Catalog
    from auditor.domain.evidence import ModelRef


def notices(
    model: Annotated[
        str | None, typer.Argument(metavar="[ID[@REV] or PATH]", help="A model on the Hub, a folder of a downloaded one, or a GGUF file.", show_default=False)
    ] = None,
    as_id: options.AsId = None,
    evidence: options.SavedEvidence = None,
    use: Annotated[
        list[str] | None,
        typer.Option(
            metavar="USE",
            autocompletion=complete_use,
            help="What you ship it for; all of hosted, embedded, redistribute, redistribute_derivative when nothing is said.",
        ),
    ] = None,
    fact: options.Facts = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder to write the pack into, ready to ship.", show_default=False)
    ] = None,
    format_: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")] = "terminal",
    offline: options.Offline = False,
    as_of: options.AsOf = None,
    color: options.Color = "auto",
) -> int:
    """Print or write what has to go along with a model: notices, lines to show, license texts, a checklist."""
    import sys

    from auditor import resources
    from auditor.audit.notices import notices as pack_of
    from auditor.catalog.catalog import Catalog
    from auditor.cli.folder import write_folder
    from auditor.cli.output import print_result, terminal_context
    from auditor.cli.targets import source_of
    from auditor.domain.errors import UsageError, did_you_mean
    from auditor.domain.notice_pack import SCHEMA_VERSION
    from auditor.formats.notices import MANIFEST, as_json, documents, terminal

    if format_ not in ("terminal", "json"):
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    screen = terminal_context(("auditor", *sys.argv[1:]), color)
    source, refs = source_of([model] if model else [], evidence, offline, as_id)
    if len(refs) != 1:
        raise UsageError(f"a pack is for one model, not for {len(refs)}", "run: auditor notices ORG/NAME, or auditor notices PATH")
    catalog = Catalog(resources.rules())
    request, catalog = _request(refs, use, fact, catalog, as_of)
    packed = pack_of(source, request, catalog)
    code = 0 if packed.pack.complete else 4
    shown = as_json(packed.pack) if format_ == "json" else terminal(packed.pack, screen)
    if output is None:
        print_result(shown, code)
        return code
    files = documents(packed.pack, packed.contents)
    write_folder(output, files, MANIFEST, SCHEMA_VERSION)
    said = "".join(f"{line}\n" for line in (*(f"WARNING: {warning}" for warning in packed.pack.warnings), f"wrote {len(files)} files into {output}"))
    print_result(shown if format_ == "json" else said, code)
    return code


def _request(refs: tuple[ModelRef, ...], use: list[str] | None, fact: list[str] | None, catalog: Catalog, as_of: str | None) -> tuple[Request, Catalog]:
    """The request of `check`, for shipping unless a flag says what for, and the catalogue with the organization's own readings."""
    import os
    from dataclasses import replace

    from auditor.audit.notices import SHIPPING
    from auditor.cli.check import request_of
    from auditor.cli.targets import with_readings
    from auditor.config.settings import Flags, resolve

    settings = resolve(Flags(use=use or SHIPPING, facts=fact or ()), os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    catalog = with_readings(catalog, settings)
    request = request_of(refs, settings, catalog, as_of)
    return (request if use else replace(request, profile=replace(request.profile, use_source="assumed"))), catalog

"""`auditor snapshot`: save the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def snapshot(
    models: Annotated[list[str], typer.Argument(metavar="ID[@REVISION]...", help="Models on the Hub.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write; an older bundle in it is replaced.", show_default=False)],
    withhold_text: Annotated[bool, typer.Option("--withhold-text", help="Keep facts, digests and line numbers of cards and licenses, not their text.")] = False,
) -> int:
    """Save everything that a check of these models looks at."""
    from auditor import __version__, resources
    from auditor.audit.pipeline import collect
    from auditor.catalog.catalog import Catalog
    from auditor.cli.model_ids import parse_refs
    from auditor.cli.output import print_result
    from auditor.crawler.bundle import write_bundle
    from auditor.crawler.gather import Gathered
    from auditor.crawler.hub import HubSource
    from auditor.domain.errors import EvidenceError
    from auditor.domain.evidence import Unavailable

    source = HubSource()
    found, parents = collect(source, parse_refs(models), Catalog(resources.rules()))
    for ref, evidence in found.items():
        if isinstance(evidence.info, Unavailable):
            raise EvidenceError(f"{ref}: {evidence.info.detail}", "nothing was written; mend what is named there and run it again")
    write_bundle(output, Gathered(found, parents), source.endpoint, __version__, withhold_text)
    names = ", ".join(str(ref) for ref in found)
    print_result(f"saved the evidence of {names} in {output}\nrun: auditor check --evidence {output}\n", 0)
    return 0

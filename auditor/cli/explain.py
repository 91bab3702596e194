"""`auditor explain`: what a license, GPU, rule, fact, use or verdict is, offline."""

from __future__ import annotations

from typing import Annotated

import typer


def explain(term: Annotated[str, typer.Argument(help="A license, GPU, rule, fact, use, verdict or exit code word.", show_default=False)]) -> int:
    """Explain a license, GPU, rule, fact, use or verdict."""
    from auditor import resources
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import print_result
    from auditor.explanations import explanation

    print_result(explanation(term, Catalog(resources.rules())), 0)
    return 0

"""`auditor explain`: what anything with a name is, offline."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli.completion import complete_term

Term = Annotated[
    str,
    typer.Argument(
        metavar="TERM",
        autocompletion=complete_term,
        help="A license, rule, GPU, stack, policy, predicate, fact or use, or a word of a result such as text_changed.",
        show_default=False,
    ),
]


def explain(term: Term) -> int:
    """Explain a license, rule, GPU, stack, policy, fact, use, or a word of a result."""
    from auditor import resources
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import print_result
    from auditor.explanations import explanation

    print_result(explanation(term, Catalog(resources.rules())), 0)
    return 0

"""`auditor completion`: what a shell needs to complete commands, options and the names that options take."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.catalog.catalog import Catalog

VARIABLE = "_AUDITOR_COMPLETE"
"""Set by the shell when it asks for completions; `prepare` must then have run."""
SHELLS = ("bash", "zsh", "fish", "powershell")


def completion(shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.", show_default=False)]) -> int:
    """Print a script for completion: eval "$(auditor completion bash)"."""
    from typer._completion_shared import get_completion_script

    from auditor.cli.output import print_result
    from auditor.domain.errors import UsageError, did_you_mean

    if shell not in SHELLS:
        raise UsageError(f"unknown shell {shell!r}{did_you_mean(shell, SHELLS)}", f"choose from: {', '.join(SHELLS)}")
    print_result(get_completion_script(prog_name="auditor", complete_var=VARIABLE, shell=shell) + "\n", 0)
    return 0


def prepare() -> None:
    """Lets typer answer a shell; without it, it knows none."""
    from typer._completion_classes import completion_init

    completion_init()


def _names(names: Callable[[Catalog], list[str]]) -> Callable[[str], list[str]]:
    """A completer for an option that takes names of the catalogue; after a comma the next name of a list."""

    def complete(incomplete: str) -> list[str]:
        from auditor import resources
        from auditor.catalog.catalog import Catalog

        before, comma, last = incomplete.rpartition(",")
        return [f"{before}{comma}{name}" for name in names(Catalog(resources.rules())) if name.startswith(last)]

    return complete


complete_use = _names(lambda catalog: list(catalog.vocabulary.uses))
complete_fact = _names(lambda catalog: [f"{name}=" for name in catalog.vocabulary.facts])
complete_gpu = _names(lambda catalog: list(catalog.gpus))
complete_stack = _names(lambda catalog: list(catalog.stacks))
complete_policy = _names(lambda catalog: list(catalog.store.names("policies")))
complete_term = _names(
    lambda catalog: [
        *catalog.license_keys,
        *catalog.gpus,
        *catalog.stacks,
        *(name.partition("-")[0] for name in catalog.store.names("checks")),
        *catalog.store.names("policies"),
        *catalog.vocabulary.facts,
        *catalog.vocabulary.uses,
    ]
)


def complete_format(incomplete: str) -> list[str]:
    """The formats of a report."""
    from auditor.formats import format_names

    return [name for name in format_names() if name.startswith(incomplete)]

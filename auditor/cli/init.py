"""`auditor init`: a commented auditor.toml."""

from __future__ import annotations

from typing import Annotated

import typer


def init(force: Annotated[bool, typer.Option("--force", help="Replace an auditor.toml that is there.")] = False) -> int:
    """Write a commented auditor.toml into this folder; asks nothing."""
    import os

    from auditor.cli.output import print_result, write_file
    from auditor.config.find import FILE_NAME
    from auditor.config.template import TEMPLATE
    from auditor.domain.errors import UsageError

    if os.path.lexists(FILE_NAME) and not force:  # a dangling link is there too
        raise UsageError(f"{FILE_NAME} is there already", "edit it, or run: auditor init --force")
    write_file(FILE_NAME, TEMPLATE)
    print_result(f"wrote {FILE_NAME}\nrun: auditor config --show-sources\n", 0)
    return 0

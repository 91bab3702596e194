"""`auditor config`: the settings of this folder, and where each came from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def config(
    show_sources: Annotated[bool, typer.Option("--show-sources", help="Say where each value came from.")] = False,
    format_: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")] = "terminal",
) -> int:
    """Show the settings that `check` would use here."""
    import json
    import os

    from auditor import resources
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import print_result
    from auditor.config.settings import Flags, resolve
    from auditor.domain.errors import UsageError, did_you_mean

    if format_ not in ("terminal", "json"):
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    catalog = Catalog(resources.rules())
    settings = resolve(Flags(), os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    rows = _rows(settings)
    if format_ == "json":
        print_result(json.dumps({"schema_version": "auditor-config/1", "settings": rows}, indent=2, ensure_ascii=False) + "\n", 0)
        return 0
    width = max(len(row["name"]) for row in rows)
    lines = [f"{row['name']:{width}}  {row['value']}" + (f"  ({row['source']})" if show_sources else "") for row in rows]
    print_result("\n".join(lines) + "\n", 0)
    return 0


def _rows(settings: Any) -> list[dict[str, str]]:
    from auditor.domain.text_safety import one_line

    values: dict[str, Any] = {"use": ", ".join(settings.profile.uses)}
    values |= {f"facts.{name}": value for name, value in settings.profile.declared.items()}
    values |= {
        "gpus": ", ".join(settings.gpus) or "none",
        "context": settings.context or "the smaller of 8192 and the model's maximum",
        "concurrency": settings.concurrency,
        "stack": settings.stack or "vllm, for the memory estimate",
        "policy": settings.policy,
        "fail_on": settings.fail_on or "as the policy says",
    }
    values |= {f"agreements[{index}]": agreement for index, agreement in enumerate(settings.profile.agreements)}
    return [{"name": name, "value": one_line(str(value)), "source": one_line(settings.sources.get(name, "default"))} for name, value in values.items()]

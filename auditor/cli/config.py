"""`auditor config`: the settings of this folder, and where each came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from auditor.catalog.catalog import Catalog
    from auditor.config.settings import Settings
    from auditor.domain.profile import Agreement


def config(
    show_sources: Annotated[bool, typer.Option("--show-sources", help="Say where each value came from.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of auditor.toml, for editors.")] = False,
    format_: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")] = "terminal",
) -> int:
    """Show the settings that `check` would use here."""
    import os

    from auditor import resources
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import print_result
    from auditor.config.settings import Flags, resolve
    from auditor.domain.errors import UsageError, did_you_mean

    if format_ not in ("terminal", "json"):
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    if schema:
        print_result(resources.config_schema().read_text(encoding="utf-8"), 0)
        return 0
    catalog = Catalog(resources.rules())
    settings = resolve(Flags(), os.environ, Path.cwd(), catalog.vocabulary, catalog.aliases)
    rows = _rows(settings, catalog)
    print_result(_json(rows, settings) if format_ == "json" else _table(rows, settings, show_sources), 0)
    return 0


class _Row(NamedTuple):
    """One setting."""

    name: str
    value: Any
    """Plain value; None where nothing is declared."""
    shown: str
    """Words for a value that has no plain form, or is missing."""


def _rows(settings: Settings, catalog: Catalog) -> list[_Row]:
    """Every setting. Raises UsageError for a name in it that `check` would not understand."""
    from auditor.cli.check import request_of
    from auditor.cli.targets import with_readings
    from auditor.engine.rules import check_policy, load_rules

    request = request_of((), settings, catalog, None)
    check_policy(request.policy, load_rules(catalog), settings.policy_ref)
    with_readings(catalog, settings)
    declared = settings.profile.declared
    return [
        _Row("use", list(settings.profile.uses), ""),
        *(_Row(f"facts.{name}", declared.get(name), "none" if name in settings.profile.facts else "not declared") for name in catalog.vocabulary.facts),
        _Row("gpus", list(settings.gpus), "none"),
        _Row("context", settings.context, "the smaller of 8192 and the model's maximum"),
        _Row("concurrency", settings.concurrency, ""),
        _Row("tensor_parallel", settings.tensor_parallel, "as many as the cards of each GPU named"),
        _Row("quantization", settings.quantization, "as published"),
        _Row("stack", settings.stack, "vllm, for the memory estimate"),
        _Row("policy", settings.policy, ""),
        _Row("fail_on", request.fail_on, ""),
        _Row("require_text", request.policy.require_text, ""),
        *(_Row(f"rules.{rule}", outcome, "") for rule, outcome in request.policy.rules.items()),
        _Row("catalog.extra", [str(folder) for folder in settings.readings], "none"),
        *(_agreement(f"agreements.{index}", agreement) for index, agreement in enumerate(settings.profile.agreements)),
    ]


def _agreement(name: str, agreement: Agreement) -> _Row:
    from auditor.audit.assemble import agreement_record

    record = agreement_record(agreement)
    return _Row(name, record.model_dump(mode="json"), f"{agreement}: {', '.join(record.uses)} under {', '.join(record.licenses)}")


def _json(rows: list[_Row], settings: Settings) -> str:
    import json

    from auditor.config.settings import DEFAULT

    found = [(row, settings.sources.get(row.name, DEFAULT)) for row in rows]
    shown = [{"name": row.name, "value": row.value, "source": origin.kind, "where": origin.where} for row, origin in found]
    file = str(settings.file) if settings.file else None
    return json.dumps({"schema_version": "auditor-config/1", "file": file, "settings": shown}, indent=2, ensure_ascii=False) + "\n"


def _table(rows: list[_Row], settings: Settings, show_sources: bool) -> str:
    from auditor.config.find import FILE_NAME
    from auditor.config.settings import DEFAULT
    from auditor.domain.text_safety import one_line

    width = max(len(row.name) for row in rows)
    lines = [f"file: {one_line(str(settings.file))}" if settings.file else f"file: none ({FILE_NAME} is looked for up to the git root)"]
    for row in rows:
        source = f"  ({one_line(str(settings.sources.get(row.name, DEFAULT)))})" if show_sources else ""
        lines.append(f"{one_line(row.name):{width}}  {one_line(_words(row), 600)}{source}")
    return "\n".join(lines) + "\n"


def _words(row: _Row) -> str:
    if row.shown and (row.value in (None, []) or row.name.startswith("agreements.")):
        return row.shown
    if isinstance(row.value, bool):
        return str(row.value).lower()
    if isinstance(row.value, dict):
        return ", ".join(f"{name}={value}" for name, value in row.value.items())
    return ", ".join(map(str, row.value)) if isinstance(row.value, list) else str(row.value)

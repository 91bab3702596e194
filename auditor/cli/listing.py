"""`auditor licenses`, `gpus`, `stacks`, `rules`, `policies`: list the knowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from auditor.catalog.catalog import Catalog

FormatOption = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")]


def licenses(format_: FormatOption = "terminal") -> int:
    """List the licenses that the catalogue holds."""
    from auditor.domain.license import License

    catalog = _catalog()
    rows = []
    for key in catalog.license_keys:
        entry = catalog.license_entry(key)
        row: dict[str, Any] = {
            "key": entry.key,
            "entry": entry.entry,
            "name": entry.name,
            "hub_id": entry.hub_id,
            "aliases": list(entry.aliases),
            "reviewed": str(entry.reviewed),
        }
        if isinstance(entry, License):
            row |= {"category": entry.category, "spdx": entry.spdx, "verified": entry.verified, "terms": len(entry.terms), "texts": len(entry.texts)}
        rows.append(row)
    return _show("licenses", rows, ("key", "category", "verified", "name"), format_)


def gpus(format_: FormatOption = "terminal") -> int:
    """List the GPUs that the catalogue holds."""
    rows = [
        {
            "key": g.key,
            "name": g.name,
            "vendor": g.vendor,
            "memory_gib": round(g.memory_mib / 1024, 2),
            "bandwidth_gb_per_s": g.bandwidth_gb_per_s,
            "aliases": list(g.aliases),
        }
        for g in _catalog().gpus.values()
    ]
    return _show("gpus", rows, ("key", "memory_gib", "bandwidth_gb_per_s", "name"), format_)


def stacks(format_: FormatOption = "terminal") -> int:
    """List the serving stacks whose memory is known, at their newest checked version."""
    rows = [
        {
            "key": s.key,
            "name": s.name,
            "version": s.version,
            "oldest": s.oldest,
            "gpu_memory_utilization": s.gpu_memory_utilization,
            "block_size": s.block_size,
            "kv_types": list(s.kv_bits),
            "aliases": list(s.aliases),
            "reviewed": str(s.reviewed),
        }
        for s in _catalog().stacks.values()
    ]
    return _show("stacks", rows, ("key", "version", "oldest", "gpu_memory_utilization", "name"), format_)


def rules(format_: FormatOption = "terminal") -> int:
    """List the rules that findings come from."""
    from auditor.engine.rules import load_rules

    rows = [{"id": r.id, "area": r.area, "outcome": r.outcome, "each": r.each, "title": r.title, "how_to_fix": r.how_to_fix} for r in load_rules(_catalog())]
    return _show("rules", rows, ("id", "area", "outcome", "title"), format_)


def policies(format_: FormatOption = "terminal") -> int:
    """List the policies: how strict a check is."""
    from auditor.engine.rules import load_policy, policy_names

    catalog = _catalog()
    rows = [
        {"key": p.key, "fail_on": p.fail_on, "require_text": p.require_text, "gate": list(p.gate), "rules": dict(p.rules), "title": p.title}
        for p in (load_policy(catalog, name) for name in policy_names(catalog))
    ]
    return _show("policies", rows, ("key", "fail_on", "require_text", "title"), format_)


def _catalog() -> Catalog:
    from auditor import resources
    from auditor.catalog.catalog import Catalog

    return Catalog(resources.rules())


def _show(name: str, rows: list[dict[str, Any]], columns: tuple[str, ...], format_: str) -> int:
    import json

    from auditor.cli.output import print_result
    from auditor.domain.errors import UsageError, did_you_mean

    if format_ == "json":
        print_result(json.dumps({"schema_version": f"auditor-{name}/1", name: rows}, indent=2, ensure_ascii=False) + "\n", 0)
        return 0
    if format_ != "terminal":
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    table = [tuple(str(row.get(column, "")) for column in columns) for row in rows]
    widths = [max(len(row[i]) for row in [columns, *table]) for i in range(len(columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in [columns, *table]]
    print_result("\n".join(lines) + "\n", 0)
    return 0

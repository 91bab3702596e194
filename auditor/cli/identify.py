"""`auditor identify`: which license is this text, and what was changed in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def identify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files with a license text.", show_default=False)],
    format_: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="terminal or json.")] = "terminal",
) -> int:
    """Say which license a text is, and show what was added to it or removed."""
    import json

    from auditor import resources
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import print_result
    from auditor.domain.errors import UsageError, did_you_mean
    from auditor.licensing.matcher import Matcher

    if format_ not in ("terminal", "json"):
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    matcher = Matcher(Catalog(resources.rules()))
    found = [entry for path in files for entry in _identified(path, matcher)]
    if format_ == "json":
        print_result(json.dumps({"schema_version": "auditor-identify/1", "files": found}, indent=2, ensure_ascii=False) + "\n", 0)
    else:
        print_result("\n".join(_shown(entry) for entry in found), 0)
    return 0


def _identified(path: Path, matcher: Any) -> list[dict[str, Any]]:
    """One entry for each license text in the file; one without a key where none is known."""
    from auditor.domain.errors import UsageError
    from auditor.domain.identification import UNKNOWN_TEXT
    from auditor.reading.normalize import fingerprint, normalized_words
    from auditor.reading.shingles import shingles
    from auditor.reading.text import is_text

    try:
        if path.stat().st_size > 8 * 1024 * 1024:
            raise UsageError(f"{path}: larger than 8 MiB", "give the license text alone")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", "check the name") from None
    if not is_text(content):
        raise UsageError(f"{path}: no plain text (a PDF, an archive or UTF-16?)", "convert it to text first")
    text = content.decode("utf-8", errors="replace")
    digest = fingerprint(text).sha256
    # A card is a document around a license; any other file is taken for the license itself.
    inside = path.name.lower().startswith("readme")
    identities = matcher.identify_all(digest, lambda: shingles(text), inside) or (UNKNOWN_TEXT,)
    lines = text.split("\n")
    return [_entry(path, identity, digest, lines, len(normalized_words(text))) for identity in identities]


def _entry(path: Path, identity: Any, digest: str, lines: list[str], words: int) -> dict[str, Any]:
    from auditor.domain.text_safety import one_line, quoted

    span = identity.span or (1, len(lines))
    changes = [
        {
            "op": change.op,
            "lines": f"{change.lines[0]}-{change.lines[1]}" if change.lines else "",
            "words": change.words,
            "text": quoted("\n".join(lines[change.lines[0] - 1 : change.lines[1]])) if change.lines else None,
            "clause": change.clause,
            "summary": change.summary,
        }
        for change in identity.changes
    ]
    return {
        "words": identity.place[1] - identity.place[0] + 1 if identity.place else words, "sha256": digest,
        "path": one_line(str(path)), "lines": f"{span[0]}-{span[1]}", "key": identity.key, "method": identity.method, "score": identity.score,
        "rival": identity.rival, "rival_score": identity.rival_score, "changes": changes,
    }  # fmt: skip


def _shown(entry: dict[str, Any]) -> str:
    rival = f", next {entry['rival']} {entry['rival_score']:.1%}" if entry["rival"] else ""
    near = f"{entry['method'].replace('_', ' ')}, {entry['score']:.1%} of the words{rival}"
    head = f"{entry['path']}:{entry['lines']}: {entry['key'] or 'not identified'} ({near})\n  {entry['words']} words, sha256 {entry['sha256']}\n"
    body = ""
    for change in entry["changes"]:
        where = f"lines {change['lines']}" if change["lines"] else f"clause {change['clause'] or 'unknown'}"
        said = change["text"] if change["op"] == "added" else change["summary"]
        body += f"  {change['op']} ({where}, {change['words']} words): {said}\n"
    return head + body

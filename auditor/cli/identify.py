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
    from auditor import resources
    from auditor.catalog.catalog import Catalog
    from auditor.cli.output import print_result
    from auditor.domain.errors import UsageError, did_you_mean
    from auditor.domain.identified_files import SCHEMA_VERSION, IdentifiedFiles
    from auditor.licensing.matcher import Matcher

    if format_ not in ("terminal", "json"):
        raise UsageError(f"unknown format {format_!r}{did_you_mean(format_, ('terminal', 'json'))}", "choose from: terminal, json")
    matcher = Matcher(Catalog(resources.rules()))
    found = tuple(entry for path in files for entry in _identified(path, matcher))
    if format_ == "json":
        print_result(IdentifiedFiles(schema_version=SCHEMA_VERSION, files=found).model_dump_json(indent=2) + "\n", 0)
    else:
        print_result("\n".join(_shown(entry) for entry in found), 0)
    return 0


def _identified(path: Path, matcher: Any) -> list[Any]:
    """One entry for each license text in the file; one without a key where none is known."""
    from auditor.domain.identification import UNKNOWN_TEXT
    from auditor.domain.text_safety import text_lines
    from auditor.reading.normalize import fingerprint
    from auditor.reading.shingles import shingles

    text = _text(path)
    found = fingerprint(text)
    # A card is a document around a license; any other file is taken for the license itself.
    inside = path.name.lower().startswith("readme")
    identities = matcher.identify_all(found.sha256, lambda: shingles(text), inside) or (UNKNOWN_TEXT,)
    return [_entry(path, identity, found, text_lines(text)) for identity in identities]


def _text(path: Path) -> str:
    """The file as text: UTF-8, or UTF-16 that says so in its first bytes."""
    import codecs

    from auditor.domain.errors import UsageError
    from auditor.reading.text import is_text

    try:
        if path.stat().st_size > 8 * 1024 * 1024:
            raise UsageError(f"{path}: larger than 8 MiB", "give the license text alone")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", "check the name") from None
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if not is_text(content):
        raise UsageError(f"{path}: no plain text (a PDF, an archive, other binary data?)", "convert it to text first")
    return content.decode("utf-8", errors="replace")


def _entry(path: Path, identity: Any, whole: Any, lines: list[str]) -> Any:
    from auditor.domain.identified_files import IdentifiedText
    from auditor.domain.report import ChangeRecord
    from auditor.domain.text_safety import one_line, quoted

    span = identity.span or (1, max(1, len(lines)))
    changes = tuple(
        ChangeRecord.of(change, quoted("\n".join(lines[change.lines[0] - 1 : change.lines[1]])) if change.lines else None) for change in identity.changes
    )
    return IdentifiedText(
        path=one_line(str(path)),
        lines=f"{span[0]}-{span[1]}",
        words=identity.place[1] - identity.place[0] + 1 if identity.place else whole.words,
        sha256=whole.sha256,
        key=identity.key,
        method=identity.method,
        score=identity.score,
        rival=identity.rival,
        rival_score=identity.rival_score,
        changes=changes,
    )


def _shown(entry: Any) -> str:
    rival = f", next {entry.rival} {entry.rival_score:.1%}" if entry.rival else ""
    near = f"{entry.method.replace('_', ' ')}, {entry.score:.1%} of the words{rival}"
    head = f"{entry.path}:{entry.lines}: {entry.key or 'not identified'} ({near})\n  {entry.words} words, sha256 {entry.sha256}\n"
    body = ""
    for change in entry.changes:
        where = f"lines {change.lines}" if change.lines else f"clause {change.clause or 'unknown'}"
        said = change.text if change.op == "added" else change.summary
        body += f"  {change.op} ({where}, {change.words} words): {said}\n"
    return head + body

"""A notice pack as text for a screen, as JSON, and as the files that are shipped. Only what the record says is shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence

from auditor.domain.notice_pack import Barred, Duty, NoticePack, PassedOn
from auditor.domain.text_safety import one_line, visible
from auditor.formats import wording
from auditor.formats.interface import RenderContext
from auditor.formats.markdown_text import block, code, prose, row, table
from auditor.formats.sheet import Sheet

MANIFEST = "manifest.json"
_CHANGES = ("File", "What was changed (fine-tuned, merged, quantized, converted, edited)", "By", "Date")


def as_json(pack: NoticePack) -> str:
    """The record."""
    return json.dumps(pack.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def documents(pack: NoticePack, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every file of the pack by name, `contents` being those that are passed on byte for byte; the manifest, which holds the digests, comes last."""
    written = {
        "README.md": _readme(pack),
        "NOTICE": notice_text(pack),
        "MODEL_CARD_SNIPPET.md": _snippet(pack),
        "CHANGES.md": _changes(pack),
        "CHECKLIST.md": _checklist(pack),
    }
    files = {**{name: visible(text).encode("utf-8", "backslashreplace") for name, text in written.items()}, **contents}
    listed = [{"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)} for name, content in sorted(files.items())]
    manifest = json.dumps({**pack.model_dump(mode="json"), "pack": listed}, indent=1, sort_keys=True) + "\n"
    return {**files, MANIFEST: manifest.encode()}


def notice_text(pack: NoticePack) -> str:
    """The NOTICE file: what the model is, every string that a license demands in a notice, and where the rest stands."""
    lines = [f"WARNING: {line}" for line in pack.warnings]
    lines += ["", *pack.attributions] if lines else [*pack.attributions]
    for text in _strings(pack, "notice"):
        lines += ["", text]
    copies = [f"{license.name}: {license.file}" for license in pack.licenses if license.file]
    further = [file.name for file in pack.files if file.name and file.kind == "notice"]
    policies = [file.name for file in pack.files if file.name and file.kind == "use_policy"]
    for title, found in (("License texts", copies), ("Further notices, unchanged", further), ("Use policies", policies)):
        if found:
            lines += ["", f"{title}:", *(f"  {line}" for line in dict.fromkeys(found))]
    return "\n".join(lines) + "\n"


def terminal(pack: NoticePack, context: RenderContext) -> str:
    """The pack on a screen: what is barred first, then what to ship, to show and to do."""
    sheet = Sheet(context)
    sheet.line(f"{sheet.styled('Notice pack', 'bold')} for {pack.model}@{pack.revision.resolved[:12]}, to be shipped: {', '.join(pack.uses)}")
    for entry in pack.barred:
        label, style = ("PROHIBITED", "blocked") if entry.result == "prohibited" else ("UNDECIDED", "review")
        sheet.line(f"{sheet.styled(label, style)} {_barred(entry)}", hang=2)
    for warning in pack.warnings:
        sheet.line(f"{sheet.styled('WARNING', 'review')} {warning}", hang=2)
    sheet.row("License", pack.license)
    for number, candidate in enumerate(pack.candidates):
        sheet.row("Candidates" if number == 0 else "", f"{candidate.name} ({candidate.key})")
    sheet.line()
    sheet.line("NOTICE, a file beside the weights:")
    for line in notice_text(pack).rstrip("\n").split("\n"):
        sheet.whole(f"    {line}".rstrip())
    sheet.line()
    for duty in (duty for duty in pack.duties if duty.text is not None and duty.place == "display"):
        sheet.row("Show", f"{one_line(duty.action)} ({duty.clause}{_from(duty)}; {_status(duty)})", hang=2)
        sheet.verbatim(duty.text or "")
    for prefix, found in _prefixes(pack).items():
        sheet.row("Name", f"begin it with {prefix} ({found[0].clause}{_from(found[0])}; {_status(found[0])})", hang=2)
    for license in pack.licenses:
        sheet.row("Text", f"{license.name}: {license.file or f'not in the evidence; get it from {license.where}'}", hang=2)
    for file in pack.files:
        sheet.row("Pass on", _passed(file), hang=2)
    _to_do(sheet, pack)
    sheet.line()
    sheet.line(f"CHANGES.md, to be filled in when you changed files: {' | '.join(_CHANGES)}", hang=2)
    sheet.line(wording.STANDING)
    return sheet.text()


def _to_do(sheet: Sheet, pack: NoticePack) -> None:
    sheet.line()
    sheet.line("Checklist:" if pack.duties else "Checklist: no obligation is recorded for these uses." if not pack.candidates else "Checklist: not known.")
    for number, duty in enumerate(pack.duties, 1):
        maybe = "if it applies: " if duty.applies == "unknown" else ""
        sheet.line(f"{number}. {_status(duty)}: {maybe}{one_line(duty.action)} ({duty.clause}; on {duty.trigger}{_from(duty)})", hang=3)


def _strings(pack: NoticePack, place: str) -> list[str]:
    return list(dict.fromkeys(duty.text for duty in pack.duties if duty.text is not None and duty.place == place))


def _prefixes(pack: NoticePack) -> dict[str, list[Duty]]:
    found: dict[str, list[Duty]] = {}
    for duty in pack.duties:
        if duty.name_prefix:
            found.setdefault(duty.name_prefix, []).append(duty)
    return found


def _from(duty: Duty) -> str:
    return f"; from {duty.origin}" if duty.origin else ""


def _status(duty: Duty) -> str:
    word = wording.spaced(duty.status)
    return f"{word}: {duty.status_reason}" if duty.status_reason and duty.status != "open" else word


def _barred(entry: Barred) -> str:
    clauses = f" ({', '.join(entry.clauses)})" if entry.clauses else ""
    declare = f"; declare {', '.join(f'--fact {fact}=...' for fact in entry.declare)}" if entry.result == "unknown" and entry.declare else ""
    return f"{', '.join(map(wording.spaced, entry.uses))}: {entry.because}{clauses}{declare}"


def _passed(file: PassedOn) -> str:
    place = f"{file.path} of {file.model}@{file.revision[:12]}"
    return f"{place}, as {file.name}" if file.name else f"{place}: not in the evidence, get it from {file.url} ({file.why})"


def _head(pack: NoticePack, title: str, undecided: bool = False) -> Iterator[str]:
    """Title, what is prohibited and, where the deployer reads it, undecided, and every warning."""
    barred = [entry for entry in pack.barred if undecided or entry.result == "prohibited"]
    yield f"# {title}"
    yield ""
    for entry in barred:
        yield f"> **{'PROHIBITED' if entry.result == 'prohibited' else 'UNDECIDED'}**: {prose(_barred(entry))}"
        yield ">"
    for warning in pack.warnings:
        yield f"> **WARNING**: {prose(warning)}"
        yield ">"
    if barred or pack.warnings:
        yield ""


def _readme(pack: NoticePack) -> str:
    lines = [*_head(pack, "Notice pack", undecided=True)]
    lines += [
        f"For {code(pack.model)} at revision {code(pack.revision.resolved)}, to be shipped for these uses: {', '.join(map(code, pack.uses))}.",
        f"License: {prose(pack.license)}. Made by {code(f'{pack.tool.name} {pack.tool.version}')}, knowledge of {code(pack.tool.knowledge_date)}.",
        "",
        "- `NOTICE`: put it beside the weights, and where your product lists third-party notices.",
        "- `LICENSES/`, `NOTICES/`, `USE_POLICY/`: files of the repositories, byte for byte; pass them on.",
        "- `MODEL_CARD_SNIPPET.md`: paste it into your model card.",
        "- `CHANGES.md`: fill it in when you changed files; leave it out when you did not.",
        "- `CHECKLIST.md`: every obligation, with what the audited repository already does.",
        "- `manifest.json`: the record of all this, with digests.",
        "",
    ]
    if pack.candidates:
        lines += ["## Candidates", "", "The license cannot be told. It may be one of these:", ""]
        lines += [*(f"- {prose(candidate.name)} ({code(candidate.key)})" for candidate in pack.candidates), ""]
    lines += ["## License texts", ""]
    for license in pack.licenses:
        whose = f", from {code(license.origin)}" if license.origin else ""
        where = (
            code(license.file)
            if license.file
            else f"**not in this pack**; get it from {prose(license.where)} and put it at {code(f'LICENSES/{license.key}.txt')}"
        )
        lines.append(f"- {prose(license.name)} ({code(license.spdx)}{whose}): {where}")
    lines += ["- None is known."] if not pack.licenses else []
    lines += ["", "## Files of the repositories", "", *_files(pack.files), "", wording.STANDING]
    return "\n".join(lines) + "\n"


def _files(files: Sequence[PassedOn]) -> Iterator[str]:
    rows = (
        (code(f"{f.path} of {f.model}@{f.revision}"), code(f.name) if f.name else f"**get it from** {code(f.url)}: {prose(f.why)}", code(f.sha256))
        for f in files
    )
    yield table(("From", "In this pack", "SHA-256"), map(row, rows)) if files else "None holds a license, a notice or a use policy."


def _snippet(pack: NoticePack) -> str:
    lines = [*_head(pack, "Snippet for a model card")]
    for prefix, found in _prefixes(pack).items():
        lines += [f"Begin the name of the model with {code(prefix)} ({prose(found[0].clause)}{prose(_from(found[0]))}).", ""]
    lines += ["Paste what follows into the card and fill in what stands in square brackets.", "", "---", "", "## License and attribution", ""]
    for text in (*_strings(pack, "display"), *_strings(pack, "notice")):
        lines += [text, ""]
    lines += [*(f"{prose(line)}\n" for line in pack.attributions)]
    lines += [f"License texts: {', '.join(code(license.file) for license in pack.licenses if license.file)}."] if any(one.file for one in pack.licenses) else []
    return "\n".join(lines).rstrip("\n") + "\n"


def _changes(pack: NoticePack) -> str:
    asked = [duty for duty in pack.duties if duty.kind == "change_notice"]
    lines = [*_head(pack, "Changes")]
    lines += [f"The files below were changed by [name]. They differ from those of {code(pack.model)} at revision {code(pack.revision.resolved)}.", ""]
    lines += [table(_CHANGES, [row(["[file]", "[what]", "[who]", "[YYYY-MM-DD]"])]), ""]
    lines += ["Asked for by:", "", *(f"- {prose(duty.clause)}{prose(_from(duty))}: {prose(duty.action)}" for duty in asked)] if asked else []
    lines += [] if asked else ["No license in this pack is known to ask for it; saying what was changed helps whoever comes next."]
    return "\n".join(lines) + "\n"


def _checklist(pack: NoticePack) -> str:
    lines = [*_head(pack, "Checklist", undecided=True)]
    lines += [f"What shipping {code(pack.model)} obliges to. The status is that of the audited repository; `met` there still has to be kept in every copy.", ""]
    for number, duty in enumerate(pack.duties, 1):
        must, maybe = (
            "Must not" if duty.modality == "must_not" else "Must",
            " (if it applies: a fact that decides is not declared)" if duty.applies == "unknown" else "",
        )
        lines.append(f"- [{'x' if duty.status == 'met' else ' '}] **{number}. {must}{maybe}:** {prose(duty.action)}")
        lines.append(f"  - Clause: {prose(duty.clause)}; {code(duty.id)}")
        lines.append(f"  - Trigger: {prose(duty.trigger)}; uses: {', '.join(map(code, duty.uses))}")
        lines += [f"  - From: base model {code(duty.origin)}"] if duty.origin else []
        lines += [f"  - File: {code(duty.file)}"] if duty.file else []
        lines += [f"  - Name begins with: {code(duty.name_prefix)}"] if duty.name_prefix else []
        reason = f": {prose(duty.status_reason)}" if duty.status_reason else ""
        lines.append(f"  - Status: **{wording.spaced(duty.status)}**{reason}")
        lines.append(f"  - How to check: {prose(duty.how_to_check)}")
        lines += ["  - Exact text:", "", block(duty.text, 4), ""] if duty.text is not None else []
    if not pack.duties:
        lines.append("Not known: the license cannot be told." if pack.candidates or pack.warnings else "No obligation is recorded for these uses.")
    return "\n".join([*lines, "", wording.STANDING]) + "\n"

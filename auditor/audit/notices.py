"""What has to travel with one model: its obligations for shipping it, the strings that licenses demand, and the files to pass on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from auditor.audit.assess import Assessment
from auditor.audit.pack_names import PackNames
from auditor.audit.pipeline import Request, audited
from auditor.catalog.catalog import Catalog
from auditor.crawler.files import license_role
from auditor.crawler.interface import Source
from auditor.domain.errors import EvidenceError
from auditor.domain.evidence import Document, ModelEvidence, Unavailable
from auditor.domain.license import License, Use
from auditor.domain.license_facts import LicenseFacts, ObligationFact
from auditor.domain.notice_pack import SCHEMA_VERSION, Barred, Candidate, Duty, Governing, NoticePack, PassedOn
from auditor.domain.record import record
from auditor.domain.report import ModelRecord, Permission
from auditor.domain.text_safety import one_line
from auditor.licensing.fulfilment import how_to_check

SHIPPING: tuple[Use, ...] = ("hosted", "embedded", "redistribute", "redistribute_derivative")
"""Uses in which somebody else gets the model, or what it does."""
_NOTICE_CHECK, _DISPLAYED = "notice_file", frozenset({"display", "disclosure", "naming"})
_KINDS: Mapping[str, str] = {"license_file": "license", "notice_file": "notice", "use_policy": "use_policy"}
_REASON = 400


@record
class Packed:
    """The record, and the bytes of the files that are passed on, by their name in the pack."""

    pack: NoticePack
    contents: Mapping[str, bytes]


@record
class _Repository:
    """The model, or one of its base models."""

    evidence: ModelEvidence
    facts: LicenseFacts
    origin: str
    """Its id when it is a base model, else empty."""


def notices(source: Source, request: Request, catalog: Catalog) -> Packed:
    """The pack for the one model of `request`. EvidenceError when nothing of it could be had, UsageError for a mistake of the caller."""
    found = audited(source, request, catalog)
    assessment, record = found.assessments[0], found.report.models[0]
    if isinstance(assessment.evidence.info, Unavailable):
        missing = assessment.evidence.info
        raise EvidenceError(f"{assessment.evidence.requested}: {missing.detail}", "nothing was written; mend what is named there and run it again")
    own = _Repository(assessment.evidence, assessment.license, "")
    obliging = {origin for origin, _ in assessment.inheritance.obliging}
    bases = [_Repository(evidence, facts, evidence.id) for evidence, facts in assessment.bases]
    repositories = [own, *(base for base in bases if base.origin in obliging)]
    names, contents = PackNames(), dict[str, bytes]()
    files = [
        passed
        for repository in (own, *bases)
        for passed in _files(repository, source.endpoint, names, contents)
        if not repository.origin or repository.origin in obliging or passed.kind == "notice"
    ]
    contents = {name: content for name, content in contents.items() if any(passed.name == name for passed in files)}
    warnings, complete = _warnings(assessment, catalog)
    pack = NoticePack(
        schema_version=SCHEMA_VERSION,
        tool=found.report.tool,
        model=record.id,
        requested=record.requested,
        revision=record.revision,
        uses=request.profile.uses,
        use_source="flag" if request.profile.use_source == "flag" else "assumed",
        warnings=warnings,
        complete=complete,
        license=f"{assessment.license.conclusion.name} ({assessment.license.conclusion.expression})",
        barred=_barred(record),
        candidates=() if assessment.license.trusted else _candidates(assessment.license, catalog),
        licenses=tuple(_governing(assessment, repositories, files, source.endpoint, catalog)),
        attributions=_attributions(assessment, record, catalog),
        duties=tuple(map(_duty, assessment.obligations)),
        files=tuple(files),
    )
    return Packed(pack, contents)


def _warnings(a: Assessment, catalog: Catalog) -> tuple[tuple[str, ...], bool]:
    """What makes the pack doubtful, and whether all evidence was had."""
    facts, found, complete = a.license, [], True
    unread = facts.unread_license_files if facts.identified_in != "gate_prompt" else ()
    if not facts.trusted:
        named = ", ".join(candidate.name for candidate in _candidates(facts, catalog)) or "none"
        found.append(f"The license of {a.evidence.id} cannot be told: {facts.why_untrusted}. Candidates: {named}. Its own obligations are not in this pack.")
        unread = unread + (facts.unread_other if facts.identified_in == "none" else ())
    elif facts.conclusion.method == "tag_only":
        found.append(f"The license of {a.evidence.id} is known from its tag alone; no text of it was found in the repository.")
    if facts.identified_in == "file":
        unread += tuple(line for line in facts.unread_other if "notice" in line.partition(":")[0].lower())
    for missing in unread:
        found.append(f"Not read, and it may ask for more: {missing}")
        complete = False
    for edge in a.inheritance.edges:
        if edge.state != "known":
            found.append(f"What {edge.parent} asks for is not in this pack: {edge.because}")
            complete = complete and (edge.state != "unfetched" or edge.excused)
    return tuple(dict.fromkeys(one_line(line, _REASON) for line in found)), complete


def _candidates(facts: LicenseFacts, catalog: Catalog) -> tuple[Candidate, ...]:
    near = [text.resembles for text in facts.texts if text.resembles]
    entries = (catalog.license(key) for key in dict.fromkeys((*facts.candidates, *near)))
    return tuple(Candidate(key=entry.key, name=entry.name) for entry in entries)


def _barred(record: ModelRecord) -> tuple[Barred, ...]:
    """Prohibited uses first; those of one reason together."""
    found: dict[tuple[str, str], list[Permission]] = {}
    for entry in sorted(record.permissions, key=lambda entry: entry.result != "prohibited"):
        if entry.intended and entry.result in ("prohibited", "unknown"):
            found.setdefault((entry.result, entry.because), []).append(entry)
    return tuple(
        Barred(
            uses=tuple(entry.use for entry in same),
            result=same[0].result,
            because=because,
            clauses=same[0].clauses,
            declare=tuple(dict.fromkeys(flip.fact for entry in same for flip in entry.flips)),
        )
        for (_, because), same in found.items()
    )


def _duty(fact: ObligationFact) -> Duty:
    place = "none" if fact.text is None else "display" if fact.check == "card_text" or fact.kind in _DISPLAYED else "notice"
    return Duty(
        id=fact.id, kind=fact.kind, modality=fact.modality, action=fact.action, text=fact.text, place=place, name_prefix=fact.name_prefix, file=fact.file,
        clause=fact.clause, trigger=fact.trigger, uses=fact.uses, applies=fact.applies, origin=one_line(fact.origin), status=fact.status,
        status_reason=one_line(fact.status_reason, _REASON), how_to_check=how_to_check(fact),
    )  # fmt: skip


def _attributions(a: Assessment, record: ModelRecord, catalog: Catalog) -> tuple[str, ...]:
    revision = record.revision.resolved
    stated = a.license.conclusion.name if a.license.trusted else "a license that could not be told"
    lines = [f"This distribution contains, or was made from, {record.id} (revision {revision}), under: {stated}."]
    for origin, key in a.inheritance.obliging:
        lines.append(f"{record.id} derives from {origin}, under: {catalog.license(key).name}.")
    return tuple(one_line(line, _REASON) for line in dict.fromkeys(lines))


def _files(repository: _Repository, endpoint: str, names: PackNames, contents: dict[str, bytes]) -> Iterator[PassedOn]:
    """License files, notices and use policies: the bytes where they were had, else why not."""
    evidence = repository.evidence
    assert not isinstance(evidence.info, Unavailable)
    keys = {text.path: text.key for text in repository.facts.texts if text.kind == "license_file" and text.key}
    listed = [file.path for file in evidence.info.facts.files or () if license_role(file.path)]
    for path in sorted({*listed, *(path for path, one in evidence.documents.items() if one.kind in _KINDS)}):
        document, role = evidence.documents.get(path), license_role(path) or "license_file"
        url = document.url if document else f"{endpoint}/{quote(evidence.id)}/resolve/{evidence.sha}/{quote(path, errors='replace')}"
        name, why = "", ""
        if document is None:
            missing = evidence.unavailable.get(path) or evidence.unavailable.get(one_line(path))
            why = missing.detail if missing else "its repository was not read; its metadata settled the license"
        elif document.content is None:
            why = "the text is withheld in the saved evidence"
        else:
            name = _name(role, keys.get(path), path, repository.origin, names, document)
            contents.setdefault(name, document.content)
        yield PassedOn(
            name=name, kind=_KINDS[role], model=one_line(evidence.id), revision=evidence.sha or "unknown", path=one_line(path), url=one_line(url, 2000),
            sha256=document.sha256 if document else "unknown", size=document.size if document else "unknown", why=one_line(why, _REASON),
        )  # fmt: skip


def _name(role: str, key: str | None, path: str, origin: str, names: PackNames, document: Document[object]) -> str:
    """Where the bytes go: the text of a license under its key, everything else under a safe form of its own name."""
    if role == "license_file":
        return names.of("LICENSES", f"{key}.txt" if key else f"other-{path}", document.sha256)
    folder = "NOTICES" if role == "notice_file" else "USE_POLICY"
    return names.of(folder, f"{origin}-{path}" if origin else path, document.sha256)


def _governing(a: Assessment, repositories: Sequence[_Repository], files: Sequence[PassedOn], endpoint: str, catalog: Catalog) -> Iterator[Governing]:
    """The model's own license, and those of base models that add to it."""
    stated = [("", key) for key in (a.license.candidates if a.license.trusted else ())] + list(a.inheritance.obliging)
    whose = {key: origin for origin, key in reversed(stated)}  # a license that several ask for is one text
    for key, origin in reversed(whose.items()):
        license = catalog.license(key)
        held = [(one, text.path) for one in repositories for text in one.facts.texts if text.kind == "license_file" and text.key == key]
        copied = [f for one, path in held for f in files if f.name and f.model == one_line(one.evidence.id) and f.path == one_line(path)]
        where = "" if copied else _where(license, origin, [one for one in repositories if one.origin == origin], files, endpoint)
        spdx = license.spdx or f"LicenseRef-{license.key.replace('_', '-').replace('+', '-plus')}"
        yield Governing(key=key, name=license.name, spdx=spdx, origin=one_line(origin), file=copied[0].name if copied else "", where=one_line(where, 1000))


def _where(license: License, origin: str, repositories: Sequence[_Repository], files: Sequence[PassedOn], endpoint: str) -> str:
    """Where a license text is to be had that the evidence does not hold."""
    for repository in repositories:
        mine = [f for f in files if f.model == one_line(repository.evidence.id) and f.kind == "license" and not f.name]
        if mine:
            return f"{mine[0].model}@{mine[0].revision}:{mine[0].path}, {mine[0].url} ({mine[0].why})"
        if any(text.kind == "gate_prompt" and text.key == license.key for text in repository.facts.texts):
            return f"the terms shown at the gate of {repository.evidence.id}@{repository.evidence.sha}, {endpoint}/{quote(repository.evidence.id)}"
        if any(text.kind == "readme" and text.key == license.key for text in repository.facts.texts):
            return f"README.md of {repository.evidence.id}@{repository.evidence.sha}, {endpoint}/{quote(repository.evidence.id)}"
    sources = [source.url for source in license.sources if source.url.startswith("https://")]
    return f"{license.steward}" + (f", for example {sources[0]}" if sources else "")

"""Assessments to the report: one evidence register, fixed order, a digest that names the record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.audit.assess import Assessment
from auditor.audit.files import role
from auditor.audit.license_record import license_record
from auditor.audit.not_checked import not_checked
from auditor.catalog.catalog import Catalog
from auditor.crawler.interface import Mode
from auditor.domain.evidence import Evidence, Unavailable
from auditor.domain.profile import Agreement
from auditor.domain.report import (
    SCHEMA_VERSION,
    Access,
    AgreementRecord,
    Area,
    Edge,
    EvidenceRecord,
    FileRecord,
    Finding,
    Flip,
    ModelRecord,
    ObligationRecord,
    Permission,
    PolicyRecord,
    ProfileRecord,
    Report,
    Revision,
    Run,
    RunError,
    Summary,
    Tool,
)
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import SEVERITY, VERDICTS, exit_code, worst
from auditor.licensing.fulfilment import how_to_check
from auditor.reading.dataset_info import FOLDER

if TYPE_CHECKING:
    from auditor.audit.pipeline import Request

MAX_FILES = 2_000
"""Files of a model that the report lists."""


class Register:
    """Numbers evidence in the order in which it is first referred to.

    The same lines are one piece of evidence whatever is quoted of them: where a text is withheld, two values read from one line are quoted in its place.
    """

    def __init__(self) -> None:
        self._numbers: dict[Evidence, tuple[str, Evidence]] = {}

    def ids(self, evidence: Sequence[Evidence]) -> tuple[str, ...]:
        """Ids of these pieces, each once."""
        return tuple(dict.fromkeys(self._numbers.setdefault(_place(item), (f"E{len(self._numbers) + 1}", item))[0] for item in evidence))

    def records(self) -> tuple[EvidenceRecord, ...]:
        """The register."""
        return tuple(
            EvidenceRecord(
                id=number,
                kind=e.kind,
                url=e.url,
                path=one_line(e.path),
                lines=e.lines,
                quote=e.quote,
                sha256=e.sha256,
                retrieved_at=e.retrieved_at,
                status=e.status,
            )
            for number, e in self._numbers.values()
        )


def _place(item: Evidence) -> Evidence:
    return replace(item, quote="") if item.lines else item


def assemble(assessments: Sequence[Assessment], request: Request, catalog: Catalog, mode: Mode, endpoint: str) -> Report:
    """The report, models worst first and then by id."""
    register = Register()
    ordered = sorted(assessments, key=lambda a: (VERDICTS.index(a.verdict), a.evidence.id.lower(), str(a.evidence.requested)))
    models = tuple(_model(assessment, request, register) for assessment in ordered)
    verdict = worst(model.verdict for model in models)
    errors = _errors(ordered)
    report = Report(
        schema_version=SCHEMA_VERSION,
        report_id="",
        tool=Tool(name="model-auditor", version=__version__, knowledge_sha256=catalog.sha256, knowledge_date=catalog.store.date),
        policy=PolicyRecord(name=request.policy.key, sha256=hashlib.sha256(request.policy.model_dump_json().encode()).hexdigest(), ref=request.policy_ref),
        profile=ProfileRecord(
            use=request.profile.uses,
            use_source=request.profile.use_source,
            facts=dict(request.profile.declared),
            agreements=tuple(agreement_record(agreement) for agreement in request.profile.agreements),
        ),
        run=Run(mode=mode, complete=not errors, evaluated_at=request.evaluated_at, errors=errors),
        summary=Summary(
            verdict=verdict, exit_code=exit_code(verdict, request.fail_on), counts={word: sum(m.verdict == word for m in models) for word in VERDICTS}
        ),
        models=models,
        evidence=register.records(),
    )
    return report.model_copy(update={"report_id": report_id(report)})


def agreement_record(agreement: Agreement) -> AgreementRecord:
    """The agreement as it was declared."""
    return AgreementRecord(
        licensor=agreement.licensor,
        name=agreement.name,
        reference=agreement.reference,
        licenses=tuple(sorted(agreement.licenses)),
        uses=agreement.uses,
        expires=str(agreement.expires) if agreement.expires else None,
        document_sha256=agreement.document_sha256 or None,
    )


def report_id(report: Report) -> str:
    """SHA-256 over the canonical JSON without `report_id`, `run` and the times of retrieval: the same decision on the same evidence has one id."""
    content = report.model_dump(mode="json", exclude={"report_id": True, "run": True, "evidence": {"__all__": {"retrieved_at"}}})
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")).hexdigest()


def _errors(assessments: Sequence[Assessment]) -> tuple[RunError, ...]:
    found = []
    for assessment in assessments:
        evidence = assessment.evidence
        missing = (
            [evidence.info]
            if isinstance(evidence.info, Unavailable)
            else [m for path, m in evidence.unavailable.items() if m.reason != "absent" and not path.startswith(FOLDER)]
        )
        missing += [m or Unavailable("too_many", f"{name}: not fetched, beyond the bounds of a lineage", name) for name, m in assessment.missing]
        found += [RunError(target=one_line(m.url), kind=m.reason, message=one_line(m.detail), at=m.retrieved_at) for m in missing]
    return tuple(dict.fromkeys(found))


def _model(a: Assessment, request: Request, register: Register) -> ModelRecord:
    info = None if isinstance(a.evidence.info, Unavailable) else a.evidence.info.facts
    requested = a.evidence.requested
    sha = info.sha if info and info.sha else "unknown"
    return ModelRecord(
        id=one_line(a.evidence.id),
        requested=str(requested),
        revision=Revision(requested=requested.revision or "main", resolved=sha, pinned=requested.revision == sha),
        access=Access(gated=info.gated if info else "unknown", eu_disallowed=bool(info and info.card and info.card.gate_eu_disallowed)),
        verdict=a.verdict,
        areas=tuple(Area(area=r.area, verdict=r.verdict, gating=r.gating, reasons=r.reasons) for r in a.areas),
        license=license_record(a.license, register.ids),
        permissions=tuple(_permission(a, index, request) for index in range(len(a.permissions))),
        obligations=_obligations(a, register),
        lineage=tuple(
            Edge(
                child=one_line(e.child),
                parent=one_line(e.parent),
                relation=e.relation,
                source=e.source,
                depth=e.depth,
                license=e.license or "unknown",
                grade=e.grade,
                because=one_line(e.because, 600),
                evidence=register.ids(e.evidence),
            )
            for e in a.inheritance.edges
        ),
        memory=a.memory,
        findings=_findings(a, register),
        not_checked=not_checked(a),
        files=tuple(
            FileRecord(
                path=one_line(f.path),
                size=f.size if f.size is not None else "unknown",
                sha256=f.sha256 or "unknown",
                role=role(f, a.evidence.documents.get(f.path)),
            )
            for f in ((info.files or ())[:MAX_FILES] if info else ())
        ),
    )


def _permission(a: Assessment, index: int, request: Request) -> Permission:
    result = a.permissions[index]
    flips = tuple(Flip(fact=f.fact, value=f.value, result=f.result) for f in result.flips)
    return Permission(
        use=result.use,
        intended=result.use in request.profile.uses,
        result=result.result,
        because=one_line(result.because, 600),
        decided_by=result.decided_by,
        clauses=result.clauses,
        flips=flips,
    )


def _obligations(a: Assessment, register: Register) -> tuple[ObligationRecord, ...]:
    proof = {"": a.license.conclusion.evidence, **{edge.parent: edge.evidence for edge in a.inheritance.edges}}
    return tuple(
        ObligationRecord(
            id=o.id,
            kind=o.kind,
            modality=o.modality,
            action=o.action,
            text=o.text,
            file=o.file,
            name_prefix=o.name_prefix,
            clause=o.clause,
            trigger=o.trigger,
            uses=o.uses,
            applies=o.applies,
            because=o.because,
            status=o.status,
            status_reason=one_line(o.status_reason, 600),
            how_to_check=how_to_check(o),
            evidence=register.ids(o.proof or proof[o.origin]),
        )
        for o in a.obligations
    )


def _findings(a: Assessment, register: Register) -> tuple[Finding, ...]:
    numbered: dict[str, int] = {}
    found = []
    for finding in a.findings:
        numbered[finding.rule] = numbered.get(finding.rule, 0) + 1
        found.append(
            Finding(
                id=f"{finding.rule}-{numbered[finding.rule]}",
                rule=finding.rule,
                area=finding.area,
                outcome=finding.outcome,
                rule_outcome=finding.rule_outcome,
                severity=SEVERITY[finding.outcome],
                message=finding.message,
                how_to_fix=finding.how_to_fix,
                evidence=register.ids(finding.evidence),
            )
        )
    return tuple(found)

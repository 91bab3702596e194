"""Facts of one model as the scopes that rules speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from auditor.audit.governing import governing, own_readings, reviewed, without_effect
from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import Evidence, ModelEvidence, Unavailable
from auditor.domain.license_facts import FlipFact, LicenseFacts, TextMatch, UseResult
from auditor.domain.memory import Count, Memory
from auditor.domain.truth import Truth
from auditor.domain.vocabulary import Vocabulary
from auditor.engine.scopes import (
    ConflictScope,
    DatasetScope,
    DifferenceScope,
    EdgeScope,
    FitScope,
    InheritedScope,
    ModelScope,
    PermissionScope,
    Scope,
    TextScope,
)
from auditor.licensing.conditions import expand_territories
from auditor.licensing.datasets import datasets
from auditor.licensing.lineage import Inheritance
from auditor.licensing.witnesses import document_evidence

if TYPE_CHECKING:
    from auditor.audit.pipeline import Request

_TOLD_CHANGES = 6
"""Changed passages of one text that a message names."""


def scopes(
    evidence: ModelEvidence, facts: LicenseFacts, own: Sequence[UseResult], inherited: Inheritance, memory: Memory, request: Request, catalog: Catalog
) -> Mapping[str, Sequence[Scope]]:
    """Every scope of rules/checks, filled."""
    known = not isinstance(evidence.info, Unavailable)
    return {
        "model": [_model(evidence, facts, inherited, memory, request, catalog)],
        "text": [_text(t, catalog) for t in facts.texts],
        "conflict": [ConflictScope(evidence=c.evidence, kind=c.kind, values=" against ".join(c.values)) for c in facts.conflicts],
        "permission": [_permission(result, facts, request) for result in own if _speaks(facts, result)] if known else [],
        "inherited": _inherited(inherited, request),
        "edge": [
            EdgeScope(
                evidence=e.evidence,
                child=e.child,
                parent=e.parent,
                relation=e.relation,
                grade=e.grade,
                state=e.state,
                excused=e.excused,
                because=e.because,
                carried=e.carried,
                in_cycle=bool(e.cycle),
                cycle=e.cycle or "none",
            )
            for e in inherited.edges
        ],
        "dataset": [
            DatasetScope(evidence=d.evidence, dataset=d.name, had=not d.missing, license=d.license, noncommercial=d.noncommercial)
            for d in datasets(evidence, catalog)
        ],
        "difference": _differences(evidence, request),
        "fit": _fits(memory, evidence) if request.sizing.gpus else [],
    }


def _text(text: TextMatch, catalog: Catalog) -> TextScope:
    near = text.identity.key
    return TextScope(
        evidence=text.evidence + text.additions[:_TOLD_CHANGES] + text.beside,
        path=text.path,
        kind=text.kind,
        identified=text.key is not None,
        changed=text.resembles is not None,
        license_name=catalog.license(near).name if near else "none",
        share=f"{text.identity.score:.1%}",
        changes=_changes(text),
        words=text.words,
        beside=len(text.beside),
        bundled=text.secondary and text.kind == "license_file",
    )


def _changes(text: TextMatch) -> str:
    """The changed passages in one line: where, how long, what about."""
    if not text.identity.changes:
        return "single words differ"
    told = []
    for change in text.identity.changes[:_TOLD_CHANGES]:
        where = f"lines {change.lines[0]}-{change.lines[1]}" if change.lines else f"clause {change.clause or 'unknown'}"
        about = f": {change.summary}" if change.summary else ""
        told.append(f"{change.op} ({where}, {change.words} words{about})")
    more = len(text.identity.changes) - len(told)
    return "; ".join(told) + (f"; {more} more" if more else "")


def _differences(evidence: ModelEvidence, request: Request) -> list[Scope]:
    found = [compared for compared in request.compared if compared.model == evidence.requested]
    return [
        DifferenceScope(evidence=_metadata_evidence(evidence), kind=d.kind, path=d.path or "the model", detail=d.detail)
        for compared in found
        for d in compared.differences
    ]


def _speaks(facts: LicenseFacts, result: UseResult) -> bool:
    """Whether a permission says more than the finding about the license itself: nothing known, or a license file out of reach, is told there."""
    if facts.unread and result.result == "unknown":
        return False
    return facts.trusted or bool(facts.candidates)


def _model(evidence: ModelEvidence, facts: LicenseFacts, inherited: Inheritance, memory: Memory, request: Request, catalog: Catalog) -> ModelScope:
    info = evidence.info
    day = date.fromisoformat(request.evaluated_at[:10])
    licenses = governing(evidence.id, facts, inherited, catalog)
    expired, foreign = without_effect(request.profile.agreements, licenses, day)
    reviewed_named, knowledge_days = reviewed(licenses, catalog.store.date, day)
    answer = None if isinstance(info, Unavailable) else info.facts
    available = answer is not None
    tags = [w for w in facts.witnesses if w.kind in ("card_tag", "card_name")]
    return ModelScope(
        evidence=(*facts.conclusion.evidence, *(e for w in tags for e in w.evidence), *facts.intentions[:3]) or _metadata_evidence(evidence),
        metadata=info.reason if isinstance(info, Unavailable) else "available",
        metadata_detail=f"{info.detail} [{info.url}]" if isinstance(info, Unavailable) else "",
        license_method=facts.conclusion.method,
        license_name=facts.conclusion.name,
        license_verified=None if not available else facts.conclusion.key is None or catalog.license(facts.conclusion.key).verified,
        identified_in=facts.identified_in,
        tag_kind="exact" if facts.tag.kind == "expression" else facts.tag.kind,
        tag_count=len(facts.tag.keys) if facts.tag.kind == "exact" else 1,
        tag_value=", ".join(dict.fromkeys(w.value for w in tags if w.match.kind != "placeholder" or len(tags) == 1)) or "none",
        has_tag=bool(tags),
        name_without_license=bool(tags) and not any(w.kind == "card_tag" for w in tags),
        unread_license_files=len(facts.unread_license_files),
        unread_license_files_named="; ".join(facts.unread_license_files),
        unread_other=len(facts.unread_other),
        unread_other_named="; ".join(facts.unread_other),
        card_problems=len(facts.card_problems),
        card_problems_named="; ".join(facts.card_problems),
        files_listed=answer is not None and answer.files is not None,
        eu_disallowed=bool(answer and answer.card and answer.card.gate_eu_disallowed),
        deployer_in_eu=_in_eu(request, catalog.vocabulary),
        require_text=request.policy.require_text,
        intentions=len(facts.intentions),
        gate_words=facts.gate_words,
        own_reading=own_readings(licenses),
        expired_agreements=len(expired),
        expired_agreements_named="; ".join(expired),
        foreign_agreements=len(foreign),
        foreign_agreements_named="; ".join(foreign),
        knowledge_days=knowledge_days,
        reviewed_named=reviewed_named,
        gpus_declared=bool(request.sizing.gpus),
        stack=request.stack or "none",
        memory_class=memory.architecture_class,
        memory_known=memory.total_bytes_per_gpu != "unknown",
    )


def _metadata_evidence(evidence: ModelEvidence) -> tuple[Evidence, ...]:
    """The answer itself, or that there was none."""
    info = evidence.info
    if isinstance(info, Unavailable):
        return (Evidence("api", info.url, "", "", f"no answer that can be used: {info.reason}", "unknown", info.retrieved_at, info.status),)
    kind, place = ("folder", "") if info.facts.local else ("api", "cardData")
    return (Evidence(kind, info.url, place, "", "(no license is stated)", info.sha256, info.retrieved_at, info.status),)


def _in_eu(request: Request, vocabulary: Vocabulary) -> Truth:
    """Established in the EU or serving it, as far as declared; False needs both facts."""
    facts = request.profile.facts
    eu = expand_territories(("EU",), vocabulary)
    declared = [value for name in ("established_in", "serves_users_in") if isinstance(value := facts.get(name), frozenset)]
    if any(value & eu for value in declared):
        return True
    return False if len(declared) == 2 else None


def _permission(result: UseResult, facts: LicenseFacts, request: Request) -> PermissionScope:
    return PermissionScope(
        evidence=facts.conclusion.evidence,
        use=result.use,
        intended=result.use in request.profile.uses,
        result=result.result,
        because=result.because,
        clause=", ".join(result.clauses) or "no clause",
        flip_facts=what_to_declare(result.flips) or "Have the license text read by a person.",
    )


def _inherited(inherited: Inheritance, request: Request) -> list[Scope]:
    edges = {edge.parent: edge for edge in reversed(inherited.edges)}  # the nearest statement of each
    return [
        InheritedScope(
            evidence=edges[parent].evidence,
            use=use,
            intended=use in request.profile.uses,
            result=result.result,
            because=result.because,
            parent=parent,
            flip_facts=what_to_declare(result.flips) or "Have the license of the base model read by a person.",
        )
        for use, results in inherited.by_use.items()
        for parent, result in results
        if edges[parent].state == "known" or result.result != "unknown"  # the finding about the edge says why nothing is known
    ]


def what_to_declare(flips: Sequence[FlipFact]) -> str:
    """`Declare --fact monthly_active_users=N (<= 700000000: conditional).`"""
    by_fact: dict[str, list[FlipFact]] = {}
    for flip in flips:
        by_fact.setdefault(flip.fact, []).append(flip)
    parts = [f"--fact {fact}=... ({'; '.join(f'{flip.value}: {flip.result}' for flip in found)})" for fact, found in by_fact.items()]
    return f"Declare {' or '.join(parts)}." if parts else ""


def _fits(memory: Memory, evidence: ModelEvidence) -> list[Scope]:
    return [
        FitScope(
            evidence=_sized_by(evidence),
            gpu=f"{fit.gpus} x {fit.gpu}",
            fits=fit.fits,
            because=fit.because,
            needed=gib(fit.total_bytes),
            available=gib(fit.total_bytes + fit.headroom_bytes if isinstance(fit.total_bytes, int) and isinstance(fit.headroom_bytes, int) else "unknown"),
        )
        for fit in memory.fits
    ]


def _sized_by(evidence: ModelEvidence) -> tuple[Evidence, ...]:
    """The config that the figures follow from, and the Hub's answer."""
    config, info = evidence.documents.get("config.json"), evidence.info
    found = [document_evidence(config, "config", None, None, "(the geometry)")] if config is not None else []
    if isinstance(info, Unavailable):
        return (*found, *_metadata_evidence(evidence))
    kind, place = ("folder", "") if info.facts.local else ("api", "safetensors")
    return (*found, Evidence(kind, info.url, place, "", "(sizes and counts of the weights)", info.sha256, info.retrieved_at, info.status))


def gib(count: Count) -> str:
    """Bytes as GiB with two decimals."""
    return f"{count / 2**30:.2f} GiB" if isinstance(count, int) else "an unknown amount"

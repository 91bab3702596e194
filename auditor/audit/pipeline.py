"""The job on one screen: evidence -> facts -> findings -> verdict -> report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from auditor.audit.assemble import assemble
from auditor.audit.assess import Assessment, Knowledge, assess, family_of, license_stage
from auditor.audit.headers import headers_wanted
from auditor.catalog.catalog import Catalog
from auditor.crawler.files import license_role
from auditor.crawler.gather import gather
from auditor.crawler.interface import Mode, Source
from auditor.domain.conditions import Threshold
from auditor.domain.errors import UsageError
from auditor.domain.evidence import ModelEvidence, ModelInfo, ModelRef, Unavailable
from auditor.domain.license_facts import LicenseFacts
from auditor.domain.memory import SizingOptions
from auditor.domain.profile import Profile
from auditor.domain.record import record
from auditor.domain.report import Report
from auditor.domain.verdict import FailOn
from auditor.engine.policy import Policy
from auditor.engine.rules import check_policy, load_rules
from auditor.licensing.conclude import license_facts
from auditor.licensing.conditions import leaves
from auditor.licensing.parents import named_in, names_parents_in_files, parent_refs

if TYPE_CHECKING:
    from auditor.crawler.compare import Difference


@record
class Compared:
    """A local copy against the model that it claims to be."""

    model: ModelRef
    against: str
    differences: tuple[Difference, ...]
    """Empty when everything that is listed was compared and is the same."""


@record
class Request:
    """What is to be audited, for whom, and how strictly."""

    models: tuple[ModelRef, ...]
    profile: Profile
    sizing: SizingOptions
    stack: str | None
    policy: Policy
    policy_ref: str
    fail_on: FailOn
    evaluated_at: str
    """UTC, ISO 8601: dates are judged at it."""
    compared: tuple[Compared, ...] = ()
    """Local copies that were held against the models that they claim to be."""


MAX_MODELS_WITH_DATASETS = 20
"""Of one run, for their datasets to be asked about: these answers decide nothing, and the Hub counts them like those that do."""

Progress = Callable[[int, int], None]
"""Told how many of how many models have all of their evidence."""


def collect(
    source: Source, models: Sequence[ModelRef], catalog: Catalog, progress: Progress | None = None, quantization: str | None = None
) -> tuple[dict[ModelRef, ModelEvidence], dict[ModelRef, ModelEvidence]]:
    """Evidence of the models and of all their ancestors, and answers about the models' datasets.

    An ancestor's files are fetched only when its metadata does not settle its license (by a gate prompt that is identified, or by a tag that no listed
    license file can contradict) or its own base models. `quantization` chooses among sets of GGUF files, whose headers are read.
    """
    gathered = gather(
        source,
        models,
        parents_of=named_in,
        parents_in=parent_refs,
        needs_files=lambda parent: not _settled(parent, catalog) or names_parents_in_files(parent),
        progress=progress,
        datasets=len(models) <= MAX_MODELS_WITH_DATASETS,
        headers_of=lambda info: headers_wanted(info, quantization),
    )
    return gathered.models, gathered.parents


def _settled(parent: ModelEvidence, catalog: Catalog) -> bool:
    facts = license_facts(parent, catalog)
    if not facts.trusted or len(facts.candidates) != 1 or facts.conflicts or facts.card_problems:
        return False
    info = metadata(parent)
    return facts.identified_in == "gate_prompt" or (info is not None and info.files is not None and not any(license_role(file.path) for file in info.files))


@record
class Audited:
    """A report and the assessments that it was written from, in the order of their requests."""

    report: Report
    assessments: tuple[Assessment, ...]


def audit(source: Source, request: Request, catalog: Catalog, progress: Progress | None = None) -> Report:
    """The whole job. Raises UsageError for a mistake of the caller; whatever the evidence holds or lacks is in the report."""
    return audited(source, request, catalog, progress).report


def audited(source: Source, request: Request, catalog: Catalog, progress: Progress | None = None) -> Audited:
    """`audit`, and what its report leaves out of the evidence."""
    rules = load_rules(catalog)
    check_policy(request.policy, rules, request.policy_ref)
    if not request.profile.uses:
        raise UsageError("no use is declared", "declare one, for example: --use hosted")
    models, parents = collect(source, request.models, catalog, progress, request.sizing.quantization)
    licensed = {ref: license_facts(evidence, catalog) for ref, evidence in {**parents, **models}.items()}
    family = family_of(parents, licensed)
    knowledge = Knowledge(
        catalog=catalog,
        rules=rules,
        single_release=len(_frozen_releases(licensed, catalog)) <= 1,
    )
    assessments = [assess(license_stage(models[ref], licensed[ref], family), request, knowledge) for ref in models]
    distinct = _distinct(assessments)
    return Audited(assemble(distinct, request, catalog, _mode(source), source.endpoint), tuple(distinct))


def _distinct(assessments: Sequence[Assessment]) -> list[Assessment]:
    """One assessment for each model as requested, in a fixed order that the order of the request does not change."""
    return sorted(assessments, key=lambda a: str(a.evidence.requested))


def _mode(source: Source) -> Mode:
    return source.mode


def _frozen_releases(licenses: Mapping[ModelRef, LicenseFacts], catalog: Catalog) -> set[tuple[str, str]]:
    """Distinct (fact, release) that thresholds of this run are frozen at. A text that names no date freezes at each model's own release."""
    found = set()
    for ref, facts in licenses.items():
        for key in facts.candidates:
            for term in catalog.license(key).terms:
                for leaf in (leaf for condition in (term.when, term.unless) if condition for leaf in leaves(condition)):
                    if isinstance(leaf, Threshold) and leaf.basis == "at_release":
                        found.add((leaf.fact, str(leaf.release or ref)))
    return found


def metadata(evidence: ModelEvidence) -> ModelInfo | None:
    """The Hub's answer, None where there is none."""
    return None if isinstance(evidence.info, Unavailable) else evidence.info.facts

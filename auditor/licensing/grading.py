"""The grade of one edge: whether the license that a model states keeps what the license of its base model restricts.

Kinds of terms are compared. Some mean the same in every license (no commerce, no derivatives, source); the others (a use policy, a limit of users) are
those of one vendor, so that only a license of the same family keeps them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.catalog.catalog import Catalog
from auditor.domain.evidence import ModelEvidence
from auditor.domain.license import OPEN_CATEGORIES, License, Term, Use
from auditor.domain.license_facts import Grade, LicenseFacts, Relation, UseResult
from auditor.domain.record import record
from auditor.licensing.attribution import missing_attribution
from auditor.licensing.permissions import better

_NOTICE_KINDS = frozenset({"license_copy", "notice", "attribution", "change_notice", "display", "naming", "derivative_naming", "trademark"})
_NOT_HANDED_ON = frozenset({"update_duty"})
"""Asked of whoever holds the model; the texts that know it let derivatives carry other terms beside the use restrictions (CreativeML OpenRAIL-M, Section 4)."""
_UNTYPED = frozenset({"other", "disclosure"})
"""Of licenses that software and data come under, whose restrictions have kinds of their own, these take no permission away: integrity, assent, indemnity."""
_GENERAL = frozenset(
    {"noncommercial", "research_only", "no_derivatives", "no_redistribution", "not_granted", "source_disclosure", "share_alike", "pass_through"}
)
_OUTPUT_KINDS = frozenset({"output_training", "output_use", "output_distillation"})
_COMMERCE = frozenset({"noncommercial", "research_only"})


@record
class Graded:
    """Grade of an edge, why, and the kinds of terms that were dropped."""

    grade: Grade
    because: str
    dropped: frozenset[str] = frozenset()


@record
class Side:
    """A model with its license facts and what its license allows this deployer."""

    id: str
    facts: LicenseFacts
    allows: Sequence[UseResult]
    evidence: ModelEvidence | None = None
    """Its repository, where attributions may be looked for."""

    @property
    def publisher(self) -> str:
        """Owner of the repository, in lower case."""
        return publisher_of(self.id)


def publisher_of(model_id: str) -> str:
    """Owner of a repository, in lower case."""
    return model_id.partition("/")[0].lower()


def reaches_outputs(license: License) -> bool:
    """Whether it binds who trains on outputs: it speaks of that training, or bars commerce with outputs, which training a model for others is."""
    return license.outputs.training in ("conditional", "derivative", "forbidden") or license.outputs.commercial in ("restricted", "forbidden")


def restrictions(license: License) -> frozenset[str]:
    """Kinds of terms that bind whoever receives a derivative, apart from notices: what a freer relabelling would drop."""
    return frozenset(_uses_by_kind(license))


def _uses_by_kind(license: License) -> Mapping[str, frozenset[Use]]:
    found: dict[str, frozenset[Use]] = {}
    withheld = frozenset(use for use, grant in license.grants.items() if grant.given == "no")
    if withheld:
        found["not_granted"] = withheld
    for term in license.terms:
        if _restricts(term, license):
            found[term.kind] = found.get(term.kind, frozenset()) | frozenset(term.uses)
    return found


def _restricts(term: Term, license: License) -> bool:
    if not term.flows_down or term.effect == "inform":
        return False
    if term.effect == "prohibit":
        return True
    return term.kind not in _NOTICE_KINDS | _NOT_HANDED_ON and not (term.kind in _UNTYPED and license.category in OPEN_CATEGORIES)


def dropped_by(child: License, parent: License) -> frozenset[str]:
    """Kinds of restrictions of `parent` that a derivative under `child` does not keep."""
    if child.key == parent.key:
        return frozenset()
    ours, theirs = _uses_by_kind(child), _uses_by_kind(parent)
    return frozenset(kind for kind in theirs if not _keeps(kind, child, parent, ours, theirs))


def _keeps(kind: str, child: License, parent: License, ours: Mapping[str, frozenset[Use]], theirs: Mapping[str, frozenset[Use]]) -> bool:
    if kind == "noncommercial":
        return bool(_COMMERCE & ours.keys())
    if kind not in ours:
        return False
    if kind == "share_alike":  # it asks for the same license: a stricter one takes away what recipients may do, a weaker one reaches less
        return not ours.keys() - theirs.keys() - {"source_disclosure"} and not (parent.category == "copyleft" and child.category == "weak_copyleft")
    if kind in ("source_disclosure", "not_granted"):
        return theirs[kind] <= ours[kind]
    return kind in _GENERAL or (child.family == parent.family and (kind in _prohibited(child) or kind not in _prohibited(parent)))


def _prohibited(license: License) -> frozenset[str]:
    """Kinds of terms that bar something: a condition of the same kind (training on outputs, if named so) does not keep a bar (no training on outputs)."""
    return frozenset(term.kind for term in license.terms if term.effect == "prohibit" and term.flows_down)


def exclude_each_other(one: License, other: License) -> str:
    """Why no license of a merge meets both, in words; empty where one of the two does, as far as kinds of terms tell."""
    lost = {"one": dropped_by(one, other), "other": dropped_by(other, one)}
    if not all(lost.values()):
        return ""
    for asking, restricting, kinds in ((one, other, lost["one"]), (other, one, lost["other"])):
        if "share_alike" in restrictions(asking):
            listed = ", ".join(sorted(kinds)).replace("_", " ")
            return f"{asking.name} wants the same license for what is made from its material, and it lacks the restrictions ({listed}) of {restricting.name}"
    return ""


def dropped(facts: LicenseFacts, parents: Sequence[License], catalog: Catalog) -> frozenset[str] | None:
    """Kinds that a model's own license does not keep; None where it depends on which of several licenses governs the model.

    Of several texts each binds; of several names only one can be meant.
    """
    ours = _licenses(facts, catalog)
    each = [frozenset(kind for parent in parents for kind in dropped_by(one, parent)) for one in ours]
    if not each:
        return frozenset(kind for parent in parents for kind in restrictions(parent))
    if facts.trusted or facts.identified_in != "none":
        return frozenset.intersection(*each)
    return frozenset().union(*each) if all(bool(one) == bool(each[0]) for one in each) else None


def _licenses(facts: LicenseFacts, catalog: Catalog) -> list[License]:
    return [catalog.license(key) for key in facts.candidates if key in catalog.license_keys]


def grade(child: Side, parent: Side, relation: Relation, catalog: Catalog) -> Graded:
    """Compares the licenses of a child and its parent, whose license is known."""
    theirs = _licenses(parent.facts, catalog)
    names = _names(theirs)
    if relation == "distil" and (found := _distilled(child, parent, theirs, names)):
        return found
    if not child.facts.candidates:
        return Graded("unknown", f"the license of {child.id} is unknown, that of the base model {parent.id} is {names}")
    if child.publisher != parent.publisher and (what := _not_to_be_passed_on(relation, theirs)):
        return Graded("permission_dropped", f"{names} of the base model {parent.id} does not let {what} be passed on, as {child.id} is")
    lost = dropped(child.facts, theirs, catalog)
    ours = _names(_licenses(child.facts, catalog)) or ", ".join(child.facts.candidates)
    if lost is None:
        return Graded("unknown", f"whether the license of {child.id} keeps {names} of the base model {parent.id} depends on which it is: {ours}")
    if relation == "distil" and not any(license.outputs.training == "derivative" for license in theirs):
        reached = _OUTPUT_KINDS | (_COMMERCE if any(license.outputs.commercial in ("restricted", "forbidden") for license in theirs) else frozenset())
        lost &= reached - _naming_only(theirs)
    if lost:
        listed = ", ".join(sorted(lost)).replace("_", " ")
        because = f"the base model {parent.id} is under {names}, whose restrictions ({listed}) the stated license of {child.id} ({ours}) does not carry"
        return Graded("permission_dropped", because, lost)
    if prefix := _missing_prefix(child.id, theirs):
        return Graded("notice_missing", f"{names} wants the name of a derivative to begin with {prefix!r}, unlike {child.id}")
    if relation != "distil" and (missing := _missing_attribution(child, parent, theirs)):
        return Graded("notice_missing", missing)
    if _stricter(child, parent, theirs, catalog):
        return Graded("over_restrictive", f"the license of {child.id} ({ours}) is stricter than {names} of the base model {parent.id}")
    return Graded("benign", f"nothing of {names} of the base model {parent.id} is dropped")


def _distilled(child: Side, parent: Side, theirs: Sequence[License], names: str) -> Graded | None:
    """What the license says of models that were trained on outputs; None where the comparison goes on."""
    forbidding = [license for license in theirs if license.outputs.training == "forbidden" and license.key not in child.facts.candidates]
    if forbidding:
        return Graded("permission_dropped", f"{names} of the base model {parent.id} forbids training other models on outputs, as {child.id} was")
    if not any(reaches_outputs(license) for license in theirs):
        return Graded("benign", f"{names} of the base model {parent.id} does not reach what is trained on its outputs")
    return None


def _naming_only(theirs: Sequence[License]) -> frozenset[str]:
    """Kinds that ask for nothing but a name, which is looked at by itself."""
    asked = [term for license in theirs for term in license.terms if term.kind in _OUTPUT_KINDS and term.effect != "inform"]
    others = {term.kind for term in asked if term.obligation is None or term.obligation.name_prefix is None}
    return frozenset(term.kind for term in asked) - others


def _not_to_be_passed_on(relation: Relation, theirs: Sequence[License]) -> str:
    """What the license lets nobody pass on although it was; empty where it does. A quantization is the same work, anything else was changed."""
    use: Use = "redistribute" if relation == "quantized" else "redistribute_derivative"
    barred = relation != "distil" and any(license.grants[use].given == "no" or any(_bars(term, use) for term in license.terms) for license in theirs)
    return {"redistribute": "copies", "redistribute_derivative": "derivatives"}[use] if barred else ""


def _bars(term: Term, use: Use) -> bool:
    return term.effect == "prohibit" and term.when is None and term.unless is None and use in term.uses


def _stricter(child: Side, parent: Side, theirs: Sequence[License], catalog: Catalog) -> bool:
    """Notices alone make no license stricter: MIT from the public domain, or from Apache-2.0, is not."""
    ours = _licenses(child.facts, catalog)
    if not child.facts.trusted or {license.key for license in ours} == {license.key for license in theirs}:
        return False
    if any(restrictions(license) for license in ours) and frozenset().union(*map(restrictions, ours)) - frozenset().union(*map(restrictions, theirs)):
        return True
    free = all(license.category in ("permissive", "public_domain", "data") and not restrictions(license) for license in ours)
    return not free and any(better(one.result, own.result) for one, own in zip(parent.allows, child.allows, strict=True))


def _missing_attribution(child: Side, parent: Side, theirs: Sequence[License]) -> str:
    """What is missing where both repositories were had; a publisher owes its own base model none."""
    if child.evidence is None or parent.evidence is None or child.publisher == parent.publisher:
        return ""
    return missing_attribution(child.evidence, parent.evidence, theirs)


def _missing_prefix(child_id: str, licenses: Sequence[License]) -> str:
    name = child_id.rsplit("/", 1)[-1].lower()
    if child_id.startswith("local/"):
        return ""  # a folder does not tell what the model is called
    prefixes = [t.obligation.name_prefix for license in licenses for t in license.terms if t.obligation and t.obligation.name_prefix]
    return next((prefix for prefix in prefixes if not name.startswith(prefix.lower().replace(" ", "-"))), "")


def _names(licenses: Sequence[License]) -> str:
    return ", ".join(license.name for license in licenses)

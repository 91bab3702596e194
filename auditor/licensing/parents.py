"""The base models that a repository states: the Hub's tags, the card, GGUF headers, adapter configs, merge recipes and, failing these, config.json."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from auditor.domain.evidence import (
    AdapterFacts,
    CardData,
    CardFacts,
    Document,
    Evidence,
    HeaderFacts,
    ModelEvidence,
    ModelInfo,
    ModelRef,
    RecipeFacts,
    Unavailable,
)
from auditor.domain.license_facts import ParentRef, ParentSource, Relation
from auditor.domain.text_safety import one_line
from auditor.licensing.model_names import reference
from auditor.licensing.witnesses import document_evidence
from auditor.reading.adapter_config import adapter_configs, is_adapter_config
from auditor.reading.config_origin import starting_point
from auditor.reading.gguf_header import base_models
from auditor.reading.merge_recipe import FILES as RECIPES

_TAG = "base_model:"
_RELATIONS: dict[str, Relation] = {
    "finetune": "finetune", "adapter": "adapter", "quantized": "quantized", "merge": "merge",
    **dict.fromkeys(("distil", "distill", "distilled", "distillation"), "distil"),
}  # fmt: skip
"""The Hub knows the first four; a card may state that it was distilled."""


_NO_BASE = "(none is stated in adapter_config.json)"
"""An adapter changes some model, whether or not it says which."""
_ODD_BASE = "base_model holds "
_NOTHING = (": NoneType", ": str")
"""A null or an empty text states no base model."""
_MERGE_TAGS = frozenset({"merge", "mergekit"})


def parents(evidence: ModelEvidence) -> tuple[ParentRef, ...]:
    """Stated base models, each once. The Hub's tags name the ids after renames; card and files may say more than the tags. What names the model itself
    is left out, unless nothing else is named."""
    if isinstance(evidence.info, Unavailable):
        return ()
    info = evidence.info
    tagged = _of_tags(info)
    stated = _of_card(info.facts.card, info) if info.facts.card and not info.facts.local else []
    readme = evidence.documents.get("README.md")
    if readme is not None and isinstance(readme.facts, CardFacts):
        stated += _of_card(readme.facts.data, readme)
    if tagged and len({ref.name.lower() for ref in stated}) <= len(tagged):
        # The Hub writes one tag for each entry of the card and follows renames there: the tags are the card, resolved.
        names = {ref.name.lower() for ref in tagged}
        stated = [ref for ref in stated if not ref.is_id or ref.name.lower() in names]
    said = tagged + stated + _of_odd_tags(info) + _of_headers(evidence) + list(_of_recipes(evidence, info.facts))
    found = _merged([*said, *_of_adapter(evidence, bool(said))])
    others = tuple(ref for ref in found if not _names(ref, info.facts.id)) or found
    # The root's adapter has one base; a merge, and adapters one a folder, may have more than is stated.
    unread = tuple(ref for ref in _unread(evidence) if not others or ref.source == "recipe" or "/" in ref.name)
    return (*(others or _broken_in_card(evidence, info.facts)), *unread) or _of_config(evidence)


def unused_starting_point(evidence: ModelEvidence, followed: Collection[str]) -> str:
    """What config.json names as the model that it was loaded from, unless that is among those `followed` (ids in lower case)."""
    point = _starting_point(evidence)
    return point[0] if point and point[1].id.lower() not in followed else ""


def set_aside(evidence: ModelEvidence, followed: AbstractSet[str]) -> tuple[tuple[str, str], ...]:
    """(what, why) of each name of a base model that nobody followed; `followed` holds ids in lower case. A file beside a stated base counts as far as it
    names something that the Hub holds, so that what it says otherwise would be lost."""
    found = []
    info = evidence.info
    named = {info.facts.adapter_base: "adapter_config.json"} if isinstance(info, Document) and info.facts.adapter_base else {}
    for document, facts in _adapters(evidence):
        elsewhere = (problem for problem in facts.problems if followed - {problem.lower()})
        found += [(document.path, f"{problem}; the base models that are stated elsewhere were followed") for problem in elsewhere]
        named |= {facts.base_model: document.path} if facts.base_model else {}
    for text, path in named.items():
        ref = reference(text)
        if followed and (ref.id if ref else text).lower() not in followed:
            why = "named as the base of the adapter; no model that is known by this name now, so the base models that are stated were followed"
            found.append((f"{one_line(text, 120)} in {path}", why))
    if isinstance(info, Document):
        broken = [ref.name for ref in _broken_in_card(evidence, info.facts) if followed - {ref.name.lower()}]
        found += [("a merge recipe in the card", f"{text}; the base models that are stated were followed") for text in broken]
    if point := unused_starting_point(evidence, followed):
        why = "named as what it was loaded from, which may be a folder or an earlier copy; the base models that are stated were followed in its place"
        found.append((f"{one_line(point, 120)} in config.json", why))
    return tuple(found)


def parent_ids(info: ModelInfo) -> tuple[str, ...]:
    """Ids of the base models that the metadata alone names."""
    return tuple(dict.fromkeys(ref.id for ref in named_in(info)))


def named_in(info: ModelInfo) -> tuple[ModelRef, ...]:
    """Base models that the metadata alone names, as they are asked for."""
    tagged = [ModelRef(identifier) for identifier, _, _ in _tagged(info)]
    card = _references(info.card.base_model if info.card else ())
    stated = tagged if tagged and len({ref.id.lower() for ref in card}) <= len(tagged) else tagged + card
    stated = stated + _references((*info.header_base_models, *([info.adapter_base] if info.adapter_base else [])))
    return _each_once(ref for ref in stated if ref.id.lower() != info.id.lower() or ref.revision)


def parent_refs(evidence: ModelEvidence) -> tuple[ModelRef, ...]:
    """Base models that metadata and files name, as they are asked for."""
    return _each_once(ref.asked for ref in parents(evidence) if ref.is_id and not (isinstance(evidence.info, Document) and _names(ref, evidence.info.facts.id)))


def names_parents_in_files(evidence: ModelEvidence) -> bool:
    """Whether base models may stand in a listed file while the metadata names none."""
    if isinstance(evidence.info, Unavailable) or named_in(evidence.info.facts):
        return False
    listed = {file.path for file in evidence.info.facts.files or ()}
    naming = {*RECIPES, *adapter_configs(listed), *(("README.md",) if evidence.info.facts.card is None else ())}
    return bool(naming & listed)


def _references(values: Iterable[str]) -> list[ModelRef]:
    return [found for value in values if (found := reference(value))]


def _each_once(refs: Iterable[ModelRef]) -> tuple[ModelRef, ...]:
    found: dict[tuple[str, str | None], ModelRef] = {}
    for ref in refs:
        found.setdefault((ref.id.lower(), ref.revision), ref)
    return tuple(found.values())


def _names(ref: ParentRef, own_id: str) -> bool:
    return ref.is_id and ref.revision is None and ref.name.lower() == own_id.lower()


def _merged(refs: list[ParentRef]) -> tuple[ParentRef, ...]:
    found: dict[str, ParentRef] = {}
    for ref in refs:
        before = found.get(ref.name.lower())
        found[ref.name.lower()] = merged(before, ref) if before else ref
    return tuple(found.values())


def merged(one: ParentRef, other: ParentRef) -> ParentRef:
    """Two statements of one parent: the first that says how counts, and the one that pins a revision; distilled only if nobody says otherwise."""
    said = [ref.relation for ref in (one, other) if ref.relation != "unknown"]
    relation: Relation = next((relation for relation in said if relation != "distil"), said[0] if said else "unknown")
    return replace(one, relation=relation, revision=one.revision or other.revision, evidence=tuple(dict.fromkeys(one.evidence + other.evidence)))


def _ref(value: str, relation: Relation, source: ParentSource, evidence: Evidence) -> ParentRef:
    found = reference(value)
    name = found.id if found else one_line(value, 120) or "(empty)"
    return ParentRef(name, found is not None, relation, source, (evidence,), found.revision if found else None)


def _tagged(info: ModelInfo) -> list[tuple[str, Relation, str]]:
    """(id, relation, tag) of each base model that the tags name."""
    found: dict[str, tuple[str, Relation, str]] = {}
    for tag in info.tags:
        if not tag.startswith(_TAG):
            continue
        head, name = _split(tag)
        named, typed = reference(name), head in _RELATIONS
        if named is not None and (typed or named.id not in found):
            found[named.id] = (named.id, _RELATIONS[head] if typed else "unknown", tag)
    return list(found.values())


def _split(tag: str) -> tuple[str, str]:
    """Relation and name in `base_model:relation:name`; a name that is no id may hold colons of its own."""
    said = tag.removeprefix(_TAG)
    head, _, tail = said.partition(":")
    return (head, tail) if tail and (head in _RELATIONS or reference(tail)) and not said.startswith(("http:", "https:")) else ("", said)


def _of_tags(info: Document[ModelInfo]) -> list[ParentRef]:
    return [ParentRef(identifier, True, relation, "tag", (_api(info, "tags", tag),)) for identifier, relation, tag in _tagged(info.facts)]


def _of_odd_tags(info: Document[ModelInfo]) -> list[ParentRef]:
    """Base models that a tag names with something that is no id: stated all the same."""
    found = []
    for tag in info.facts.tags:
        head, name = _split(tag)
        if tag.startswith(_TAG) and reference(name) is None:
            found.append(_ref(name, _RELATIONS.get(head, "unknown"), "tag", _api(info, "tags", tag)))
    return found


def _api(info: Document[ModelInfo], place: str, quote: str) -> Evidence:
    return Evidence("api", info.url, place, "", one_line(quote), info.sha256, info.retrieved_at, info.status)


def _of_card(data: CardData, document: Document[Any]) -> list[ParentRef]:
    relation = _RELATIONS.get((data.base_model_relation or "").strip().lower(), "unknown")
    line = data.lines.get("base_model")
    # What stands there in another form than text states a base model too, of which nothing is known.
    odd = [problem for problem in data.problems if problem.startswith(_ODD_BASE) and not problem.endswith(_NOTHING)]
    return [
        _ref(
            value,
            relation,
            "card",
            _api(document, "cardData.base_model", f"base_model: {value}")
            if document.kind == "model_info"
            else document_evidence(document, "card", line, line, f"base_model: {value}"),
        )
        for value in (*data.base_model, *odd)
    ]


def _of_headers(evidence: ModelEvidence) -> list[ParentRef]:
    """Base models that GGUF headers name; how the file came from them they do not say."""
    return [
        _ref(value, "unknown", "gguf", document_evidence(document, "gguf", None, None, f"{key}: {value}"))
        for document in evidence.documents.values()
        if isinstance(document.facts, HeaderFacts)
        for key, value in base_models(document.facts.metadata)
    ]


def _adapters(evidence: ModelEvidence) -> Iterator[tuple[Document[AdapterFacts], AdapterFacts]]:
    return ((document, document.facts) for document in evidence.documents.values() if isinstance(document.facts, AdapterFacts))


def _of_adapter(evidence: ModelEvidence, stated: bool) -> Iterator[ParentRef]:
    """The model that an adapter is made for. Often a path on the machine that it was trained on: that counts only where nothing else is stated."""
    found = []
    info = evidence.info
    if isinstance(info, Document) and info.facts.adapter_base:
        found.append(
            _ref(info.facts.adapter_base, "adapter", "adapter_config", _api(info, "config.peft", f"base_model_name_or_path: {info.facts.adapter_base}"))
        )
    for document, facts in _adapters(evidence):
        for text in (*([facts.base_model] if facts.base_model else []), *facts.problems) or (() if found else (_NO_BASE,)):
            ref = _ref(text, "adapter", "adapter_config", document_evidence(document, "adapter_config", None, None, f"base_model_name_or_path: {text}"))
            pinned = reference(f"{ref.name}@{facts.revision}") if ref.is_id and facts.revision else None
            found.append(replace(ref, revision=ref.revision or pinned.revision) if pinned else ref)
    yield from (ref for ref in found if ref.is_id or not stated)


def _of_recipes(evidence: ModelEvidence, info: ModelInfo) -> Iterator[ParentRef]:
    """Every model of a merge, and what of its file cannot be read."""
    merge = _is_merge(info)
    for document in evidence.documents.values():
        facts = document.facts
        if isinstance(facts, RecipeFacts):
            for text in (*facts.models, *facts.problems):
                yield _ref(text, "merge", "recipe", document_evidence(document, "merge_recipe", None, None, text))
        elif isinstance(facts, CardFacts) and facts.recipe and merge:
            for text in facts.recipe.models:
                yield _ref(text, "merge", "recipe", document_evidence(document, "card", None, None, text))


def _is_merge(info: ModelInfo) -> bool:
    """A card may show recipes of others, so that what it shows counts where it is that of a merge."""
    return bool(info.local or _MERGE_TAGS & set(info.tags)) or any(tag.startswith(f"{_TAG}merge:") for tag in info.tags)


def _broken_in_card(evidence: ModelEvidence, info: ModelInfo) -> Iterator[ParentRef]:
    """Recipes in the card of a merge that cannot be read whole."""
    card = evidence.documents.get("README.md")
    if card is not None and isinstance(card.facts, CardFacts) and card.facts.recipe and _is_merge(info):
        for text in card.facts.recipe.problems:
            yield _ref(text, "merge", "recipe", document_evidence(card, "card", None, None, text))


def _unread(evidence: ModelEvidence) -> Iterator[ParentRef]:
    """Files that name base models and could not be had."""
    for path, missing in evidence.unavailable.items():
        if (path in RECIPES or is_adapter_config(path)) and missing.reason != "absent":
            proof = Evidence("file", missing.url, path, "", one_line(f"(not had: {missing.detail})"), "unknown", missing.retrieved_at, missing.status)
            adapter = path not in RECIPES
            yield ParentRef(path, False, "adapter" if adapter else "merge", "adapter_config" if adapter else "recipe", (proof,), unread=missing.detail)


def _of_config(evidence: ModelEvidence) -> tuple[ParentRef, ...]:
    """Where nothing else is stated, the model that training began from; see `starting_point`."""
    point = _starting_point(evidence)
    if point is None:
        return ()
    text, ref = point
    proof = document_evidence(evidence.documents["config.json"], "config", None, None, f"_name_or_path: {text}")
    return (ParentRef(ref.id, True, "unknown", "config", (proof,), ref.revision),)


def _starting_point(evidence: ModelEvidence) -> tuple[str, ModelRef] | None:
    document = evidence.documents.get("config.json")
    text = starting_point(document.content) if document is not None and document.content is not None else ""
    ref = reference(text) if "/" in text and "://" not in text else None
    return (text, ref) if ref is not None and ref.id.lower() != evidence.id.lower() else None

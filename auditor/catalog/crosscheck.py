"""The knowledge looked at as a whole: names that point nowhere, names that point to two things, texts claimed twice."""

from __future__ import annotations

from collections.abc import Iterator

from license_expression import get_spdx_licensing

from auditor.catalog.catalog import Catalog, folded
from auditor.catalog.terms import unknown_words
from auditor.domain.license import USES, License, LicenseFamily
from auditor.domain.vocabulary import Vocabulary


def problems(catalog: Catalog) -> list[str]:
    """One line per problem, each naming the file; empty when the knowledge is consistent. Raises CatalogError for a file that does not load."""
    return [
        *_stray_files(catalog),
        *_vocabulary(catalog.vocabulary),
        *_licenses(catalog),
        *_shared_names(catalog),
        *_texts(catalog),
        *_hub_ids(catalog),
        *_gpus(catalog),
        *_geometries(catalog),
    ]


def _stray_files(catalog: Catalog) -> Iterator[str]:
    """A file that nothing reads looks like knowledge and is none."""
    for path in sorted(catalog.store.root.rglob("*")):
        if path.suffix.lower() == ".yml" or (path.suffix.lower() == ".yaml" and path.suffix != ".yaml"):
            yield f"rules/{path.relative_to(catalog.store.root).as_posix()}: nothing reads this file; its name must end in .yaml"


def _vocabulary(vocabulary: Vocabulary) -> Iterator[str]:
    where = "rules/vocabulary.yaml"
    if missing := set(USES) ^ set(vocabulary.uses):
        yield f"{where}: uses: {', '.join(sorted(missing))}"
    for name, fact in vocabulary.facts.items():
        for field, other, wanted in (
            ("at_release", fact.at_release, fact.type),
            ("at_most", fact.at_most, fact.type),
            ("by_month", fact.by_month, "counts_by_month"),
        ):
            if other is not None and (other not in vocabulary.facts or vocabulary.facts[other].type != wanted):
                yield f"{where}: facts.{name}.{field}: {other!r} is no fact of type {wanted}"
        if fact.at_most in vocabulary.facts and vocabulary.facts[fact.at_most].currency != fact.currency:
            yield f"{where}: facts.{name}.at_most: {fact.at_most!r} is in another currency"
    for name, members in vocabulary.territory_groups.items():
        yield from (f"{where}: territory_groups.{name}: {code!r} is no ISO 3166 code" for code in members if code not in vocabulary.territories)


def _licenses(catalog: Catalog) -> Iterator[str]:
    spdx = {key.lower() for key in get_spdx_licensing().known_symbols}
    hub_names = {folded(hub_id): key for hub_id, key in catalog.hub_ids.items()}
    for key in catalog.license_keys:
        entry, where = catalog.license_entry(key), f"rules/licenses/{key}.yaml"
        for alias in entry.aliases:
            if hub_names.get(folded(alias), key) != key:
                yield f"{where}: aliases: {alias!r} is the Hub id of {hub_names[folded(alias)]}; drop it"
        if isinstance(entry, LicenseFamily):
            yield from (f"{where}: members: no license {member!r}" for member in entry.members if not _is_license(catalog, member))
        if not isinstance(entry, License):
            continue
        if entry.spdx and entry.spdx.lower() not in spdx:
            yield f"{where}: spdx: {entry.spdx!r} is no SPDX id"
        if entry.verified and not entry.texts:
            yield f"{where}: texts: a verified license needs the fingerprint of at least one text"
        yield from (f"{where}: {problem}" for problem in unknown_words(entry, catalog.vocabulary))


def _shared_names(catalog: Catalog) -> Iterator[str]:
    """A name may be shared by licenses, each of which can be judged; one that also names a family or no license at all cannot."""
    for name, keys in catalog.aliases.items():
        if len(keys) > 1:
            yield from (
                f"rules/licenses/{key}.yaml: aliases: {name!r} also names {', '.join(other for other in keys if other != key)}; only licenses may share a name"
                for key in keys
                if not _is_license(catalog, key)
            )


def _is_license(catalog: Catalog, key: str) -> bool:
    return key in catalog.license_keys and isinstance(catalog.license_entry(key), License)


def _texts(catalog: Catalog) -> Iterator[str]:
    seen: dict[str, str] = {}
    for key in catalog.license_keys:
        entry = catalog.license_entry(key)
        for text in entry.texts if isinstance(entry, License) else ():
            if (other := seen.setdefault(text.sha256, key)) != key:
                yield f"rules/licenses/{key}.yaml: texts.{text.id}: the same words are a text of {other}"


def _hub_ids(catalog: Catalog) -> Iterator[str]:
    seen: dict[str, str] = {}
    for key in catalog.license_keys:
        hub_id = catalog.license_entry(key).hub_id
        if hub_id and (other := seen.setdefault(hub_id, key)) != key:
            yield f"rules/licenses/{key}.yaml: hub_id: {hub_id!r} belongs to {other} already"


def _gpus(catalog: Catalog) -> Iterator[str]:
    seen: dict[str, str] = {}
    for key, gpu in catalog.gpus.items():
        for name in {folded(key), *(folded(alias) for alias in gpu.aliases)}:
            if (other := seen.setdefault(name, key)) != key:
                yield f"rules/hardware/{key}.yaml: aliases: {name!r} belongs to {other} already"


def _geometries(catalog: Catalog) -> Iterator[str]:
    known = {model_type for architecture in catalog.architectures.values() for model_type in architecture.model_types}
    seen: dict[str, str] = {}
    for key, entry in catalog.geometries.items():
        if entry.model_type not in known:
            yield f"rules/geometry/{key}.yaml: model_type: {entry.model_type!r} is in no file of rules/architectures"
        for model_id in entry.model_ids:
            if (other := seen.setdefault(model_id.lower(), key)) != key:
                yield f"rules/geometry/{key}.yaml: model_ids: {model_id!r} belongs to {other} already"

"""What a stated license name means: one license, a family, several, or nothing known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from auditor.catalog.catalog import Catalog, folded
from auditor.domain.license import License, LicenseFamily
from auditor.domain.license_facts import NameMatch
from auditor.domain.pattern import lazy_pattern


def match_tag(value: str, catalog: Catalog) -> NameMatch:
    """A value of `license:`. A Hub id decides; any other spelling is looked up like a `license_name`."""
    key = catalog.hub_ids.get(value.strip().lower())
    return _entry_match(key, catalog) if key else _match_alias(value, catalog)


def match_name(value: str, catalog: Catalog) -> NameMatch:
    """A value of `license_name:`. One equal to a Hub id is ignored: whoever writes `other` and means `mit` would have written `mit`."""
    if folded(value) in {folded(hub_id) for hub_id in catalog.hub_ids}:
        return NameMatch("ignored")
    return _match_alias(value, catalog)


def _match_alias(value: str, catalog: Catalog) -> NameMatch:
    keys = catalog.aliases.get(folded(value), ())
    if not keys and _OPERATOR.search(value) and len(value) <= _MAX_NAME:
        return _match_expression(value, catalog)
    if len(keys) > 1:
        return NameMatch("shared", keys)
    return _entry_match(keys[0], catalog) if keys else NameMatch("unmodelled")


def _match_expression(value: str, catalog: Catalog) -> NameMatch:
    """An SPDX expression whose names all name one license each; with any other it is unmodelled, for an unknown part may say anything."""
    from auditor.licensing.expression import NotAnExpression, parse

    try:
        choice = parse(value)
    except NotAnExpression:
        return NameMatch("unmodelled")
    matches = {name: match_tag(name, catalog) for name in dict.fromkeys(name for one in choice for name in one)}
    if any(match.kind != "exact" for match in matches.values()):
        return NameMatch("unmodelled")
    alternatives = tuple(dict.fromkeys(tuple(dict.fromkeys(matches[name].keys[0] for name in one)) for one in choice))
    keys = tuple(dict.fromkeys(key for one in alternatives for key in one))
    return NameMatch("expression", keys, alternatives) if len(keys) > 1 else NameMatch("exact", keys)


def _entry_match(key: str, catalog: Catalog) -> NameMatch:
    entry = catalog.license_entry(key)
    if isinstance(entry, License):
        return NameMatch("exact", (key,))
    if isinstance(entry, LicenseFamily):
        return NameMatch("family", entry.members)
    return NameMatch("placeholder")


_TOKEN = lazy_pattern(r"[^\W\d_]+|\d+(?:\.\d+)*|\+")
_VERSION = lazy_pattern(r"(?<![^\W\d_])(?:v|ver|version)\.?\s*(?=\d)|(?<=[a-z])v(?=\d)")
_SPELLED = frozenset({"the", "a", "an", "license", "licence", "licenses", "agreement", "lizenz", "licencia", "international", "unported"})
"""Words that spellings of one name add or leave out."""
_ARTICLE = lazy_pattern(r"^(?:the|an?)\s+", re.IGNORECASE)
_MAX_NAME = 200
_OPERATOR = lazy_pattern(r"\s(?:AND|OR|WITH)\s|\s(?:and|or)\s+\S+$")
"""SPDX writes operators in capitals; `mit or apache-2.0` is met too. Both need names on either side that are known."""


def match_prose(value: str, catalog: Catalog) -> NameMatch:
    """A name as prose writes it: `Apache License, Version 2.0`, `the Apache 2.0 license` and `apache-2.0` agree.

    A name without its version (`Apache License`) is shared by the versions that the catalogue holds, even where that is one, unless an alias decides.
    What is not surely a name in the catalogue is unmodelled; nothing is ignored, since in prose a Hub id is a name like any other.
    """
    value = _ARTICLE.sub("", value.strip())
    match = match_tag(value, catalog)
    spelling = _spelling(value)
    named_by_alias = match.kind != "unmodelled" and match.keys != (folded(value),)
    if not spelling or len(value) > _MAX_NAME or named_by_alias or value.strip().lower() in catalog.hub_ids:
        return match
    names = _spellings(catalog)
    keys = match.keys or names.get(spelling) or names.get(f"{spelling}.0" if spelling[-1].isdigit() and "." not in spelling else "") or ()
    versions = () if any(character.isdigit() for character in spelling) else _versions(spelling, names)
    if len(keys) == 1 and set(versions) <= set(keys):
        return _entry_match(keys[0], catalog)
    return NameMatch("shared", tuple(dict.fromkeys((*keys, *versions)))) if keys or versions else match


def _versions(spelling: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = (keys for name, keys in names.items() if name.startswith(spelling) and name[len(spelling) :].replace(".", "").isdigit())
    return tuple(sorted({key for keys in found for key in keys}))


def _spelling(name: str) -> str:
    """The words that tell licenses apart, joined; two numbers stay apart."""
    words = [word for word in _TOKEN.findall(_VERSION.sub(" ", name.casefold())) if word not in _SPELLED]
    return "".join(f"-{word}" if index and word[0].isdigit() and words[index - 1][0].isdigit() else word for index, word in enumerate(words))


@lru_cache(maxsize=2)
def _spellings(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for name, keys in (*catalog.aliases.items(), *((hub_id, (key,)) for hub_id, key in catalog.hub_ids.items())):
        if spelling := _spelling(name):
            found.setdefault(spelling, {}).update(dict.fromkeys(keys))
    return {spelling: tuple(keys) for spelling, keys in found.items()}

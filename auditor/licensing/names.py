"""What a stated license name means: one license, a family, several, or nothing known."""

from __future__ import annotations

from auditor.catalog.catalog import Catalog, folded
from auditor.domain.license import License, LicenseFamily
from auditor.domain.license_facts import NameMatch


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
    if len(keys) > 1:
        return NameMatch("shared", keys)
    return _entry_match(keys[0], catalog) if keys else NameMatch("unmodelled")


def _entry_match(key: str, catalog: Catalog) -> NameMatch:
    entry = catalog.license_entry(key)
    if isinstance(entry, License):
        return NameMatch("exact", (key,))
    if isinstance(entry, LicenseFamily):
        return NameMatch("family", entry.members)
    return NameMatch("placeholder")

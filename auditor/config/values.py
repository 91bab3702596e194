"""Declared facts from text: `10M`, `US,EU`, `unknown`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.domain.errors import UsageError, did_you_mean, nearest
from auditor.domain.license import USES, Use
from auditor.domain.pattern import lazy_pattern
from auditor.domain.profile import FactValue
from auditor.domain.vocabulary import FactDefinition, Vocabulary

UNKNOWN = "unknown"
_NUMBER = lazy_pattern(r"^(\d+(?:\.\d+)?)\s*([kKmMbB]?)$")
_MONTH = lazy_pattern(r"^\d{4}-(?:0[1-9]|1[0-2])$")
_SCALE = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_MAX = 10**15


def parse_uses(values: Sequence[str], where: str) -> tuple[Use, ...]:
    """Uses in the contract's order; hyphen or underscore, commas allowed. UsageError for an unknown one."""
    wanted = {part.strip().lower().replace("-", "_") for value in values for part in value.split(",") if part.strip()}
    for name in sorted(wanted):
        if name not in USES:
            raise UsageError(f"{where}: unknown use {name!r}{did_you_mean(name, USES)}", f"choose from: {', '.join(USES)}")
    if not wanted:
        raise UsageError(f"{where}: no use is named", f"choose from: {', '.join(USES)}")
    return tuple(use for use in USES if use in wanted)


def split_fact(text: str) -> tuple[str, str]:
    """`NAME=VALUE` of a `--fact`."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--fact {text!r}: expected NAME=VALUE", "for example: --fact monthly_active_users=10M")
    return name.strip().replace("-", "_"), value.strip()


def parse_fact(name: str, value: object, vocabulary: Vocabulary, where: str) -> tuple[FactValue | None, object]:
    """The fact's value (None for `unknown`) and its plain form for the report. UsageError names the fact and what it takes."""
    definition = vocabulary.facts.get(name)
    if definition is None:
        near = nearest(name, vocabulary.facts)
        next_step = f"run: auditor explain {near}" if near else "auditor config --show-sources lists every fact"
        raise UsageError(f"{where}: unknown fact {name!r}{did_you_mean(name, vocabulary.facts)}", next_step)
    if isinstance(value, str) and value.strip().lower() == UNKNOWN:
        return None, UNKNOWN
    if definition.type in ("count", "money"):
        number = _number(name, value, definition, where)
        return number, number
    if definition.type == "counts_by_month":
        months = _months(name, value, definition, where)
        return months, months
    if definition.type == "boolean":
        truth = _boolean(name, value, where)
        return truth, truth
    if definition.type == "choice":
        choice = str(value).strip().lower()
        if choice not in definition.values:
            raise UsageError(f"{where}: {name} = {choice!r}{did_you_mean(choice, definition.values)}", f"choose from: {', '.join(definition.values)}")
        return choice, choice
    items = _items(name, value, where)
    if definition.type == "territories":
        return _territories(name, items, vocabulary, where), sorted(items)
    known = vocabulary.business if name == "business" else vocabulary.field_of_use
    folded = [item.lower().replace("-", "_") for item in items]
    for item in folded:
        if item not in known:
            raise UsageError(f"{where}: {name} holds {item!r}, which is not known{did_you_mean(item, known)}", f"choose from: {', '.join(known)}")
    return frozenset(folded), sorted(folded)


def check_figures(facts: Mapping[str, FactValue], vocabulary: Vocabulary) -> None:
    """UsageError for figures that cannot all be right: a highest figure below that of one month, a part above the whole."""
    for name, definition in vocabulary.facts.items():
        highest = facts.get(name)
        if not isinstance(highest, int):
            continue
        by_month = facts.get(definition.by_month or "")
        months = [(f"{definition.by_month} of {month}", figure) for month, figure in by_month.items()] if isinstance(by_month, Mapping) else []
        at_release = facts.get(definition.at_release or "")
        months += [(str(definition.at_release), at_release)] if isinstance(at_release, int) else []
        pairs = [(other, figure, name, highest) for other, figure in months]
        if isinstance(whole := facts.get(definition.at_most or ""), int):
            pairs.append((name, highest, str(definition.at_most), whole))
        for lesser, figure, greater, bound in pairs:
            if figure > bound:
                message = f"{lesser} = {figure} is above {greater} = {bound}, which it can never exceed"
                raise UsageError(message, "declare both as they are, or one of them as unknown")


def _number(name: str, value: object, definition: FactDefinition, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise UsageError(f"{where}: {name} takes a number of {definition.unit}, got {value!r}", f"for example: {name}=10M")
    match = _NUMBER.match(str(value).replace("_", "").strip())
    number = round(float(match[1]) * _SCALE[match[2].lower()]) if match else -1
    if match and "." not in match[1]:
        number = int(match[1]) * _SCALE[match[2].lower()]
    if not 0 <= number <= _MAX:
        raise UsageError(f"{where}: {name} takes a number of {definition.unit}, got {value!r}", f"for example: {name}=10M (k, M and B are allowed)")
    return number


def _months(name: str, value: object, definition: FactDefinition, where: str) -> dict[str, int]:
    pairs = value.items() if isinstance(value, Mapping) else [item.partition("=")[::2] for item in str(value).split(",")]
    months = {}
    for month, number in pairs:
        if not _MONTH.match(str(month).strip()):
            raise UsageError(f"{where}: {name} takes months as YYYY-MM, got {str(month)!r}", f"for example: {name}=2024-06=4M")
        months[str(month).strip()] = _number(name, number, definition, where)
    return dict(sorted(months.items()))


def _boolean(name: str, value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in ("true", "false", "yes", "no"):
        raise UsageError(f"{where}: {name} takes true, false or unknown, got {value!r}")
    return word in ("true", "yes")


def _items(name: str, value: object, where: str) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return [item.strip() for item in value if item.strip()]
    raise UsageError(f"{where}: {name} takes a list of names, got {value!r}")


def _territories(name: str, items: list[str], vocabulary: Vocabulary, where: str) -> frozenset[str] | None:
    """An empty list declares nothing."""
    codes: set[str] = set()
    for item in items:
        upper = vocabulary.territory_names.get(item.upper(), item.upper())
        group = vocabulary.territories if upper == "WORLD" else vocabulary.territory_groups.get(upper, (upper,))
        if not set(group) <= set(vocabulary.territories):
            codes_near = vocabulary.territories if len(upper) <= 3 else ()  # of a longer word two letters say nothing
            near = did_you_mean(upper, (*vocabulary.territory_groups, "WORLD", *vocabulary.territory_names, *codes_near))
            raise UsageError(f"{where}: {name} holds {item!r}, which is no ISO 3166 alpha-2 code{near}", "use codes such as US, DE, or EU, EEA, WORLD")
        codes |= set(group)
    return frozenset(codes) or None

"""Plain-text explanations of everything that has a name."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import fill, indent

from auditor.catalog.catalog import Catalog, folded
from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.hardware import Gpu
from auditor.domain.license import License, LicenseEntry, LicenseFamily, Term
from auditor.engine.rule import Rule
from auditor.engine.rules import load_rules

WIDTH = 100
VERDICT_WORDS = {
    "approved": "Every intended use is permitted, there is nothing to do and no finding is open. Exit code 0.",
    "conditional": "Permitted; obligations or conditions apply. Exit code 0, or 3 with --fail-on conditional.",
    "review": "A person must decide: an undeclared fact decides, witnesses disagree, or a text is changed or unknown. Exit code 3.",
    "incomplete": "Evidence could not be had that could change the answer. Exit code 4.",
    "blocked": "An intended use is prohibited, or the policy blocks a finding. Exit code 1.",
    "not_gated": "Assessed, but findings of this area are notes in this run.",
    "not_assessed": "No detector or no evidence; listed among what was not checked.",
}


def explanation(term: str, catalog: Catalog) -> str:
    """Text about `term`, ending in a newline. UsageError with a suggestion when nothing has that name."""
    wanted = folded(term)
    found = _explained(catalog)
    keys = catalog.aliases.get(wanted, ())
    if wanted not in found and keys:
        return "\n".join(_license(catalog.license_entry(key)) for key in keys)
    if wanted not in found:
        known = [*found, *catalog.aliases]
        raise UsageError(f"nothing is called {term!r}{did_you_mean(wanted, known)}", "run: auditor licenses, auditor gpus or auditor rules for the names")
    return found[wanted]()


def _explained(catalog: Catalog) -> dict[str, Callable[[], str]]:
    vocabulary = catalog.vocabulary
    found: dict[str, Callable[[], str]] = {}
    for key in catalog.license_keys:
        found[folded(key)] = lambda key=key: _license(catalog.license_entry(key))  # type: ignore[misc]
    for gpu in catalog.gpus.values():
        for name in (*gpu.aliases, gpu.key):
            found.setdefault(folded(name), lambda gpu=gpu: _gpu(gpu))  # type: ignore[misc]
    for rule in load_rules(catalog):
        found[folded(rule.id)] = lambda rule=rule: _rule(rule)  # type: ignore[misc]
    for name, fact in vocabulary.facts.items():
        values = f"\nValues: {', '.join(fact.values)}" if fact.values else ""
        unit = f"\nUnit: {fact.unit}" if fact.unit else ""
        found[folded(name)] = lambda name=name, fact=fact, more=unit + values: f"{name} (fact, {fact.type})\n{fact.description}{more}\n"  # type: ignore[misc]
    for kind, names in (("use", vocabulary.uses), ("business", vocabulary.business), ("field of use", vocabulary.field_of_use), ("verdict", VERDICT_WORDS)):
        for name, text in names.items():
            found.setdefault(folded(name), lambda name=name, kind=kind, text=text: f"{name} ({kind})\n{text}\n")  # type: ignore[misc]
    return found


def _license(entry: LicenseEntry) -> str:
    if not isinstance(entry, License):
        members = f"Members: {', '.join(entry.members)}{'' if entry.complete else ' and others'}\n" if isinstance(entry, LicenseFamily) else ""
        return f"{entry.name} ({entry.key})\nNames no single license.\n{members}{entry.notes}\n"
    head = [
        f"{entry.name} ({entry.key})",
        f"Steward: {entry.steward}. Category: {entry.category}. SPDX: {entry.spdx or 'none'}. Hub id: {entry.hub_id or 'none'}.",
        f"Reviewed {entry.reviewed}, {'from the text' if entry.verified else 'NOT from the text (unverified): results are `review` at best'}.",
        "",
        "Uses:",
        *(f"  {use:24} {_grant_word(entry, use)} ({grant.clause})" for use, grant in entry.grants.items()),
        "",
        "Terms:",
    ]
    sources = ["", "Sources:", *(f"  {source.url}" for source in entry.sources)]
    return (
        "\n".join([*head, *(_term(term) for term in entry.terms), f"Outputs: {fill(entry.outputs.summary, WIDTH)} ({entry.outputs.clause})", *sources]) + "\n"
    )


def _grant_word(entry: License, use: str) -> str:
    given = entry.grants[use].given  # type: ignore[index]
    touching = [term for term in entry.terms if use in term.uses and term.effect != "inform"]
    if given != "yes":
        return {"no": "not granted", "silent": "not spoken of"}[given]
    limits = ["prohibited in some cases"] * any(t.effect == "prohibit" for t in touching) + ["with obligations"] * any(t.effect == "oblige" for t in touching)
    return "granted" + (f", {' and '.join(limits)}" if limits else "")


def _term(term: Term) -> str:
    where = f"{term.located_in}, {term.clause}" if term.located_in else term.clause
    lines = [f"  [{term.effect}] {term.kind.replace('_', ' ')} - {where}", indent(fill(term.summary, WIDTH - 6), "      ")]
    if term.obligation:
        lines.append(indent(fill(f"To do: {term.obligation.action}", WIDTH - 6), "      "))
        if term.obligation.text:
            lines.append(f"      Text: {term.obligation.text}")
    lines.append(f"      Uses: {', '.join(term.uses)}")
    return "\n".join(lines)


def _gpu(gpu: Gpu) -> str:
    measured = f", {gpu.memory_measured_gib} GiB seen usable in logs" if gpu.memory_measured_gib else ""
    figures = ", ".join(f"{name} {value:g}" for name, value in gpu.dense_tflops.items()) or "no figure"
    unverified = f"Not verified: {', '.join(gpu.unverified)}\n" if gpu.unverified else ""
    sources = "\n".join(f"  {source.url}" for source in gpu.sources)
    return (
        f"{gpu.name} ({gpu.key})\nMemory: {gpu.memory_mib / 1024:.2f} GiB reported by the driver{measured}, sold as {gpu.memory_class_gib} GB.\n"
        f"Bandwidth: {gpu.bandwidth_gb_per_s:g} GB/s. Dense TFLOPS: {figures}.\n{unverified}Reviewed {gpu.reviewed}. Sources:\n{sources}\n"
    )


def _rule(rule: Rule) -> str:
    fires = "\n".join(f"  fires: {example.why}" for example in rule.examples.fires)
    silent = "\n".join(f"  silent: {example.why}" for example in rule.examples.silent)
    head = f"{rule.id}: {rule.title}\nArea {rule.area}, outcome {rule.outcome}, once per {rule.each}."
    return f"{head}\n\n{fill(rule.why, WIDTH)}\n\nWhat to do: {rule.how_to_fix}\n\n{fires}\n{silent}\n"

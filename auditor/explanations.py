"""Plain-text explanations of everything that has a name."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from textwrap import fill, indent
from typing import get_args

from auditor.catalog.catalog import Catalog, folded
from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.hardware import Gpu
from auditor.domain.license import License, LicenseEntry, LicenseFamily, Term
from auditor.domain.stack import Span, Stack
from auditor.engine.policy import Policy
from auditor.engine.predicates import PREDICATES
from auditor.engine.predicates.base import Predicate
from auditor.engine.rule import Rule
from auditor.engine.rules import load_policy, load_rules, policy_names

WIDTH = 100
_LISTS = ("licenses", "gpus", "stacks", "rules", "policies")
"""Commands that list what has a name."""
WORDS = {
    "verdict": {
        "approved": "Every intended use is permitted, there is nothing to do and no finding is open. Exit code 0.",
        "conditional": "Permitted; obligations or conditions apply. Exit code 0, or 3 with --fail-on conditional.",
        "review": "A person must decide: an undeclared fact decides, witnesses disagree, or a text is changed or unknown. Exit code 3.",
        "incomplete": "Evidence could not be had that could change the answer. Exit code 4.",
        "blocked": "An intended use is prohibited, or the policy blocks a finding. Exit code 1.",
        "not_gated": "Assessed, but findings of this area are notes in this run.",
        "not_assessed": "No detector or no evidence; listed among what was not checked.",
    },
    "how a license is known": {
        "text_exact": "The words of the text are those that the license's steward publishes; wrapping, markup and copyright lines do not count.",
        "text_equivalent": "The words of the text are those of another known form of the license (a publisher's copy, what a gate shows), "
        "or a known text stands word for word inside a longer document.",
        "text_changed": "The text is near a known license, but passages were added, removed or replaced. It is never taken for that license: the verdict is "
        "`review` at best (rule LIC025), and the passages are shown; `auditor identify FILE` shows all.",
        "tag_only": "A tag or a license name names exactly one license and nothing contradicts it; no text was found. "
        "A policy with require_text sends it to review.",
        "none": "No license could be concluded.",
    },
    "result for a use": {
        "permitted": "The licenses that apply give the use, and ask for nothing.",
        "conditional": "The licenses that apply give the use and ask for something, or an agreement covers it.",
        "prohibited": "A license that applies does not give the use to this deployer.",
        "unknown": "It cannot be told: a fact is undeclared, or the license is not settled. Never counts as permitted.",
    },
    "status of an obligation": {
        "met": "The repository holds what is asked for; the evidence points at the lines.",
        "missing": "All files are known, what had to be read was read, and it is not there.",
        "open": "To be done in the deployment, whatever the repository holds.",
        "not_checkable": "It may be there, but no check tells, or what had to be read could not be had.",
    },
    "grade of a step in the lineage": {
        "permission_dropped": "The child's license gives what the parent's does not: the parent's restriction still binds.",
        "notice_missing": "A notice, a name or a text that the parent's license asks for is not in the child.",
        "over_restrictive": "The child states more restrictions than the parent's license has.",
        "benign": "Nothing was dropped between the two.",
        "unknown": "One of the two licenses cannot be told.",
    },
    "outcome of a rule": {
        "block": "The area is blocked.",
        "incomplete": "Evidence is missing that could change the answer.",
        "review": "A person must decide.",
        "note": "Worth knowing; changes no verdict.",
    },
}
"""What the words in a result mean, by what they say it of."""


def explanation(term: str, catalog: Catalog) -> str:
    """Text about `term`, ending in a newline. UsageError with a suggestion when nothing has that name."""
    wanted = folded(term)
    found = _explained(catalog)
    keys = catalog.aliases.get(wanted, ())
    if wanted not in found and keys:
        return "\n".join(_license(catalog.license_entry(key)) for key in keys)
    if wanted not in found:
        known = [*found, *catalog.aliases]
        raise UsageError(f"nothing is called {term!r}{did_you_mean(wanted, known)}", f"for the names run: auditor {', '.join(_LISTS[:-1])} or {_LISTS[-1]}")
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
    for stack in catalog.stacks.values():
        for name in (*stack.aliases, stack.key):
            found.setdefault(folded(name), lambda stack=stack: _stack(stack))  # type: ignore[misc]
    for name in policy_names(catalog):
        found.setdefault(folded(name), lambda name=name: _policy(load_policy(catalog, name)))  # type: ignore[misc]
    for predicate in PREDICATES:
        found.setdefault(folded(_kind(predicate)), lambda predicate=predicate: _predicate(predicate))  # type: ignore[misc]
    said: dict[str, list[str]] = {}
    for kind, names in (("use", vocabulary.uses), ("business", vocabulary.business), ("field of use", vocabulary.field_of_use), *WORDS.items()):
        for name, text in names.items():
            said.setdefault(folded(name), []).append(f"{name} ({kind})\n{fill(text, WIDTH)}\n")
    for name, texts in said.items():  # one word may be said of several things, and be a license's name too
        before = found.get(name)
        found[name] = lambda before=before, texts=texts: "\n".join([*([before()] if before else []), *texts])  # type: ignore[misc]
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


def _stack(stack: Stack) -> str:
    sources = "\n".join(f"  {source.url}" for source in stack.sources)
    versions = "\n".join(f"  {' '.join(part for part in _between(span) if part)}: {span.note}" for span in stack.spans)
    return (
        f"{stack.name} ({stack.key})\nMemory checked for version {stack.version}, back to {stack.oldest}.\n"
        f"Share of {'what weights and activations leave free' if stack.share_of_free else 'the memory of a card'} that it takes: "
        f"{stack.gpu_memory_utilization:g}.\n"
        + (f"Tokens in a page of the cache: {stack.block_size}.\n" if stack.block_size > 1 else "")
        + f"Types of the cache: {', '.join(stack.kv_bits)}.\n"
        + (f"In other versions:\n{versions}\n" if versions else "")
        + (f"{fill(stack.notes, WIDTH)}\n" if stack.notes else "")
        + f"Reviewed {stack.reviewed}. Sources:\n{sources}\n"
    )


def _between(span: Span) -> tuple[str, str]:
    return (f"from {span.since}" if span.since else "", f"before {span.before}" if span.before else "")


def _policy(policy: Policy) -> str:
    stricter = "".join(f"  {rule}: {outcome}\n" for rule, outcome in policy.rules.items())
    return (
        f"{policy.key} (policy)\n{policy.title}\nFails from {policy.fail_on} on. A license text is {'required' if policy.require_text else 'not required'}.\n"
        f"Always gate: {', '.join(policy.gate)}.\n" + (f"Stricter outcomes:\n{stricter}" if stricter else "")
    )


def _kind(predicate: type[Predicate]) -> str:
    return str(get_args(predicate.model_fields["kind"].annotation)[0])


def _predicate(predicate: type[Predicate]) -> str:
    example = (import_module(predicate.__module__).__doc__ or "").strip()
    return f"{_kind(predicate)} (predicate of a rule)\n{(predicate.__doc__ or '').strip()}\nWritten {example}\n"


def _rule(rule: Rule) -> str:
    fires = "\n".join(f"  fires: {example.why}" for example in rule.examples.fires)
    silent = "\n".join(f"  silent: {example.why}" for example in rule.examples.silent)
    head = f"{rule.id}: {rule.title}\nArea {rule.area}, outcome {rule.outcome}, once per {rule.each}."
    return f"{head}\n\n{fill(rule.why, WIDTH)}\n\nWhat to do: {rule.how_to_fix}\n\n{fires}\n{silent}\n"

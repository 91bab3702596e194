"""A Hub in memory: invented repositories, invented licenses, and one call from both to a report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from auditor import resources
from auditor.audit import Request, audit
from auditor.catalog.catalog import Catalog
from auditor.catalog.fingerprints import KnownSequence
from auditor.config.values import parse_fact
from auditor.crawler.gather import Gathered, gather
from auditor.crawler.interface import Mode, Source
from auditor.crawler.parse import Received, file_document, info_document
from auditor.domain.evidence import Document, DocumentKind, ModelEvidence, ModelInfo, ModelRef, Reason, Unavailable
from auditor.domain.license import USES, Use
from auditor.domain.license_facts import LicenseFacts
from auditor.domain.memory import SizingOptions
from auditor.domain.profile import Profile
from auditor.domain.report import ModelRecord, Report
from auditor.domain.verdict import FailOn
from auditor.engine.policy import Policy
from auditor.engine.rules import load_policy
from auditor.licensing.conclude import license_facts
from auditor.licensing.parents import named_in
from auditor.reading.license_link import held
from auditor.reading.normalize import fingerprint
from auditor.reading.shingles import shingles

HUB = "https://hub.example"
NOW = "2026-11-24T08:00:00Z"


def text(name: str) -> str:
    """An invented license text of its own for every name."""
    return f"Invented License {name}\n\nThe licensee may run and share the material called {name}.\nIt comes without a warranty.\n"


@dataclass(frozen=True)
class Repo:
    """A repository: card (front matter and `cardData`), files, what the API answers beside the usual, and what cannot be had."""

    card: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    unavailable: Mapping[str, Reason] = field(default_factory=dict)
    """Files that are listed and cannot be had, by reason."""
    answer: Mapping[str, Any] = field(default_factory=dict)
    """Replaces keys of the API's answer; a None removes the key."""
    readme: str | None = None
    """README.md as it is; by default the card as front matter."""

    def content(self) -> dict[str, bytes]:
        """Every file that can be had."""
        card = (
            self.readme if self.readme is not None else f"---\n{json.dumps(dict(self.card))}\n---\nAbout this model.\n" if self.card else "About this model.\n"
        )
        files = {"README.md": card, "config.json": "{}", **self.files}
        return {path: one.encode() if isinstance(one, str) else one for path, one in files.items() if path not in self.unavailable}

    def api(self, name: str) -> dict[str, Any]:
        """The answer about the model, with the tags that the Hub derives from the card."""
        relation = self.card.get("base_model_relation")
        tags = [f"license:{one}" for one in _texts(self.card.get("license"))]
        for parent in _texts(self.card.get("base_model")):
            if "/" in parent and " " not in parent:
                tags += [f"base_model:{parent}"] + ([f"base_model:{relation}:{parent}"] if relation else [])
        listed: list[dict[str, object]] = [{"rfilename": path, "size": len(one)} for path, one in self.content().items()]
        listed += [{"rfilename": path} for path in (*self.unavailable, "model.safetensors")]
        usual = {
            "id": name,
            "sha": sha_of(name),
            "gated": False,
            "cardData": dict(self.card),
            "tags": tags,
            "pipeline_tag": "text-generation",
            "siblings": listed,
        }
        return {key: value for key, value in {**usual, **self.answer}.items() if value is not None}


def _texts(value: object) -> list[str]:
    """The strings of a scalar or a list."""
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def sha_of(name: str) -> str:
    """The commit of an invented repository."""
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()


class FakeSource:
    """Repositories by id; a reason in place of a repository says why it cannot be had, and an unknown id is missing."""

    mode: Mode = "bundle"
    endpoint = HUB

    def __init__(self, repos: Mapping[str, Repo | Reason]) -> None:
        self.repos = repos

    def info(self, ref: ModelRef) -> Document[ModelInfo] | Unavailable:
        repo = self.repos.get(ref.id, "missing")
        url = f"{HUB}/api/models/{ref.id}"
        if not isinstance(repo, Repo):
            return Unavailable(repo, f"{ref.id}: {repo}", url, None, NOW)
        return info_document(Received(url, 200, {}, json.dumps(repo.api(ref.id)).encode(), NOW))

    def file(self, model_id: str, sha: str, path: str, kind: DocumentKind, cap: int | None = None) -> Document[Any] | Unavailable:
        revision, inside, headers = sha, path, dict[str, str]()
        if linked := held(path):
            model_id, revision, inside = linked.repository, linked.revision, linked.path
            headers = {"x-repo-commit": sha_of(model_id)}
        repo = self.repos.get(model_id, "missing")
        url = f"{HUB}/{model_id}/resolve/{revision}/{inside}"
        if not isinstance(repo, Repo):
            return Unavailable(repo, f"{model_id}: {repo}", url, None, NOW)
        if inside in repo.unavailable:
            return Unavailable(repo.unavailable[inside], f"{inside}: {repo.unavailable[inside]}", url, None, NOW)
        content = repo.content().get(inside)
        return Unavailable("absent", f"no {inside}", url, 404, NOW) if content is None else file_document(kind, path, Received(url, 200, headers, content, NOW))


def collected(repos: Mapping[str, Repo | Reason], name: str) -> ModelEvidence:
    """Evidence of one repository, all files asked for."""
    found: Gathered = gather(FakeSource(repos), [ModelRef(name)], named_in, lambda _: True)
    return found.models[ModelRef(name)]


def facts_of(repo: Repo, catalog: Catalog) -> LicenseFacts:
    """License facts of one repository by itself."""
    return license_facts(collected({"org/model": repo}, "org/model"), catalog)


def profile(catalog: Catalog, uses: Sequence[Use] = ("hosted",), **declared: object) -> Profile:
    """A deployer with these uses and facts, declared as in auditor.toml."""
    parsed = {name: parse_fact(name, value, catalog.vocabulary, "test") for name, value in declared.items()}
    facts = {name: value for name, (value, _) in parsed.items() if value is not None}
    plain = {name: shown for name, (_, shown) in parsed.items()}
    return Profile(tuple(use for use in USES if use in uses), "flag", facts, declared=plain)


@cache
def real_catalog() -> Catalog:
    """The knowledge of the repository."""
    return Catalog(resources.rules())


def run(
    repos: Mapping[str, Repo | Reason],
    *ids: str,
    catalog: Catalog | None = None,
    uses: Sequence[Use] = ("hosted",),
    policy: Policy | str = "default",
    fail_on: FailOn = "review",
    sizing: SizingOptions | None = None,
    **declared: object,
) -> Report:
    """The whole audit of `ids`, by default of the first repository."""
    return run_on(FakeSource(repos), *(ids or list(repos)[:1]), catalog=catalog, uses=uses, policy=policy, fail_on=fail_on, sizing=sizing, **declared)


def run_on(
    source: Source,
    *ids: str,
    catalog: Catalog | None = None,
    uses: Sequence[Use] = ("hosted",),
    policy: Policy | str = "default",
    fail_on: FailOn = "review",
    sizing: SizingOptions | None = None,
    stack: str | None = None,
    **declared: object,
) -> Report:
    """The whole audit of `ids` from any source of evidence."""
    catalog = catalog or real_catalog()
    chosen = load_policy(catalog, policy) if isinstance(policy, str) else policy
    request = Request(
        models=tuple(ModelRef(*one.split("@", 1)) for one in ids),
        profile=profile(catalog, uses, **declared),
        sizing=sizing or SizingOptions(),
        stack=stack,
        policy=chosen,
        policy_ref="built-in",
        fail_on=fail_on,
        evaluated_at="2026-11-24T00:00:00Z",
    )
    return audit(source, request, catalog)


def model(repo: Repo | Reason, catalog: Catalog | None = None, parents: Mapping[str, Repo | Reason] | None = None, **more: Any) -> ModelRecord:
    """The report's record of one repository, `org/model`, beside its `parents`."""
    return run({"org/model": repo, **(parents or {})}, catalog=catalog, **more).models[0]


def area(record: ModelRecord, name: str) -> str:
    """Verdict word of one area."""
    return next(one.verdict for one in record.areas if one.area == name)


def rules_of(record: ModelRecord) -> set[str]:
    """Ids of the rules with a finding above a note."""
    return {finding.rule for finding in record.findings if finding.outcome != "note"}


def result(record: ModelRecord, use: Use = "hosted") -> str:
    """Permission result of one use."""
    return next(one.result for one in record.permissions if one.use == use)


def license_entry(key: str, **changes: Any) -> dict[str, Any]:
    """A license of the catalogue with the text `text(key)`: grants everything and asks for nothing."""
    known = fingerprint(text(key))
    plain = {
        "entry": "license", "key": key, "name": f"License {key}", "family": "invented", "steward": "Nobody", "category": "permissive", "osi_approved": False,
        "verified": True, "reviewed": "2026-11-24", "sources": [{"url": "https://example.org"}],
        "texts": [{"id": "whole", "form": "canonical", "words": known.words, "sha256": known.sha256, "source": "invented"}],
        "grants": {use: {"given": "yes", "clause": "1"} for use in USES}, "terms": [],
        "outputs": {"training": "free", "commercial": "free", "clause": "1", "summary": "Nothing is said."},
    }  # fmt: skip
    return {**plain, **changes}


def family_entry(key: str, members: Sequence[str], complete: bool, **changes: Any) -> dict[str, Any]:
    """A family of the catalogue."""
    plain = {"entry": "family", "key": key, "name": f"Family {key}", "members": list(members), "complete": complete, "reviewed": "2026-11-24"}
    return {**plain, "sources": [{"url": "https://example.org"}], **changes}


def prohibiting(term: str = "bar", **when: Any) -> dict[str, Any]:
    """A term that prohibits all uses, or while a condition holds."""
    return {"id": term, "kind": "other", "clause": "2", "summary": f"The term {term} bars it.", "effect": "prohibit", **({"when": when} if when else {})}


def obliging(term: str = "duty", kind: str = "notice", duty: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A term that asks for something, whatever the use."""
    obligation = {"action": f"Do what {term} says", "trigger": "any use", **(duty or {})}
    return {"id": term, "kind": kind, "clause": "3", "summary": f"The term {term} asks for it.", "effect": "oblige", "obligation": obligation, **changes}


PROMPT = "Invented License gate-1\n\nThe licensee must not be late.\n"
"""A gate prompt that is the text of gate-1."""
_GATE = fingerprint(PROMPT)
LIMIT: dict[str, Any] = {"kind": "threshold", "fact": "monthly_active_users", "comparator": ">", "value": 1000, "affiliates": "included"}
INVENTED: tuple[dict[str, Any], ...] = (
    license_entry("free-1", hub_id="free-1", aliases=["Free License"]),
    license_entry("free-2", hub_id="free-2"),
    license_entry("duty-1", hub_id="duty-1", terms=[obliging(), obliging("policy", "acceptable_use")]),
    license_entry("nc-1", hub_id="nc-1", aliases=["nc"], terms=[prohibiting("nc", kind="commercial")]),
    license_entry("nc-2", hub_id="nc-2", aliases=["nc"], terms=[prohibiting("nc", kind="commercial", test="user")]),
    license_entry("limit-1", hub_id="limit-1", terms=[prohibiting("limit", **LIMIT, basis="at_release", release="2024-07-23")]),
    license_entry("limit-2", hub_id="limit-2", terms=[prohibiting("limit", **LIMIT, basis="at_release", release="2025-04-05")]),
    license_entry("limit-3", hub_id="limit-3", terms=[prohibiting("limit", **LIMIT, basis="at_release")]),
    license_entry("flow-1", hub_id="flow-1", terms=[prohibiting("limit", **LIMIT, basis="ongoing")]),
    license_entry("named-1", hub_id="named-1", terms=[obliging("prefix", "derivative_naming", {"name_prefix": "Zeph"}, uses=["redistribute_derivative"])]),
    license_entry("visual-1", hub_id="visual-1", terms=[prohibiting("eu", kind="all", of=[
        {"kind": "model", "property": "multimodal"}, {"kind": "territory", "reads": ["established_in"], "regions": ["EU"]}])]),
    license_entry("bar-1", hub_id="bar-1", terms=[prohibiting("eu", kind="territory", reads=["established_in", "serves_users_in"], regions=["EU"])]),
    license_entry("silent-1", hub_id="silent-1", grants={use: {"given": "silent", "clause": "1"} for use in USES}),
    license_entry("closed-1", hub_id="closed-1", grants={use: {"given": "no", "clause": "1"} for use in USES}),
    license_entry("hearsay-1", hub_id="hearsay-1", verified=False, texts=[]),
    license_entry("gate-1", hub_id="gate-1", texts=[
        {"id": "gate", "form": "gate_prompt", "words": _GATE.words, "sha256": _GATE.sha256, "source": "invented"}]),
    license_entry("untagged-1", aliases=["Untagged License"]),
    license_entry("twin-1", aliases=["twin"]),
    license_entry("twin-2", aliases=["twin"]),
    family_entry("barred", ["nc-1", "closed-1"], True, hub_id="barred"),
    family_entry("barred-partly", ["nc-1", "closed-1"], False, hub_id="barred-partly"),
    family_entry("mixed", ["free-1", "closed-1"], True, hub_id="mixed"),
)  # fmt: skip
"""Licenses of nobody, one for each thing that a license can do."""


def write_entry(root: Path, entry: Mapping[str, Any], folder: str = "licenses") -> Path:
    """Adds one knowledge file to a rules/ folder; JSON is YAML."""
    path = root / folder / f"{entry['key']}.yaml"
    path.write_text(json.dumps(entry, indent=1), encoding="utf-8")
    return path


class Shelf:
    """Fingerprints of two invented texts and of one that only ScanCode knows."""

    def __init__(self, texts: Iterable[tuple[str, str]], strangers: Iterable[tuple[str, str]] = ()) -> None:
        self.known = [self._sequence(license, text) for license, text in texts]
        self.strangers = list(strangers)
        self.wrappings: dict[str, KnownSequence] = {}
        self.stranger_words = {key: len(text.split()) for key, text in self.strangers}

    @staticmethod
    def _sequence(license: str, text: str) -> KnownSequence:
        found = shingles(text)
        return KnownSequence(license, "whole", "canonical", found.words, found.hashes, ((0, "1"), (20, "3"), (40, "4")))

    def near(self, hashes: Iterable[int]) -> list[tuple[float, str, str]]:
        """As `Fingerprints.near`."""
        held = set(hashes)
        own = [("text", str(index), set(known.hashes)) for index, known in enumerate(self.known)]
        all_ = own + [("scancode", key, set(shingles(text).hashes)) for key, text in self.strangers]
        shares = [(len(held & theirs) / len(theirs), kind, name) for kind, name, theirs in all_]
        return sorted((one for one in shares if one[0] > 0), key=lambda one: -one[0])

    def sequence(self, index: int) -> KnownSequence:
        return self.known[index]

    def rewrapped(self, sha256: str) -> KnownSequence | None:
        return self.wrappings.get(sha256)

    @property
    def digests(self) -> dict[str, str]:
        return {fingerprint(text).sha256: key for key, text in self.strangers}

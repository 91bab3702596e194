"""An unknown never improves a verdict: facts left out, evidence taken away, texts added that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pytest
from fakes import Repo, model, profile, real_catalog, run, text
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from auditor.catalog.catalog import Catalog
from auditor.config.values import check_figures
from auditor.domain.errors import UsageError
from auditor.domain.evidence import Reason
from auditor.domain.license import License, Use
from auditor.domain.report import ModelRecord
from auditor.domain.verdict import RESULTS, VERDICTS
from auditor.licensing.conditions import Situation
from auditor.licensing.permissions import use_result

EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
REAL = real_catalog()
VOCABULARY = REAL.vocabulary
LICENSES = [entry for key in REAL.license_keys if isinstance(entry := REAL.license_entry(key), License)]
KEYS = ("free-1", "free-2", "duty-1", "nc-1", "nc-2", "limit-1", "limit-3", "flow-1", "named-1", "visual-1", "bar-1", "silent-1", "closed-1")
TAGS = (*KEYS, "hearsay-1", "barred", "barred-partly", "mixed", "other", "unknown", "Zephyrine")
NAMES = ("Free License", "Untagged License", "twin", "nc", "free-1", "closed-1", "my own terms", "no license")
PATHS = ("LICENSE", "LICENSE-MODEL", "COPYING", "licenses/terms.txt", "USE_POLICY.md", "NOTICE")
REASONS: tuple[Reason, ...] = ("gated_no_token", "timeout", "malformed", "too_large", "not_recorded")
STRANGE = "Zephyrine terms: nobody may do anything on Mondays."
PROMPTS = (STRANGE, "Tell us the name of your company to get access.")


def _value(name: str) -> st.SearchStrategy[Any]:
    definition = VOCABULARY.facts[name]
    if definition.type in ("count", "money"):
        return st.sampled_from([0, 999, 1_000, 1_001, 20_000_000, 100_000_000, 700_000_000, 700_000_001, 10**12])
    if definition.type == "counts_by_month":
        months = st.sampled_from(["2023-06", "2024-06", "2024-08", "2024-11", "2025-03"])
        return st.dictionaries(months, st.sampled_from([0, 1_000, 1_001, 700_000_000, 700_000_001]), min_size=1, max_size=3)
    if definition.type == "choice":
        return st.sampled_from(definition.values)
    if definition.type == "boolean":
        return st.booleans()
    if definition.type == "territories":
        return st.lists(st.sampled_from(["US", "DE", "UK", "KR", "NO", "CN", "EU", "WORLD"]), min_size=1, max_size=2, unique=True)
    known = VOCABULARY.business if name == "business" else VOCABULARY.field_of_use
    return st.lists(st.sampled_from(sorted(known)), max_size=2, unique=True)


FACTS = st.lists(st.sampled_from(sorted(VOCABULARY.facts)), max_size=5, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: _value(name) for name in names})
)
USES: st.SearchStrategy[Use] = st.sampled_from(["internal", "hosted", "embedded", "redistribute", "finetune", "redistribute_derivative", "distil", "research"])
CARDS = st.fixed_dictionaries(
    {},
    optional={
        "license": st.one_of(st.sampled_from(TAGS), st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True)),
        "license_name": st.sampled_from(NAMES),
        "extra_gated_prompt": st.sampled_from(PROMPTS),
    },
)
FILES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from([STRANGE, "", *(text(key) for key in ("free-1", "duty-1", "nc-1", "closed-1"))]), max_size=3)
ORGANIZATIONS = st.sampled_from([{}, {"organization": "company"}, {"organization": "academic", "commercial_purpose": False}])


def place(record: ModelRecord) -> int:
    """Rank of the verdict; a smaller one is worse."""
    return VERDICTS.index(record.verdict)


def ranks(record: ModelRecord) -> list[int]:
    return [RESULTS.index(permission.result) for permission in record.permissions]


def no_better(now: ModelRecord, before: ModelRecord) -> bool:
    return place(now) <= place(before) and all(one <= other for one, other in zip(ranks(now), ranks(before), strict=True))


@pytest.mark.parametrize("name", sorted(VOCABULARY.facts))
@pytest.mark.parametrize("tag", ["llama3.1", "cc-by-nc-4.0", "tencent-hunyuan-2025", "stabilityai-community", "deepseek", "other"])
def test_declaring_unknown_equals_declaring_nothing(name: str, tag: str) -> None:
    repos = {"org/model": Repo({"license": tag})}
    declared: dict[str, Any] = {name: "unknown"}
    silent, unknown = run(repos), run(repos, **declared)
    assert unknown.profile.facts == {name: "unknown"}
    assert unknown.model_copy(update={"profile": silent.profile, "report_id": silent.report_id}) == silent


@EXAMPLES
@given(card=CARDS, declared=FACTS, use=USES, name=st.sampled_from(sorted(VOCABULARY.facts)))
def test_declaring_unknown_beside_other_facts_equals_leaving_it_out(
    invented: Catalog, card: Mapping[str, Any], declared: Mapping[str, Any], use: Use, name: str
) -> None:
    others = {key: value for key, value in declared.items() if key != name}
    without, unknown = (model(Repo(card), invented, uses=(use,), **facts) for facts in (others, {**others, name: "unknown"}))
    assert unknown == without


@settings(max_examples=300, deadline=None)
@given(license=st.sampled_from(LICENSES), use=USES, declared=FACTS, multimodal=st.sampled_from([True, False, None]))
def test_a_permission_that_an_undeclared_fact_leaves_open_is_never_given_by_leaving_another_out(
    license: License, use: Use, declared: Mapping[str, Any], multimodal: bool | None
) -> None:
    """What holds with fewer facts holds with more: a permission that was given without a fact is not withdrawn by it unless it is a barred field of use."""
    facts = profile(REAL, **{name: value for name, value in declared.items() if name != "field_of_use"}).facts
    assume(_consistent(facts))
    situation = Situation(facts, VOCABULARY, multimodal, True)
    with_all = use_result(license, use, situation).result
    for name in facts:
        if name in _CORRECTING:
            continue
        less = use_result(license, use, replace(situation, facts={key: value for key, value in facts.items() if key != name})).result
        if less == "permitted":
            assert with_all == "permitted"
        if less == "prohibited" and name not in _EXCUSING:
            assert with_all == "prohibited"


def _consistent(facts: Mapping[str, Any]) -> bool:
    try:
        check_figures(facts, VOCABULARY)
    except UsageError:
        return False
    return True


_CORRECTING = frozenset({"monthly_active_users_by_month"})
"""The figure of the very month outranks the one that is said to be of the month before the release."""
_EXCUSING = frozenset({"commercial_purpose", "organization"})
"""A company is commercial, and some limits presume commercial use, until it says otherwise."""


@EXAMPLES
@given(card=CARDS, files=FILES, lost=st.sampled_from(PATHS), reason=st.sampled_from(REASONS), declared=ORGANIZATIONS)
@example(card={"license": "free-1"}, files={"LICENSE": text("free-1"), "NOTICE": "x"}, lost="NOTICE", reason="timeout", declared={})
@example(card={"license": "nc-1"}, files={"LICENSE": text("nc-1")}, lost="LICENSE", reason="timeout", declared={"organization": "company"})
def test_making_a_file_unavailable_never_makes_a_pass(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], lost: str, reason: Reason, declared: Mapping[str, Any]
) -> None:
    """A file that cannot be had may hide a prohibition or a contradiction, and then the verdict is `incomplete` at best or comes from what is identified.

    What is identified elsewhere may cover a policy or a notice, as the contract's table says; nothing else passes better than before.
    """
    had = Repo(card, {**files, lost: files.get(lost, STRANGE)})
    without = {path: content for path, content in files.items() if path != lost}
    before, after = model(had, invented, **declared), model(Repo(card, without, {lost: reason}), invented, **declared)
    if after.verdict not in ("approved", "conditional"):
        return
    identified = [witness for witness in after.license.declared if witness.witness in ("license_file", "gate_prompt")]
    assert identified, "a pass with an unread file rests on an identified text"
    assert lost in ("USE_POLICY.md", "NOTICE"), "another license file that cannot be read decides"
    if lost == "NOTICE":
        assert no_better(after, before)


@pytest.mark.parametrize("reason", [reason for reason in get_args(Reason) if reason != "absent"])
def test_no_reason_makes_a_license_file_that_is_not_read_harmless(invented: Catalog, reason: Reason) -> None:
    for repo in (Repo({"license": "free-1"}, {}, {"LICENSE": reason}), Repo({"license": "free-1"}, {"LICENSE": text("free-1")}, {"COPYING": reason})):
        assert model(repo, invented).verdict == "incomplete"


@EXAMPLES
@given(card=CARDS, files=FILES, declared=ORGANIZATIONS, reason=st.sampled_from(REASONS), lost=st.sampled_from(["README.md", "config.json"]))
def test_making_the_card_or_the_config_unavailable_never_improves(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], declared: Mapping[str, Any], reason: Reason, lost: str
) -> None:
    before, after = model(Repo(card, files), invented, **declared), model(Repo(card, files, {lost: reason}), invented, **declared)
    assert no_better(after, before)


@EXAMPLES
@given(
    card=CARDS,
    files=FILES,
    declared=ORGANIZATIONS,
    lacking=st.sampled_from([{"siblings": None}, {"siblings": 5}, {"siblings": [{}]}, {"tags": None}, {"tags": 5}, {"cardData": None}, {"cardData": []}]),
)
def test_an_answer_that_lacks_a_part_never_improves(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], declared: Mapping[str, Any], lacking: Mapping[str, Any]
) -> None:
    """What the answer does not list may be there: without the whole list of files no license is known to be the only one.

    A prohibition that nobody can read any longer is unknown: incomplete, or review where the name alone belongs to several licenses.
    """
    before, after = (model(Repo(card, files, answer=answer), invented, **declared) for answer in ({}, lacking))
    assert place(after) <= place(before) or (before.verdict == "blocked" and after.verdict in ("incomplete", "review"))
    assert after.verdict not in ("approved", "conditional") or "siblings" not in lacking


@EXAMPLES
@given(card=CARDS, files=FILES, declared=ORGANIZATIONS, reason=st.sampled_from([*REASONS, "missing", "disabled", "bad_token"]))
def test_without_metadata_nothing_passes(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], declared: Mapping[str, Any], reason: Reason
) -> None:
    record = model(reason, invented, **declared)
    assert (record.verdict, {permission.result for permission in record.permissions}) == ("incomplete", {"unknown"})


@EXAMPLES
@given(
    card=CARDS,
    files=FILES,
    declared=ORGANIZATIONS,
    added=st.sampled_from(["LICENSE-EXTRA", "licenses/extra.md", "copying.md"]),
    strange=st.sampled_from([STRANGE, "", "x"]),
)
def test_adding_a_license_file_that_nobody_knows_never_improves(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], declared: Mapping[str, Any], added: str, strange: str
) -> None:
    before, after = model(Repo(card, files), invented, **declared), model(Repo(card, {**files, added: strange}), invented, **declared)
    assert no_better(after, before)
    assert after.verdict not in ("approved", "conditional")


@EXAMPLES
@given(card=CARDS, files=FILES, declared=ORGANIZATIONS, name=st.sampled_from(NAMES))
def test_adding_a_name_to_a_tag_never_improves(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], declared: Mapping[str, Any], name: str
) -> None:
    plain = {key: value for key, value in card.items() if key != "license_name"}
    if "license" not in plain or any(tag in ("other", "unknown") for tag in ([plain["license"]] if isinstance(plain["license"], str) else plain["license"])):
        return  # there the name is what names the license
    before, after = model(Repo(plain, files), invented, **declared), model(Repo({**plain, "license_name": name}, files), invented, **declared)
    assert place(after) <= max(place(before), VERDICTS.index("review"))
    assert after.verdict not in ("approved", "conditional") or no_better(after, before)


PARENTS = st.one_of(st.builds(Repo, CARDS, FILES), st.sampled_from(["missing", "timeout", "gated_no_token"]))


@EXAMPLES
@given(card=CARDS, files=FILES, parent=PARENTS, declared=ORGANIZATIONS)
def test_naming_a_base_model_never_improves(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], parent: Repo | Reason, declared: Mapping[str, Any]
) -> None:
    before = model(Repo(card, files), invented, **declared)
    after = model(Repo({**card, "base_model": "other/base"}, files), invented, {"other/base": parent}, **declared)
    assert no_better(after, before)


@EXAMPLES
@given(card=CARDS, files=FILES, parent=st.builds(Repo, CARDS, FILES), reason=st.sampled_from(["missing", "timeout", "gated_no_token"]), declared=ORGANIZATIONS)
def test_a_base_model_that_cannot_be_had_never_passes_better_than_one_that_can(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], parent: Repo, reason: Reason, declared: Mapping[str, Any]
) -> None:
    child = Repo({**card, "base_model": "other/base"}, files)
    before, after = model(child, invented, {"other/base": parent}, **declared), model(child, invented, {"other/base": reason}, **declared)
    assert after.verdict not in ("approved", "conditional")
    assert no_better(after, before) or before.verdict == "blocked"


@EXAMPLES
@given(card=CARDS, files=FILES, declared=FACTS, use=USES)
def test_the_same_evidence_gives_the_same_bytes(
    invented: Catalog, card: Mapping[str, Any], files: Mapping[str, str], declared: Mapping[str, Any], use: Use
) -> None:
    repos = {"org/model": Repo(card, files)}
    one, other = (run(repos, catalog=invented, uses=(use,), **declared).model_dump_json() for _ in range(2))
    assert one == other


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3), max_leaves=6)  # fmt: skip
KEYS_OF_A_CARD = st.sampled_from(
    ["license", "license_name", "license_link", "base_model", "base_model_relation", "datasets", "extra_gated_prompt", "pipeline_tag"]
)
KEYS_OF_AN_ANSWER = st.sampled_from(["tags", "cardData", "siblings", "gated", "config", "safetensors", "pipeline_tag", "securityRepoStatus", "lastModified"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(card=st.dictionaries(KEYS_OF_A_CARD, JSON, max_size=4), answer=st.dictionaries(KEYS_OF_AN_ANSWER, JSON, max_size=3), readme=st.none() | st.text(max_size=60),
       content=st.binary(max_size=60))  # fmt: skip
def test_no_content_crashes_and_none_of_it_passes_by_accident(
    invented: Catalog, card: Mapping[str, Any], answer: Mapping[str, Any], readme: str | None, content: bytes
) -> None:
    record = model(Repo(card, {"LICENSE": content}, answer=answer, readme=readme), invented)
    assert record.verdict not in ("approved", "conditional")

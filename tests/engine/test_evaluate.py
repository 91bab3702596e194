"""Rules against scopes: undecided is never silent, a policy is never milder, an area that does not gate keeps what its rules said."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from auditor.domain.evidence import Evidence
from auditor.domain.verdict import AREAS, OUTCOMES, Outcome
from auditor.engine.evaluate import evaluate, facts_of
from auditor.engine.policy import Policy
from auditor.engine.rule import Rule, filled, truth
from auditor.engine.scopes import ConflictScope, EdgeScope, FitScope, TextScope

POLICY = Policy(key="plain", title="Plain")
GATING = frozenset(AREAS)
PROOF = (Evidence("card", "https://hub.example", "README.md", "2", "license: mit", "0" * 64, "", 200),)


def text(identified: bool | None, path: str = "LICENSE", evidence: tuple[Evidence, ...] = ()) -> TextScope:
    return TextScope(
        evidence=evidence,
        path=path,
        kind="license_file",
        identified=identified,  # type: ignore[arg-type]
        changed=False,
        license_name="none",
        share="0.0%",
        changes="single words differ",
        words=3,
        beside=0,
    )


TEXT = text(False, evidence=PROOF)


def rule(outcome: Outcome = "review", **changes: Any) -> Rule:
    plain = {
        "id": "LIC900", "title": "Invented", "area": "license", "each": "text", "outcome": outcome,
        "unknown_outcome": "note" if outcome == "note" else "review", "when": {"kind": "equals", "fact": "identified", "value": False},
        "message": "text {path} has {words} words", "how_to_fix": "Read {path}.", "why": "Because.",
        "examples": {"fires": [{"why": "x", "facts": {"identified": False}}], "silent": [{"why": "x", "facts": {"identified": True}}]},
    }  # fmt: skip
    return Rule.model_validate({**plain, **changes})


def test_a_finding_carries_what_the_rule_says_and_the_scopes_evidence() -> None:
    [finding] = evaluate([rule()], {"text": [TEXT]}, POLICY, GATING)
    assert (finding.rule, finding.area, finding.outcome, finding.rule_outcome) == ("LIC900", "license", "review", "review")
    assert (finding.message, finding.how_to_fix, finding.evidence) == ("Text LICENSE has 3 words", "Read LICENSE.", PROOF)


def test_a_rule_that_does_not_hold_is_silent_and_one_without_scopes_too() -> None:
    known = text(True)
    assert evaluate([rule()], {"text": [known]}, POLICY, GATING) == ()
    assert evaluate([rule()], {}, POLICY, GATING) == ()


def test_findings_come_in_order_of_rules_then_of_scopes() -> None:
    other = replace(text(False, "COPYING"), words=4)
    found = evaluate([rule(), rule(id="LIC901")], {"text": [TEXT, other]}, POLICY, GATING)
    assert [(f.rule, f.message) for f in found] == [
        ("LIC900", "Text LICENSE has 3 words"), ("LIC900", "Text COPYING has 4 words"),
        ("LIC901", "Text LICENSE has 3 words"), ("LIC901", "Text COPYING has 4 words"),
    ]  # fmt: skip


@pytest.mark.parametrize(("outcome", "undecided"), [("block", "review"), ("incomplete", "review"), ("review", "review"), ("note", "note")])
def test_an_undecided_rule_gives_its_unknown_outcome_and_says_so(outcome: Outcome, undecided: Outcome) -> None:
    unknown = text(None)
    [finding] = evaluate([rule(outcome)], {"text": [unknown]}, POLICY, GATING)
    assert finding.outcome == undecided
    assert finding.message == "It could not be decided whether this holds: text LICENSE has 3 words"


def test_in_an_area_that_does_not_gate_a_finding_is_a_note_and_keeps_its_outcome() -> None:
    [finding] = evaluate([rule("block")], {"text": [TEXT]}, POLICY, frozenset({"lineage"}))
    assert (finding.outcome, finding.rule_outcome) == ("note", "block")


@pytest.mark.parametrize(("own", "wished"), list(product(OUTCOMES, OUTCOMES)))
def test_a_policy_is_never_milder(own: Outcome, wished: Outcome) -> None:
    policy = Policy(key="mine", title="Mine", rules={"LIC900": wished})
    [finding] = evaluate([rule(own)], {"text": [TEXT]}, policy, GATING)
    assert finding.outcome == min(own, wished, key=OUTCOMES.index)
    assert policy.outcome("LIC901", own) == own


def test_a_policy_tightens_an_undecided_rule_too() -> None:
    unknown = text(None)
    [finding] = evaluate([rule("note")], {"text": [unknown]}, Policy(key="mine", title="Mine", rules={"LIC900": "block"}), GATING)
    assert finding.outcome == "block"


@pytest.mark.parametrize(
    ("gpus", "stack", "gating"),
    [
        (False, False, {"license", "lineage", "artifact"}),
        (True, False, {"license", "lineage", "artifact", "memory"}),
        (False, True, {"license", "lineage", "artifact", "serving"}),
        (True, True, {"license", "lineage", "artifact", "memory", "serving"}),
    ],
)
def test_memory_and_serving_gate_once_declared(gpus: bool, stack: bool, gating: set[str]) -> None:
    assert POLICY.gating(gpus, stack) == gating


def test_what_untrusted_text_says_is_shown_and_not_read() -> None:
    hostile = text(False, "{words}\u202e\x1b[31m\nLICENSE")
    [finding] = evaluate([rule()], {"text": [hostile]}, POLICY, GATING)
    assert finding.message == "Text {words}⟦U+202E⟧⟦U+001B⟧[31m LICENSE has 3 words"
    long = text(False, "x" * 5_000)
    [finding] = evaluate([rule()], {"text": [long]}, POLICY, GATING)
    assert len(finding.message) == 600


def test_an_unknown_fact_reads_unknown_in_a_message() -> None:
    assert filled("{path} has {words} words", {"path": None}) == "unknown has unknown words"


def test_the_name_of_a_model_keeps_its_case() -> None:
    edge = EdgeScope(
        child="a/b",
        parent="org/base",
        relation="merge",
        grade="benign",
        state="known",
        excused=False,
        because="org/base is fine",
        carried=False,
        in_cycle=False,
        cycle="none",
    )
    named = rule(each="edge", message="{because}", how_to_fix="x", when={"kind": "equals", "fact": "grade", "value": "benign"},
                 examples={"fires": [{"why": "x", "facts": {}}], "silent": [{"why": "x", "facts": {}}]})  # fmt: skip
    assert evaluate([named], {"edge": [edge]}, POLICY, GATING)[0].message == "org/base is fine"


def test_facts_leave_the_evidence_out() -> None:
    scope = ConflictScope(evidence=PROOF, kind="tags_disagree", values="a against b")
    assert facts_of(scope) == {"kind": "tags_disagree", "values": "a against b"}
    assert set(facts_of(FitScope(gpu="x", fits="no", because="", needed="1", available="2"))) == {"gpu", "fits", "because", "needed", "available"}


FACTS: dict[str, Any] = {"words": 3, "path": "LICENSE", "identified": None}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"kind": "equals", "fact": "path", "value": "LICENSE"}, True),
        ({"kind": "equals", "fact": "path", "value": "license"}, False),
        ({"kind": "equals", "fact": "identified", "value": True}, None),
        ({"kind": "one_of", "fact": "path", "values": ["COPYING", "LICENSE"]}, True),
        ({"kind": "one_of", "fact": "path", "values": ["COPYING"]}, False),
        ({"kind": "at_least", "fact": "words", "value": 3}, True),
        ({"kind": "at_least", "fact": "words", "value": 4}, False),
        ({"kind": "known", "fact": "identified"}, False),
        ({"kind": "known", "fact": "words"}, True),
        ({"kind": "not", "of": {"kind": "equals", "fact": "identified", "value": True}}, None),
        ({"kind": "all", "of": [{"kind": "equals", "fact": "identified", "value": True}, {"kind": "at_least", "fact": "words", "value": 4}]}, False),
        ({"kind": "all", "of": [{"kind": "equals", "fact": "identified", "value": True}, {"kind": "at_least", "fact": "words", "value": 3}]}, None),
        ({"kind": "any", "of": [{"kind": "equals", "fact": "identified", "value": True}, {"kind": "at_least", "fact": "words", "value": 3}]}, True),
        ({"kind": "any", "of": [{"kind": "equals", "fact": "identified", "value": True}, {"kind": "at_least", "fact": "words", "value": 4}]}, None),
    ],
)
def test_predicates_in_three_values(when: dict[str, Any], expected: bool | None) -> None:
    assert truth(rule(when=when).when, FACTS) is expected


@pytest.mark.parametrize(
    "when",
    [{"kind": "equals", "fact": "kind", "value": "x"}, {"kind": "one_of", "fact": "kind", "values": ["x"]}, {"kind": "at_least", "fact": "words", "value": 0}],
)
def test_a_fact_that_is_missing_is_unknown_never_false(when: dict[str, Any]) -> None:
    assert truth(rule(when=when).when, {}) is None

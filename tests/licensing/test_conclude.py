"""Witnesses to a conclusion: texts outrank tags, and what is unknown or contradicted is never trusted."""

from __future__ import annotations

import pytest
from fakes import PROMPT, Repo, Shelf, area, collected, facts_of, model, real_catalog, result, rules_of, text

from auditor.catalog.catalog import Catalog
from auditor.licensing.conclude import license_facts
from auditor.licensing.matcher import matcher_of

STRANGE = "Zephyrine terms: nobody may do anything on Mondays."
FREE, NC, OTHER = "free-1", "nc-1", "other"
LONG = "Licensor says as is. " + " ".join(f"word{number}" for number in range(80))


def tagged(*values: str, **more: object) -> dict[str, object]:
    return {"license": values[0] if len(values) == 1 else list(values), **more}


@pytest.mark.parametrize(
    ("repo", "key", "expression", "method", "confidence"),
    [
        (Repo(tagged(FREE)), FREE, "LicenseRef-free-1", "tag_only", "declared"),
        (Repo(tagged("mit")), "mit", "MIT", "tag_only", "declared"),
        (Repo(tagged("openrail++")), "openrail++", "LicenseRef-openrail-plus-plus", "tag_only", "declared"),
        (Repo(tagged("hearsay-1")), "hearsay-1", "LicenseRef-hearsay-1", "tag_only", "low"),
        (Repo(tagged(FREE), {"LICENSE": text(FREE)}), FREE, "LicenseRef-free-1", "text_exact", "high"),
        (Repo({}, {"COPYING": text(FREE)}), FREE, "LicenseRef-free-1", "text_exact", "high"),
        (Repo({"extra_gated_prompt": f"You must not be late.\n{text(FREE)}"}), None, "NOASSERTION", "none", "none"),
        (Repo(tagged(OTHER, license_name="Untagged License")), "untagged-1", "LicenseRef-untagged-1", "tag_only", "declared"),
        (Repo({"license_name": "Untagged License"}), "untagged-1", "LicenseRef-untagged-1", "tag_only", "low"),
        (Repo(tagged(OTHER, license_name=FREE)), None, "NOASSERTION", "none", "none"),
        (Repo(tagged(OTHER, license_name="twin")), None, "NOASSERTION", "none", "none"),
        (Repo(tagged(OTHER)), None, "NOASSERTION", "none", "none"),
        (Repo(tagged("mixed")), None, "NOASSERTION", "none", "none"),
        (Repo(tagged("Zephyrine")), None, "NOASSERTION", "none", "none"),
        (Repo(tagged(FREE, NC)), None, "LicenseRef-free-1 AND LicenseRef-nc-1", "none", "low"),
        (Repo(tagged(FREE, license_name="Untagged License")), None, "NOASSERTION", "none", "none"),
        (Repo(tagged(FREE), {"LICENSE": STRANGE}), None, "NOASSERTION", "none", "none"),
        (Repo(tagged(FREE), {"LICENSE": text(FREE), "LICENSE-MODEL": STRANGE}), FREE, "LicenseRef-free-1", "text_exact", "low"),
        (Repo({}, {"LICENSE": text(FREE), "COPYING": text(NC)}), None, "LicenseRef-free-1 AND LicenseRef-nc-1", "none", "low"),
        (Repo({}, {"LICENSE": text(FREE), "LICENSE-MODEL": text(NC)}), NC, "LicenseRef-nc-1", "text_exact", "high"),
        (Repo({}), None, "NONE", "none", "none"),
        (Repo({}, unavailable={"LICENSE": "gated_no_token"}), None, "NOASSERTION", "none", "none"),
        (Repo({}, unavailable={"README.md": "timeout"}), None, "NOASSERTION", "none", "none"),
        (Repo({}, answer={"siblings": None}), None, "NOASSERTION", "none", "none"),
    ],
)
def test_the_conclusion(invented: Catalog, repo: Repo, key: str | None, expression: str, method: str, confidence: str) -> None:
    found = facts_of(repo, invented).conclusion
    assert (found.key, found.expression, found.method, found.confidence) == (key, expression, method, confidence)


def test_a_gate_prompt_that_is_a_known_text_is_identified(invented: Catalog) -> None:
    found = facts_of(Repo({"extra_gated_prompt": PROMPT}), invented)
    assert (found.identified_in, found.conclusion.key, found.conclusion.method) == ("gate_prompt", "gate-1", "text_equivalent")


def test_without_metadata_nothing_is_claimed(invented: Catalog) -> None:
    found = license_facts(collected({"a/b": "bad_token"}, "a/b"), invented)
    assert (found.metadata, found.trusted, found.candidates) == ("unavailable", False, ())
    assert (found.conclusion.expression, found.why_untrusted) == ("NOASSERTION", "nothing is known of this model")


@pytest.mark.parametrize(
    ("repo", "candidates", "trusted"),
    [
        (Repo(tagged(FREE)), {FREE}, True),
        (Repo(tagged(FREE), {"LICENSE": text(NC)}), {NC}, True),  # the text governs; the contradiction is a finding
        (Repo({}, {"LICENSE": text(FREE), "LICENSE-2": text(NC)}), {FREE, NC}, True),
        (Repo(tagged("hearsay-1")), {"hearsay-1"}, False),
        (Repo({"license_name": "Untagged License"}), {"untagged-1"}, False),
        (Repo(tagged(FREE, NC)), {FREE, NC}, False),
        (Repo(tagged(FREE, license_name="Untagged License")), {FREE, "untagged-1"}, False),
        (Repo(tagged(FREE, license_name=NC)), {FREE, NC}, False),
        (Repo(tagged(FREE, OTHER)), {FREE}, False),
        (Repo(tagged("mixed")), {FREE, "closed-1"}, False),
        (Repo(tagged(OTHER, license_name="twin")), {"twin-1", "twin-2"}, False),
        (Repo(tagged(FREE), {"LICENSE": STRANGE}), {FREE}, False),
        (Repo(tagged(FREE), {"USE_POLICY.md": STRANGE}), {FREE}, False),
        (Repo(tagged("duty-1"), {"USE_POLICY.md": STRANGE}), {"duty-1"}, True),  # its own policy
        (Repo(tagged(FREE, extra_gated_prompt=STRANGE)), {FREE}, False),
        (Repo(tagged(FREE, extra_gated_prompt="Tell us the name of your company to get access.")), {FREE}, True),
        (Repo(tagged("Zephyrine")), set(), False),
        (Repo({}), set(), False),
        (Repo(tagged(FREE), {"LICENSE": ""}), {FREE}, False),  # an empty file is no text that is known
    ],
)
def test_candidates_and_whether_a_favourable_reading_is_trusted(invented: Catalog, repo: Repo, candidates: set[str], trusted: bool) -> None:
    found = facts_of(repo, invented)
    assert (set(found.candidates), found.trusted) == (candidates, trusted)
    assert bool(found.why_untrusted) is not trusted


@pytest.mark.parametrize(
    ("card", "exhaustive"),
    [
        (tagged("barred"), True),
        (tagged("barred-partly"), False),
        (tagged("Barred"), True),
        (tagged("barred", "barred-partly"), False),
        (tagged(OTHER, license_name="twin"), True),
        (tagged(NC, "Zephyrine"), False),
        (tagged(NC, OTHER), False),
        (tagged(NC, "closed-1"), True),
    ],
)
def test_only_a_closed_set_of_candidates_can_prohibit_together(invented: Catalog, card: dict[str, object], exhaustive: bool) -> None:
    assert facts_of(Repo(card), invented).exhaustive is exhaustive


@pytest.mark.parametrize(
    ("repo", "kinds"),
    [
        (Repo(tagged(FREE)), []),
        (Repo(tagged(FREE, license_name="Free License")), []),
        (Repo(tagged(FREE, license_name=FREE)), []),
        (Repo(tagged(OTHER, license_name="Free License")), []),
        (Repo(tagged(OTHER, license_name=FREE)), []),
        (Repo(tagged(OTHER, license_name="my own terms"), {"LICENSE": text(FREE)}), []),
        (Repo(tagged("mixed"), {"LICENSE": text(FREE)}), []),
        (Repo(tagged(OTHER, license_name="twin"), {"LICENSE": text("twin-2")}), []),
        (Repo(tagged(FREE), {"LICENSE": text(FREE), "COPYING": text(FREE)}), []),
        (Repo(tagged(FREE, license_name="Untagged License")), ["tags_disagree"]),
        (Repo(tagged(FREE, license_name="my own terms")), ["tags_disagree"]),
        (Repo(tagged(FREE, license_name=NC)), ["tags_disagree"]),
        (Repo(tagged(FREE, license_name="twin")), ["tags_disagree"]),
        (Repo(tagged(FREE, OTHER)), ["tags_disagree"]),
        (Repo(tagged(FREE, NC)), ["tags_disagree"]),
        (Repo(tagged(FREE), readme="---\nlicense: nc-1\n---\n"), ["tags_disagree"]),
        (Repo(tagged(FREE), readme="---\nlicense: other\n---\n"), ["tags_disagree"]),
        (Repo(tagged(OTHER, license_name="Untagged License"), readme="---\nlicense: other\nlicense_name: Free License\n---\n"), ["tags_disagree"]),
        (Repo(tagged(FREE), answer={"tags": ["license:nc-1"]}), ["tags_disagree"]),
        (Repo(tagged(FREE), {"LICENSE": text(NC)}), ["witnesses_disagree"]),
        (Repo(tagged("mixed"), {"LICENSE": text(NC)}), ["witnesses_disagree"]),
        (Repo(tagged("Zephyrine"), {"LICENSE": text(NC)}), ["witnesses_disagree"]),
        (Repo(tagged(OTHER, license_name="Free License"), {"LICENSE": text(NC)}), ["witnesses_disagree"]),
        (Repo(tagged(OTHER, license_name="twin"), {"LICENSE": text(NC)}), ["witnesses_disagree"]),
        (Repo(tagged(FREE), {"LICENSE": text(FREE), "COPYING": text(NC)}), ["texts_disagree"]),
        (Repo(tagged("duty-1"), {"LICENSE": text(FREE), "COPYING": text(NC)}), ["texts_disagree", "witnesses_disagree"]),
        (Repo(tagged(FREE), {"LICENSE": text(FREE), "LICENSE-MODEL": text(NC)}), ["witnesses_disagree"]),
        (Repo(tagged(NC), {"LICENSE": text(FREE), "LICENSE-MODEL": text(NC)}), []),
    ],
)
def test_statements_that_cannot_all_be_right(invented: Catalog, repo: Repo, kinds: list[str]) -> None:
    found = facts_of(repo, invented).conflicts
    assert [conflict.kind for conflict in found] == kinds
    assert all(len(conflict.values) > 1 and len(conflict.evidence) > 1 for conflict in found)


def test_a_contradiction_quotes_both_statements(invented: Catalog) -> None:
    [conflict] = facts_of(Repo(tagged(FREE), {"LICENSE": text(NC)}), invented).conflicts
    assert conflict.values == (FREE, NC)
    assert {(e.kind, e.path) for e in conflict.evidence} >= {("api", "cardData.license"), ("card", "README.md"), ("license_file", "LICENSE")}


@pytest.mark.parametrize(
    ("repo", "license_files", "other"),
    [
        (Repo(tagged(FREE), unavailable={"LICENSE": "timeout"}), ["LICENSE: LICENSE: timeout"], []),
        (Repo(tagged(FREE), unavailable={"LICENSES/terms.txt": "timeout"}), ["LICENSES/terms.txt: LICENSES/terms.txt: timeout"], []),
        (Repo(tagged(FREE), unavailable={"USE_POLICY.md": "timeout", "NOTICE": "timeout"}), ["NOTICE: NOTICE: timeout", "USE_POLICY.md: USE_POLICY.md: timeout"], []),
        (Repo(tagged(FREE), {"LICENSE": text(FREE)}, {"USE_POLICY.md": "timeout", "NOTICE": "timeout"}), [], ["NOTICE: NOTICE: timeout", "USE_POLICY.md: USE_POLICY.md: timeout"]),
        (Repo(tagged(FREE), {"LICENSE": text(FREE)}, {"LICENSE_POLICY": "timeout"}), ["LICENSE_POLICY: LICENSE_POLICY: timeout"], []),
        (Repo(tagged(FREE), unavailable={"README.md": "timeout", "config.json": "timeout"}), [], ["README.md: README.md: timeout"]),
    ],
)  # fmt: skip
def test_what_could_not_be_read(invented: Catalog, repo: Repo, license_files: list[str], other: list[str]) -> None:
    found = facts_of(repo, invented)
    assert (sorted(found.unread_license_files), sorted(found.unread_other)) == (license_files, other)


@pytest.mark.parametrize("name", ["LI\u200bCENSE", "../LICENSE", "LICENSE\u202e.txt", "/etc/LICENSE", "licenses/\u2060LICENSE"])
def test_a_license_file_with_a_hostile_name_is_unread_and_not_overlooked(invented: Catalog, name: str) -> None:
    found = facts_of(Repo(tagged(FREE), answer={"siblings": [{"rfilename": "README.md"}, {"rfilename": name}]}), invented)
    assert len(found.unread_license_files) == 1


def test_a_list_of_files_that_is_not_there_rules_no_license_file_out(invented: Catalog) -> None:
    found = facts_of(Repo(tagged(FREE), {"LICENSE": text(FREE)}, answer={"siblings": None}), invented)
    assert found.unread_license_files == ("the list of files: the Hub gave none, so another license file cannot be ruled out",)


@pytest.mark.parametrize(
    ("card", "readme"),
    [
        ({"license": ["free-1", 7]}, None),
        ({"license": {"name": "free-1"}}, None),
        ({"license": False}, None),
        ({"license": ""}, None),
        ({"license": FREE, "license_name": ["a", "b"]}, None),
        ({"license": FREE}, "---\nlicense: free-1\nlicense: nc-1\n---\n"),
        ({"license": FREE}, "---\nlicense: &a free-1\nother: *a\n---\n"),
        ({"license": FREE}, "---\nlicense: free-1\n"),
        ({"license": FREE}, "---\n- license\n---\n"),
        ({"license": FREE}, "---\nlicense: [free-1\n---\n"),
        ({"license": FREE, "base_model": {"a": "b"}}, None),
    ],
)
def test_a_statement_that_cannot_be_read_is_a_problem(invented: Catalog, card: dict[str, object], readme: str | None) -> None:
    assert facts_of(Repo(card, readme=readme), invented).card_problems


def test_witnesses_in_order_with_every_place_that_says_so(invented: Catalog) -> None:
    found = facts_of(Repo(tagged(OTHER, license_name="Untagged License", license_link="https://example.org/terms"), {"LICENSE": text("untagged-1")}), invented)
    assert [(w.kind, w.value, w.match.kind) for w in found.witnesses] == [
        ("card_tag", "other", "placeholder"),
        ("card_name", "Untagged License", "exact"),
        ("card_link", "https://example.org/terms", "none"),
        ("license_file", "untagged-1", "exact"),
    ]
    tag = found.witnesses[0]
    assert [(e.kind, e.path, e.quote) for e in tag.evidence] == [
        ("api", "cardData.license", "license: other"), ("api", "tags", "license:other"), ("card", "README.md", '{"license": "other", "license_name": "Untagged License", "license_link": "https://example.org/terms"}'),
    ]  # fmt: skip
    file = found.witnesses[-1]
    assert [(e.kind, e.path, e.lines, e.quote) for e in file.evidence] == [
        ("license_file", "LICENSE", "1-3", "Invented License untagged-1\n\nThe licensee may run and share the material called untagged-1.")
    ]


def test_hostile_statements_are_shown_and_believed_in_nothing(invented: Catalog) -> None:
    hostile = "free-1\u202e\x1b[31m<script>"
    found = facts_of(Repo({"license": hostile, "license_link": "javascript:alert(1)"}), invented)
    assert found.tag.kind == "unmodelled"
    assert {w.value for w in found.witnesses if w.kind == "card_tag"} == {"free-1⟦U+202E⟧⟦U+001B⟧[31m<script>"}
    assert not found.trusted


def test_of_a_choice_all_are_candidates_until_one_is_chosen(invented: Catalog) -> None:
    facts = facts_of(Repo({"license": "duty-1 OR free-1"}), invented)
    assert (facts.candidates, facts.alternatives, facts.trusted) == (("duty-1", "free-1"), (("duty-1",), ("free-1",)), True)
    assert (facts.conclusion.expression, facts.conclusion.method) == ("LicenseRef-duty-1 OR LicenseRef-free-1", "tag_only")


def test_the_deployer_takes_the_better_alternative_and_is_told_which(invented: Catalog) -> None:
    record = model(Repo({"license": "closed-1 OR free-1"}), invented)
    assert (record.license.concluded.key, result(record), area(record, "license")) == ("free-1", "permitted", "approved")
    assert record.license.concluded.name == "License free-1, chosen from LicenseRef-closed-1 OR LicenseRef-free-1"


def test_licenses_that_hold_together_bind_together(invented: Catalog) -> None:
    record = model(Repo({"license": "duty-1 AND free-1"}), invented)
    assert (record.license.concluded.key, record.license.concluded.expression) == (None, "LicenseRef-duty-1 AND LicenseRef-free-1")
    assert (result(record), area(record, "license"), [o.id for o in record.obligations]) == ("conditional", "conditional", ["duty-1/duty", "duty-1/policy"])
    barred = model(Repo({"license": "closed-1 AND free-1"}), invented)
    assert (result(barred), area(barred, "license")) == ("prohibited", "blocked")


@pytest.mark.parametrize("value", ["free-1 OR Zephyrine", "free-1 OR twin", "free-1 AND Zephyrine"])
def test_an_unknown_part_makes_the_whole_unknown(invented: Catalog, value: str) -> None:
    record = model(Repo({"license": value}), invented)
    assert (result(record), area(record, "license")) == ("unknown", "review")


def test_a_text_outranks_the_choice(invented: Catalog) -> None:
    facts = facts_of(Repo({"license": "duty-1 OR free-1"}, {"LICENSE": text("duty-1")}), invented)
    assert (facts.conclusion.key, facts.candidates, facts.alternatives, facts.conflicts) == ("duty-1", ("duty-1",), (), ())


def test_a_text_of_one_bears_out_no_licenses_that_hold_together(invented: Catalog) -> None:
    half = facts_of(Repo({"license": "duty-1 AND free-1"}, {"LICENSE": text("free-1")}), invented)
    assert [c.kind for c in half.conflicts] == ["witnesses_disagree"]
    both = facts_of(Repo({"license": "duty-1 AND free-1"}, {"LICENSE": text("free-1"), "COPYING": text("duty-1")}), invented)
    assert [c.kind for c in both.conflicts] == ["texts_disagree"]


def in_prose(prose: str, license: str = "mit") -> list[str]:
    """Kinds of contradictions of a card with this prose."""
    facts = facts_of(Repo({"license": license}, readme=f"---\nlicense: {license}\n---\n# Model\n\n{prose}\n"), real_catalog())
    return [conflict.kind for conflict in facts.conflicts]


@pytest.mark.parametrize(
    "prose",
    [
        "## License\n\nCC BY-NC 4.0",
        "License: CC-BY-NC-4.0",
        "Released under CC-BY-NC-4.0.",
        "| License | CC-BY-NC-4.0 |",
        "- **License:** Llama 2 Community License",
        "![License](https://img.shields.io/badge/license-CC--BY--NC--4.0-blue)",
        "This model is licensed under CC BY-NC.",
        "This model is licensed under the Zephyr Evaluation Agreement.",
        "- **License:** Zephyr Proprietary",
        "Code: MIT. Model weights: CC-BY-NC-4.0.",
        "The license is MIT for the code and CC-BY-NC-4.0 for the weights.",
    ],
)
def test_prose_that_names_a_stricter_license_contradicts_also_where_it_does_not_say_of_what(prose: str) -> None:
    assert in_prose(prose) == ["prose_names_another"]


@pytest.mark.parametrize(
    "prose",
    [
        "## License\n\nApache 2.0",
        "This model is licensed under the Zephyr License.",
        "Training data: Zephyr Set (CC BY-NC 4.0). It was trained on Zephyr Set, which is CC BY-NC 4.0.",
        "| Model | License |\n|---|---|\n| ours | MIT |\n| another | CC-BY-NC-4.0 |",
        "The dataset is CC-BY-NC-4.0.",
    ],
)
def test_prose_that_names_a_freer_license_or_another_subject_contradicts_nothing(prose: str) -> None:
    assert in_prose(prose) == []


def test_prose_that_repeats_the_license_contradicts_nothing() -> None:
    assert in_prose("## License\n\nCode: MIT. Weights: CC BY-NC 4.0", "cc-by-nc-4.0") == []
    assert in_prose("This model is licensed under CC BY-NC.", "cc-by-nc-4.0") == []


def test_a_text_in_the_card_alone_is_no_license_of_the_model_without_a_tag(invented: Catalog) -> None:
    """It may be that of code which the card quotes."""
    matcher = matcher_of(invented)
    matcher.seen.clear()
    matcher.__dict__["fingerprints"] = Shelf([(FREE, LONG)])
    try:
        untagged = model(Repo(readme=f"# M\n\nTokenizer from elsewhere:\n\n{LONG}\n"), invented)
        tagged_too = model(Repo({"license": FREE}, readme=f"---\nlicense: {FREE}\n---\n# M\n\n{LONG}\n"), invented)
    finally:
        del matcher.__dict__["fingerprints"]
        matcher.seen.clear()
    assert (untagged.license.concluded.key, result(untagged), area(untagged, "license")) == (FREE, "unknown", "review")
    assert (tagged_too.license.concluded.method, result(tagged_too), area(tagged_too, "license")) == ("text_equivalent", "permitted", "approved")


@pytest.mark.parametrize("link", ["TERMS.md", "./TERMS.md", "https://huggingface.co/org/model/blob/main/TERMS.md"])
def test_a_file_of_the_repository_that_is_linked_as_the_license_counts_as_one_whatever_its_name(invented: Catalog, link: str) -> None:
    record = model(Repo({"license": FREE, "license_link": link}, {"TERMS.md": STRANGE}), invented)
    assert (result(record), area(record, "license"), rules_of(record)) == ("unknown", "review", {"LIC008", "LIC011"})
    known = model(Repo({"license": OTHER, "license_link": link}, {"TERMS.md": text(FREE)}), invented)
    assert (result(known), area(known, "license"), known.license.concluded.method) == ("permitted", "approved", "text_exact")
    assert [one.role for one in known.files if one.path == "TERMS.md"] == ["license"]
    lost = model(Repo({"license": FREE, "license_link": link}, unavailable={"TERMS.md": "timeout"}), invented)
    assert (result(lost), area(lost, "license"), rules_of(lost)) == ("unknown", "incomplete", {"LIC003"})
    elsewhere = model(Repo({"license": FREE, "license_link": "https://example.org/TERMS.md"}, {"TERMS.md": STRANGE}), invented)
    assert area(elsewhere, "license") == "approved"


@pytest.mark.parametrize(("name", "word"), [("acme-noncommercial", "review"), ("acme research license", "review"), ("acme license", "approved")])
def test_a_strange_name_that_limits_contradicts_a_free_text(invented: Catalog, name: str, word: str) -> None:
    record = model(Repo(tagged(OTHER, license_name=name), {"LICENSE": text(FREE)}), invented)
    assert area(record, "license") == word

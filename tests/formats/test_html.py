"""The page that a lawyer reads, prints and signs."""

import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest

from auditor.domain.report import Report
from auditor.formats import RenderContext, render, wording
from auditor.resources import templates
from tests.formats import sample
from tests.formats.hostile import Page

COMMAND = ("auditor", "check", sample.GATED, "--fact", "annual_revenue_usd=5M", "-o", "my report.html")


def source(report: Report, command: tuple[str, ...] = COMMAND) -> str:
    return render("html", report, RenderContext(command=command))


def page(report: Report) -> Page:
    return Page(source(report))


def flat(text: str) -> str:
    return " ".join(text.split())


def headings(page_source: str, level: str) -> list[str]:
    found = re.findall(rf"<{level}\b[^>]*>(.*?)</{level}>", page_source, re.DOTALL)
    return [flat(re.sub(r"<[^>]+>", "", heading)) for heading in found]


def test_the_sections_come_in_order() -> None:
    assert headings(source(sample.one()), "h3") == [
        "1. Identity",
        "2. License conclusion",
        "3. Permissions by use",
        "4. Conditions and obligations",
        "5. Derivation chain",
        "6. Memory annex",
        "7. Findings",
        "8. What was not checked",
        "9. Sign-off",
        "Appendix A. Evidence register",
        "Appendix B. Reproduce",
    ]


def test_the_decision_box_says_verdict_reason_clause_scope_and_validity() -> None:
    text = flat(page(sample.one()).text)
    box = text[text.index("▲ REVIEW") : text.index("1. Identity")]
    wanted = (
        f"{sample.GATED}@0e9e39f249a1",
        "which were not declared. (rule LIC011) [E3]",
        "Clause: Section 2 (llama3.1) [E1, E2]",
        "monthly_active_users_at_release: <= 700,000,000 ◆ conditional; > 700,000,000 ■ prohibited",
        "License: ▲ REVIEW Lineage: ● APPROVED",
        "Intended use hosted (assumed: none was declared)",
        "Facts declared none",
        sample.SHA,
        "Void if the revision, the license text, the policy or a declared fact changes.",
        "Automated evidence for counsel, not legal advice.",
    )
    assert [part for part in wanted if part not in box] == []


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (sample.conditional(), "◆ APPROVED WITH CONDITIONS"),
        (sample.report(sample.approved()), "● APPROVED"),
        (sample.report(sample.incomplete()), "○ INCOMPLETE"),
        (sample.report(sample.blocked()), "■ BLOCKED"),
    ],
)
def test_a_verdict_is_a_word_and_a_shape(report: Report, words: str) -> None:
    assert words in flat(page(report).text)


def test_clauses_of_a_parent_are_not_proved_by_the_models_own_tag() -> None:
    text = flat(page(sample.report(sample.blocked())).text)
    assert "Clause: Section 2(a)(1) (cc-by-nc-4.0 of example-labs/cat-7b) License:" in text


def test_several_models_begin_with_a_table_worst_first() -> None:
    shown = source(sample.portfolio())
    text = flat(Page(shown).text)
    assert headings(shown, "h2") == [
        "4 models, worst first: ■ BLOCKED",
        "example-labs/cat-quant-awq@0e9e39f249a1",
        "nobody/missing@unknown",
        f"{sample.GATED}@0e9e39f249a1",
        "example-labs/plain-7b@0e9e39f249a1",
    ]
    table = text[: text.index("1. Identity")]
    places = [table.index(name) for name in ("cat-quant", "nobody", "Llama-3.1", "plain-7b")]
    assert places == sorted(places)
    assert "portfolio" not in source(sample.one()).partition("</style>")[2]


def test_conflicts_come_first_with_both_quotes_and_the_witness_that_disagrees() -> None:
    text = flat(page(sample.one()).text)
    license_section = text[text.index("2. License conclusion") : text.index("3. Permissions")]
    places = [
        license_section.index(part)
        for part in ("Witnesses disagree: llama3.1 against apache-2.0", "E2, README.md:14-92", "E4, README.md:412", "Concluded Llama 3.1 Community License")
    ]
    assert places == sorted(places)
    assert "text of the README apache-2.0 ▲ disagrees [E4] license tag of the card llama3.1 agrees [E1]" in license_section


def test_every_use_is_there_intended_first_and_repeats_are_referred_to() -> None:
    text = flat(page(sample.one()).text)
    table = text[text.index("3. Permissions") : text.index("4. Conditions")]
    assert table.index("Hosted intended") < table.index("Internal")
    assert "monthly_active_users_at_release <= 700,000,000: conditional > 700,000,000: prohibited" in table
    assert "shipped inside a product ▲ unknown as for hosted use" in table


def test_obligations_are_a_checklist_with_the_exact_text_to_copy() -> None:
    shown = source(sample.one())
    assert f'<pre class="quote">{sample.NOTICE}</pre>' in shown
    assert '<pre class="quote">Built with Llama</pre>' in shown
    text = flat(Page(shown).text)
    assert text.index("Triggered by the intended use") < text.index("☐ O1 Must: Display") < text.index("☐ O3 Must: Confirm") < text.index("May apply: a fact")
    assert text.index("May apply: a fact") < text.index("☐ O2 Must: Keep the notice line")


def test_findings_are_worst_first_and_say_how_to_fix_and_what_the_rule_said() -> None:
    text = flat(page(sample.one()).text)
    assert text.index("LIC011-1 review, license") < text.index("LIC018-1 note, license (the rule says review; policy or gating changed it)")
    assert "How to fix: Ask which one is meant." in text


def test_every_quote_and_its_source_stand_in_the_register() -> None:
    report = sample.portfolio()
    text = page(report).text
    register = flat(text)
    for entry in report.evidence:
        assert entry.quote in text
        assert f"Source {entry.url} SHA-256 of the bytes received {entry.sha256} Retrieved (UTC) {entry.retrieved_at}, HTTP status {entry.status}" in register


def test_evidence_that_no_model_cites_is_not_lost() -> None:
    report = sample.one()
    extra = report.evidence[0].model_copy(update={"id": "E99", "quote": "nobody refers to this"})
    text = page(report.model_copy(update={"evidence": (*report.evidence, extra)})).text
    assert text.index("Appendix C. Evidence that no section refers to") < text.index("nobody refers to this")


def test_the_paper_is_bound_to_the_record() -> None:
    report = sample.one()
    shown = source(report)
    signed = flat(Page(shown).text)
    signed = signed[signed.index("9. Sign-off") : signed.index("Appendix A")]
    wanted = (report.report_id, report.policy.sha256, report.tool.knowledge_sha256, "Signature", "Legal", "Security and privacy")
    assert [part for part in wanted if part not in signed] == []
    style = Page(shown).style
    assert f'@bottom-left {{ content: "Report {report.report_id}" }}' in style
    assert f'@page m1 {{ @top-left {{ content: "{sample.GATED}\\0000400e9e39f249a1" }} @top-right {{ content: "\\0025b2 REVIEW" }} }}' in style
    assert 'content: "Page " counter(page) " of " counter(pages)' in style


def test_how_to_reproduce_holds_the_command_as_typed() -> None:
    text = page(sample.one()).text
    assert f"auditor check {sample.GATED} --fact annual_revenue_usd=5M -o 'my report.html'" in text
    assert "Made with" not in Page(source(sample.one(), ())).text


def test_documents_that_could_not_be_had_are_listed() -> None:
    assert "nobody/missing not found 404 from the Hub 2026-11-20T09:15:10Z" in flat(page(sample.portfolio()).text)


def test_many_files_are_summed_up() -> None:
    entry = sample.llama()
    entry["files"] = [{"path": f"w{number}.bin", "size": 1, "sha256": "unknown", "role": "weights"} for number in range(100)]
    text = flat(page(sample.report(entry)).text)
    assert "w39.bin" in text and "w40.bin" not in text
    assert "and 60 more weights listed in the JSON record" in text


def test_a_model_without_figures_gets_no_empty_tables() -> None:
    text = flat(page(sample.report(sample.incomplete())).text)
    assert "No figure could be worked out." in text
    assert "Hardware, per GPU" not in text


GGUF = [
    {"name": "m-Q4_K_M", "precision": "q4_k_m", "bytes": 4_920_000_000, "fits": []},
    {"name": "m<b>", "precision": "unknown", "bytes": "unknown", "fits": []},
]


def test_gguf_files_are_listed_with_their_sizes() -> None:
    model = sample.llama()
    text = source(sample.report(model | {"memory": model["memory"] | {"files": GGUF}}))
    assert "<caption>GGUF files, of which an engine loads one set</caption>" in text
    assert '<th scope="row"><bdi>m-Q4_K_M</bdi></th><td><bdi>q4_k_m</bdi></td><td class="number">4.58 GiB</td><td>not told</td>' in text
    assert "m&lt;b&gt;" in text and "m<b>" not in text
    assert "GGUF files" not in source(sample.report(model))


def test_a_run_without_models_is_still_a_page() -> None:
    assert "No model was audited." in page(sample.report()).text


def test_a_page_of_one_model_stays_small() -> None:
    assert len(source(sample.one()).encode()) < 60_000


def test_the_same_report_gives_the_same_bytes_in_any_process() -> None:
    imports = "from tests.formats import sample; from auditor.formats import render, RenderContext"
    code = f"{imports}; print(render('html', sample.portfolio(), RenderContext()), end='')"
    settings = ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "LC_ALL": "C"})
    environments = ({**os.environ, "PYTHONUTF8": "1", **setting} for setting in settings)
    first, second = (subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment).stdout for environment in environments)
    assert first == second == source(sample.portfolio(), ()).encode()


def test_structure_for_assistive_technology() -> None:
    shown = page(sample.portfolio())
    assert shown.named("html") == [{"lang": "en"}]
    assert len(shown.named("h1")) == 1 and len(shown.named("main")) == 1
    assert shown.named("a")[0] == {"class": "skip", "href": "#main"}
    levels = [int(tag[1]) for tag, _ in shown.elements if re.fullmatch(r"h[1-6]", tag)]
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    assert len(shown.named("table")) == len(shown.named("caption")) == len(shown.named("thead"))
    assert [attributes for attributes in shown.named("th") if attributes.get("scope") not in ("row", "col")] == []


def test_ids_are_unique_and_every_link_leads_somewhere() -> None:
    shown = page(sample.portfolio())
    ids = [attributes["id"] for _, attributes in shown.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    labels = {attributes["aria-labelledby"] for _, attributes in shown.elements if "aria-labelledby" in attributes}
    inner = {(attributes["href"] or "")[1:] for attributes in shown.named("a") if (attributes["href"] or "").startswith("#")}
    assert (inner | labels) - set(ids) == set()


def test_links_out_are_https_and_say_where_they_lead() -> None:
    shown = source(sample.portfolio())
    outward = re.findall(r'<a class="url" href="(https://[^"]+)" rel="noopener noreferrer nofollow">([^<]+)</a>', shown)
    assert len(outward) == shown.count("https://huggingface.co") / 2 > 10
    assert [pair for pair in outward if pair[0] != pair[1]] == []


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "javascript:alert(1)", "https://user:x@example.org/", "https:///x", "https://[bad", "https://example.org/\u202e"]
)
def test_other_addresses_are_text(url: str) -> None:
    report = sample.one()
    changed = report.model_copy(update={"evidence": tuple(entry.model_copy(update={"url": url}) for entry in report.evidence)})
    assert [attributes for attributes in page(changed).named("a") if not (attributes["href"] or "").startswith("#")] == []


def luminance(color: str) -> float:
    digits = color.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_at_least_four_and_a_half_in_every_theme() -> None:
    themes = re.findall(r":root \{(.*?)\}", (templates() / "report.css").read_text(encoding="utf-8"), re.DOTALL)
    assert len(themes) == 3
    for theme in themes:
        colors = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+)", theme))
        inks = colors.keys() - {"paper", "line", "tint"}
        pairs = [(ink, ground) for ink in sorted(inks) for ground in ("paper", "tint")]
        assert [pair for pair in pairs if contrast(colors[pair[0]], colors[pair[1]]) < 4.5] == []


def test_the_style_prints_and_goes_dark_only_on_a_screen() -> None:
    style = page(sample.one()).style
    assert "@media print" in style and "thead { display: table-header-group; }" in style
    assert re.findall(r"@media ([^{]*prefers-color-scheme[^{]*) \{", style) == ["screen and (prefers-color-scheme: dark)"]
    assert "<details" not in source(sample.one())


def test_where_output_cannot_carry_more_the_page_is_ascii_and_reads_the_same() -> None:
    report = sample.portfolio()
    text = render("html", report, RenderContext(ascii=True, command=COMMAND))
    assert text.isascii()
    assert Page(text).text == page(report).text
    assert Page(text).style == page(report).style


@pytest.mark.parametrize("mode", ["hub", "bundle", "local", "offline"])
def test_every_source_of_evidence_has_its_words(mode: str) -> None:
    run = {"mode": mode, "complete": True, "evaluated_at": "2026-11-21T00:00:00Z", "errors": []}
    assert wording.SOURCES[mode] in page(sample.report(sample.approved(), run=run)).text

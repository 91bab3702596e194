"""The Markdown document: whole, worst first, bounded, and inert. Golden documents: `python -m tests.formats.regenerate`."""

import re

import pytest
from markdown_it import MarkdownIt

from auditor.domain.report import Report
from auditor.formats import RenderContext, markdown, render
from tests.formats import hostile, sample

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ATTACKS = {
    "html": hostile.ATTACK,
    "fences": f"{hostile.ATTACK}\n```\n````\n~~~\n</pre><script>alert(1)</script>\n",
    "markup": "# h\n- a\n1. b\n> [!NOTE]\n***\n    code\n[^1]: f\n[x]: http://evil.example\n<!-- \n| a | b |\n|---|---|\n \\| ~~s~~ **b** __u__ _i_ `c` "
    "![i](http://evil.example/x.png) [l](javascript:alert(1)) [l]( javascript:x) <https://evil.example> <javascript:x> &lt;script&gt; ",
    "live": "@octocat @org/team #1 GH-2 a/b#3 www.evil.example http://evil.example HTTPS://evil.example ftp://evil.example a@evil.example $x$ :smile: \n",
}


def document(report: Report, **context: object) -> str:
    return render("markdown", report, RenderContext(**context))  # type: ignore[arg-type]


def shape(text: str) -> list[str]:
    return [token.type.replace("html_block", "fence") for token in PARSER.parse(text)]


def inside(text: str) -> list[tuple[str, str]]:
    return [(child.type, str(child.attrs.get("href", child.content))) for token in PARSER.parse(text) for child in token.children or ()]


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_changes_words_and_nothing_else(attack: str) -> None:
    text, harmless = (document(hostile.report(words), command=("auditor", words)) for words in (attack, "x"))
    assert shape(text) == shape(harmless)
    assert {kind for kind, _ in inside(text)} <= {"text", "code_inline", "strong_open", "strong_close"}
    assert [content for kind, content in inside(text) if kind == "text" and re.search(r"://|www\.|@\w|#\d|\$|:\w+:", content, re.IGNORECASE)] == []


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_reader_that_only_counts_backticks_sees_no_markup_either(attack: str) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", document(hostile.report(attack)), flags=re.DOTALL)
    assert re.findall(r"<script|<img|<svg|<style|\]\(\s*javascript:", prose, re.IGNORECASE) == []


def test_the_only_links_are_those_to_the_evidence() -> None:
    report = sample.portfolio()
    assert {content for kind, content in inside(document(report)) if kind == "link_open"} == {entry.url for entry in report.evidence}


def test_the_summary_comes_first_worst_first() -> None:
    lines = document(sample.portfolio()).splitlines()
    assert lines[0] == "# Model audit: ■ BLOCKED"
    assert lines[2] == "4 models: 1 blocked, 1 incomplete, 1 review, 1 approved. A gate gets exit code 1."
    assert [line.split(" | ")[0] for line in lines[8:12]] == ["| ■ BLOCKED", "| ○ INCOMPLETE", "| ▲ REVIEW", "| ● APPROVED"]


def test_a_model_has_every_section() -> None:
    headings = [line for line in document(sample.one()).splitlines() if line.startswith("##")]
    assert headings == [
        f"## ▲ REVIEW `{sample.GATED}@0e9e39f249a1`",
        "### License",
        "### Permissions by use",
        "### Obligations",
        "### Lineage",
        "### Memory",
        "### Findings",
        "### Not checked",
        "### Evidence register",
        "## About this run",
    ]


def test_obligations_are_tasks_with_their_exact_text() -> None:
    entry = sample.llama("conditional")
    entry["obligations"][0]["status"] = "met"
    text = document(sample.report(entry))
    assert "- [x] **O1 Must:** Display the words" in text
    assert "  ```text\n  Built with Llama\n  ```" in text
    assert "May apply: a fact that decides is not declared:\n\n- [ ] **O2 Must:**" in text


def test_both_quotes_of_a_conflict_stand_together() -> None:
    text = document(sample.one())
    conflict = text[text.index("**Conflict") : text.index("### Permissions")]
    assert "`llama3.1` against `apache-2.0` (E2, E4)" in conflict
    assert "Terms under the name of Llama 3.1" in conflict
    assert "The weights are released under Apache 2.0." in conflict


def test_every_use_says_what_would_change_it() -> None:
    rows = [line for line in document(sample.one()).splitlines() if line.startswith("| hosted ")]
    assert rows == [
        "| hosted **(intended)** | ▲ unknown | Hosted use depends on the users of the month before the release, which were not declared. "
        "| Section 2 (llama3.1) | `monthly_active_users_at_release <= 700,000,000` gives conditional; "
        "`monthly_active_users_at_release > 700,000,000` gives prohibited |"
    ]


def test_all_of_the_evidence_is_in_the_register() -> None:
    report = sample.portfolio()
    text = document(report)
    assert [entry.id for entry in report.evidence if f"- **{entry.id}** " not in text or entry.sha256 not in text] == []


def test_documents_that_could_not_be_had_are_named_up_to_a_number() -> None:
    error = {"target": "https://huggingface.co/a/b", "kind": "rate_limited", "message": "429", "at": "2026-11-20T09:15:10Z"}
    run = {"mode": "hub", "complete": False, "evaluated_at": "2026-11-21T00:00:00Z", "errors": [error] * 60}
    text = document(sample.report(sample.approved(), run=run))
    assert text.count("- Not had: <https://huggingface.co/a/b>: rate limited, 429, `2026-11-20T09:15:10Z`") == 50
    assert "- Not had: 10 more, listed in the JSON record" in text


def test_a_run_without_models() -> None:
    assert "No model was audited." in document(sample.report())


def many(number: int, quote: str) -> Report:
    """Copies of the Llama-like model with a long quote each."""
    report = sample.one()
    evidence = tuple(entry.model_copy(update={"quote": quote}) for entry in report.evidence)
    models = tuple(report.models[0].model_copy(update={"id": f"org/model-{index}"}) for index in range(number))
    return report.model_copy(update={"models": models, "evidence": evidence})


def test_below_the_cap_nothing_is_left_out() -> None:
    assert "Not everything is here" not in document(many(3, "short"))


@pytest.mark.parametrize(("cap", "missing"), [(60_000, "3 models without details; 8 models"), (90_000, "8 models")])
def test_registers_go_first_then_the_details_of_the_best_models_and_the_opening_says_so(cap: int, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "MAX_BYTES", cap)
    text = document(many(8, "x" * 2000))
    assert len(text.encode()) <= cap
    assert [line for line in text.splitlines() if line.startswith("**Not everything is here.**")] == [
        f"**Not everything is here.** Left out to stay below {cap // 1000} KB: {missing} without their evidence register. "
        "The whole record: `-f json`, or `-o report.html`."
    ]
    assert text.count("| ▲ REVIEW | `org/model-") == 8


def test_thousands_of_models_keep_below_the_limit_of_a_summary() -> None:
    text = document(many(3000, "::error::x\n" * 180))
    assert len(text.encode()) <= markdown.MAX_BYTES
    assert re.search(r"Left out to stay below 900 KB: .*[\d,]+ models without details; 3,000 models without their evidence register\.", text)
    assert text.index("org/model-0@") < text.index("org/model-1@")


def test_gguf_files_are_listed_with_their_sizes() -> None:
    model = sample.llama()
    files = [{"name": "m-Q4_K_M", "precision": "q4_k_m", "bytes": 4_920_000_000, "fits": ["rtx-4090"]}]
    text = render("markdown", sample.report(model | {"memory": model["memory"] | {"files": files}}), RenderContext())
    assert "| GGUF files, of which an engine loads one set | Precision | Size |" in text
    assert "| `m-Q4_K_M` | `q4_k_m` | 4.58 GiB |" in text

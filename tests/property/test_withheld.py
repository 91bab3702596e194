"""Saved evidence gives the report of the evidence itself, and without the texts everything of it but the quotes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes import HUB, PROMPT, FakeSource, Repo, Shelf, run_on, text
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditor.audit.assemble import report_id
from auditor.audit.pipeline import collect
from auditor.catalog.catalog import Catalog
from auditor.crawler.bundle import BundleSource, write_bundle
from auditor.crawler.gather import Gathered
from auditor.crawler.interface import Source
from auditor.domain.evidence import ModelRef, Reason
from auditor.domain.license import USES
from auditor.domain.report import Report
from auditor.licensing.matcher import matcher_of

EXAMPLES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = "\n\n".join(f"{number}. The licensee may do what clause {number} says of the matter at hand, and nothing else of it." for number in range(1, 40))
CHANGED = text("nc-1").replace("may run and share", "may never run and share")
STRANGE = "Zephyrine terms: nobody may do anything on Mondays.\n"
KNOWN = {key: "Licensor says as is.\n" + " ".join(f"{key.replace('-', '')}w{number}" for number in range(60)) for key in ("free-1", "nc-1")}
"""Texts that the matcher compares with: long enough to be told from each other when changed."""
LIKE_FREE, LIKE_NC = (f"{known[:-90]}\nYou must never be late.\n{known[-90:]}" for known in KNOWN.values())
HTML = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>You must sign in to see this page.</p></body></html>\n"
HUGE = "You may not resell the weights of this model.\n" * 300
TEXTS: tuple[str | bytes, ...] = (
    "", "\n\n \n", LIKE_FREE, LIKE_NC, f"{KNOWN['free-1']}\n\nAnd:\n\x0c{LIKE_NC}", text("free-1"), text("duty-1"), text("nc-1"), text("free-1").replace("\n", "\r\n"), text("free-1").replace(" ", "\u2028 ", 2),
    f"\n\n{text('free-1')}\x0c", CHANGED, LONG, text("free-1") + LONG, STRANGE, HTML, HUGE, b"%PDF-1.4 terms", b"\xff\xfe\x00n", b"May\x85not\xff be used\x1c.",
)  # fmt: skip
TAGS = st.sampled_from(
    ["free-1", "duty-1", "nc-1", "limit-1", "closed-1", "silent-1", "mixed", "barred", "other", "unknown", "Zephyrine", "mit", "llama3.1", " "]
)
NAMES = st.sampled_from(["Free License", "Untagged License", "twin", "my own terms", "x" * 600, "a\u202eb", "withheld", ""])
PROMPTS = st.sampled_from(
    [
        "Tell us your name.",
        LIKE_FREE,
        f"You must not.\n{KNOWN['nc-1']}",
        "You must not be late.\u2028Never.",
        PROMPT,
        CHANGED,
        LONG,
        "\n\nNever\n\n",
        " ",
        STRANGE * 40,
    ]
)
PARENTS = st.sampled_from(["org/base", "org/gone", "my own", "Org/Base"])
LINKS = st.sampled_from(
    ["LICENSE", "https://example.org/terms", "terms.txt", "https://hub.example/org/base/blob/main/LICENSE", ["https://hf.co/org/gone/raw/v1/LICENSE", "../x"]]
)
CARDS = st.fixed_dictionaries(
    {},
    optional={
        "license": st.one_of(TAGS, st.lists(TAGS, max_size=3), st.just({"of": "mine"})),
        "license_name": NAMES,
        "license_link": LINKS,
        "base_model": st.one_of(PARENTS, st.lists(PARENTS, max_size=3)),
        "base_model_relation": st.sampled_from(["finetune", "quantized", "adapter"]),
        "extra_gated_prompt": PROMPTS,
        "extra_gated_heading": st.sampled_from(["Ask here", "You must be kind."]),
        "extra_gated_fields": st.sampled_from([{"I will not sell it": "checkbox"}, {"Country": "country"}]),
        "extra_gated_eu_disallowed": st.booleans(),
        "datasets": st.sampled_from(["a/b", ["a/b", 3]]),
    },
)
FILES = st.dictionaries(
    st.sampled_from(["LICENSE", "LICENSE-2.html", "NOTICE", "USE_POLICY.md", "licenses/terms.txt", "terms.txt", "../LICENSE"]),
    st.sampled_from(TEXTS),
    max_size=3,
)
CONFIGS = st.sampled_from(["{}", '{"model_type": "llama", "hidden_size": 8}', '{"auto_map": {"AutoModel": "x.y"}}', "[]", "no JSON", ""])
LOST: st.SearchStrategy[Mapping[str, Reason]] = st.dictionaries(
    st.sampled_from(["COPYING", "README.md", "config.json", "NOTICE.txt"]), st.sampled_from(["timeout", "gated_no_token"]), max_size=1
)
BODIES = st.sampled_from(
    [
        "",
        "About this model.\n",
        "## License\nThis model is released under the Free License.\n",
        "Not for commercial use.\x0c\n",
        f"## License\n{KNOWN['free-1']}\n\nYou must not sell it.\u2028\n",
        f"Hello.\n\n{LIKE_NC}\nBye.",
        text("nc-1"),
        LONG,
        HUGE,
    ]
)
FENCES = st.sampled_from(["json", "block", "alias", "twice", "open", "none"])
ANSWERS: st.SearchStrategy[Mapping[str, Any]] = st.sampled_from([{}, {"gated": "manual"}, {"gated": "auto", "tags": ["license:free-1", "license:nc-1"]}, {"cardData": None}, {"cardData": []}, {"siblings": None}])  # fmt: skip


def readme(card: Mapping[str, Any], form: str, body: str) -> str:
    """A README.md that states `card` in one of the forms in which people write front matter, or break it."""
    block = "".join(f"{key}: {json.dumps(value)}\n" for key, value in card.items())
    fenced = {
        "json": f"---\n{json.dumps(dict(card))}\n---\n",
        "block": f"---\n{block}---\n",
        "alias": f"---\na: &x 1\n{block}---\n",
        "twice": f"---\r\nlicense: mit\r\n{block}---\r\n\r\n",
        "open": f"---\n{block}",
        "none": "",
    }
    return fenced[form] + body


@st.composite
def repos(draw: st.DrawFn) -> Repo:
    """A repository whose card, metadata and files may each be whole, odd or missing, and need not agree."""
    card = draw(CARDS)
    in_readme = card if draw(st.booleans()) else draw(CARDS)
    files = {**draw(FILES), "config.json": draw(CONFIGS)}
    return Repo(card, files, draw(LOST), draw(ANSWERS), readme(in_readme, draw(FENCES), draw(BODIES)))


HUBS = st.fixed_dictionaries({"org/a": repos(), "org/base": st.one_of(repos(), st.just("timeout")), "org/gone": st.just("missing")})
DECLARED = st.sampled_from([{}, {"organization": "company", "monthly_active_users": 5}])


def saved(source: Source, folder: Path, catalog: Catalog, withhold: bool) -> BundleSource:
    """The bundle that `snapshot` writes of org/a."""
    write_bundle(folder, Gathered(*collect(source, [ModelRef("org/a")], catalog)), HUB, "1", withhold)
    return BundleSource(folder)


def without_quotes(report: Report) -> Report:
    """The report with every quote empty, those of added passages too, and the id that then belongs to it."""
    plain = report.model_dump()
    for entry in plain["evidence"]:
        entry["quote"] = ""
    for change in (change for record in plain["models"] for one in record["license"]["texts"] for change in one["changes"]):
        change["text"] = None if change["text"] is None else ""
    bare = Report.model_validate(plain)
    return bare.model_copy(update={"report_id": report_id(bare)})


@pytest.fixture
def shelved(invented: Catalog) -> Iterator[Catalog]:
    """The catalogue with fingerprints of the known texts above in place of the real ones."""
    remembered = vars(matcher_of(invented))
    before = remembered.pop("fingerprints", None)
    remembered["fingerprints"] = Shelf(list(KNOWN.items()))
    yield invented
    del remembered["fingerprints"]
    if before is not None:
        remembered["fingerprints"] = before


def audited(source: Source, catalog: Catalog, declared: Mapping[str, Any]) -> Report:
    """The report on org/a for every use, worked out anew: what the matcher remembers of another form of the same document would hide a difference."""
    matcher_of(catalog).seen.clear()
    return run_on(source, "org/a", catalog=catalog, uses=USES, **declared)


LISTED = "---\nlicense: [free-1, nc-1]\n---\n"
SEPARATED = f'---\nlicense_name: "a\u2028b"\nlicense: free-1\n---\nOn\x0cone\u2028line.\n\n{LIKE_NC}\n'


@EXAMPLES
@given(hub=HUBS, declared=DECLARED)
@example(hub={"org/a": Repo({"license": ["free-1", "nc-1"]}, readme=LISTED)}, declared={})
@example(hub={"org/a": Repo({"license": "free-1"}, {"LICENSE": f"\x0c{text('nc-1')}\nNever."}, readme=SEPARATED)}, declared={})
@example(hub={"org/a": Repo({"license": "free-1"}, {"LICENSE": "you must never do it " * 13_000})}, declared={})
def test_a_bundle_and_its_withheld_form_agree_on_everything_but_quotes(shelved: Catalog, hub: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
    source = FakeSource(hub)
    live = audited(source, shelved, declared)
    with tempfile.TemporaryDirectory() as folder:
        whole, bare = (audited(saved(source, Path(folder, name), shelved, name == "bare"), shelved, declared) for name in ("whole", "bare"))
    assert whole == live
    assert without_quotes(bare) == without_quotes(whole)

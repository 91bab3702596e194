"""The page in a real browser: it prints whole, says what the record says, and asks nobody for anything."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from auditor.domain.report import Report
from auditor.formats import RenderContext, render
from tests.formats import hostile, sample

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable") if (found := shutil.which(name))), None)
PDFTOTEXT = shutil.which("pdftotext")
DISABLED = ("gpu", "quic", "background-networking", "component-update", "sync")
FLAGS = ["--headless", "--no-sandbox", "--no-first-run", *(f"--disable-{feature}" for feature in DISABLED)]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH")]
needs_pdftotext = pytest.mark.skipif(PDFTOTEXT is None, reason="no pdftotext (poppler) on PATH")


def chromium(folder: Path, source: str, *action: str) -> str:
    """Open `source` as a file in a new profile; what Chromium writes on standard output."""
    file = folder / "report.html"
    file.write_text(source, encoding="utf-8")
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", *action, file.as_uri()]
    return subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode()


def printed(folder: Path, source: str) -> list[str]:
    """Text of each printed page."""
    target = folder / "report.pdf"
    chromium(folder, source, "--no-pdf-header-footer", f"--print-to-pdf={target}")
    text = subprocess.run([str(PDFTOTEXT), "-layout", str(target), "-"], capture_output=True, check=True).stdout.decode()
    return text.split("\f")[:-1]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def page(report: Report) -> str:
    return render("html", report, RenderContext(command=("auditor", "check")))


@pytest.fixture
def beacon() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback and the paths that were asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


def injection(url: str) -> str:
    """Markup that asks `url`, runs a script and restyles the page."""
    return (
        f"</style></bdi><img src='{url}/img'><script src='{url}/script'></script><script>document.title='owned'</script><link rel=stylesheet href='{url}/css'>"
        f"<style>@import url('{url}/import'); * {{ display: none }}</style><iframe src='{url}/frame'></iframe><p style=\"background:url('{url}/style')\">x</p>"
    )


@needs_pdftotext
def test_the_print_holds_verdict_quotes_and_the_binding_of_every_sheet(tmp_path: Path) -> None:
    report = sample.portfolio()
    sheets = printed(tmp_path, page(report))
    text = squeezed("".join(sheets))
    assert [entry.id for entry in report.evidence if squeezed(entry.quote) not in text] == []
    assert [word for word in ("■BLOCKED", "○INCOMPLETE", "▲REVIEW", "●APPROVED", "BuiltwithLlama", squeezed(sample.NOTICE)) if word not in text] == []
    names = [f"{model.id}@{'unknown' if model.revision.resolved == 'unknown' else model.revision.resolved[:12]}" for model in report.models]
    for number, sheet in enumerate(sheets, 1):
        assert f"Page {number} of {len(sheets)}" in sheet
        assert f"Report {report.report_id}" in sheet
        if 1 < number < len(sheets):
            assert [name for name in names if name in sheet.lstrip().splitlines()[0]], sheet[:200]


@needs_pdftotext
@pytest.mark.parametrize("report", [sample.one(), sample.conditional(), sample.report(sample.blocked())], ids=["review", "conditional", "blocked"])
def test_the_decision_fits_half_a_page(tmp_path: Path, report: Report) -> None:
    first = printed(tmp_path, page(report))[0].splitlines()
    ends = next(number for number, line in enumerate(first) if "1. Identity" in line)
    assert ends <= len(first) * 0.6
    assert any("not legal advice" in line for line in first[:ends])


def test_a_hostile_report_asks_nobody_and_changes_nothing(tmp_path: Path, beacon: tuple[str, list[str]]) -> None:
    url, asked = beacon
    dom = chromium(tmp_path, page(hostile.report(injection(url))), "--virtual-time-budget=3000", "--dump-dom")
    assert asked == []
    assert "<title>Model approval report: 4 models, blocked</title>" in dom
    assert hostile.Page(dom).active() == []


def test_the_policy_holds_even_where_escaping_fails(tmp_path: Path, beacon: tuple[str, list[str]]) -> None:
    url, asked = beacon
    broken = page(sample.one()).replace("<main", f"{injection(url)}<main", 1)
    dom = chromium(tmp_path, broken, "--virtual-time-budget=3000", "--dump-dom")
    assert asked == []
    assert "<title>owned" not in dom
    assert f"{url}/img" in dom, "the injection was there"


def test_without_the_policy_the_same_injection_reaches_the_network(tmp_path: Path, beacon: tuple[str, list[str]]) -> None:
    url, asked = beacon
    chromium(tmp_path, f"<!DOCTYPE html><title>x</title><main>{injection(url)}</main>", "--virtual-time-budget=3000", "--dump-dom")
    assert {"/img", "/script", "/css"} <= set(asked)


def test_the_page_reflows_on_a_narrow_screen(tmp_path: Path) -> None:
    """At 320 pixels no part but a scrolling table is wider than the screen."""
    measure = "<script>parent.document.title = document.documentElement.scrollWidth</script></body>"
    inner = re.sub(r"<meta http-equiv=[^>]*>", "", page(sample.portfolio())).replace("</body>", measure)
    dom = chromium(tmp_path, f'<!DOCTYPE html><title>x</title><iframe width="320" height="900" srcdoc="{escape(inner)}"></iframe>', "--dump-dom")
    assert int(re.findall(r"<title>(\d+)</title>", dom)[0]) <= 320

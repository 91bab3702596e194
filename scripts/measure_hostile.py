"""Writes docs/hostile.md: time and peak memory of `auditor check` for every hostile case of the tests. Run by hand: `python scripts/measure_hostile.py`."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the tables lie with the tests

from tests.crawler.fake_hub import FakeHub
from tests.faults.stand import MODEL, Change, arrange
from tests.hostile.bench import Bench, Outcome
from tests.hostile.bundles import BUNDLES, sound
from tests.hostile.cases import ANSWERS, CARDS, TEXTS

ROOT = Path(__file__).resolve().parent.parent
GROUPS = {"Model cards": CARDS, "Texts": TEXTS, "Answers and files": ANSWERS}
HEAD = """# Hostile input

Written by `python scripts/measure_hostile.py`, run by hand, from the tables in `tests/hostile`. Every row is run by the tests too, which assert the verdict,
less than 10 seconds and 600 MB, outputs (terminal, JSON, HTML, Markdown) without control characters, workflow commands, active content or a trace of an
error, files and requests nowhere else, and no pass unless the license statements are untouched. Below: what one `auditor check` took here, from start to
end with all four outputs written ({machine}). The same for a sound repository: {base}.
"""


def main() -> None:
    """Measures everything."""
    bench = Bench(warm=False)
    repository(bench, Change())  # the first run reads the program from the disk
    base = _cost(repository(bench, Change()))
    parts = [HEAD.format(machine=f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}", base=base)]
    for title, cases in GROUPS.items():
        parts += [f"\n## {title}\n", "| case | what | verdict | seconds | MB |", "|---|---|---|---|---|"]
        parts += [_row(case.name, case.does, case.verdict, repository(bench, case.make())) for case in cases]
    parts += ["\n## Saved evidence\n", "| case | what | result | seconds | MB |", "|---|---|---|---|---|"]
    for bundle in BUNDLES:
        with tempfile.TemporaryDirectory() as folder:
            bundle.spoil(sound(Path(folder) / "evidence"))
            parts.append(
                _row(bundle.name, bundle.does, bundle.verdict or "refused, exit 2", _check(bench, ["--evidence", f"{folder}/evidence"], "http://127.0.0.1:9"))
            )
    bench.close()
    (ROOT / "docs" / "hostile.md").write_text("\n".join(parts) + "\n", encoding="utf-8")


def repository(bench: Bench, change: Change) -> Outcome:
    """One run against a server on this machine."""
    hub, elsewhere = FakeHub(), FakeHub()
    arrange(change, hub, elsewhere)
    try:
        return _check(bench, [MODEL], hub.url)
    finally:
        hub.close()
        elsewhere.close()


def _check(bench: Bench, arguments: list[str], endpoint: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "here").mkdir()
        return bench.check(arguments, Path(folder) / "here", endpoint)


def _cost(outcome: Outcome) -> str:
    return f"{outcome.seconds:.2f} s, {outcome.peak / 1e6:.0f} MB"


def _row(name: str, does: str, verdict: str, outcome: Outcome) -> str:
    return f"| {name} | {does.replace('|', chr(92) + '|')} | {verdict} | {outcome.seconds:.2f} | {outcome.peak / 1e6:.0f} |"


if __name__ == "__main__":
    main()

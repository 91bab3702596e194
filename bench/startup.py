"""Whole-process time of `--help` and of an offline check, as ratios to `python -c pass` of the same environment; median of ten, interleaved."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AUDITOR = str(Path(sys.executable).parent / "auditor")
COMMANDS = {
    "bare": [sys.executable, "-c", "pass"],
    "--help": [AUDITOR, "--help"],
    "check, one model": [AUDITOR, "check", "--evidence", str(ROOT / "reports/examples/synthetic")],
    "check, seven models": [AUDITOR, "check", "--evidence", str(ROOT / "reports/examples/evidence")],
}
LIMITS = {"--help": 8, "check, one model": 29}


def main() -> None:
    """Prints the ratios."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(10):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, capture_output=True)
            times[name].append(time.perf_counter() - start)
    bare = statistics.median(times["bare"])
    for name, taken in times.items():
        limit = f" (limit {LIMITS[name]})" if name in LIMITS else ""
        print(f"{name:22} {statistics.median(taken) * 1000:7.1f} ms  {statistics.median(taken) / bare:5.1f} x{limit}")


if __name__ == "__main__":
    main()

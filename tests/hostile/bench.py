"""The fork server of `child` and what a run of it left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ("json", "html", "markdown")


@dataclass(frozen=True)
class Outcome:
    """One run: exit code (negative: the signal that ended it), seconds, peak memory in bytes, and all that it wrote."""

    code: int
    seconds: float
    peak: int
    written: dict[str, str]
    """`stdout` (the terminal result), `stderr`, and a file for each of FORMATS, where there is one."""

    @property
    def report(self) -> dict[str, Any]:
        """The JSON result."""
        found: dict[str, Any] = json.loads(self.written["json"])
        return found


class Bench:
    """Runs `auditor` in processes of its own."""

    def __init__(self, warm: bool) -> None:
        command = [sys.executable, "-m", "tests.hostile.child", *(["--warm"] if warm else [])]
        environment = {**{k: v for k, v in os.environ.items() if not k.startswith(("HF_", "AUDITOR_"))}, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def check(self, arguments: Sequence[str], folder: Path, endpoint: str) -> Outcome:
        """`auditor check ARGUMENTS` in the empty `folder`, with every format."""
        screens = {name: f"{folder}.{name}" for name in ("stdout", "stderr")}
        (folder / "home").mkdir()
        job = {
            "arguments": ["check", *arguments, "--as-of", "2026-11-24", "-v", *(part for name in FORMATS for part in ("-o", f"{name}:{name}.out"))],
            "folder": str(folder),
            "environment": {"HF_ENDPOINT": endpoint, "HF_HOME": str(folder / "home"), "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1", "NO_PROXY": "*"},
            **screens,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._answer())
        files = {**screens, **{name: str(folder / f"{name}.out") for name in FORMATS}}
        return Outcome(**found, written={name: Path(path).read_text(encoding="utf-8") for name, path in files.items() if Path(path).is_file()})

    def close(self) -> None:
        """Ends the server."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=10)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

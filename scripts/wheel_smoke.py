"""Builds the wheel, installs it into an environment of its own, and audits the saved evidence with it, away from the repository."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """0 when the installed wheel gives the verdict that the repository gives."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(work), str(ROOT)], check=True, stdout=subprocess.DEVNULL)
        [wheel] = work.glob("*.whl")
        subprocess.run([sys.executable, "-m", "venv", str(work / "venv")], check=True)
        python = work / "venv" / "bin" / "python"
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], check=True)
        auditor = str(work / "venv" / "bin" / "auditor")
        evidence = str(ROOT / "reports" / "examples" / "evidence")
        done = subprocess.run(
            [auditor, "check", "--evidence", evidence, "--fact", "organization=company", "-f", "json"], cwd=work, capture_output=True, text=True
        )
        report = json.loads(done.stdout)
        html = subprocess.run([auditor, "check", "--evidence", evidence, "-f", "html"], cwd=work, capture_output=True, text=True)
        ok = (
            done.returncode == 1
            and report["summary"]["verdict"] == "blocked"
            and "<!DOCTYPE html>" in html.stdout[:20].replace("doctype", "DOCTYPE") + html.stdout[:200]
        )
        print(f"installed wheel: exit code {done.returncode}, verdict {report['summary']['verdict']}, HTML of {len(html.stdout)} characters")
        return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())

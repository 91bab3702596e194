"""The golden screens and documents of tests/formats/expected. After an intended change: `python -m tests.formats.regenerate`, then read the diff."""

from pathlib import Path

from auditor.domain.report import Report
from auditor.formats import RenderContext, render
from tests.formats import sample

EXPECTED = Path(__file__).parent / "expected"
COMMAND = ("auditor", "check", "meta-llama/Llama-3.1-8B-Instruct")
GOLDEN: dict[str, tuple[str, Report, RenderContext]] = {
    "review-80.txt": ("terminal", sample.one(), RenderContext(width=80)),
    "conditional-100.txt": ("terminal", sample.conditional(), RenderContext(width=100)),
    "portfolio-60.txt": ("terminal", sample.portfolio(), RenderContext(width=60)),
    "portfolio-ascii-80.txt": ("terminal", sample.portfolio(), RenderContext(width=80, ascii=True)),
    "review-40.txt": ("terminal", sample.one(), RenderContext(width=40)),
    "portfolio-quiet.txt": ("terminal", sample.portfolio(), RenderContext(width=60, detail="quiet")),
    "review-verbose-100.txt": ("terminal", sample.one(), RenderContext(width=100, detail="verbose")),
    "portfolio.md": ("markdown", sample.portfolio(), RenderContext(command=COMMAND)),
    "conditional.md": ("markdown", sample.conditional(), RenderContext()),
}
"""File: format, report and context."""


def main() -> None:
    """Writes every file anew."""
    for name, (format_, report, context) in GOLDEN.items():
        (EXPECTED / name).write_text(render(format_, report, context), encoding="utf-8", newline="\n")
        print(f"wrote {name}")


if __name__ == "__main__":
    main()

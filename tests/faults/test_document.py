"""docs/faults.md is what the table says."""

from pathlib import Path

from scripts.case_documents import case_documents

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_is_fresh() -> None:
    for path, content in case_documents().items():
        assert (ROOT / path).read_text(encoding="utf-8") == content, "run: make generate"

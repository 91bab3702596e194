"""Two audits held against each other. `compare()` is the public entry."""

from auditor.audit.diff.compare import compare

__all__ = ["compare"]

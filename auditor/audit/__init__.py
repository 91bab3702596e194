"""The pipeline: evidence -> facts -> findings -> verdict -> report. `audit()` is the public entry."""

from auditor.audit.pipeline import Request, audit

__all__ = ["Request", "audit"]

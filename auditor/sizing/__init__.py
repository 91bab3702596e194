"""Evidence to memory facts: how much a model needs, and on which cards it fits."""

from __future__ import annotations

from auditor.sizing.estimate import estimate

__all__ = ["estimate"]

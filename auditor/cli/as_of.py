"""The time that dates are judged at."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from auditor.domain.errors import UsageError


def evaluated_at(as_of: str | None) -> str:
    """`--as-of`, else SOURCE_DATE_EPOCH, else now; UTC, ISO 8601 with seconds. UsageError for what is no date."""
    if as_of is not None:
        try:
            moment = datetime.fromisoformat(as_of)
        except ValueError:
            raise UsageError(f"--as-of {as_of!r}: no date", "write it as 2026-12-01") from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    elif epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        if not epoch.isdecimal() or int(epoch) > 253402300799:
            raise UsageError(f"SOURCE_DATE_EPOCH={epoch!r}: no number of seconds", "unset SOURCE_DATE_EPOCH")
        moment = datetime.fromtimestamp(int(epoch), UTC)
    else:
        moment = datetime.now(UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

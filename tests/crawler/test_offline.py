"""The source of --offline."""

from __future__ import annotations

from auditor.crawler.offline import OfflineSource
from auditor.domain.evidence import ModelRef


def test_nothing_is_there() -> None:
    source = OfflineSource("https://hub.example/")
    assert (source.mode, source.endpoint) == ("offline", "https://hub.example")
    for found in (source.info(ModelRef("a/b")), source.file("a/b", "0" * 40, "LICENSE", "license_file")):
        assert (found.reason, found.url, found.status) == ("offline", "https://hub.example/a/b", None)

"""The real client over recorded exchanges: the path that a user's run takes, without a network."""

from __future__ import annotations

from pathlib import Path

import vcr  # type: ignore[import-untyped]

from auditor.crawler.gather import gather
from auditor.crawler.hub import HubSource
from auditor.domain.evidence import CardData, CardFacts, Document, ModelRef, RepoFile, TextFacts, Unavailable

CASSETTE = Path(__file__).parents[1] / "cassettes" / "crawler_invented.yaml"
GATED = ModelRef("replay-fixtures/gated-auto")
ABSENT = ModelRef("replay-fixtures/no-such-model")
REVISION = ModelRef("replay-fixtures/plain", "no-such-revision")
SHA = "9b9e9c0f79edef9be8629042c0c299d0529aec2c"
HUB = "https://huggingface.co"


def test_recorded_models() -> None:
    with vcr.VCR(record_mode="none").use_cassette(str(CASSETTE)) as cassette:
        source = HubSource()
        found = gather(source, [GATED, ABSENT, REVISION], lambda info: [], lambda parent: False).models
        source.close()
        assert cassette.all_played

    info = found[GATED].info
    assert isinstance(info, Document)
    assert info.url == f"{HUB}/api/models/replay-fixtures/gated-auto?blobs=true&securityStatus=true"
    assert (info.facts.sha, info.facts.gated, info.facts.scan) == (SHA, "auto", "done")
    assert info.facts.files is not None and info.facts.files[1] == RepoFile(path="LICENSE", size=15, blob="83b5b9e6891c7bb4e5b144e00c43449b39cef257")
    assert info.facts.card == CardData(license=("other",), library_name="transformers")

    card, text = found[GATED].documents["README.md"], found[GATED].documents["LICENSE"]
    assert isinstance(card.facts, CardFacts) and card.facts.data.lines == {"license": 2, "library_name": 3}
    assert (text.url, text.sha256) == (f"{HUB}/{GATED.id}/resolve/{SHA}/LICENSE", "51dc4150957ec7fd610d38371c1197d7a052eda7793b6148d2f627a99df47f3d")
    assert text.facts == TextFacts(lines=1, words=2, sha256="51dc4150957ec7fd610d38371c1197d7a052eda7793b6148d2f627a99df47f3d", binding_words=1)
    tag = '"83b5b9e6891c7bb4e5b144e00c43449b39cef257"'
    assert text.headers == {"x-repo-commit": SHA, "etag": tag, "x-linked-etag": tag}

    results = [found[GATED].unavailable["config.json"], found[ABSENT].info, found[REVISION].info]
    assert [(one.reason, one.status) for one in results if isinstance(one, Unavailable)] == [("gated_no_token", 401), ("missing", 401), ("wrong_revision", 404)]

"""Attributions that a derivative's repository does not have."""

from __future__ import annotations

import pytest
from fakes import Repo, collected, real_catalog

from auditor.licensing.attribution import missing_attribution

LLAMA, APACHE = "llama3.1", "apache-2.0"
SHOWN = "---\nlicense: llama3.1\n---\n# A model\n\nBuilt with Llama\n"


def missing(child: Repo, parent: Repo, license: str) -> str:
    repos = {"me/child": child, "org/base": parent}
    return missing_attribution(collected(repos, "me/child"), collected(repos, "org/base"), [real_catalog().license(license)])


def test_a_line_that_the_card_has_to_show() -> None:
    said = "Llama 3.1 Community License Agreement wants 'Built with Llama' to be shown with a derivative, and the card of me/child does not show it"
    assert missing(Repo({"license": LLAMA}), Repo({"license": LLAMA}), LLAMA) == said
    assert missing(Repo(readme=SHOWN), Repo({"license": LLAMA}), LLAMA) == ""
    assert missing(Repo(unavailable={"README.md": "timeout"}), Repo({"license": LLAMA}), LLAMA) == ""


@pytest.mark.parametrize(
    ("ours", "theirs", "lacks"),
    [
        ({}, {}, False),  # a copy of the license is no attribution
        ({}, {"LICENSE": "text"}, False),
        ({}, {"NOTICE": "Copyright Somebody"}, True),
        ({}, {"docs/NOTICE": "Copyright Somebody"}, False),
        ({"NOTICE.txt": "Copyright Somebody"}, {"NOTICE": "Copyright Somebody"}, False),
        ({"third_party_notices.md": "x"}, {"NOTICE": "Copyright Somebody"}, False),
    ],
)
def test_a_notice_file_that_has_to_go_along(ours: dict[str, str], theirs: dict[str, str], lacks: bool) -> None:
    said = "Apache License 2.0 wants the notices in NOTICE of the base model org/base to go along, and me/child has no notice file"
    assert missing(Repo({"license": "mit"}, ours), Repo({"license": APACHE}, theirs), APACHE) == (said if lacks else "")
    assert missing(Repo({"license": "mit"}, ours), Repo({"license": "mit"}, theirs), "mit") == ""


def test_what_was_not_listed_is_not_missing() -> None:
    assert missing(Repo({"license": "mit"}, answer={"siblings": None}), Repo({"license": APACHE}, {"NOTICE": "x"}), APACHE) == ""
    assert missing(Repo({"license": "mit"}), Repo({"license": APACHE}, {"NOTICE": "x"}, answer={"siblings": None}), APACHE) == ""

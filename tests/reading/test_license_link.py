"""Where links of cards point, hostile ones too."""

from __future__ import annotations

import pytest

from auditor.domain.evidence import CardData, ModelInfo, RepoFile
from auditor.reading.card import card_data, read_card
from auditor.reading.license_link import HubFile, NoFile, OwnFile, held, target, targets
from auditor.reading.model_info import read_model_info

SHA = "0123456789abcdef0123456789abcdef01234567"
API = "https://mirror.example:8443/hf/api/models/org/name?blobs=true"


def info(*paths: str, listed: bool = True) -> ModelInfo:
    bare = read_model_info(b'{"id": "org/name", "sha": "%s"}' % SHA.encode())
    return bare.model_copy(update={"files": tuple(RepoFile(path=path) for path in paths) if listed else None})


OWN = info("LICENSE", "docs/My Terms.txt", "TERMS.md", "a%20b")


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("LICENSE", "LICENSE"),
        ("./TERMS.md", "TERMS.md"),
        ("LICENSE#section-2", "LICENSE"),
        ("LICENSE?raw=true", "LICENSE"),
        ("docs/My%20Terms.txt", "docs/My Terms.txt"),
        ("docs/My Terms.txt", "docs/My Terms.txt"),
        ("a%20b", "a%20b"),
        ("GONE.txt", "GONE.txt"),
        ("https://huggingface.co/org/name/blob/main/LICENSE", "LICENSE"),
        ("https://huggingface.co/org/name/resolve/main/GONE.txt", "GONE.txt"),
        ("http://www.huggingface.co/ORG/Name/raw/v1/TERMS.md?download=true#top", "TERMS.md"),
        ("https://hf.co/org/name/blob/main/docs/My%20Terms.txt", "docs/My Terms.txt"),
        ("https://mirror.example:8443/hf/org/name/blob/main/LICENSE", "LICENSE"),
        ("huggingface.co/org/name/blob/main/LICENSE", "LICENSE"),
        ("/org/name/blob/main/LICENSE", "LICENSE"),
        (f"https://huggingface.co/org/name/blob/{SHA}/GONE.txt", "GONE.txt"),
    ],
)
def test_a_file_of_the_repository_itself(link: str, path: str) -> None:
    assert target(link, OWN, API) == OwnFile(path)


@pytest.mark.parametrize(
    ("link", "file"),
    [
        ("https://huggingface.co/Qwen/Base/blob/main/LICENSE", HubFile("model", "Qwen/Base", "main", "LICENSE")),
        (f"https://huggingface.co/Qwen/Base/raw/{SHA}/a/LICENSE.txt#x", HubFile("model", "Qwen/Base", SHA, "a/LICENSE.txt")),
        ("https://huggingface.co/Qwen/Base/resolve/refs%2Fpr%2F1/LICENSE", HubFile("model", "Qwen/Base", "refs/pr/1", "LICENSE")),
        ("https://huggingface.co/gpt2/blob/main/LICENSE", HubFile("model", "gpt2", "main", "LICENSE")),
        ("https://hf.co/datasets/a/b/blob/main/LICENSE", HubFile("dataset", "a/b", "main", "LICENSE")),
        ("https://huggingface.co/spaces/a/b/resolve/main/LICENSE", HubFile("space", "a/b", "main", "LICENSE")),
        ("https://mirror.example:8443/hf/a/b/blob/main/LICENSE?x#y", HubFile("model", "a/b", "main", "LICENSE")),
        ("HTTPS://HuggingFace.co:443/a/b/blob/main/LICENSE", HubFile("model", "a/b", "main", "LICENSE")),
        ("https://huggingface.co/org/name/blob/v1/GONE.txt", HubFile("model", "org/name", "v1", "GONE.txt")),
        ("https://huggingface.co/a/b/blob/main/../../../api/whoami-v2", HubFile("model", "a/b", "main", "../../../api/whoami-v2")),
        ("https://huggingface.co/a/b/blob/main/%2e%2e%2fx", HubFile("model", "a/b", "main", "../x")),
    ],
)
def test_a_file_of_another_repository_or_revision(link: str, file: HubFile) -> None:
    found = target(link, OWN, API)
    assert found == file and isinstance(found, HubFile)
    assert held(found.held_at) == found
    assert found.pinned == (found.revision == SHA)


@pytest.mark.parametrize(
    "link",
    [
        "https://huggingface.co@evil.example/a/b/blob/main/LICENSE",
        "https://user:secret@huggingface.co/a/b/blob/main/LICENSE",
        "https://huggingface.co.evil.example/a/b/blob/main/LICENSE",
        "https://huggingface.co:8443/a/b/blob/main/LICENSE",
        "https://mirror.example/hf/a/b/blob/main/LICENSE",
        "https://mirror.example:8443/other/a/b/blob/main/LICENSE",
        "https://hugg\u0456ngface.co/a/b/blob/main/LICENSE",
        "https://xn--huggngface-hzi.co/a/b/blob/main/LICENSE",
        "https://huggingface\u3002co/a/b/blob/main/LICENSE",
        "https://huggingface.co:99999/a/b/blob/main/LICENSE",
        "https://[::1/a/b/blob/main/LICENSE",
        "//huggingface.co/a/b/blob/main/LICENSE",
        "ftp://huggingface.co/a/b/blob/main/LICENSE",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:\\\\huggingface.co\\a\\b\\blob\\main\\LICENSE",
        "https://huggingface.co/a/b/blob/main/LICENSE\r\nHost: evil.example",
        "https://huggingface.co/a/b/blob/main/LIC\tENSE",
        "https://huggingface.co/a/b",
        "https://huggingface.co/a/b/tree/main",
        "https://huggingface.co/a/b/blob/main",
        "https://huggingface.co/api/models/blob/main/x",
        "https://huggingface.co/spaces/bigscience/license",
        "https://example.org/terms",
        "../LICENSE",
        "../../org/name/blob/main/LICENSE",
        "/etc/passwd",
        "a//b",
        ".",
        "#license",
    ],
)
def test_what_is_no_file_of_the_hub_is_said_to_be_none(link: str) -> None:
    found = target(link, OWN, API)
    assert isinstance(found, NoFile) and found.why


def test_the_host_of_a_local_folder_is_no_endpoint() -> None:
    assert isinstance(target("https://mirror.example:8443/hf/a/b/blob/main/LICENSE", OWN, "file:/models/x"), NoFile)
    assert target("https://huggingface.co/a/b/blob/main/LICENSE", OWN, "file:/models/x") == HubFile("model", "a/b", "main", "LICENSE")


def test_without_a_list_of_files_a_link_to_the_repository_itself_is_its_own() -> None:
    assert target("https://huggingface.co/org/name/blob/v1/TERMS.md", info(listed=False), API) == OwnFile("TERMS.md")


def test_only_paths_of_linked_files_are_held_as_such() -> None:
    assert held("LICENSE") is None and held("license_link/") is None and held("license_link/a/b") is None


def test_a_card_may_link_one_file_or_several() -> None:
    assert card_data({"license_link": " LICENSE "}).license_link == ("LICENSE",)
    assert card_data({"license_link": ["LICENSE", "TERMS.md", "LICENSE"]}) == CardData(license_link=("LICENSE", "TERMS.md"))
    assert card_data({"license_link": 7}).problems == ("license_link holds a value that is no text: int",)


def test_links_of_metadata_and_card_together() -> None:
    facts = OWN.model_copy(update={"card": CardData(license_link=("LICENSE",))})
    from auditor.crawler.parse import Received, file_document

    card = file_document("card", "README.md", Received("https://x/y", 200, {}, b"---\nlicense_link: TERMS.md\n---\n", "2026-11-24T08:00:00Z"))
    assert targets(facts, API, card) == {"LICENSE": OwnFile("LICENSE"), "TERMS.md": OwnFile("TERMS.md")}
    assert read_card(b"---\nlicense_link: TERMS.md\n---\n").data.license_link == ("TERMS.md",)


def test_facts_that_an_earlier_version_saved_are_read() -> None:
    assert CardData.model_validate_json('{"license_link": "LICENSE"}').license_link == ("LICENSE",)
    assert CardData.model_validate_json('{"license_link": null}').license_link == ()

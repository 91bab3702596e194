"""Files of two sides by size and digest."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import Repo

from auditor.audit.diff.files import MAX_LISTED
from auditor.catalog.catalog import Catalog
from auditor.domain.change import FileState, ModelChange
from tests.audit.diff.two import OLD, one_of

D1, D2 = "1" * 64, "2" * 64


def listed(*files: dict[str, Any], **answer: Any) -> Repo:
    return Repo({"license": "free-1"}, answer={"siblings": list(files), **answer})


def file(path: str, size: int | None = 10, sha256: str | None = None, blob: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"rfilename": path} if size is None else {"rfilename": path, "size": size}
    found |= {} if blob is None else {"blobId": blob}
    return found if sha256 is None else {**found, "lfs": {"sha256": sha256, "size": size}}


def rows(model: ModelChange) -> list[tuple[str, str]]:
    return [(one.path, one.op) for one in model.files.listed]


def test_weights_come_first(invented: Catalog) -> None:
    before = listed(file("a.txt", 1), file("model.safetensors", 100, D1), file("same.bin", 5, D1), file("gone.json"))
    after = listed(file("a.txt", 2), file("model.safetensors", 100, D2), file("same.bin", 5, D1), file("new.gguf", 7, D1))
    found = one_of(before, after, invented)
    assert rows(found) == [("model.safetensors", "changed"), ("new.gguf", "added"), ("gone.json", "removed"), ("a.txt", "changed")]
    assert found.files.listed[0].before == FileState(size=100, sha256=D1, blob="unknown")
    counts = found.files
    assert (counts.added, counts.removed, counts.changed, counts.unchanged, counts.undetermined, counts.unlisted) == (1, 1, 2, 1, 0, 0)


def test_the_same_size_without_a_digest_is_not_the_same_file(invented: Catalog) -> None:
    found = one_of(listed(file("tokenizer.json", 10)), listed(file("tokenizer.json", 10)), invented)
    assert (rows(found), found.files.unchanged, found.files.undetermined) == ([], 0, 1)
    assert [(one.topic, one.reason) for one in found.not_known if "content" in one.topic] == [("content of some files", "not_determined")]


@pytest.mark.parametrize(
    ("blobs", "counts"), [(("1" * 40, "1" * 40), (0, 1, 0)), (("1" * 40, "2" * 40), (1, 0, 0)), (("1" * 40, None), (0, 0, 1)), (("1" * 40, "x"), (0, 0, 1))]
)
def test_git_knows_whether_a_small_file_changed(blobs: tuple[str, str | None], counts: tuple[int, int, int], invented: Catalog) -> None:
    found = one_of(*(listed(file("tokenizer.json", 10, blob=blob)) for blob in blobs), invented).files
    assert (found.changed, found.unchanged, found.undetermined) == counts


def test_a_file_that_nobody_could_read_is_the_same_by_its_digest(invented: Catalog) -> None:
    both = [file("LICENSE", 10, blob="1" * 40)]
    repo = Repo({"license": "free-1"}, {}, {"LICENSE": "gated_no_token"}, {"siblings": both})
    found = one_of(repo, repo, invented)
    assert [entry.topic for entry in found.not_known if entry.reason == "not_had"] == []
    assert (found.files.unchanged, found.texts) == (1, ())


def test_at_one_commit_no_file_differs(invented: Catalog) -> None:
    found = one_of(listed(file("tokenizer.json", 10), sha=OLD), listed(file("tokenizer.json", 10), sha=OLD), invented)
    assert (found.files.unchanged, found.files.undetermined) == (1, 0)


def test_an_unknown_size_is_not_compared(invented: Catalog) -> None:
    found = one_of(listed(file("x.txt", None)), listed(file("x.txt", 10)), invented)
    assert (rows(found), found.files.undetermined) == ([], 1)


def test_a_file_that_was_read_is_compared_by_its_bytes(invented: Catalog) -> None:
    found = one_of(Repo({}, {"config.json": '{"a": 1}'}), Repo({}, {"config.json": '{"a": 2}'}), invented)
    assert rows(found) == [("config.json", "changed")]


def test_no_list_is_no_empty_list(invented: Catalog) -> None:
    found = one_of(listed(file("x.bin")), Repo({"license": "free-1"}, answer={"siblings": None}), invented)
    assert rows(found) == []
    assert [(one.topic, one.side, one.reason) for one in found.not_known if one.topic == "files"] == [("files", "after", "not_had")]


def test_many_files_are_counted_and_some_are_listed(invented: Catalog) -> None:
    found = one_of(listed(), listed(*(file(f"{number:04}.txt") for number in range(MAX_LISTED + 20))), invented)
    assert (found.files.added, len(found.files.listed), found.files.unlisted) == (120, 100, 20)


def test_hostile_names_are_made_visible(invented: Catalog) -> None:
    found = one_of(listed(), listed(file("a\u202e\x1b[31mb.bin")), invented)
    assert [path for path, _ in rows(found)] == ["a⟦U+202E⟧⟦U+001B⟧[31mb.bin"]

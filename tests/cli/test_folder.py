"""A folder is written whole, replaced only when it is ours and unchanged, and never over anybody's work."""

import json
from pathlib import Path

import pytest

from auditor.cli.folder import write_folder
from auditor.domain.errors import UsageError

SCHEMA = "schema/1"


def files(**contents: str) -> dict[str, bytes]:
    import hashlib

    held = {name.replace("__", "/"): content.encode() for name, content in contents.items()}
    listed = [{"name": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in held.items()]
    return {**held, "manifest.json": json.dumps({"schema_version": SCHEMA, "pack": listed}).encode()}


def written(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"}


def write(folder: Path, **contents: str) -> None:
    write_folder(folder, files(**contents), "manifest.json", SCHEMA)


@pytest.mark.parametrize("before", ["absent", "empty"])
def test_it_is_written(before: str, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    if before == "empty":
        folder.mkdir()
    write(folder, a="1", b__c="2")
    assert written(folder) == {"a": "1", "b/c": "2"}
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


def test_an_earlier_result_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path / "pack", a="1", b="2")
    write(tmp_path / "pack", a="3")
    assert written(tmp_path / "pack") == {"a": "3"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "mine.txt").write_text("x"), "holds 'mine.txt', which was not written by this command"),
        (lambda folder: (folder / "a").write_text("edited"), "'a' was changed after it was written"),
        (lambda folder: (folder / "manifest.json").unlink(), "holds 'a', which was not written by this command"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "holds 'a', which was not written by this command"),
        (lambda folder: (folder / "manifest.json").write_text('{"schema_version": "other", "pack": []}'), "which was not written by this command"),
        (lambda folder: (folder / "link").symlink_to("a"), "holds 'link'"),
    ],
)
def test_what_is_not_ours_is_left_alone(spoil, said, tmp_path):
    folder = tmp_path / "pack"
    write(folder, a="1")
    spoil(folder)
    before = written(folder)
    with pytest.raises(UsageError) as raised:
        write(folder, a="2")
    assert said in str(raised.value)
    assert raised.value.next_step.endswith("name an empty or new folder with -o")
    assert written(folder) == before


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "pack").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        write(tmp_path / "pack", a="1")


def test_a_folder_of_folders_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pack" / "mine").mkdir(parents=True)
    with pytest.raises(UsageError, match="holds folders that were not written"):
        write(tmp_path / "pack", a="1")


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        write(tmp_path / "file" / "pack", a="1")

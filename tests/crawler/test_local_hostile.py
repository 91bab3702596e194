"""Folders that were made to mislead: each ends soon, with exact facts or a reason, and nothing outside is read."""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path

import pytest

from auditor.crawler import folder as folder_module
from auditor.crawler import local as local_module
from auditor.crawler.files import MAX_HEADERS
from auditor.crawler.local import LocalSource
from auditor.domain.errors import UsageError
from auditor.domain.evidence import Unavailable

from .test_local import CARD, SHA, cache, collected, info_of, put
from .weight_files import gguf, safetensors, words

SECRET = "the secret of another folder\n"


def reasons(source: LocalSource) -> dict[str, str]:
    return {path: missing.reason for path, missing in collected(source).unavailable.items()}


def test_the_folder_itself_may_be_a_link(tmp_path):
    put(tmp_path / "real", {"README.md": CARD, "LICENSE": "MIT\n"})
    (tmp_path / "link").symlink_to("real")
    evidence = collected(LocalSource(tmp_path / "link"))
    assert set(evidence.documents) == {"README.md", "LICENSE"}
    assert evidence.documents["LICENSE"].url == f"file:{tmp_path}/link/LICENSE"


def test_a_link_to_a_snapshot_is_that_snapshot(tmp_path):
    top = cache(tmp_path / "hub", {"LICENSE": "MIT\n"})
    (tmp_path / "link").symlink_to(top / "snapshots" / SHA)
    source = LocalSource(tmp_path / "link")
    assert (source.ref().id, set(collected(source).documents)) == ("some/thing", {"LICENSE"})


@pytest.mark.parametrize("target", ["../outside/LICENSE", "{outside}", "inside.txt", "missing", "LICENSE", ".", "/dev/zero", "/proc/self/environ"])
def test_links_of_a_plain_folder_are_refused(tmp_path, target):
    put(tmp_path, {"outside/LICENSE": SECRET, "m/inside.txt": "MIT\n", "m/README.md": CARD})
    (tmp_path / "m" / "LICENSE").symlink_to(target.format(outside=tmp_path / "outside" / "LICENSE"))
    source = LocalSource(tmp_path / "m")
    assert reasons(source) == {"LICENSE": "no_plain_file"}
    assert any("1 links" in problem for problem in info_of(source).problems)


@pytest.mark.parametrize(
    "target", ["../../../other", "../../../../outside/LICENSE", "../../blobs/../../outside", "../../blobs", "../../blobs/link", "../../refs/main"]
)
def test_links_of_a_snapshot_lead_to_its_blobs_only(tmp_path, target):
    top = cache(tmp_path / "hub", {"README.md": CARD})
    put(tmp_path, {"outside/LICENSE": SECRET, "hub/outside": SECRET, "hub/other": SECRET})
    (top / "blobs" / "link").symlink_to(tmp_path / "outside" / "LICENSE")
    (top / "snapshots" / SHA / "LICENSE").symlink_to(target)
    source = LocalSource(top / "snapshots" / SHA)
    assert reasons(source) == {"LICENSE": "no_plain_file"}
    assert set(collected(source).documents) == {"README.md"}


def test_blobs_that_are_a_link_are_refused(tmp_path):
    top = cache(tmp_path / "hub", {"README.md": CARD})
    (top / "blobs").rename(tmp_path / "elsewhere")
    (top / "blobs").symlink_to(tmp_path / "elsewhere")
    assert collected(LocalSource(top / "snapshots" / SHA)).documents == {}


@pytest.mark.parametrize("linked", [f"snapshots/{SHA}", "snapshots"])
def test_a_cache_folder_with_a_linked_snapshot_is_refused(tmp_path, linked):
    top = cache(tmp_path / "hub", {"README.md": CARD})
    (top / linked).rename(tmp_path / "elsewhere")
    (top / linked).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="link"):
        LocalSource(top)


def test_a_linked_folder_is_not_entered(tmp_path):
    put(tmp_path, {"outside/LICENSE": SECRET, "m/README.md": CARD})
    for name in ("LICENSES", "docs"):
        (tmp_path / "m" / name).symlink_to(tmp_path / "outside")
    (tmp_path / "m" / "loop").symlink_to(tmp_path / "m")
    source = LocalSource(tmp_path / "m")
    assert [f.path for f in info_of(source).files] == ["LICENSES", "README.md", "docs", "loop"]
    assert reasons(source) == {"LICENSES": "no_plain_file"}


def test_pipes_and_sockets_are_not_opened(tmp_path):
    put(tmp_path / "m", {"README.md": CARD})
    for name in ("LICENSE", "config.json", "model.safetensors", "x.gguf"):
        os.mkfifo(tmp_path / "m" / name)
    started = time.monotonic()
    source = LocalSource(tmp_path / "m")
    assert reasons(source) == dict.fromkeys(("LICENSE", "config.json", "model.safetensors", "x.gguf"), "no_plain_file")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", ["LICENSE\u202e.txt", "LICENSE\x1b[31m", "con.license", "..\\LICENSE", "C:LICENSE", "LICENSE\n", b"LICENSE\xff"])
def test_odd_names_are_listed_and_not_read(tmp_path, name):
    put(tmp_path / "m", {"README.md": CARD})
    raw = name if isinstance(name, bytes) else name.encode()
    with open(os.path.join(os.fsencode(tmp_path / "m"), raw), "wb") as file:
        file.write(b"MIT\n")
    source = LocalSource(tmp_path / "m")
    assert list(reasons(source).values()) == ["unsafe_name"]
    assert len(info_of(source).files) == 2
    info_of(source).model_dump_json()


@pytest.mark.parametrize("name", ["nul.gguf", "a\\b.safetensors", "x\u202e.gguf"])
def test_odd_names_of_weights_are_not_read(tmp_path, name):
    put(tmp_path / "m", {"README.md": CARD, name: gguf()})
    assert list(reasons(LocalSource(tmp_path / "m")).values()) == ["unsafe_name"]


def test_huge_files_are_not_read(tmp_path):
    put(tmp_path / "m", {"model.safetensors": b"", "x.gguf": b"", "config.json": b"", "LICENSE": b"", "README.md": b""})
    for file in (tmp_path / "m").iterdir():
        os.truncate(file, 2 << 30)
    started = time.monotonic()
    found = reasons(LocalSource(tmp_path / "m"))
    assert found == {"README.md": "too_large", "config.json": "too_large", "LICENSE": "too_large", "model.safetensors": "malformed", "x.gguf": "malformed"}
    assert time.monotonic() - started < 5


def test_headers_that_lie_are_unavailable_and_the_rest_is_had(tmp_path):
    long = struct.pack("<Q", 24_000_000)
    files = {
        "a.safetensors": struct.pack("<Q", 1 << 63), "b.safetensors": b"\0", "c.gguf": b"GGUF" + b"\xff" * 100, "d.gguf": gguf(version=1),
        "good.gguf": gguf(words({"general.license": "mit"})), "README.md": CARD, "e.safetensors": long + b"[" * 24_000_000,
    }  # fmt: skip
    source = LocalSource(put(tmp_path / "m", files))
    assert reasons(source) == dict.fromkeys(("a.safetensors", "b.safetensors", "c.gguf", "d.gguf", "e.safetensors"), "malformed")
    assert collected(source).documents["good.gguf"].facts.metadata == {"general.license": "mit"}


def test_all_headers_together_are_bounded(tmp_path, monkeypatch):
    content = safetensors({"a": ("BF16", [3])})
    monkeypatch.setattr(local_module, "MAX_HEADER_BYTES", 2 * (len(content) - 6) + 1)
    put(tmp_path / "m", {f"{n}.safetensors": content for n in "abc"})
    missing = collected(LocalSource(tmp_path / "m")).unavailable
    assert {path: (one.reason, "together" in one.detail) for path, one in missing.items()} == {"c.safetensors": ("too_large", True)}


def test_headers_that_lie_cost_like_others(tmp_path, monkeypatch):
    content = struct.pack("<Q", 100) + b"[" * 100
    monkeypatch.setattr(local_module, "MAX_HEADER_BYTES", 250)
    put(tmp_path / "m", {f"{n}.safetensors": content for n in "abcd"})
    assert list(reasons(LocalSource(tmp_path / "m")).values()) == ["malformed", "malformed", "too_large", "too_large"]


def test_ten_thousand_files(tmp_path):
    put(tmp_path / "m", {f"d{n % 7}/file-{n}.txt": "x" for n in range(10_000)} | {"README.md": CARD})
    started = time.monotonic()
    assert len(info_of(LocalSource(tmp_path / "m")).files) == 10_001
    assert time.monotonic() - started < 10


def test_very_many_weight_files_are_read_in_part_and_said_so(tmp_path):
    put(tmp_path / "m", {f"sub/{n:05}.safetensors": safetensors({}) for n in range(MAX_HEADERS + 5)} | {"z.gguf": gguf()})
    source = LocalSource(tmp_path / "m")
    assert reasons(source) == {f"sub/{MAX_HEADERS - 1:05}.safetensors": "too_many"}
    assert "z.gguf" in collected(source).documents


def test_more_files_than_any_model_has(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module, "MAX_ENTRIES", 50)
    put(tmp_path / "m", {f"{n}.txt": "x" for n in range(51)})
    source = LocalSource(tmp_path / "m")
    info = source.info(source.ref())
    assert isinstance(info, Unavailable)
    assert (info.reason, info.url) == ("too_many", f"file:{tmp_path}/m")


def test_folders_deeper_than_any(tmp_path):
    put(tmp_path / "m" / "/".join("d" * 40), {"LICENSE": "x"})
    source = LocalSource(tmp_path / "m")
    assert source.info(source.ref()).reason == "too_many"


def refusing(monkeypatch: pytest.MonkeyPatch, name: str, marked: str) -> None:
    """Makes the file system refuse one path, also to root."""
    original = getattr(os, name)

    def refuse(path: str, *rest: int):
        if marked in str(path):
            raise PermissionError(13, "Permission denied", path)
        return original(path, *rest)

    monkeypatch.setattr(folder_module.os, name, refuse)


def test_a_file_without_permission(tmp_path, monkeypatch):
    put(tmp_path / "m", {"README.md": CARD, "LICENSE": "MIT\n", "x.gguf": gguf()})
    refusing(monkeypatch, "open", "/LICENSE")
    source = LocalSource(tmp_path / "m")
    missing = collected(source).unavailable["LICENSE"]
    assert (missing.reason, missing.detail) == ("unreadable", "the file cannot be opened (Permission denied)")


def test_a_folder_without_permission_leaves_everything_unknown(tmp_path, monkeypatch):
    put(tmp_path / "m", {"README.md": CARD, "sub/LICENSE": "MIT\n"})
    refusing(monkeypatch, "scandir", "sub")
    source = LocalSource(tmp_path / "m")
    info = source.info(source.ref())
    assert (info.reason, "'sub/' cannot be listed (Permission denied)" in info.detail) == ("unreadable", True)


def test_a_file_that_changes_meanwhile(tmp_path, monkeypatch):
    put(tmp_path / "m", {"README.md": CARD, "LICENSE": "MIT\n"})
    source = LocalSource(tmp_path / "m")
    source.files()
    (tmp_path / "m" / "LICENSE").write_text("Something much longer\n")
    (tmp_path / "m" / "README.md").unlink()
    assert reasons(source) == {"LICENSE": "malformed", "README.md": "unreadable"}


def test_a_file_swapped_for_a_link_is_not_followed(tmp_path):
    put(tmp_path, {"outside": SECRET, "m/LICENSE": "MIT\n"})
    source = LocalSource(tmp_path / "m")
    source.files()
    (tmp_path / "m" / "LICENSE").unlink()
    (tmp_path / "m" / "LICENSE").symlink_to(tmp_path / "outside")
    assert reasons(source) == {"LICENSE": "unreadable"}


def test_a_path_that_cannot_be_shown_as_it_is(tmp_path):
    put(tmp_path / "m\x1b[31m\u202e", {"LICENSE": "MIT\n"})
    source = LocalSource(Path(tmp_path / "m\x1b[31m\u202e"))
    assert "\x1b" not in str(source.ref()) + collected(source).documents["LICENSE"].url
    assert source.ref().id == "local/m-31m"

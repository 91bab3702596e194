"""Saved evidence: the same again, whole or without texts; any damage is refused with the file's name."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.crawler.bundle import BundleSource, write_bundle
from auditor.crawler.gather import Gathered, gather
from auditor.crawler.manifest import canonical
from auditor.domain.errors import BundleError, UsageError
from auditor.domain.evidence import CardFacts, Document, ModelEvidence, ModelRef, TextFacts, Unavailable
from auditor.reading.withheld import with_shingles

from .fake_hub import SHA
from .shelf import Shelf, collect, model, parents_of

HUB = "https://hub.example"
PROSE = "You may not use this for anything at all"
FILES = {
    "README.md": f"---\nlicense: other\nlicense_name: odd\n---\n{PROSE}\n".encode(), "LICENSE": PROSE.encode(), "NOTICE": b"", "USE_POLICY.md": PROSE.encode(),
    "config.json": b'{"model_type": "llama"}', "model.safetensors.index.json": b"{}", "weights/LICENSE.txt": b"%PDF-1.4", "../LICENSE": b"",
}  # fmt: skip
NAMES = ("a/b", "old", "no/model")


def shelf() -> Shelf:
    text, files = model("a/b", FILES, parents=["c/d", "free text", "no/parent"])
    text = text.replace('"cardData": {', f'"cardData": {{"extra_gated_prompt": "{PROSE}", ').replace('{"id"', '{"gated": "manual", "id"')
    return Shelf({"a/b": (text, files), "old": model("new/name"), "new/name": model("new/name"), "c/d": model("c/d")})


def saved(folder: Path, withhold: bool = False) -> tuple[Path, Gathered]:
    gathered = collect(shelf(), *NAMES)
    write_bundle(folder / "bundle", gathered, HUB, "1.2.3", withhold)
    return folder / "bundle", gathered


def again(bundle: Path) -> Gathered:
    return collect(BundleSource(bundle), *NAMES)


def manifest(bundle: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((bundle / "bundle.json").read_text())
    return loaded


def rewrite(bundle: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes the manifest and makes its digest fit, as somebody malicious would."""
    raw = manifest(bundle)
    change(raw)
    raw.pop("manifest_sha256", None)
    raw["manifest_sha256"] = hashlib.sha256(canonical(raw)).hexdigest()
    (bundle / "bundle.json").write_text(json.dumps(raw))


def test_a_bundle_gives_the_same_evidence(tmp_path: Path) -> None:
    bundle, live = saved(tmp_path)
    assert again(bundle) == live
    assert set(live.models[ModelRef("a/b")].unavailable) == {"weights/LICENSE.txt", "../LICENSE"}


def test_roots_and_endpoint(tmp_path: Path) -> None:
    source = BundleSource(saved(tmp_path)[0])
    assert source.roots() == (ModelRef("a/b"), ModelRef("no/model"), ModelRef("old"))
    assert (source.mode, source.endpoint) == ("bundle", HUB)


def test_the_manifest(tmp_path: Path) -> None:
    bundle, _ = saved(tmp_path)
    raw = manifest(bundle)
    assert sorted(raw) == ["endpoint", "entries", "manifest_sha256", "schema_version", "subjects", "tool", "withheld"]
    assert (raw["schema_version"], raw["tool"], raw["withheld"]) == ("auditor-bundle/1", {"name": "auditor", "version": "1.2.3"}, False)
    assert [(s["requested"], s["id"], s["sha"], s["root"]) for s in raw["subjects"]] == [
        ("a/b", "a/b", SHA, True),
        ("c/d", "c/d", SHA, False),
        ("no/model", "no/model", None, True),
        ("no/parent", "no/parent", None, False),
        ("old", "new/name", SHA, True),
    ]
    first = [(e["kind"], e["hub_path"], e["path"], e["unavailable"] and e["unavailable"]["reason"]) for e in raw["entries"] if e["subject"] == "a/b"]
    assert first == [
        ("model_info", "", "files/0001-model_info.json", None),
        ("license_file", "../LICENSE", None, "unsafe_name"),
        ("license_file", "LICENSE", "files/0002-license_file.txt", None),
        ("notice_file", "NOTICE", "files/0003-notice_file.txt", None),
        ("card", "README.md", "files/0004-card.md", None),
        ("use_policy", "USE_POLICY.md", "files/0005-use_policy.txt", None),
        ("config", "config.json", "files/0006-config.json", None),
        ("index", "model.safetensors.index.json", "files/0007-index.json", None),
        ("license_file", "weights/LICENSE.txt", None, "malformed"),
    ]
    listed = {e["path"] for e in raw["entries"] if e["path"]}
    assert {p.relative_to(bundle).as_posix() for p in bundle.rglob("*") if p.is_file()} == listed | {"bundle.json"}


def test_two_bundles_of_the_same_evidence_are_identical(tmp_path: Path) -> None:
    one, two = saved(tmp_path / "1")[0], saved(tmp_path / "2")[0]
    assert {p.name: p.read_bytes() for p in one.rglob("*") if p.is_file()} == {p.name: p.read_bytes() for p in two.rglob("*") if p.is_file()}


def test_a_bundle_without_texts_keeps_the_facts(tmp_path: Path) -> None:
    bundle, live = saved(tmp_path, withhold=True)
    assert not [p for p in bundle.rglob("*") if p.is_file() and PROSE in p.read_text()]
    assert sorted(p.name for p in (bundle / "files").iterdir()) == ["0001-config.json", "0002-index.json"]

    def stripped(evidence: ModelEvidence) -> dict[str, object]:
        kinds = [evidence.info, *evidence.documents.values()]
        return {one.path: (one.kind, one.url, one.sha256, one.size, with_shingles(one), dict(one.headers)) for one in kinds if isinstance(one, Document)}

    found = again(bundle)
    assert {ref: stripped(one) for ref, one in found.models.items()} == {ref: stripped(one) for ref, one in live.models.items()}
    assert {ref: one.unavailable for ref, one in found.models.items()} == {ref: one.unavailable for ref, one in live.models.items()}
    documents = found.models[ModelRef("a/b")].documents
    assert isinstance(documents["README.md"].facts, CardFacts) and isinstance(documents["LICENSE"].facts, TextFacts)
    assert (documents["LICENSE"].content, documents["LICENSE"].quote(1, 1)) == (None, "withheld")
    assert documents["config.json"].content == FILES["config.json"]


def test_what_is_not_there_is_not_recorded(tmp_path: Path) -> None:
    source = BundleSource(saved(tmp_path)[0])
    results = [
        source.info(ModelRef("x/y")),
        source.info(ModelRef("a/b", "v1")),
        source.info(ModelRef("A/B")),
        source.file("a/b", SHA, "OTHER", "license_file"),
        source.file("a/b", "f" * 40, "LICENSE", "license_file"),
        source.file("a/b", SHA, "LICENSE", "card"),
        source.file("c/d", SHA, "LICENSE", "license_file"),
    ]
    assert [one.reason for one in results if isinstance(one, Unavailable)] == ["not_recorded"] * 7
    assert isinstance(results[0], Unavailable) and results[0].detail == "the bundle does not hold x/y; it was made for a/b, no/model, old"


def test_a_renamed_model_is_known_by_both_names_and_its_commit(tmp_path: Path) -> None:
    source = BundleSource(saved(tmp_path)[0])
    for ref in (ModelRef("old"), ModelRef("new/name"), ModelRef("old", SHA), ModelRef("new/name", SHA)):
        found = source.info(ref)
        assert isinstance(found, Document) and found.facts.id == "new/name"


def test_a_pinned_model_is_found_by_its_revision_alone(tmp_path: Path) -> None:
    gathered = gather(shelf(), [ModelRef("c/d", "v1")], parents_of, lambda _: False)
    write_bundle(tmp_path / "bundle", gathered, HUB, "1", False)
    source = BundleSource(tmp_path / "bundle")
    assert source.roots() == (ModelRef("c/d", "v1"),)
    assert isinstance(source.info(ModelRef("c/d", "v1")), Document)
    assert isinstance(source.info(ModelRef("c/d")), Unavailable)


@pytest.mark.parametrize("damage", ["cut", "flipped", "longer", "removed", "linked"])
@pytest.mark.parametrize("withhold", [False, True], ids=["full", "withheld"])
def test_damage_of_any_file_is_refused_by_name(tmp_path: Path, damage: str, withhold: bool) -> None:
    bundle, _ = saved(tmp_path, withhold)
    files = sorted(p for p in bundle.rglob("*") if p.is_file() and p.name != "bundle.json")
    assert len(files) == (2 if withhold else 11)
    for file in files:
        good, half = file.read_bytes(), file.stat().st_size // 2
        if not good and damage in ("cut", "flipped"):
            continue
        bad = {"cut": good[:half], "flipped": good[:half] + bytes([good[half] ^ 1]) + good[half + 1 :] if good else b"", "longer": good + b"\n"}
        file.unlink()
        if damage == "linked":
            (tmp_path / "outside").write_bytes(good)
            file.symlink_to(tmp_path / "outside")
        elif damage != "removed":
            file.write_bytes(bad[damage])
        with pytest.raises(BundleError, match=file.name):
            BundleSource(bundle)
        file.unlink(missing_ok=True)
        file.write_bytes(good)
    BundleSource(bundle)


def test_a_manifest_cut_anywhere_is_refused(tmp_path: Path) -> None:
    bundle, _ = saved(tmp_path)
    good = (bundle / "bundle.json").read_bytes()
    for length in (0, 1, 10, len(good) // 3, len(good) // 2, len(good) - 3):
        (bundle / "bundle.json").write_bytes(good[:length])
        with pytest.raises(BundleError, match=r"bundle\.json"):
            BundleSource(bundle)


def test_a_changed_manifest_is_refused(tmp_path: Path) -> None:
    bundle, _ = saved(tmp_path)
    text = (bundle / "bundle.json").read_text()
    (bundle / "bundle.json").write_text(text.replace('"gated_prompt"', "x").replace("hub.example/x", "hub.example/y", 1))
    with pytest.raises(BundleError, match="digest does not match"):
        BundleSource(bundle)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"7", b'"x"', b"{}", b"\xff\xfe", b"[" * 100_000, b'{"manifest_sha256": 7}', b"9" * 10_000])
def test_what_is_no_manifest(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bundle.json").write_bytes(content)
    with pytest.raises(BundleError, match=r"bundle\.json") as error:
        BundleSource(tmp_path)
    assert error.value.exit_code == 2 and error.value.next_step


def test_what_is_no_bundle(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent", Path(__file__)):
        with pytest.raises(BundleError, match=r"bundle\.json"):
            BundleSource(folder)


def entry(raw: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in raw["entries"] if e["kind"] == kind and e["path"])
    return found


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "climbing path": lambda raw: entry(raw, "card").update(path="files/../../secret"),
    "absolute path": lambda raw: entry(raw, "card").update(path="/etc/passwd"),
    "newline in path": lambda raw: entry(raw, "card").update(path="files/0004-card.md\n"),
    "climbing hub path": lambda raw: entry(raw, "card").update(hub_path="../README.md"),
    "control in hub path": lambda raw: entry(raw, "card").update(hub_path="\x1b[31m"),
    "hostile id": lambda raw: raw["subjects"][0].update(id="<script>"),
    "hostile request": lambda raw: raw["subjects"][0].update(requested="../x"),
    "hostile url": lambda raw: entry(raw, "card").update(url="https://x/\u202e"),
    "hostile detail": lambda raw: next(e for e in raw["entries"] if e["unavailable"])["unavailable"].update(detail="a\nb"),
    "unknown reason": lambda raw: next(e for e in raw["entries"] if e["unavailable"])["unavailable"].update(reason="fine"),
    "unknown kind": lambda raw: entry(raw, "card").update(kind="weights"),
    "unknown key": lambda raw: raw.update(extra=1),
    "other schema": lambda raw: raw.update(schema_version="auditor-bundle/9"),
    "no entries": lambda raw: raw.pop("entries"),
    "size as text": lambda raw: entry(raw, "card").update(size="7"),
    "size too large": lambda raw: entry(raw, "card").update(size=7),
    "negative size": lambda raw: entry(raw, "card").update(size=-1),
    "short digest": lambda raw: entry(raw, "card").update(sha256="abc"),
    "other digest": lambda raw: entry(raw, "card").update(sha256="0" * 64),
    "odd time": lambda raw: entry(raw, "card").update(retrieved_at="yesterday"),
    "no status": lambda raw: entry(raw, "card").update(status=None),
    "both forms": lambda raw: entry(raw, "card").update(facts={}),
    "neither form": lambda raw: entry(raw, "card").update(path=None),
    "wrong facts": lambda raw: entry(raw, "card").update(path=None, facts={"license": "mit"}),
    "facts of no kind": lambda raw: entry(raw, "config").update(path=None, facts={}),
    "bytes of no kind": lambda raw: entry(raw, "card").update(kind="gate_prompt"),
    "stranger": lambda raw: entry(raw, "card").update(subject="x/y"),
    "odd sha": lambda raw: raw["subjects"][0].update(sha="main"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_malicious_manifest_is_refused(tmp_path: Path, case: str) -> None:
    bundle, _ = saved(tmp_path)
    rewrite(bundle, HOSTILE[case])
    with pytest.raises(BundleError) as error:
        BundleSource(bundle)
    assert str(error.value).isprintable()


def test_withheld_metadata_must_be_that_of_a_model(tmp_path: Path) -> None:
    bundle, _ = saved(tmp_path, withhold=True)
    rewrite(bundle, lambda raw: next(e for e in raw["entries"] if e["kind"] == "model_info" and e["facts"])["facts"].update(disabled=True))
    with pytest.raises(BundleError, match="cannot be that of a model"):
        BundleSource(bundle)


def test_the_rewriting_of_these_tests_is_accepted_without_a_change(tmp_path: Path) -> None:
    bundle, live = saved(tmp_path)
    rewrite(bundle, lambda raw: None)
    assert again(bundle) == live


def test_an_old_bundle_is_replaced_and_leaves_nothing(tmp_path: Path) -> None:
    bundle, _ = saved(tmp_path)
    before = os.stat(bundle).st_mode
    write_bundle(bundle, collect(shelf(), "c/d"), HUB, "1", True)
    assert BundleSource(bundle).roots() == (ModelRef("c/d"),)
    assert [p.name for p in tmp_path.iterdir()] == ["bundle"]
    assert sorted(p.name for p in bundle.rglob("*")) == ["bundle.json", "files"]
    assert os.stat(bundle).st_mode == before


def test_an_empty_folder_and_a_missing_parent_are_fine(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "new" / "deep"):
        write_bundle(folder, collect(shelf(), "c/d"), HUB, "1", False)
        assert BundleSource(folder).roots() == (ModelRef("c/d"),)


def test_nothing_else_is_replaced(tmp_path: Path) -> None:
    bundle, gathered = saved(tmp_path)
    (bundle / "mine.txt").write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    refused = {bundle: "mine.txt", tmp_path / "other": "mine.txt", tmp_path / "file": "is a file", tmp_path / "file" / "x": "cannot be written"}
    for folder, said in refused.items():
        with pytest.raises(UsageError, match=said):
            write_bundle(folder, gathered, HUB, "1", False)
    assert (bundle / "mine.txt").read_text() == (tmp_path / "other" / "mine.txt").read_text() == (tmp_path / "file").read_text() == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bundle", "file", "other"]


def test_a_failed_write_leaves_the_old_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle, live = saved(tmp_path)

    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write_bundle(bundle, live, HUB, "1", False)
    assert again(bundle) == live
    assert [p.name for p in tmp_path.iterdir()] == ["bundle"]

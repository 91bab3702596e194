"""`auditor diff`: two bundles, folders, an id at two revisions; exit codes 0, 2 and 4; nothing hostile reaches the screen."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import HUB, FakeSource, Repo

from auditor.cli.main import run
from auditor.crawler.bundle import write_bundle
from auditor.crawler.gather import gather
from auditor.domain.evidence import ModelRef, Reason
from auditor.licensing.parents import parent_ids
from tests.crawler.fake_hub import FakeHub, Reply

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE, SYNTHETIC = (str(ROOT / "reports" / "examples" / name) for name in ("evidence", "synthetic"))
OLD, NEW = "a" * 40, "b" * 40
TERMS = "House terms of nobody\n\nYou may run it inside your own house.\nKeep this text with every copy of it.\n"
CLAUSE = "You must not run it on any Monday of the year."
LONGER = TERMS.replace("Keep", f"{CLAUSE}\nKeep")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def bundle(folder: str, repos: dict[str, Repo | Reason], withhold: bool = False) -> str:
    """Saved evidence of all of them."""
    refs = [ModelRef(name) for name in repos]
    found = gather(FakeSource(repos), refs, lambda info: [ModelRef(one) for one in parent_ids(info)], lambda _: True, depth=1)
    write_bundle(Path(folder), found, HUB, "0", withhold)
    return folder


def at(sha: str, card: dict[str, Any], files: dict[str, str | bytes] | None = None, **answer: Any) -> Repo:
    return Repo(card, files or {}, answer={"sha": sha, **answer})


def found(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert run(["diff", *arguments, "-f", "json", "--as-of", "2026-11-24"]) == code
    out, err = capsys.readouterr()
    assert err == ""
    return dict(json.loads(out))


def test_two_bundles(capsys: pytest.CaptureFixture[str]) -> None:
    bundle("old", {"org/model": at(OLD, {"license": "apache-2.0"})})
    bundle("new", {"org/model": at(NEW, {"license": "cc-by-nc-4.0"})})
    diff = found(capsys, "old", "new", "--fact", "organization=company")
    assert (diff["schema_version"], diff["changed"], diff["complete"]) == ("auditor-diff/1", True, True)
    assert (diff["before"], diff["after"]) == ({"argument": "old", "mode": "bundle"}, {"argument": "new", "mode": "bundle"})
    [model] = diff["models"]
    assert (model["before"]["verdict"], model["after"]["verdict"], model["result"]) == ("approved", "blocked", "changed")
    assert (model["before"]["revision"], model["after"]["revision"]) == (OLD, NEW)
    topics = {change["topic"] for change in model["changes"]}
    assert topics >= {"verdict", "revision", "declared", "license", "terms", "permissions", "findings"}
    assert "noncommercial" in {change["name"] for change in model["changes"] if change["topic"] == "terms" and change["op"] == "added"}


def test_the_terminal_says_what_and_where(capsys: pytest.CaptureFixture[str]) -> None:
    bundle("old", {"org/model": at(OLD, {"license": "mit"}, {"LICENSE": TERMS})})
    bundle("new", {"org/model": at(NEW, {"license": "mit"}, {"LICENSE": LONGER})})
    assert run(["diff", "./old", "./new", "--as-of", "2026-11-24"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("~ org/model@aaaaaaaaaaaa → bbbbbbbbbbbb\nChanged: ")
    assert "~ LICENSE: changed, 20 → 31 words" in out
    assert "+ 11 words added, line 4 after" in out
    assert f"| {CLAUSE}" in out


def test_withheld_against_full(capsys: pytest.CaptureFixture[str]) -> None:
    bundle("old", {"org/model": at(OLD, {"license": "mit"}, {"LICENSE": TERMS})}, withhold=True)
    bundle("new", {"org/model": at(NEW, {"license": "mit"}, {"LICENSE": LONGER})})
    bundle("same", {"org/model": at(OLD, {"license": "mit"}, {"LICENSE": TERMS})})
    [text] = found(capsys, "old", "new")["models"][0]["texts"]
    assert text["passages"] == [{"op": "added", "lines": "4", "words": 11, "quote": CLAUSE}]
    [text] = found(capsys, "new", "old")["models"][0]["texts"]
    assert text["passages"] == [{"op": "removed", "lines": "4", "words": 11, "quote": CLAUSE}]
    diff = found(capsys, "old", "same")
    assert (diff["changed"], diff["models"][0]["texts"], diff["models"][0]["changes"]) == (False, [], [])


def test_a_bundle_against_itself(capsys: pytest.CaptureFixture[str]) -> None:
    diff = found(capsys, EVIDENCE, EVIDENCE, code=4)  # a base model is not in it
    assert (diff["changed"], diff["complete"]) == (False, False)
    assert all((m["changes"], m["texts"], m["files"]["listed"]) == ([], [], []) for m in diff["models"])
    assert {m["before"]["id"] for m in diff["models"] for entry in m["not_known"] if entry["reason"] == "not_had"} >= {"HuggingFaceH4/zephyr-7b-beta"}
    assert found(capsys, SYNTHETIC, SYNTHETIC)["counts"]["unchanged"] + found(capsys, SYNTHETIC, SYNTHETIC)["counts"]["no_known_change"] == 1


def test_nothing_changed_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    bundle("one", {"org/model": at(OLD, {"license": "mit"}, siblings=[])})
    assert run(["diff", "one", "one", "--as-of", "2026-11-24"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["= org/model@aaaaaaaaaaaa", "Nothing changed: approved"]
    assert run(["diff", "one", "one", "-q"]) == 0
    assert capsys.readouterr().out == "unchanged org/model@aaaaaaaaaaaa\n"


def test_models_of_one_side_only(capsys: pytest.CaptureFixture[str]) -> None:
    bundle("old", {"org/a": at(OLD, {"license": "mit"}), "org/b": at(OLD, {"license": "mit"})})
    bundle("new", {"org/A": at(NEW, {"license": "mit"}), "org/c": at(NEW, {"license": "mit"})})
    assert run(["diff", "old", "new", "-q"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "no known change org/a@aaaaaaaaaaaa → org/A@bbbbbbbbbbbb", "removed org/b@aaaaaaaaaaaa", "added org/c@bbbbbbbbbbbb",
    ]  # fmt: skip


def test_two_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, terms in (("one", TERMS), ("two", LONGER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "README.md").write_text("---\nlicense: mit\n---\n")
        (tmp_path / name / "LICENSE").write_text(terms)
    diff = found(capsys, "./one", "./two", "--offline")
    [model] = diff["models"]
    assert (model["before"]["id"], model["after"]["id"]) == ("local/one", "local/two")
    assert model["note"].startswith("two models of different names")
    assert [(text["path"], text["op"]) for text in model["texts"]] == [("LICENSE", "changed")]
    assert {entry["topic"] for entry in model["not_known"]} >= {"access: gated"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((SYNTHETIC,), "Missing argument"),
        ((SYNTHETIC, SYNTHETIC, SYNTHETIC), "unexpected extra argument"),
        ((SYNTHETIC, "./nowhere"), "does not exist"),
        ((SYNTHETIC, "not a repository"), "is no id of a model"),
        ((SYNTHETIC, SYNTHETIC, "-f", "html"), "choose from: terminal, json"),
        ((SYNTHETIC, SYNTHETIC, "-f", "jsn"), "did you mean 'json'?"),
        ((SYNTHETIC, SYNTHETIC, "--use", "hostd"), "did you mean 'hosted'?"),
        ((SYNTHETIC, SYNTHETIC, "--fact", "monthly_active_users"), "expected NAME=VALUE"),
        ((SYNTHETIC, SYNTHETIC, "--policy", "strikt"), "did you mean 'strict'?"),
        ((SYNTHETIC, SYNTHETIC, "--as-of", "yesterday"), "no date"),
        ((SYNTHETIC, SYNTHETIC, "--color", "sometimes"), "unknown color setting"),
        ((SYNTHETIC, SYNTHETIC, "-q", "-v"), "contradict each other"),
        ((SYNTHETIC, SYNTHETIC, "--gpu", "rtx-4090"), "No such option"),
    ],
)
def test_mistakes_are_2(arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", *arguments]) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)


@pytest.mark.parametrize("spoil", ["changed", "no_manifest", "no_json", "cut", "gone"])
def test_damaged_evidence_is_2(spoil: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(SYNTHETIC, tmp_path / "bad"))
    stored = next((folder / "files").glob("*license_file*"))
    if spoil == "changed":
        stored.write_bytes(stored.read_bytes().replace(b"may", b"can"))
    elif spoil == "no_manifest":
        (folder / "bundle.json").unlink()
    elif spoil == "no_json":
        (folder / "bundle.json").write_text("{")
    elif spoil == "cut":
        stored.write_bytes(b"")
    else:
        stored.unlink()
    for sides in ((SYNTHETIC, "bad"), ("bad", SYNTHETIC)):
        assert run(["diff", *sides]) == 2
        out, err = capsys.readouterr()
        assert (out, "bad/" in err) == ("", True)


@pytest.mark.parametrize("format_", ["terminal", "json"])
def test_a_side_that_cannot_be_had_is_4(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", SYNTHETIC, "org/unreachable", "--offline", "-f", format_]) == 4
    out = capsys.readouterr().out
    assert "unchanged" not in out.replace('"unchanged": 0', "")
    assert "not known" in out.lower().replace("_", " ")


@pytest.mark.parametrize("color", ["never", "always"])
def test_hostile_names_stay_in_their_place(color: str, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b[31m\u202egone\u2066\r\n::error::x"
    card = {"license": f"mit{evil}", "license_name": evil, "license_link": f"https://x{evil}", "base_model": f"org/{evil}"}
    bundle("old", {"org/model": at(OLD, {"license": "mit"})})
    bundle("new", {"org/model": at(NEW, card, {"LICENSE": f"{evil}\n::error::You must obey.\n"}, siblings=[{"rfilename": f"{evil}.bin", "size": 1}, {"rfilename": f"LICENSE{evil}", "size": 3}, {"rfilename": "LICENSE", "size": len(f"{evil}\n::error::You must obey.\n".encode())}])})  # fmt: skip
    for format_, detail in (("terminal", "-v"), ("json", "-v"), ("terminal", "-q")):
        run(["diff", "old", "new", "-f", format_, detail, "--color", color])
        out = capsys.readouterr().out
        assert "\u202e" not in out and "\u2066" not in out and "\x1b[31m\u202e" not in out and "\r" not in out
        assert color == "always" or "\x1b" not in out
        assert not any(line.lstrip().startswith("::") for line in out.splitlines())


LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""The command ends with its process and leaves its connections to it."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Two revisions of one repository, and one that gates its license file away."""
    server = FakeHub()
    for sha, tag, terms in ((OLD, "apache-2.0", TERMS), (NEW, "mit", LONGER)):
        files = {"README.md": f"---\nlicense: {tag}\n---\n".encode(), "LICENSE": terms.encode()}
        server.model("org/model", files, sha=sha, tags=[f"license:{tag}"], cardData={"license": tag}, gated=False)
        server.replies[f"/api/models/org/model/revision/{sha}"] = server.replies["/api/models/org/model"]
    gone = {"id": "org/shut", "sha": OLD, "gated": "manual", "cardData": {"license": "mit"}, "tags": [], "siblings": [{"rfilename": "LICENSE", "size": 9}]}
    server.on("/api/models/org/shut", Reply(body=json.dumps(gone).encode()))
    server.on(f"/org/shut/resolve/{OLD}/LICENSE", Reply(403, headers={"X-Error-Code": "GatedRepo"}))
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    yield server
    server.close()


@LEFT_OPEN
def test_an_id_at_two_revisions(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    [model] = found(capsys, f"org/model@{OLD}", f"org/model@{NEW}")["models"]
    assert (model["before"]["requested"], model["after"]["requested"]) == (f"org/model@{OLD}", f"org/model@{NEW}")
    [tag] = [change for change in model["changes"] if change["topic"] == "declared" and change["name"] == "card_tag"]
    assert (tag["op"], tag["before"]["value"], tag["after"]["value"]) == ("changed", "apache-2.0", "mit")
    assert {(p["path"], p["revision"], p["lines"]) for p in tag["after"]["evidence"]} >= {("README.md", NEW, "2")}
    [text] = model["texts"]
    assert text["passages"] == [{"op": "added", "lines": "4", "words": 11, "quote": CLAUSE}]
    assert [(one["path"], one["op"]) for one in model["files"]["listed"]] == [("LICENSE", "changed"), ("README.md", "changed")]
    assert f"/api/models/org/model/revision/{OLD}" in hub.paths()


@LEFT_OPEN
def test_a_revision_that_is_not_there_is_4(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    diff = found(capsys, f"org/model@{OLD}", f"org/model@{'c' * 40}", code=4)
    assert [model["result"] for model in diff["models"]] == ["not_known"]


@LEFT_OPEN
def test_a_license_file_behind_a_gate_is_4(hub: FakeHub, capsys: pytest.CaptureFixture[str]) -> None:
    diff = found(capsys, "org/model", "org/shut", code=4)
    [model] = diff["models"]
    assert next(entry["topic"] for entry in model["not_known"] if entry["reason"] == "not_had") == "file LICENSE"
    assert model["texts"] == []


def test_two_bundles_need_no_client(capsys: pytest.CaptureFixture[str]) -> None:
    script = f"import sys, auditor.cli.main as m\nm.run(['diff', {SYNTHETIC!r}, {SYNTHETIC!r}])\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stderr.splitlines()}
    assert "pydantic" in loaded and loaded & {"huggingface_hub", "httpx2", "jinja2"} == set()


def test_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "--help"]) == 0
    assert "Exit code 0 whatever changed, 4 when evidence could not be had" in " ".join(capsys.readouterr().out.split())

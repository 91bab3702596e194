"""The texts of a notice pack: demanded strings as they stand, warnings in every file, nothing alive from a repository."""

import hashlib
import json
from typing import Any

from auditor.domain.notice_pack import Barred, Candidate, Duty, Governing, NoticePack, PassedOn
from auditor.domain.report import Revision, Tool
from auditor.formats.interface import RenderContext
from auditor.formats.notices import MANIFEST, as_json, documents, notice_text, terminal

LINE = "Ship 1 is licensed under the Ship License, Copyright © Ship Inc. All Rights Reserved."
SHA = "0e9e39f249a16976918f6564b8830bc894c89659"


def duty(slug: str, **changes: Any) -> Duty:
    fields: dict[str, Any] = {
        "id": f"ship-1/{slug}", "kind": "notice", "modality": "must", "action": f"Do {slug}.", "text": None, "place": "none", "name_prefix": None, "file": None,
        "clause": "Ship License, Section 1", "trigger": "shipping it", "uses": ("redistribute",), "applies": "yes", "origin": "", "status": "open", "status_reason": "",
        "how_to_check": "a person checks it",
    }  # fmt: skip
    return Duty(**{**fields, **changes})


def pack(**changes: Any) -> NoticePack:
    fields: dict[str, Any] = {
        "schema_version": "auditor-notices/1", "tool": Tool(name="model-auditor", version="1", knowledge_sha256="", knowledge_date="2026-11-24"),
        "model": "org/model", "requested": "org/model", "revision": Revision(requested="main", resolved=SHA, pinned=False), "uses": ("redistribute",),
        "use_source": "assumed", "warnings": (), "complete": True, "license": "Ship License (LicenseRef-ship-1)", "barred": (), "candidates": (),
        "licenses": (Governing(key="ship-1", name="Ship License", spdx="LicenseRef-ship-1", origin="", file="LICENSES/ship-1.txt", where=""),),
        "attributions": (f"This distribution contains org/model (revision {SHA}).",),
        "duties": (
            duty("line", text=LINE, place="notice", status="missing", status_reason="no notice file among the 3 files of the repository"),
            duty("card", text="Built with Ship", place="display", kind="display", status="met", status_reason="the model card has the demanded string"),
            duty("name", name_prefix="Ship", kind="derivative_naming", origin="base/Ship"),
            duty("changes", kind="change_notice", applies="unknown"),
        ),
        "files": (_file("LICENSE", "LICENSES/ship-1.txt", "license"), _file("NOTICE", "", "notice", why="the text is withheld in the saved evidence")),
    }  # fmt: skip
    return NoticePack(**{**fields, **changes})


def _file(path: str, name: str, kind: str, why: str = "") -> PassedOn:
    return PassedOn(name=name, kind=kind, model="org/model", revision=SHA, path=path, url=f"https://hub.example/{path}", sha256="ab", size=2, why=why)  # type: ignore[arg-type]


def texts(one: NoticePack) -> dict[str, str]:
    return {name: content.decode() for name, content in documents(one, {"LICENSES/ship-1.txt": b"text"}).items()}


def test_the_notice_has_every_demanded_line_as_it_stands_and_no_other() -> None:
    assert notice_text(pack()).split("\n") == [
        f"This distribution contains org/model (revision {SHA}).",
        "",
        LINE,
        "",
        "License texts:",
        "  Ship License: LICENSES/ship-1.txt",
        "",
    ]


def test_the_files_of_a_pack() -> None:
    found = texts(pack())
    assert list(found) == ["README.md", "NOTICE", "MODEL_CARD_SNIPPET.md", "CHANGES.md", "CHECKLIST.md", "LICENSES/ship-1.txt", MANIFEST]
    assert "\nBuilt with Ship\n" in found["MODEL_CARD_SNIPPET.md"]
    assert f"\n{LINE}\n" in found["MODEL_CARD_SNIPPET.md"]
    assert "Begin the name of the model with `Ship` (Ship License, Section 1; from base/Ship)." in found["MODEL_CARD_SNIPPET.md"]
    assert "- Ship License, Section 1: Do changes." in found["CHANGES.md"]
    assert "- Ship License (`LicenseRef-ship-1`): `LICENSES/ship-1.txt`" in found["README.md"]
    assert "**get it from** `https://hub.example/NOTICE`: the text is withheld in the saved evidence" in found["README.md"]


def test_the_checklist_says_clause_trigger_uses_whom_and_status() -> None:
    listed = texts(pack())["CHECKLIST.md"]
    assert "- [ ] **1. Must:** Do line.\n  - Clause: Ship License, Section 1; `ship-1/line`\n  - Trigger: shipping it; uses: `redistribute`\n" in listed
    assert (
        "  - Status: **missing**: no notice file among the 3 files of the repository\n  - How to check: a person checks it\n  - Exact text:\n\n    ```text\n    "
        + LINE
        in listed
    )
    assert "- [x] **2. Must:** Do card." in listed
    assert "  - From: base model `base/Ship`\n  - Name begins with: `Ship`\n" in listed
    assert "- [ ] **4. Must (if it applies: a fact that decides is not declared):** Do changes." in listed


def test_the_manifest_has_the_digest_of_every_other_file() -> None:
    files = documents(pack(), {"LICENSES/ship-1.txt": b"text"})
    manifest = json.loads(files[MANIFEST])
    assert {one["name"]: one["sha256"] for one in manifest["pack"]} == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != MANIFEST
    }
    assert manifest["schema_version"] == "auditor-notices/1"


def test_warnings_and_prohibited_uses_stand_at_the_top_of_every_file() -> None:
    barred = (
        Barred(uses=("hosted",), result="prohibited", because="Nobody may host it", clauses=("Section 2",), declare=()),
        Barred(uses=("embedded",), result="unknown", because="It depends", clauses=(), declare=("annual_revenue_usd",)),
    )
    doubtful = pack(warnings=("The license cannot be told.",), barred=barred, candidates=(Candidate(key="ship-1", name="Ship License"),))
    found = {name: text for name, text in texts(doubtful).items() if not name.startswith("LICENSES")}
    assert [name for name, text in found.items() if "The license cannot be told." not in text] == []
    assert found["NOTICE"].startswith("WARNING: The license cannot be told.\n")
    for name in ("README.md", "MODEL_CARD_SNIPPET.md", "CHANGES.md", "CHECKLIST.md"):
        assert found[name].split("\n")[2] == "> **PROHIBITED**: hosted: Nobody may host it (Section 2)"
    undecided = "> **UNDECIDED**: embedded: It depends; declare --fact annual_revenue_usd=..."
    assert [name for name, text in found.items() if undecided in text] == ["README.md", "CHECKLIST.md"]
    assert "- Ship License (`ship-1`)" in found["README.md"]


def test_a_screen_says_what_is_prohibited_before_anything_to_do() -> None:
    barred = (Barred(uses=("hosted",), result="prohibited", because="Nobody may host it", clauses=("Section 2",), declare=()),)
    lines = terminal(pack(barred=barred, warnings=("Careful.",)), RenderContext(width=120)).split("\n")
    assert lines[0] == "Notice pack for org/model@0e9e39f249a1, to be shipped: redistribute"
    assert lines[1:3] == ["PROHIBITED hosted: Nobody may host it (Section 2)", "WARNING Careful."]
    assert f"    {LINE}" in lines
    assert "              Built with Ship" in lines
    assert "1. missing: no notice file among the 3 files of the repository: Do line. (Ship License, Section 1; on shipping it)" in lines
    assert lines[-2] == "Automated evidence for counsel, not legal advice."


def test_a_pack_with_nothing_in_it_says_so() -> None:
    empty = pack(licenses=(), duties=(), files=())
    assert "No obligation is recorded for these uses." in texts(empty)["CHECKLIST.md"]
    assert "no obligation is recorded" in terminal(empty, RenderContext())
    unknown = pack(licenses=(), duties=(), files=(), candidates=(Candidate(key="ship-1", name="Ship License"),), warnings=("It cannot be told.",))
    assert "Not known: the license cannot be told." in texts(unknown)["CHECKLIST.md"]
    assert "not known" in terminal(unknown, RenderContext())


def test_nothing_from_a_repository_comes_alive() -> None:
    evil = "x](https://evil.example) <script>alert(1)</script> \x1b[31m ::error::boom\n# Head | `code` \u202e"
    hostile = pack(
        warnings=(evil,),
        license=evil,
        attributions=(evil,),
        files=(_file(evil, "", "notice", why=evil),),
        duties=(duty("evil", origin=evil, status_reason=evil),),
    )
    for name, text in texts(hostile).items():
        if name.endswith(".md"):
            assert "<script>" not in text, name
            assert "](https://evil.example)" not in text, name
        assert "\x1b" not in text, name
        assert "\u202e" not in text, name
    shown = terminal(hostile, RenderContext())
    assert "\x1b" not in shown
    assert "\n::error" not in shown


def test_json_is_the_record() -> None:
    assert NoticePack.model_validate_json(as_json(pack())) == pack()

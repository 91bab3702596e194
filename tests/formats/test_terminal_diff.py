"""What changed, as a terminal shows it: rows by topic, folded terms, grouped uses, hostile text, narrow and ASCII screens."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.domain.change import (
    Change,
    Diff,
    FileChange,
    FileChanges,
    FileState,
    ModelChange,
    NotKnown,
    Origin,
    Passage,
    Place,
    Statement,
    Subject,
    TextChange,
)  # fmt: skip
from auditor.domain.report import PolicyRecord, ProfileRecord, Tool
from auditor.formats.interface import RenderContext
from auditor.formats.json import render as as_json
from auditor.formats.terminal_diff import render

OLD, NEW = "a" * 40, "b" * 40
NO_FILES = FileChanges(added=0, removed=0, changed=0, unchanged=0, undetermined=0, listed=(), unlisted=0)
BEFORE = Subject(id="org/model", requested="org/model", revision=OLD, verdict="approved")
AFTER = Subject(id="org/model", requested="org/model", revision=NEW, verdict="blocked")


def place(side: Any, path: str = "LICENSE", lines: str = "1-3") -> Place:
    return Place(
        side=side,
        kind="license_file",
        repository="org/model",
        path=path,
        revision=OLD if side == "before" else NEW,
        lines=lines,
        quote="",
        sha256="c" * 64,
        url="https://hub.example",
    )


def change(topic: Any, name: str, before: str | None, after: str | None, detail: str = "", clause: str = "") -> Change:
    old, new = (
        None if value is None else Statement(value=value, detail=detail, clause=clause, evidence=(place(side),))
        for side, value in (("before", before), ("after", after))
    )
    return Change(topic=topic, op="added" if before is None else "removed" if after is None else "changed", name=name, before=old, after=new)


def model(*changes: Change, result: Any = "changed", **more: Any) -> ModelChange:
    parts = {"before": BEFORE, "after": AFTER, "note": "", "texts": (), "files": NO_FILES, "not_known": (), **more}
    return ModelChange(changes=changes, result=result, **parts)


def shown(*models: ModelChange, **context: Any) -> str:
    words = ("changed", "unchanged", "no_known_change", "added", "removed", "not_known")
    diff = Diff(
        schema_version="auditor-diff/1",
        tool=Tool(name="model-auditor", version="0", knowledge_sha256="d" * 64, knowledge_date="2026-11-01"),
        policy=PolicyRecord(name="default", sha256="e" * 64, ref="built-in"),
        profile=ProfileRecord(use=("hosted",), use_source="assumed", facts={}),
        evaluated_at="2026-11-24T00:00:00Z",
        before=Origin(argument="old", mode="bundle"),
        after=Origin(argument="new", mode="bundle"),
        changed=True,
        complete=not any(entry.reason == "not_had" for one in models for entry in one.not_known),
        counts={word: sum(one.result == word for one in models) for word in words},
        models=models,
    )
    return render(diff, RenderContext(**{"width": 100, **context}))


def rows(text: str) -> list[str]:
    """The first block."""
    return text.partition("\n\n")[0].splitlines()


def test_a_block_by_topics() -> None:
    found = rows(
        shown(
            model(change("verdict", "license", "approved", "blocked"), change("verdict", "model", "approved", "blocked"), change("license", "key", "mit", "nc"))
        )
    )
    assert found == [
        "~ org/model@aaaaaaaaaaaa → bbbbbbbbbbbb",
        "Changed: verdict, license",
        "Verdict    ~ approved → blocked [E1, E2]",
        "           ~ license: approved → blocked [E1, E2]",
        "License    ~ mit → nc [E1, E2]",
        "Evidence   E1 before LICENSE@aaaaaaaaaaaa:1-3, E2 after LICENSE@bbbbbbbbbbbb:1-3",
    ]


def test_terms_that_only_inform_are_folded_until_asked_for() -> None:
    terms = [
        change("terms", "trademark", None, "x/mark", "inform: About marks.", "7"),
        change("terms", "noncommercial", None, "x/nc", "prohibit: No commerce.", "2"),
        change("terms", "notice", "y/n", None, "oblige: Keep it.", "4"),
    ]
    assert rows(shown(model(*terms)))[2:5] == [
        "Terms      + noncommercial: x/nc (2): prohibit: No commerce. [E1]",
        "           - notice: y/n (4): oblige: Keep it. [E2]",
        "           ~ 1 term that only inform: -v",
    ]
    assert "           + trademark: x/mark (7): inform: About marks. [E1]" in rows(shown(model(*terms), detail="verbose"))


def test_uses_with_one_answer_stand_together() -> None:
    uses = [change("permissions", name, "permitted", "unknown") for name in ("hosted", "redistribute_derivative")] + [
        change("permissions", "distil", "unknown", "unknown")
    ]
    found = rows(shown(model(*uses)))
    assert found[2:4] == [
        "Uses       ~ permitted → unknown: hosted, redistribute derivative [E1, E2]",
        "           ~ unknown, by other clauses (-v): distil [E1, E2]",
    ]


def test_memory_reads_in_units_and_bytes() -> None:
    assert rows(shown(model(change("memory", "weights_bytes", str(2**30), str(2**31)))))[2] == (
        "Memory     ~ weights bytes: 1 GiB (1,073,741,824 bytes) → 2 GiB (2,147,483,648 bytes) [E1, E2]"
    )


def test_a_place_elsewhere_names_its_repository() -> None:
    elsewhere = place("after").model_copy(update={"repository": "org/base"})
    edge = Change(topic="lineage", op="added", name="org/base", before=None, after=Statement(value="mit", detail="finetune, benign", evidence=(elsewhere,)))
    assert rows(shown(model(edge)))[2:] == ["Lineage    + org/base: mit (finetune, benign) [E1]", "Evidence   E1 after org/base LICENSE@bbbbbbbbbbbb:1-3"]


def test_texts_passages_and_files() -> None:
    text = TextChange(
        path="LICENSE", op="changed", moved_to="", words_before=20, words_after=1031, unlisted=3, evidence=(place("before", lines=""),),
        passages=(Passage(op="added", lines="4-5", words=1011, quote="No use.\nNone."), Passage(op="removed", lines="9", words=1, quote="withheld")),
    )  # fmt: skip
    moved = TextChange(path="A", op="moved", moved_to="B", words_before=5, words_after=5, unlisted=0, evidence=(), passages=())
    file = FileChange(
        path="model.safetensors",
        role="weights",
        op="changed",
        before=FileState(size=2**30, sha256="f" * 64, blob="unknown"),
        after=FileState(size="unknown", sha256="unknown", blob="9" * 40),
    )
    files = FileChanges(added=0, removed=0, changed=1, unchanged=2, undetermined=1, listed=(file,), unlisted=4)
    assert rows(shown(model(texts=(text, moved), files=files)))[1:] == [
        "Changed: texts, files",
        "Texts      ~ LICENSE: changed, 20 → 1,031 words [E1]",
        "             + 1,011 words added, lines 4-5 after",
        "               | No use. None.",
        "             - 1 word removed, line 9 before",
        "               | withheld",
        "             and 3 passages more",
        "           ~ A: moved to B, 5 words",
        "Files      1 changed, 2 unchanged, 1 not known",
        "           ~ model.safetensors (weights): 1 GiB, sha256 ffffffffffff → size unknown, git",
        "             999999999999",
        "           and 4 more",
        "Evidence   E1 before LICENSE@aaaaaaaaaaaa",
    ]


@pytest.mark.parametrize(
    ("result", "first", "second"),
    [
        ("unchanged", "= org/model@aaaaaaaaaaaa → bbbbbbbbbbbb", "Nothing changed, the commit apart: blocked"),
        ("no_known_change", "? org/model@aaaaaaaaaaaa → bbbbbbbbbbbb", "Nothing that could be compared changed, the commit apart: blocked"),
        ("not_known", "? org/model@aaaaaaaaaaaa → bbbbbbbbbbbb", "Not known: one side could not be had, so nothing is said to be the same"),
    ],
)
def test_what_stands_in_one_line(result: str, first: str, second: str) -> None:
    assert rows(shown(model(change("revision", "commit", OLD, NEW), result=result)))[:2] == [first, second]


def test_what_could_not_be_had_comes_first_and_gives_the_exit_code() -> None:
    entries = (
        NotKnown(topic="access", side="both", why="no word of it", reason="not_determined"),
        NotKnown(topic="file LICENSE", side="after", why="gated", reason="not_had"),
    )
    text = shown(model(result="no_known_change", not_known=entries))
    assert rows(text)[2:] == ["Not known  ? file LICENSE (after): gated", "           ? access (both sides): no word of it"]
    assert text.endswith("Some evidence could not be had: what it would show is not known, exit code 4\n")


def test_quiet_is_a_line_a_model() -> None:
    only = model(result="removed", after=None)
    assert shown(model(), only, detail="quiet") == "changed org/model@aaaaaaaaaaaa → bbbbbbbbbbbb\nremoved org/model@aaaaaaaaaaaa\n"
    assert rows(shown(only))[:2] == ["- org/model@aaaaaaaaaaaa", "Only before: approved"]


@pytest.mark.parametrize("context", [{"ascii": True}, {"width": 40}, {"color": True, "links": True}, {"detail": "verbose"}])
def test_hostile_text_stays_in_its_place(context: dict[str, Any]) -> None:
    evil = "\x1b[31m\u202e\n::error::x\x0e\U000f0000"
    passage = Passage(op="added", lines="1", words=1, quote=evil)
    text = TextChange(
        path=evil, op="moved", moved_to=evil, words_before=1, words_after=1, unlisted=0, evidence=(place("after", evil, evil),), passages=(passage,)
    )
    topics = ("declared", "lineage", "findings", "obligations", "verdict", "license", "access", "grants")
    found = model(*(change(topic, evil, evil, evil + "2", evil, evil) for topic in topics), texts=(text,), note=evil)
    out = shown(found, **context)
    assert "\u202e" not in out and "\x0e" not in out and "\x1b[31m" not in out
    assert context.get("color") or "\x1b" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())
    assert not context.get("ascii") or out.isascii()


def test_json_is_inert_and_holds_everything() -> None:
    text = as_json(change("declared", "card_name", None, "\x1b\u202e"), RenderContext())
    assert "\u202e" not in text and "\\u202e" in text
    assert Change.model_validate_json(text).after == Statement(value="\x1b\u202e", evidence=(place("after"),))

"""`auditor identify`: what a file is, as a line and as JSON that follows its schema."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from auditor.cli.main import run
from auditor.reading.normalize import fingerprint

SCHEMA = json.loads((Path(__file__).parents[2] / "reports" / "schema" / "auditor-identify-1.json").read_text(encoding="utf-8"))
TEXT = "Anyone may look at these invented weights.\nNobody shall sell them.\n"


def answered(capsys, *paths):
    assert run(["identify", *map(str, paths), "-f", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(printed)] == []
    return printed["files"]


def test_a_text_that_nobody_knows(capsys, tmp_path):
    (tmp_path / "LICENSE").write_text(TEXT, encoding="utf-8")
    [found] = answered(capsys, tmp_path / "LICENSE")
    assert (found["key"], found["method"], found["lines"], found["words"], found["changes"]) == (None, "none", "1-2", 11, [])
    assert found["sha256"] == fingerprint(TEXT).sha256


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_what_the_first_bytes_say_about_the_encoding_is_believed(capsys, tmp_path, encoding):
    content = TEXT.encode(encoding)
    (tmp_path / "LICENSE").write_bytes(b"\xff\xfe" + content if encoding == "utf-16-le" else content)
    assert answered(capsys, tmp_path / "LICENSE")[0]["sha256"] == fingerprint(TEXT).sha256


def test_an_empty_file_and_a_copyright_line_are_no_license(capsys, tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "line").write_text("Copyright (c) 2026 Zephyr\n", encoding="utf-8")
    found = answered(capsys, tmp_path / "empty", tmp_path / "line")
    assert [(one["key"], one["method"], one["words"], one["lines"]) for one in found] == [(None, "none", 0, "1-1")] * 2


@pytest.mark.parametrize(("name", "content"), [("a.pdf", b"%PDF-1.7"), ("gone", None)])
def test_what_is_no_text_is_refused(capsys, tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert run(["identify", str(tmp_path / name)]) == 2
    assert name in capsys.readouterr().err

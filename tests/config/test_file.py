"""The file: found up to the git root, read strictly, wrong keys named with line and repair."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from auditor.config.file import read_config
from auditor.config.find import find_config
from auditor.domain.errors import UsageError

WHOLE = """
[profile]
use = ["hosted", "finetune"]
[profile.facts]
monthly_active_users = 10_000_000
established_in = ["US"]
[hardware]
gpus = ["rtx-4090"]
context = 8192
concurrency = 2
[serving]
stack = "vllm"
[policy]
name = "strict"
fail_on = "conditional"
require_text = true
rules = {LIC013 = "block"}
"""


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_whole_file(tmp_path: Path) -> None:
    file = read_config(write(tmp_path, "auditor.toml", WHOLE))
    assert file.profile.use == ["hosted", "finetune"]
    assert file.profile.facts == {"monthly_active_users": 10_000_000, "established_in": ["US"]}
    assert (file.hardware.gpus, file.hardware.context, file.hardware.concurrency, file.serving.stack) == (["rtx-4090"], 8192, 2, "vllm")
    assert (file.policy.name, file.policy.fail_on, file.policy.require_text, file.policy.rules) == ("strict", "conditional", True, {"LIC013": "block"})


def test_the_table_of_a_project_file_is_read_alike(tmp_path: Path) -> None:
    project = write(tmp_path, "pyproject.toml", '[project]\nname = "x"\n[tool.auditor.profile]\nuse = "internal"\n')
    assert read_config(project).profile.use == "internal"
    project.write_text('[project]\nname = "x"\n[tool.auditor.profile]\nuses = "internal"\n')
    with pytest.raises(UsageError, match="^pyproject.toml:4: profile.uses: unknown key; did you mean 'use'"):
        read_config(project)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profil]\n", "auditor.toml:1: profil: unknown key; did you mean 'profile'?"),
        ("[profile]\nuses = []\n", "auditor.toml:2: profile.uses: unknown key; did you mean 'use'?"),
        ("[policy]\nfailon = 'review'\n", "auditor.toml:2: policy.failon: unknown key; did you mean 'fail_on'?"),
        ("[policy]\nfail_on = 'sometimes'\n", "auditor.toml:2: policy.fail_on: Input should be 'blocked', 'review', 'conditional' or 'never'"),
        ("[policy]\nrequire_text = 'no'\n", "auditor.toml:2: policy.require_text: Input should be a valid boolean"),
        ("[policy.rules]\nLIC001 = 'off'\n", "auditor.toml:2: policy.rules.LIC001: Input should be 'block', 'incomplete', 'review' or 'note'"),
        ("[hardware]\ncontext = true\n", "auditor.toml:2: hardware.context: Input should be a valid integer"),
        ("[hardware]\ncontext = '8k'\n", "auditor.toml:2: hardware.context: Input should be a valid integer"),
        ("# none\n\n[policy]\nfail_on = 'revue'\n", "auditor.toml:4: policy.fail_on: Input should be 'blocked', 'review', 'conditional' or 'never'; did you mean 'review'?"),
        ("[policy.rules]\nLIC001 = 'reviw'\n", "auditor.toml:2: policy.rules.LIC001: Input should be 'block', 'incomplete', 'review' or 'note'; did you mean 'review'?"),
        ("[profile]\nuse = [\n  'hosted',\n  1]\n", "auditor.toml:2: profile.use.1: Input should be a valid string"),
        ("[profile]\nuse = 5\n", "auditor.toml:2: profile.use: Input should be a valid list"),
        ("[catalog]\nextras = []\n", "auditor.toml:2: catalog.extras: unknown key; did you mean 'extra'?"),
        ("[[agreement]]\n", "auditor.toml:1: agreement: unknown key; did you mean 'agreements'?"),
        ("[[agreements]]\nlicensor = 'A'\nlicenses = ['mit']\n[[agreements]]\nlicenses = ['mit']\n", "auditor.toml:4: agreements.1.licensor: Field required"),
        ("[[agreements]]\nlicensr = 'A'\nlicenses = ['mit']\n", "auditor.toml:2: agreements.0.licensr: unknown key; did you mean 'licensor'?"),
        ("[[agreements]]\nlicensor = ' '\nlicenses = ['mit']\n", "auditor.toml:2: agreements.0.licensor: String should have at least 1 character"),
        ("[[agreements]]\nlicensor = 'A'\nlicenses = []\n", "auditor.toml:3: agreements.0.licenses: List should have at least 1 item after validation, not 0"),
        ("[[agreements]]\nlicensor = 'A'\nlicenses = ['mit']\nexpires = '2027-06-30'\n", "auditor.toml:4: agreements.0.expires: Input should be a valid date"),
        ("[[agreements]]\nlicensor = 'A'\nlicenses = ['mit']\nexpires = 2027-06-30T00:00:00Z\n", "auditor.toml:4: agreements.0.expires: Input should be a valid date"),
        ("profile = 3\n", "auditor.toml:1: profile: Input should be a valid dictionary or instance of ProfileTable"),
    ],
)  # fmt: skip
def test_a_wrong_key_or_value_names_file_line_field_and_repair(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, "auditor.toml", text)
    with pytest.raises(UsageError) as error:
        read_config(path)
    assert str(error.value) == message
    assert error.value.next_step == f"mend {path}"


def test_no_table_at_all_in_a_project_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="^pyproject.toml:2: the file: "):
        read_config(write(tmp_path, "pyproject.toml", "[tool]\nauditor = 3\n"))


@pytest.mark.parametrize("content", [b"use = [", b"\xff\xfe", b"a = 1\na = 2\n", b"a = " + b"[" * 5_000])
def test_what_is_no_toml_is_a_usage_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "auditor.toml"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="^auditor.toml: not valid TOML"):
        read_config(path)


def test_a_file_larger_than_a_mebibyte_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="larger than 1 MiB"):
        read_config(write(tmp_path, "auditor.toml", "#" * (1024 * 1024 + 1)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" + ".a" * 20_000 + " = 1", "a key of more than 64 parts"),
        ("[profile.facts]\norganization" + " . 'a'" * 20_000 + " = 1", "a key of more than 64 parts"),
        ("[" + "a." * 64 + "a]", "a key of more than 64 parts"),
        ("a" + ".a" * 32 + " = 1", "nested deeper than 32 levels"),
        ("a = " + "{ a.a = " * 20 + "1" + "}" * 20, "nested deeper than 32 levels"),
        ("a = " + "[" * 40 + "]" * 40, "nested deeper than 32 levels"),
    ],
    ids=["bare", "quoted", "table", "keys", "tables", "lists"],
)
def test_a_file_that_would_take_long_or_cannot_be_walked_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, "auditor.toml", text)
    start = time.monotonic()
    with pytest.raises(UsageError) as error:
        read_config(path)
    assert str(error.value) == f"auditor.toml: {said}"
    assert time.monotonic() - start < 1


@pytest.mark.parametrize("text", ["#" + "a" * 1_000_000, "#" + "a." * 60 + " " + "a" * 500_000, '# "' + "'\"" * 250_000, "#" + " . " * 300_000])
def test_looking_for_long_keys_takes_no_long_time(tmp_path: Path, text: str) -> None:
    start = time.monotonic()
    read_config(write(tmp_path, "auditor.toml", text))
    assert time.monotonic() - start < 2


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_config(tmp_path / "absent.toml")


def test_the_nearest_file_up_to_the_git_root_counts(tmp_path: Path) -> None:
    write(tmp_path, "auditor.toml", "")
    work = tmp_path / "repository" / "a" / "b"
    work.mkdir(parents=True)
    assert find_config(work) == tmp_path / "auditor.toml"
    (tmp_path / "repository" / ".git").mkdir()
    assert find_config(work) is None
    project = write(tmp_path / "repository", "pyproject.toml", "[tool.auditor]\n")
    assert find_config(work) == project
    nearer = write(tmp_path / "repository" / "a", "auditor.toml", "")
    assert find_config(work) == nearer


@pytest.mark.parametrize("text", ["", "tool = 3\n", "[tool.other]\n", "[tool]\nother = 1\n"])
def test_a_project_file_without_the_table_is_passed_over(tmp_path: Path, text: str) -> None:
    write(tmp_path, "pyproject.toml", text)
    (tmp_path / ".git").mkdir()
    assert find_config(tmp_path) is None

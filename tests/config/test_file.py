"""The file: found up to the git root, read strictly, wrong keys named with the repair."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[profil]\n", "auditor.toml: profil: unknown key; did you mean 'profile'?"),
        ("[profile]\nuses = []\n", "auditor.toml: profile.uses: unknown key; did you mean 'use'?"),
        ("[policy]\nfailon = 'review'\n", "auditor.toml: policy.failon: unknown key; did you mean 'fail_on'?"),
        ("[policy]\nfail_on = 'sometimes'\n", "auditor.toml: policy.fail_on: Input should be 'blocked', 'review', 'conditional' or 'never'"),
        ("[policy]\nrequire_text = 'no'\n", "auditor.toml: policy.require_text: Input should be a valid boolean"),
        ("[policy.rules]\nLIC001 = 'ignore'\n", "auditor.toml: policy.rules.LIC001: Input should be 'block', 'incomplete', 'review' or 'note'"),
        ("[hardware]\ncontext = true\n", "auditor.toml: hardware.context: Input should be a valid integer"),
        ("[hardware]\ncontext = '8k'\n", "auditor.toml: hardware.context: Input should be a valid integer"),
        ("profile = 3\n", "auditor.toml: profile: Input should be a valid dictionary or instance of ProfileTable"),
    ],
)
def test_a_wrong_key_or_value_names_file_field_and_repair(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, "auditor.toml", text)
    with pytest.raises(UsageError) as error:
        read_config(path)
    assert str(error.value) == message
    assert error.value.next_step == f"mend {path}"


def test_no_table_at_all_in_a_project_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="^pyproject.toml: the file: "):
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

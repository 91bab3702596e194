"""Flag > environment > file > default, and where each value came from."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import real_catalog

from auditor.config.settings import Flags, Settings, resolve
from auditor.domain.errors import UsageError

FILE = """
[profile]
use = "internal"
[profile.facts]
monthly_active_users = 5
organization = "academic"
established_in = ["DE"]
[hardware]
gpus = ["l4"]
context = 100
concurrency = 3
[policy]
name = "strict"
fail_on = "blocked"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def settings(folder: Path, flags: Flags | None = None, file: str | None = None, **environment: str) -> Settings:
    if file is not None:
        (folder / "auditor.toml").write_text(file, encoding="utf-8")
    return resolve(flags or Flags(), environment, folder, real_catalog().vocabulary)


def test_nothing_declared_means_hosted_and_says_that_it_is_assumed(folder: Path) -> None:
    found = settings(folder)
    assert (found.profile.uses, found.profile.use_source) == (("hosted",), "assumed")
    assert (found.profile.facts, found.profile.declared) == ({}, {})
    assert (found.gpus, found.context, found.concurrency, found.stack) == ((), None, 1, None)
    assert (found.policy, found.policy_ref, found.fail_on, found.require_text, found.rules) == ("default", "built-in", None, None, {})
    assert found.sources["use"] == "default"


def test_the_file(folder: Path) -> None:
    found = settings(folder, file=FILE)
    assert (found.profile.uses, found.profile.use_source) == (("internal",), "file")
    assert found.profile.facts == {"monthly_active_users": 5, "organization": "academic", "established_in": frozenset({"DE"})}
    assert found.profile.declared == {"established_in": ["DE"], "monthly_active_users": 5, "organization": "academic"}
    assert (found.gpus, found.context, found.concurrency, found.policy, found.fail_on) == (("l4",), 100, 3, "strict", "blocked")
    assert found.sources["context"] == str(folder / "auditor.toml")


def test_the_environment_outranks_the_file(folder: Path) -> None:
    found = settings(
        folder, file=FILE, AUDITOR_USE="finetune,distil", AUDITOR_GPU="rtx-4090, h100-sxm", AUDITOR_CONTEXT="200", AUDITOR_POLICY="default",
        AUDITOR_FAIL_ON="conditional", AUDITOR_FACT_MONTHLY_ACTIVE_USERS="7k", AUDITOR_FACT_ORGANIZATION="", UNRELATED="x",
    )  # fmt: skip
    assert (found.profile.uses, found.profile.use_source) == (("finetune", "distil"), "env")
    assert (found.gpus, found.context, found.concurrency) == (("rtx-4090", "h100-sxm"), 200, 3)
    assert (found.policy, found.fail_on) == ("default", "conditional")
    assert found.profile.facts["monthly_active_users"] == 7_000
    assert found.profile.facts["organization"] == "academic"
    assert (found.sources["context"], found.sources["facts.monthly_active_users"]) == ("env", "AUDITOR_FACT_MONTHLY_ACTIVE_USERS")


def test_a_flag_outranks_everything(folder: Path) -> None:
    flags = Flags(
        use=["research"], facts=["monthly-active-users=9", "organization=unknown"], gpus=["t4"], context=300, concurrency=4, policy="default", fail_on="never"
    )
    found = settings(folder, flags, FILE, AUDITOR_USE="distil", AUDITOR_CONTEXT="200", AUDITOR_FAIL_ON="conditional", AUDITOR_FACT_MONTHLY_ACTIVE_USERS="7k")
    assert (found.profile.uses, found.profile.use_source) == (("research",), "flag")
    assert found.profile.facts == {"monthly_active_users": 9, "established_in": frozenset({"DE"})}
    assert found.profile.declared["organization"] == "unknown"
    assert (found.gpus, found.context, found.concurrency, found.policy, found.fail_on) == (("t4",), 300, 4, "default", "never")
    assert found.sources["facts.organization"] == "--fact"


@pytest.mark.parametrize(
    ("flags", "environment", "message"),
    [
        (Flags(facts=["organisation=company"]), {}, "--fact: unknown fact 'organisation'; did you mean 'organization'?"),
        (Flags(use=["host"]), {}, "--use: unknown use 'host'; did you mean 'hosted'?"),
        (Flags(fail_on="revue"), {}, "--fail-on: unknown value 'revue'; did you mean 'review'?"),
        (Flags(context=0), {}, "context: expected a positive whole number, got 0"),
        (Flags(concurrency=-1), {}, "concurrency: expected a positive whole number, got -1"),
        (Flags(facts=["monthly_active_users=5", "monthly_active_users_at_release=6"]), {},
         "monthly_active_users_at_release = 6 is above monthly_active_users = 5, which it can never exceed"),
        (Flags(), {"AUDITOR_CONTEXT": "8k"}, "AUDITOR_CONTEXT: expected a whole number, got '8k'"),
        (Flags(), {"AUDITOR_CONTEXT": "-1"}, "AUDITOR_CONTEXT: expected a whole number, got '-1'"),
        (Flags(), {"AUDITOR_USE": "hostd"}, "AUDITOR_USE: unknown use 'hostd'; did you mean 'hosted'?"),
        (Flags(), {"AUDITOR_FAILON": "never"}, "unknown environment variable AUDITOR_FAILON; did you mean 'AUDITOR_FAIL_ON'?"),
        (Flags(), {"AUDITOR_FACT_ORGANISATION": "company"}, "unknown environment variable AUDITOR_FACT_ORGANISATION; did you mean 'AUDITOR_FACT_ORGANIZATION'?"),
        (Flags(), {"AUDITOR_FACT_ORGANIZATION": "firm"}, "AUDITOR_FACT_ORGANIZATION: organization = 'firm'"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_a_usage_error(folder: Path, flags: Flags, environment: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError) as error:
        settings(folder, flags, **environment)
    assert str(error.value) == message


def test_an_unknown_fact_in_the_file_names_the_file(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"auditor.toml: profile.facts.users: unknown fact 'users'"):
        settings(folder, file="[profile.facts]\nusers = 3\n")


def test_a_policy_that_the_file_tightens_is_not_the_built_in_one(folder: Path) -> None:
    found = settings(folder, file='[policy]\nrequire_text = true\n[policy.rules]\nLIC013 = "review"\n')
    assert (found.policy_ref, found.require_text, found.rules) == ("auditor.toml", True, {"LIC013": "review"})

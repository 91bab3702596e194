"""Flag > environment > file > default, and where each value came from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fakes import real_catalog

from auditor.config.settings import Flags, Origin, Settings, resolve
from auditor.domain.errors import UsageError
from auditor.domain.license import USES

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
    return resolve(flags or Flags(), environment, folder, real_catalog().vocabulary, real_catalog().aliases)


def test_nothing_declared_means_hosted_and_says_that_it_is_assumed(folder: Path) -> None:
    found = settings(folder)
    assert (found.profile.uses, found.profile.use_source) == (("hosted",), "assumed")
    assert (found.profile.facts, found.profile.declared) == ({}, {})
    assert (found.gpus, found.context, found.concurrency, found.stack) == ((), None, 1, None)
    assert (found.policy, found.policy_ref, found.fail_on, found.require_text, found.rules) == ("default", "built-in", None, None, {})
    assert (found.file, found.sources, found.readings) == (None, {}, ())


def test_the_file(folder: Path) -> None:
    found = settings(folder, file=FILE)
    assert (found.profile.uses, found.profile.use_source) == (("internal",), "file")
    assert found.profile.facts == {"monthly_active_users": 5, "organization": "academic", "established_in": frozenset({"DE"})}
    assert found.profile.declared == {"established_in": ["DE"], "monthly_active_users": 5, "organization": "academic"}
    assert (found.gpus, found.context, found.concurrency, found.policy, found.fail_on) == (("l4",), 100, 3, "strict", "blocked")
    path = folder / "auditor.toml"
    assert found.file == path
    assert {name: str(origin) for name, origin in found.sources.items()} == {
        "use": f"{path}:3: profile.use",
        "facts.monthly_active_users": f"{path}:5: profile.facts.monthly_active_users",
        "facts.organization": f"{path}:6: profile.facts.organization",
        "facts.established_in": f"{path}:7: profile.facts.established_in",
        "gpus": f"{path}:9: hardware.gpus",
        "context": f"{path}:10: hardware.context",
        "concurrency": f"{path}:11: hardware.concurrency",
        "policy": f"{path}:13: policy.name",
        "fail_on": f"{path}:14: policy.fail_on",
    }


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
    assert (found.sources["context"], found.sources["use"]) == (Origin("env", "AUDITOR_CONTEXT"), Origin("env", "AUDITOR_USE"))
    assert (found.sources["gpus"], found.sources["facts.monthly_active_users"]) == (
        Origin("env", "AUDITOR_GPU"),
        Origin("env", "AUDITOR_FACT_MONTHLY_ACTIVE_USERS"),
    )


def test_a_flag_outranks_everything(folder: Path) -> None:
    flags = Flags(
        use=["research"], facts=["monthly-active-users=9", "organization=unknown"], gpus=["t4"], context=300, concurrency=4, policy="default", fail_on="never"
    )
    found = settings(folder, flags, FILE, AUDITOR_USE="distil", AUDITOR_CONTEXT="200", AUDITOR_FAIL_ON="conditional", AUDITOR_FACT_MONTHLY_ACTIVE_USERS="7k")
    assert (found.profile.uses, found.profile.use_source) == (("research",), "flag")
    assert found.profile.facts == {"monthly_active_users": 9, "established_in": frozenset({"DE"})}
    assert found.profile.declared["organization"] == "unknown"
    assert (found.gpus, found.context, found.concurrency, found.policy, found.fail_on) == (("t4",), 300, 4, "default", "never")
    assert (found.sources["facts.organization"], found.sources["gpus"]) == (Origin("flag", "--fact"), Origin("flag", "--gpu"))
    assert (found.sources["fail_on"], found.sources["concurrency"]) == (Origin("flag", "--fail-on"), Origin("flag", "--concurrency"))


@pytest.mark.parametrize(
    ("flags", "environment", "message"),
    [
        (Flags(facts=["organisation=company"]), {}, "--fact: unknown fact 'organisation'; did you mean 'organization'?"),
        (Flags(use=["host"]), {}, "--use: unknown use 'host'; did you mean 'hosted'?"),
        (Flags(fail_on="revue"), {}, "--fail-on: unknown value 'revue'; did you mean 'review'?"),
        (Flags(context=0), {}, "--context: expected a positive whole number, got 0"),
        (Flags(concurrency=-1), {}, "--concurrency: expected a positive whole number, got -1"),
        (Flags(context=2**40), {}, "--context: expected a positive whole number below 2^40, got 1099511627776"),
        (Flags(), {"AUDITOR_CONTEXT": "9" * 5000}, f"AUDITOR_CONTEXT: expected a whole number, got '{'9' * 120}'"),
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
    with pytest.raises(UsageError, match=r"auditor.toml:2: profile.facts.users: unknown fact 'users'"):
        settings(folder, file="[profile.facts]\nusers = 3\n")


def test_a_policy_that_the_file_tightens_is_not_the_built_in_one(folder: Path) -> None:
    found = settings(folder, file='[policy]\nrequire_text = true\n[policy.rules]\nLIC013 = "review"\n')
    assert (found.policy_ref, found.require_text, found.rules) == ("auditor.toml", True, {"LIC013": "review"})


HELD = '[[agreements]]\nlicensor = " Black\u202eForest\\nLabs "\nlicenses = ["flux-1-dev-non-commercial-license"]\n'


def test_an_agreement_about_a_shared_name_covers_every_license_of_that_name(folder: Path) -> None:
    [held] = settings(folder, file=HELD + f'name = "Enterprise"\nreference = "C-7"\nexpires = 2027-06-30\ndocument_sha256 = "{"ab" * 32}"\n').profile.agreements
    assert held.licenses == frozenset(real_catalog().aliases["flux-1-dev-non-commercial-license"])
    assert len(held.licenses) > 1
    assert (held.licensor, held.uses, held.expires) == ("Black⟦U+202E⟧Forest Labs", USES, date(2027, 6, 30))
    assert str(held) == "Black⟦U+202E⟧Forest Labs until 2027-06-30 (Enterprise, C-7, document abababababab)"


@pytest.mark.parametrize(("uses", "covered"), [('"hosted"', ("hosted",)), ('["distil", "redistribute-derivative"]', ("redistribute_derivative", "distil"))])
def test_an_agreement_covers_the_uses_that_it_names(folder: Path, uses: str, covered: tuple[str, ...]) -> None:
    assert settings(folder, file=HELD + f"uses = {uses}\n").profile.agreements[0].uses == covered


@pytest.mark.parametrize("uses", ["[]", '""', '[" , "]'])
def test_an_agreement_that_names_no_use_does_not_cover_all(folder: Path, uses: str) -> None:
    with pytest.raises(UsageError) as error:
        settings(folder, file=HELD + f"uses = {uses}\n")
    assert str(error.value) == f"{folder / 'auditor.toml'}:4: agreements.0.uses: no use is named"


def test_folders_of_readings_lie_beside_the_file(folder: Path) -> None:
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    (folder / "auditor.toml").write_text('[catalog]\nextra = ["legal", "../elsewhere", "/srv/legal"]\n')
    found = resolve(Flags(), {}, below, real_catalog().vocabulary)
    assert found.readings == (folder / "legal", folder / "../elsewhere", Path("/srv/legal"))
    assert str(found.sources["catalog.extra"]) == f"{folder / 'auditor.toml'}:2: catalog.extra"

"""Flag > AUDITOR_* > file > default, and where each value came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from auditor.catalog.catalog import folded
from auditor.config.file import ConfigFile, read_config
from auditor.config.find import find_config
from auditor.config.values import check_figures, parse_fact, parse_uses, split_fact
from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.license import USES, Use
from auditor.domain.profile import Agreement, FactValue, Profile, UseSource
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import FailOn, Outcome
from auditor.domain.vocabulary import Vocabulary

LicenseNames = Mapping[str, tuple[str, ...]]
"""Folded name of a license to the keys that go by it."""

ENV_PREFIX = "AUDITOR_"
_ENV_NAMES = ("USE", "GPU", "CONTEXT", "CONCURRENCY", "STACK", "POLICY", "FAIL_ON")


@dataclass(frozen=True)
class Flags:
    """What the command line says; None or empty where it says nothing."""

    use: Sequence[str] = ()
    facts: Sequence[str] = ()
    gpus: Sequence[str] = ()
    context: int | None = None
    concurrency: int | None = None
    tensor_parallel: int | None = None
    quantization: str | None = None
    stack: str | None = None
    policy: str | None = None
    fail_on: str | None = None


@dataclass(frozen=True)
class Settings:
    """Everything declared, resolved."""

    profile: Profile
    gpus: tuple[str, ...]
    context: int | None
    concurrency: int
    tensor_parallel: int | None
    quantization: str | None
    stack: str | None
    policy: str
    policy_ref: str
    fail_on: FailOn | None
    """None leaves it to the policy."""
    require_text: bool | None
    rules: Mapping[str, Outcome]
    readings: tuple[Path, ...] = ()
    """Folders with the organization's own readings."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Name of a setting to `flag`, `env`, the file's path, or `default`."""


def resolve(flags: Flags, environment: Mapping[str, str], start: Path, vocabulary: Vocabulary, licenses: LicenseNames | None = None) -> Settings:
    """Raises UsageError for whatever is not understood."""
    path = find_config(start)
    file = read_config(path) if path else ConfigFile()
    reader = _Reader(flags, environment, str(path) if path else "file", file, vocabulary)
    uses, use_source = reader.uses()
    facts, declared = reader.facts()
    return Settings(
        profile=Profile(uses, use_source, facts, agreements=reader.agreements(licenses), declared=declared),
        gpus=reader.gpus(),
        context=reader.positive("context", flags.context, file.hardware.context),
        concurrency=reader.positive("concurrency", flags.concurrency, file.hardware.concurrency) or 1,
        tensor_parallel=flags.tensor_parallel,
        quantization=flags.quantization,
        stack=reader.text("stack", flags.stack, file.serving.stack),
        policy=reader.text("policy", flags.policy, file.policy.name) or "default",
        policy_ref=str(path.name) if path and (file.policy.rules or file.policy.require_text is not None) else "built-in",
        fail_on=reader.fail_on(),
        require_text=file.policy.require_text,
        rules=file.policy.rules,
        readings=tuple(path.parent / folder for folder in file.catalog.extra) if path else (),
        sources=reader.sources,
    )


def _license_keys(name: str, licenses: LicenseNames | None, where: str) -> tuple[str, ...]:
    """Every license that goes by this name: whoever holds an agreement about a shared name holds it about all of them."""
    known = licenses or {}
    keys = known.get(folded(name), ())
    if not keys:
        raise UsageError(f"{where}: no license is called {name!r}{did_you_mean(folded(name), known)}", "run: auditor licenses")
    return keys


class _Reader:
    def __init__(self, flags: Flags, environment: Mapping[str, str], file_name: str, file: ConfigFile, vocabulary: Vocabulary) -> None:
        self.flags, self.file, self.file_name, self.vocabulary = flags, file, file_name, vocabulary
        self.env = {name.removeprefix(ENV_PREFIX): value for name, value in environment.items() if name.startswith(ENV_PREFIX) and value}
        self.sources: dict[str, str] = {}
        known = {"TRACEBACK", *_ENV_NAMES, *(f"FACT_{name.upper()}" for name in vocabulary.facts)}
        for name in sorted(self.env):
            if name not in known:
                raise UsageError(
                    f"unknown environment variable {ENV_PREFIX}{name}{did_you_mean(ENV_PREFIX + name, [ENV_PREFIX + k for k in known])}",
                    f"unset {ENV_PREFIX}{name}",
                )

    def uses(self) -> tuple[tuple[Use, ...], UseSource]:
        in_file = self.file.profile.use
        candidates: list[tuple[UseSource, Sequence[str], str]] = [
            ("flag", self.flags.use, "--use"),
            ("env", [self.env["USE"]] if "USE" in self.env else [], f"{ENV_PREFIX}USE"),
            ("file", [in_file] if isinstance(in_file, str) else in_file or [], f"{self.file_name}: profile.use"),
        ]
        for source, values, where in candidates:
            if values:
                self.sources["use"] = self.file_name if source == "file" else source
                return parse_uses(values, where), source
        self.sources["use"] = "default"
        return ("hosted",), "assumed"

    def facts(self) -> tuple[dict[str, FactValue], dict[str, object]]:
        stated: dict[str, tuple[object, str]] = {}
        for name, value in self.file.profile.facts.items():
            stated[name] = (value, f"{self.file_name}: profile.facts.{name}")
        for name in self.vocabulary.facts:
            if (key := f"FACT_{name.upper()}") in self.env:
                stated[name] = (self.env[key], f"{ENV_PREFIX}{key}")
        for text in self.flags.facts:
            name, given = split_fact(text)
            stated[name] = (given, "--fact")
        facts, declared = {}, {}
        for name in sorted(stated):
            value, where = stated[name]
            parsed, plain = parse_fact(name, value, self.vocabulary, where)
            declared[name] = plain
            self.sources[f"facts.{name}"] = where
            if parsed is not None:
                facts[name] = parsed
        check_figures(facts, self.vocabulary)
        return facts, declared

    def agreements(self, licenses: LicenseNames | None) -> tuple[Agreement, ...]:
        found = []
        for index, table in enumerate(self.file.agreements):
            where = f"{self.file_name}: agreements[{index}]"
            self.sources[f"agreements[{index}]"] = self.file_name
            uses = [table.uses] if isinstance(table.uses, str) else table.uses
            keys = frozenset(key for name in table.licenses for key in _license_keys(name, licenses, where))
            found.append(Agreement(one_line(table.licensor, 120), keys, parse_uses(uses, where) if uses else USES, table.expires, table.document_sha256 or ""))
        return tuple(found)

    def gpus(self) -> tuple[str, ...]:
        in_env = [part.strip() for part in self.env.get("GPU", "").split(",") if part.strip()]
        for source, values in (("flag", self.flags.gpus), ("env", in_env), (self.file_name, self.file.hardware.gpus)):
            if values:
                self.sources["gpus"] = source
                return tuple(values)
        return ()

    def text(self, name: str, flag: str | None, in_file: str | None) -> str | None:
        for source, value in (("flag", flag), ("env", self.env.get(name.upper())), (self.file_name, in_file)):
            if value:
                self.sources[name] = source
                return value
        self.sources[name] = "default"
        return None

    def positive(self, name: str, flag: int | None, in_file: int | None) -> int | None:
        in_env = self.env.get(name.upper())
        if in_env is not None and not in_env.isdecimal():
            raise UsageError(f"{ENV_PREFIX}{name.upper()}: expected a whole number, got {in_env!r}")
        for source, value in (("flag", flag), ("env", int(in_env) if in_env else None), (self.file_name, in_file)):
            if value is not None:
                if not 0 < value < 2**40:
                    raise UsageError(f"{name}: expected a positive whole number, got {value}")
                self.sources[name] = source
                return value
        self.sources[name] = "default"
        return None

    def fail_on(self) -> FailOn | None:
        value = self.text("fail_on", self.flags.fail_on, self.file.policy.fail_on)
        if value is not None and value not in get_args(FailOn):
            raise UsageError(f"--fail-on: unknown value {value!r}{did_you_mean(value, get_args(FailOn))}", f"choose from: {', '.join(get_args(FailOn))}")
        return value  # type: ignore[return-value]

"""Flag > AUDITOR_* > file > default, and where each value came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from auditor.catalog.catalog import folded
from auditor.config.file import AgreementTable, ConfigFile, lines_of, read_config
from auditor.config.find import find_config
from auditor.config.lines import line_of
from auditor.config.values import check_figures, parse_fact, parse_uses, split_fact
from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.license import USES, Use
from auditor.domain.profile import Agreement, FactValue, Profile, UseSource
from auditor.domain.record import record
from auditor.domain.text_safety import one_line
from auditor.domain.verdict import FailOn, Outcome
from auditor.domain.vocabulary import Vocabulary

LicenseNames = Mapping[str, tuple[str, ...]]
"""Folded name of a license to the keys that go by it."""

ENV_PREFIX = "AUDITOR_"
_LONGEST = 120
_ENV_NAMES = ("USE", "GPU", "CONTEXT", "CONCURRENCY", "STACK", "POLICY", "FAIL_ON")


@record
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


Kind = Literal["flag", "env", "file"]


@record
class Origin:
    """Where a value came from."""

    kind: Kind | Literal["default"]
    where: str = ""
    """`--use`, `AUDITOR_USE`, or file, line and key; empty for a default."""

    def __str__(self) -> str:
        return self.where or self.kind


DEFAULT = Origin("default")
T = TypeVar("T")


@record
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
    file: Path | None = None
    """The file that was read; None when there is none."""
    sources: Mapping[str, Origin] = field(default_factory=dict)
    """By name of the setting; what is not in it is a default."""


def resolve(flags: Flags, environment: Mapping[str, str], start: Path, vocabulary: Vocabulary, licenses: LicenseNames | None = None) -> Settings:
    """Raises UsageError for whatever is not understood."""
    path = find_config(start)
    file = read_config(path) if path else ConfigFile()
    reader = _Reader(flags, environment, path, file, vocabulary)
    uses, use_source = reader.uses()
    facts, declared = reader.facts()
    return Settings(
        profile=Profile(uses, use_source, facts, agreements=reader.agreements(licenses), declared=declared),
        gpus=reader.gpus(),
        context=reader.positive("context", flags.context, file.hardware.context),
        concurrency=reader.positive("concurrency", flags.concurrency, file.hardware.concurrency) or 1,
        tensor_parallel=reader.only("flag", "tensor_parallel", "tensor_parallel", flags.tensor_parallel),
        quantization=reader.only("flag", "quantization", "quantization", flags.quantization),
        stack=reader.text("stack", "serving.stack", flags.stack, file.serving.stack),
        policy=reader.text("policy", "policy.name", flags.policy, file.policy.name) or "default",
        policy_ref=str(path.name) if path and (file.policy.rules or file.policy.require_text is not None) else "built-in",
        fail_on=reader.fail_on(),
        require_text=reader.only("file", "require_text", "policy.require_text", file.policy.require_text),
        rules={rule: reader.only("file", f"rules.{rule}", f"policy.rules.{rule}", outcome) for rule, outcome in file.policy.rules.items()},
        readings=reader.only("file", "catalog.extra", "catalog.extra", tuple(path.parent / folder for folder in file.catalog.extra) if path else ()),
        file=path,
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
    def __init__(self, flags: Flags, environment: Mapping[str, str], path: Path | None, file: ConfigFile, vocabulary: Vocabulary) -> None:
        self.flags, self.file, self.path, self.vocabulary = flags, file, path, vocabulary
        self.lines = lines_of(path) if path else {}
        self.env = {name.removeprefix(ENV_PREFIX): value for name, value in environment.items() if name.startswith(ENV_PREFIX) and value}
        self.sources: dict[str, Origin] = {}
        known = {"TRACEBACK", *_ENV_NAMES, *(f"FACT_{name.upper()}" for name in vocabulary.facts)}
        for name in sorted(self.env):
            if name not in known:
                raise UsageError(
                    f"unknown environment variable {ENV_PREFIX}{name}{did_you_mean(ENV_PREFIX + name, [ENV_PREFIX + k for k in known])}",
                    f"unset {ENV_PREFIX}{name}",
                )

    def origin(self, kind: Kind, name: str) -> Origin:
        """For a file `name` is the key with dots; a fact and a rule hold none."""
        if kind == "flag":
            return Origin(kind, f"--{name.replace('_', '-')}")
        if kind == "env":
            return Origin(kind, f"{ENV_PREFIX}{name.upper()}")
        line = line_of(self.lines, tuple(int(part) if part.isdecimal() else part for part in name.split(".")))
        return Origin(kind, f"{self.path}:{line}: {name}" if line else f"{self.path}: {name}")

    def uses(self) -> tuple[tuple[Use, ...], UseSource]:
        in_file = self.file.profile.use
        candidates: list[tuple[Kind, str, Sequence[str]]] = [
            ("flag", "use", self.flags.use),
            ("env", "use", [self.env["USE"]] if "USE" in self.env else []),
            ("file", "profile.use", [in_file] if isinstance(in_file, str) else in_file or []),
        ]
        for kind, name, values in candidates:
            if values:
                self.sources["use"] = self.origin(kind, name)
                return parse_uses(values, str(self.sources["use"])), kind
        return ("hosted",), "assumed"

    def facts(self) -> tuple[dict[str, FactValue], dict[str, object]]:
        stated: dict[str, tuple[object, Origin]] = {}
        for name, value in self.file.profile.facts.items():
            stated[name] = (value, self.origin("file", f"profile.facts.{name}"))
        for name in self.vocabulary.facts:
            if (key := f"FACT_{name.upper()}") in self.env:
                stated[name] = (self.env[key], self.origin("env", key))
        for text in self.flags.facts:
            name, given = split_fact(text)
            stated[name] = (given, self.origin("flag", "fact"))
        facts, declared = {}, {}
        for name in sorted(stated):
            value, origin = stated[name]
            parsed, plain = parse_fact(name, value, self.vocabulary, str(origin))
            declared[name] = plain
            self.sources[f"facts.{name}"] = origin
            if parsed is not None:
                facts[name] = parsed
        check_figures(facts, self.vocabulary)
        return facts, declared

    def agreements(self, licenses: LicenseNames | None) -> tuple[Agreement, ...]:
        return tuple(self._agreement(index, table, licenses) for index, table in enumerate(self.file.agreements))

    def _agreement(self, index: int, table: AgreementTable, licenses: LicenseNames | None) -> Agreement:
        self.sources[f"agreements.{index}"] = self.origin("file", f"agreements.{index}")
        keys = frozenset(key for name in table.licenses for key in _license_keys(name, licenses, str(self.origin("file", f"agreements.{index}.licenses"))))
        uses = [table.uses] if isinstance(table.uses, str) else table.uses
        return Agreement(
            one_line(table.licensor, _LONGEST),
            keys,
            USES if uses is None else parse_uses(uses, str(self.origin("file", f"agreements.{index}.uses"))),
            table.expires,
            table.document_sha256 or "",
            one_line(table.name or "", _LONGEST),
            one_line(table.reference or "", _LONGEST),
        )

    def gpus(self) -> tuple[str, ...]:
        in_env = [part.strip() for part in self.env.get("GPU", "").split(",") if part.strip()]
        return tuple(self._first("gpus", ("gpu", self.flags.gpus), ("gpu", in_env), ("hardware.gpus", self.file.hardware.gpus)) or ())

    def text(self, name: str, key: str, flag: str | None, in_file: str | None) -> str | None:
        value: str | None = self._first(name, (name, flag), (name, self.env.get(name.upper())), (key, in_file))
        return value

    def positive(self, name: str, flag: int | None, in_file: int | None) -> int | None:
        in_env = self.env.get(name.upper())
        if in_env is not None and not (in_env.isdecimal() and len(in_env) <= _LONGEST):
            raise UsageError(f"{ENV_PREFIX}{name.upper()}: expected a whole number, got {in_env[:_LONGEST]!r}")
        value: int | None = self._first(name, (name, flag), (name, int(in_env) if in_env else None), (f"hardware.{name}", in_file))
        if value is not None and not 0 < value < 2**40:
            raise UsageError(f"{self.sources[name]}: expected a positive whole number{' below 2^40' if value > 0 else ''}, got {value}")
        return value

    def _first(self, name: str, flag: tuple[str, Any], env: tuple[str, Any], file: tuple[str, Any]) -> Any:
        """The value that outranks the others, None when nothing is said; each comes with the name that it goes by there."""
        kinds: tuple[Kind, ...] = ("flag", "env", "file")
        for kind, (key, value) in zip(kinds, (flag, env, file), strict=True):
            if not _empty(value):
                self.sources[name] = self.origin(kind, key)
                return value
        return None

    def only(self, kind: Kind, name: str, key: str, value: T) -> T:
        """A value that can be given in one way alone."""
        if not _empty(value):
            self.sources[name] = self.origin(kind, key)
        return value

    def fail_on(self) -> FailOn | None:
        value = self.text("fail_on", "policy.fail_on", self.flags.fail_on, self.file.policy.fail_on)
        if value is not None and value not in get_args(FailOn):
            where = self.sources["fail_on"]
            raise UsageError(f"{where}: unknown value {value!r}{did_you_mean(value, get_args(FailOn))}", f"choose from: {', '.join(get_args(FailOn))}")
        return value  # type: ignore[return-value]


def _empty(value: object) -> bool:
    """Whether nothing was said. 0 and `false` are said."""
    return value is None or value == "" or value in ((), [])

"""The tables of auditor.toml and `[tool.auditor]`, read strictly."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from auditor.config.find import PROJECT_FILE, parsed, section
from auditor.config.lines import Key, key_lines, line_of
from auditor.domain.description import FIELD_DOCSTRINGS
from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.verdict import FailOn, Outcome


class Section(BaseModel):
    """Base of the tables of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=FIELD_DOCSTRINGS, defer_build=True)


class ProfileTable(Section):
    use: list[str] | str | None = None
    """Intended uses; `hosted` when left out."""
    facts: dict[str, Any] = {}
    """Declared facts; `unknown` is a value."""


class HardwareTable(Section):
    gpus: list[str] = []
    """`rtx-4090`, or `h100-sxmx2` for two cards."""
    context: int | None = None
    """Tokens."""
    concurrency: int | None = None
    """Requests at once."""


class ServingTable(Section):
    stack: str | None = None


class PolicyTable(Section):
    name: str | None = None
    """A built-in policy."""
    fail_on: FailOn | None = None
    require_text: bool | None = None
    rules: dict[str, Outcome] = {}
    """Stricter outcomes by rule id."""


class AgreementTable(Section):
    licensor: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    """Who grants it: the steward of the license, or the publisher of the model."""
    name: str | None = None
    """What you call it."""
    reference: str | None = None
    """Your number for it, or where it is filed."""
    licenses: Annotated[list[str], Field(min_length=1)]
    """Keys or aliases of the licenses that it stands in for."""
    uses: list[str] | str | None = None
    """Uses that it covers; all when left out."""
    expires: date | None = None
    """Last day that it holds."""
    document_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the signed document."""


class CatalogTable(Section):
    extra: list[str] = []
    """Folders with your own readings of license texts, relative to this file."""


class ConfigFile(Section):
    """The whole file."""

    profile: ProfileTable = ProfileTable.model_construct()
    hardware: HardwareTable = HardwareTable.model_construct()
    serving: ServingTable = ServingTable.model_construct()
    policy: PolicyTable = PolicyTable.model_construct()
    catalog: CatalogTable = CatalogTable.model_construct()
    agreements: list[AgreementTable] = []
    """Licenses that you hold apart from the public ones."""


def read_config(path: Path) -> ConfigFile:
    """Raises UsageError with file, line, field and repair."""
    values = parsed(path)
    if path.name == PROJECT_FILE:
        values = section(values)
    try:
        return ConfigFile.model_validate(values)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])  # a misspelt key is missing as well
        key = _in_file(first["loc"], values)
        line = line_of(lines_of(path), key)
        where = f"{path.name}:{line}" if line else path.name
        raise UsageError(f"{where}: {'.'.join(map(str, key)) or 'the file'}: {_message(first, key)}", f"mend {path}") from None


def lines_of(path: Path) -> dict[Key, int]:
    """Line of every key of the configuration in this file; empty where that cannot be told."""
    try:
        lines = key_lines(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if path.name != PROJECT_FILE:
        return lines
    return {key[2:]: line for key, line in lines.items() if key[:2] == ("tool", "auditor")}


def _message(error: Any, key: Key) -> str:
    if error["type"] == "extra_forbidden":
        return f"unknown key{did_you_mean(str(key[-1]), _keys_beside(key))}"
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        choices = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return f"{error['msg']}{did_you_mean(error['input'], choices)}"
    return str(error["msg"])


def _in_file(location: tuple[int | str, ...], values: Any) -> Key:
    """The place as the file has it: pydantic puts the branch of a union into the path, and a missing key is in no table."""
    key: Key = ()
    for part in location:
        if isinstance(values, dict) and (part in values or part == location[-1]):
            key, values = (*key, part), values.get(part)
        elif isinstance(values, list) and isinstance(part, int):
            key, values = (*key, part), values[part]
    return key


def _keys_beside(location: Key) -> list[str]:
    model: Any = ConfigFile
    for part in location[:-1]:
        if isinstance(part, int):
            continue  # an item of a list of tables
        field = getattr(model, "model_fields", {}).get(part)
        model = next(iter(get_args(field.annotation)), field.annotation) if field else None
    return list(getattr(model, "model_fields", {}))

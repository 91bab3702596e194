"""The tables of auditor.toml and `[tool.auditor]`, read strictly."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from auditor.config.find import parsed, section
from auditor.domain.description import FIELD_DOCSTRINGS
from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.verdict import FailOn, Outcome


class Section(BaseModel):
    """Base of the tables of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=FIELD_DOCSTRINGS, defer_build=True)


class ProfileTable(Section):
    use: list[str] | str | None = None
    """Intended uses; `hosted` when left out."""
    facts: dict[str, Any] = Field(default_factory=dict)
    """Declared facts; `unknown` is a value."""


class HardwareTable(Section):
    gpus: list[str] = Field(default_factory=list)
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
    rules: dict[str, Outcome] = Field(default_factory=dict)
    """Stricter outcomes by rule id."""


class AgreementTable(Section):
    licensor: str
    """Who grants it, as the report names it."""
    licenses: list[str]
    """Keys or aliases of the licenses that it stands in for."""
    uses: list[str] | str | None = None
    """Uses that it covers; all when left out."""
    expires: date | None = None
    """Last day that it holds."""
    document_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the signed document."""


class CatalogTable(Section):
    extra: list[str] = Field(default_factory=list)
    """Folders with your own readings of license texts, relative to this file."""


class ConfigFile(Section):
    """The whole file."""

    profile: ProfileTable = Field(default_factory=ProfileTable)
    hardware: HardwareTable = Field(default_factory=HardwareTable)
    serving: ServingTable = Field(default_factory=ServingTable)
    policy: PolicyTable = Field(default_factory=PolicyTable)
    catalog: CatalogTable = Field(default_factory=CatalogTable)
    agreements: list[AgreementTable] = Field(default_factory=list)
    """Licenses that you hold apart from the public ones."""


def read_config(path: Path) -> ConfigFile:
    """Raises UsageError with file, field and repair."""
    values = parsed(path)
    if path.name == "pyproject.toml":
        values = section(values)
    try:
        return ConfigFile.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = first["msg"]
        if first["type"] == "extra_forbidden":
            message = f"unknown key{did_you_mean(str(first['loc'][-1]), _keys_beside(first['loc']))}"
        raise UsageError(f"{path.name}: {where or 'the file'}: {message}", f"mend {path}") from None


def _keys_beside(location: tuple[int | str, ...]) -> list[str]:
    model: Any = ConfigFile
    for part in location[:-1]:
        if isinstance(part, int):
            continue  # an item of a list of tables
        field = getattr(model, "model_fields", {}).get(part)
        model = next(iter(get_args(field.annotation)), field.annotation) if field else None
    return list(getattr(model, "model_fields", {}))

"""Raw knowledge to models, with errors that name file, line, field and repair."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from auditor.catalog.store import RuleFile, Store
from auditor.catalog.strict_yaml import line_of
from auditor.domain.errors import CatalogError, did_you_mean


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def validated(store: Store, path: str, kind: Any) -> Any:
    """The file as `kind`. The key of an entry that has one must be its file's name."""
    file = store.read(path)
    try:
        value: Any = _adapter(kind).validate_python(file.value)
    except ValidationError as error:
        raise _readable(store.parse(path), error, kind) from None
    key = getattr(value, "key", None)
    stem = path.rsplit("/", 1)[-1].removesuffix(".yaml")
    if key is not None and key != stem:
        raise CatalogError(f"rules/{path}:{line_of(store.parse(path).lines, ('key',))}: key: {key!r} must equal the file's name {stem!r}")
    return value


def _readable(file: RuleFile, error: ValidationError, kind: Any) -> CatalogError:
    errors = error.errors(include_url=False)
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])  # a misspelt field is missing as well
    location = [part for part in first["loc"] if not _is_union_tag(file.value, first["loc"], part)]
    name = ".".join(str(part) for part in location) or "the file"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = f"unknown field{did_you_mean(str(location[-1]), _field_names(kind))}"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return CatalogError(f"rules/{file.path}:{line_of(file.lines, tuple(location))}: {name}: {message}{more}", "mend the file, then run: make generate")


def _is_union_tag(value: Any, location: tuple[Any, ...], part: Any) -> bool:
    """Pydantic puts the tag of a discriminated union into the path; the file has no such level."""
    node = value
    for step in location:
        if step is part and not (isinstance(node, dict) and step in node) and not isinstance(step, int):
            return isinstance(node, dict) and step in (node.get("entry"), node.get("kind"))
        if (isinstance(node, dict) and step in node) or (isinstance(node, list) and isinstance(step, int) and step < len(node)):
            node = node[step]
    return False


def _field_names(kind: Any) -> set[str]:
    """Every field name of a model and of what it nests; enough for a suggestion."""
    names: set[str] = set()
    queue, seen = [kind], set()
    while queue:
        current = queue.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        queue.extend(getattr(current, "__args__", ()))
        if isinstance(current, type) and issubclass(current, BaseModel):
            names |= set(current.model_fields)
            queue.extend(field.annotation for field in current.model_fields.values())
    return names

"""The files of rules/ as raw values: from the compiled copy where it is fresh, else from the YAML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.catalog import strict_yaml
from auditor.domain.errors import CatalogError

COMPILED = "compiled.json"
_REVIEWED = b"\nreviewed: "


@dataclass(frozen=True)
class RuleFile:
    """One knowledge file: its value and the line of every path in it (empty when it came from the compiled copy)."""

    path: str
    value: Any
    lines: Mapping[strict_yaml.Path, int] = field(default_factory=dict)


class Store:
    """Reads a rules/ folder. The compiled copy is used only where its digests match the YAML files byte for byte."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def sources(self) -> dict[str, bytes]:
        """Content of every YAML file by its path under the root, sorted."""
        if not self.root.is_dir():
            raise CatalogError(f"{self.root}: no folder with knowledge files", "reinstall model-auditor")
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in sorted(self.root.rglob("*.yaml"))}

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of every YAML file."""
        return {path: hashlib.sha256(content).hexdigest() for path, content in self.sources.items()}

    @cached_property
    def sha256(self) -> str:
        """One digest over all files, which names the knowledge."""
        return hashlib.sha256(json.dumps(self.digests, sort_keys=True).encode()).hexdigest()

    @cached_property
    def date(self) -> str:
        """Newest review date of any file, ISO 8601."""
        found = (content.partition(_REVIEWED)[2][:12].strip(b'"\n')[:10].decode() for content in self.sources.values() if _REVIEWED in content)
        return max(found, default="unknown")

    @cached_property
    def _compiled(self) -> Mapping[str, Any]:
        path = self.root / COMPILED
        try:
            compiled = json.loads(path.read_bytes())
            return {name: entry["value"] for name, entry in compiled.items() if entry["sha256"] == self.digests.get(name)}
        except (OSError, ValueError, AttributeError, KeyError, TypeError):  # absent or damaged: the YAML files are the truth
            return {}

    def read(self, path: str) -> RuleFile:
        """One file. Raises CatalogError with file and line when it is not strict YAML."""
        if path in self._compiled:
            return RuleFile(path, self._compiled[path])
        return self.parse(path)

    def parse(self, path: str) -> RuleFile:
        """One file from its YAML, with lines."""
        if path not in self.sources:
            raise CatalogError(f"rules/{path}: no such knowledge file")
        content = self.sources[path]
        try:
            value, lines = strict_yaml.load(content.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise CatalogError(f"rules/{path}:{line}: not UTF-8", "save the file as UTF-8") from None
        except strict_yaml.StrictYamlError as error:
            raise CatalogError(f"rules/{path}:{error.line}: {error}", "mend the file, then run: make generate") from None
        return RuleFile(path, value, lines)

    def names(self, folder: str) -> tuple[str, ...]:
        """Names (without extension) of the files in one folder."""
        return tuple(path[len(folder) + 1 : -len(".yaml")] for path in self.sources if path.startswith(f"{folder}/"))

    def compiled_text(self) -> str:
        """What the compiled copy should hold."""
        entries = {path: {"sha256": self.digests[path], "value": self.parse(path).value} for path in self.sources}
        return json.dumps(entries, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"

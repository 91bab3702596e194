"""The files of rules/ as raw values: from the compiled copy where it is fresh, else from the YAML."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any

from auditor.catalog import strict_yaml
from auditor.domain.errors import CatalogError
from auditor.domain.record import record

COMPILED = "compiled.tsv"
"""One line a file: path, SHA-256 of its YAML, value as JSON. One more line, `INDEX`, for the names and digests of all licenses."""
INDEX = "licenses"
_REVIEWED = b"\nreviewed: "


@record
class RuleFile:
    """One knowledge file: its value and the line of every path in it (empty when it came from the compiled copy)."""

    path: str
    value: Any
    lines: Mapping[strict_yaml.Path, int] = field(default_factory=dict)


class Store:
    """Reads a rules/ folder. The compiled copy is used only where its digests match the YAML files byte for byte."""

    def __init__(self, root: Path, compiled: bool = True) -> None:
        """`compiled=False` for a folder of somebody else's: only its YAML, which the digest covers, counts."""
        self.root = root
        self._use_compiled = compiled

    @cached_property
    def sources(self) -> dict[str, bytes]:
        """Content of every YAML file by its path under the root, sorted."""
        if not self.root.is_dir():
            raise CatalogError(f"{self.root}: no folder with knowledge files", "reinstall model-auditor")
        found = {}
        start = len(str(self.root)) + 1
        for folder, _, names in os.walk(self.root):  # a third of the time of Path.rglob, at every start
            for name in names:
                if name.endswith(".yaml"):
                    with open(f"{folder}/{name}", "rb") as file:  # noqa: PTH123
                        found[f"{folder}/{name}"[start:].replace(os.sep, "/")] = file.read()
        return dict(sorted(found.items()))

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
    def _compiled(self) -> Mapping[str, bytes]:
        """JSON of every entry whose digest is that of the YAML; absent or damaged ones are left out: the YAML files are the truth."""
        if not self._use_compiled:
            return {}
        try:
            lines = (self.root / COMPILED).read_bytes().split(b"\n")
        except OSError:
            return {}
        found = {}
        for line in lines:
            name, _, rest = line.partition(b"\t")
            digest, tab, value = rest.partition(b"\t")
            if tab and digest.decode("ascii", "replace") == self._digest_of(name.decode("utf-8", "replace")):
                found[name.decode()] = value
        return found

    def _digest_of(self, name: str) -> str | None:
        return self._licenses_digest if name == INDEX else self.digests.get(name)

    @property
    def _licenses_digest(self) -> str:
        """Digest over all license files, which the index stands for."""
        own = {path: digest for path, digest in self.digests.items() if path.startswith("licenses/")}
        return hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()

    @cached_property
    def index(self) -> Mapping[str, Any] | None:
        """Names and digests of all licenses as they were compiled; None when any license file has changed since."""
        try:
            value = json.loads(self._compiled[INDEX])
        except (KeyError, ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) and {"hub_ids", "aliases", "texts"} <= set(value) else None

    def read(self, path: str) -> RuleFile:
        """One file. Raises CatalogError with file and line when it is not strict YAML."""
        try:
            return RuleFile(path, json.loads(self._compiled[path]))
        except (KeyError, ValueError, RecursionError):
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

    def compiled_text(self, index: Mapping[str, Any]) -> str:
        """What the compiled copy should hold; `index` is the catalogue's of all licenses."""
        rows = [(path, self.digests[path], self.parse(path).value) for path in self.sources] + [(INDEX, self._licenses_digest, index)]
        lines = ["\t".join((name, digest, json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":")))) for name, digest, value in rows]
        return "\n".join(lines) + "\n"

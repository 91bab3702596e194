"""For all tests: nobody's settings, no network beyond this machine, and a catalogue that may be written to."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import INVENTED, write_entry

from auditor import resources
from auditor.catalog.catalog import Catalog

_LOCAL = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `AUDITOR_*` or `HF_*` of whoever runs the tests, and no connection to another machine."""
    for name in os.environ:
        if name.startswith(("AUDITOR_", "HF_")):
            monkeypatch.delenv(name)
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in _LOCAL:
            raise OSError(f"tests reach no other machine: {address[0]}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)


def _copied(target: Path) -> Path:
    """The real rules/ folder to write to; its fingerprints, which nothing writes, are shared."""
    shutil.copytree(resources.rules(), target, ignore=shutil.ignore_patterns("fingerprints", "schema"))
    (target / "fingerprints").symlink_to(resources.rules() / "fingerprints")
    return target


@pytest.fixture
def rules_copy(tmp_path: Path) -> Path:
    """A copy of the real rules/ folder."""
    return _copied(tmp_path / "rules")


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The real knowledge with the invented licenses added."""
    root = _copied(tmp_path_factory.mktemp("knowledge") / "rules")
    for entry in INVENTED:
        write_entry(root, entry)
    return Catalog(root)


@pytest.fixture
def catalog_with(rules_copy: Path) -> Callable[..., Catalog]:
    """Makes a catalogue of the real knowledge and more licenses."""

    def make(*entries: dict[str, Any]) -> Catalog:
        for entry in entries:
            write_entry(rules_copy, entry)
        return Catalog(rules_copy)

    return make

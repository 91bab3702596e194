"""Two scripted servers, nobody's settings, and the costly things made once for all cases."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from auditor import resources
from auditor.catalog.catalog import Catalog
from auditor.cli.main import app
from tests.crawler.conftest import elsewhere, hub, nobody

Made = tuple[Catalog, ssl.SSLContext, Any]
__all__ = ["elsewhere", "hub", "nobody"]


@pytest.fixture(scope="package")
def _made_once() -> Made:
    return Catalog(resources.rules()), ssl.create_default_context(), typer.main.get_command(app(()))


@pytest.fixture(autouse=True)
def _quick(_made_once: Made, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Knowledge, certificates and the command's parser are made once: most of a run."""
    catalog, certificates, command = _made_once
    monkeypatch.setattr("auditor.catalog.catalog.Catalog", lambda _: catalog)
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: certificates)
    monkeypatch.setattr(typer.main, "get_command", lambda _: command)
    yield

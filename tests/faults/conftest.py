"""Two scripted servers, nobody's settings, and the costly things made once for all cases."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import pytest

from auditor import resources
from auditor.catalog.catalog import Catalog
from tests.crawler.conftest import elsewhere, hub, nobody

__all__ = ["elsewhere", "hub", "nobody"]


@pytest.fixture(scope="package")
def _made_once() -> tuple[Catalog, ssl.SSLContext]:
    return Catalog(resources.rules()), ssl.create_default_context()


@pytest.fixture(autouse=True)
def _quick(_made_once: tuple[Catalog, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The knowledge and the certificates are read once: two thirds of a run."""
    catalog, certificates = _made_once
    monkeypatch.setattr("auditor.catalog.catalog.Catalog", lambda _: catalog)
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: certificates)
    yield

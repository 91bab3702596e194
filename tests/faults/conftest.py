"""Two scripted servers, nobody's settings, and the command against them."""

from tests.crawler.conftest import elsewhere, hub, nobody

__all__ = ["elsewhere", "hub", "nobody"]

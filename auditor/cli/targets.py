"""What is to be audited, and where its evidence comes from: ids, paths, a list in a file, a bundle, the Hub, nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.model_ids import parse_refs
from auditor.crawler.files import valid_ref
from auditor.crawler.interface import Source
from auditor.domain.errors import UsageError
from auditor.domain.evidence import ModelRef

if TYPE_CHECKING:
    from auditor.audit.pipeline import Compared
    from auditor.catalog.catalog import Catalog
    from auditor.config.settings import Settings

_MAX_LIST = 4 * 1024 * 1024


def read_list(path: Path) -> list[str]:
    """Ids and paths of `--from`, one a line; blank lines and lines that begin with # are passed over. UsageError when it cannot be read."""
    try:
        if path.stat().st_size > _MAX_LIST:
            raise UsageError(f"{path}: larger than 4 MiB", "split the list")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8", "save the list as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}", "check the name after --from") from None
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def source_of(models: Sequence[str], evidence: Path | None, offline: bool, as_id: str | None) -> tuple[Source, tuple[ModelRef, ...]]:
    """The source that answers for all of `models`, and what to ask it for. Without models a bundle gives its roots."""
    paths = [name for name in models if _is_path(name)]
    refs = parse_refs([name for name in models if not _is_path(name)])
    if as_id is not None and len(paths) != 1:
        raise UsageError(f"--as goes with exactly one path, not with {len(paths)}", "run: auditor check PATH --as ORG/NAME")
    if as_id is not None:
        parse_refs([as_id])
    source, roots = _base(evidence, offline)
    local: list[ModelRef] = []
    for name in paths:
        from auditor.crawler.local import LocalSource

        found = LocalSource(Path(name).expanduser(), as_id, source, name)
        source = found
        local.append(found.ref())
    return source, (*local, *refs) or roots


def with_readings(catalog: Catalog, settings: Settings) -> Catalog:
    """The catalogue with the organization's own readings beside it."""
    if not settings.readings:
        return catalog
    from auditor.catalog.catalog import Catalog as Combined
    from auditor.catalog.readings import load_readings

    return Combined(catalog.store.root, *load_readings(settings.readings, catalog))


def compared(source: Source, as_id: str | None, catalog: Catalog) -> tuple[Compared, ...]:
    """The one local path against the model that it claims to be: named with `--as`. Reads every weight file in full."""
    if as_id is None:
        return ()
    from auditor.crawler.local import LocalSource

    if not isinstance(source, LocalSource) or (hub := source.hub_ref()) is None:
        return ()
    from auditor.audit.pipeline import Compared, collect
    from auditor.crawler.compare import compare

    found, _ = collect(source, (hub,), catalog)
    return (Compared(source.ref(), str(hub), compare(source, found[hub])),)


def _is_path(name: str) -> bool:
    """Whether the argument means a path. What is plainly an id needs no look at the disk, and no reader of model files."""
    identifier, _, revision = name.partition("@")
    if valid_ref(ModelRef(identifier, revision or None)) and not name.lower().endswith(".gguf"):
        return False
    from auditor.crawler.local import is_path

    return is_path(name)


def _base(evidence: Path | None, offline: bool) -> tuple[Source, tuple[ModelRef, ...]]:
    if evidence is not None:
        from auditor.crawler.bundle import BundleSource

        bundle = BundleSource(evidence)
        return bundle, tuple(bundle.roots())
    if offline:
        from auditor.crawler.offline import OfflineSource

        return OfflineSource(), ()
    from auditor.crawler.hub import HubSource

    return HubSource(), ()

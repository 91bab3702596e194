"""Runs `auditor` in a process of its own, once for each line of standard input, and tells time and peak memory of each.

Started as `python -m tests.hostile.child [--warm]`. Every run is forked from this process, which is small: on Linux a process that is started from a
large one is charged with that one's memory. With `--warm` the program is loaded before the first fork, which saves most of the start.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time
from typing import Any

SECONDS = 60
"""After which a run is ended."""
_ADDRESS_SPACE = 6 * 2**30


def main(warm: bool) -> None:
    """Serves jobs until standard input ends."""
    if warm:
        _load()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(_measured(json.loads(line))), flush=True)


def _load() -> None:
    """Runs a check of saved evidence, so that modules, knowledge, templates and certificates are there."""
    import ssl

    import typer

    from auditor import resources
    from auditor.catalog import catalog
    from auditor.cli.main import app, run

    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import auditor.crawler.hub  # noqa: F401

    known, certificates, command = catalog.Catalog(resources.rules()), ssl.create_default_context(), typer.main.get_command(app(()))
    catalog.Catalog = lambda *_: known  # type: ignore[assignment, misc]
    ssl.create_default_context = lambda *_, **__: certificates  # type: ignore[assignment]
    typer.main.get_command = lambda _: command
    kept, quiet = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    with tempfile.TemporaryDirectory() as folder:
        run(
            [
                "check",
                "--evidence",
                str(resources.demo_evidence()),
                *(part for name in ("json", "html", "markdown") for part in ("-o", f"{name}:{folder}/{name}")),
            ]
        )
    sys.stdout.flush()
    os.dup2(kept, 1)


def _measured(job: dict[str, Any]) -> dict[str, Any]:
    began = time.monotonic()
    pid = os.fork()
    if not pid:
        _run(job)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - began
    return {"code": os.waitstatus_to_exitcode(status), "seconds": round(seconds, 2), "peak": usage.ru_maxrss * 1024}


def _run(job: dict[str, Any]) -> None:
    """The forked process; never returns."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    os.chdir(job["folder"])
    os.environ.update(job["environment"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    code = 99
    try:
        from auditor.cli.main import run

        code = run(job["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main("--warm" in sys.argv)

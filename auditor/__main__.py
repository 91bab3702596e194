"""The console script and `python -m auditor`: what must be set before anything else is imported."""

import gc
import os


def main() -> None:
    """Entry point. Never returns: the process ends with the contract's exit code."""
    gc.set_threshold(100_000)  # a short-lived process that mostly imports: collecting young objects costs a tenth of a start-up
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # no third-party code in a gate's validation, and no search for it

    from auditor.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    main()

"""Facts and rules to findings, findings to verdicts. Three-valued: an unknown never improves a verdict."""

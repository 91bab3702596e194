"""What the user declares: auditor.toml, `[tool.auditor]`, `AUDITOR_*` and flags, as one profile and one set of settings."""

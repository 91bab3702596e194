"""auditor: may this deployer use this open-weight model, and will it run."""

__version__ = "0.1.0"

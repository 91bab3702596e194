"""Whether models read the docstrings under their fields. Only the schema generator needs them, and reading source costs a third of a start-up."""

import os

FIELD_DOCSTRINGS = os.environ.get("MODEL_AUDITOR_FIELD_DOCSTRINGS") == "1"

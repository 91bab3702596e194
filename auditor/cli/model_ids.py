"""Model names from the command line."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.crawler.files import valid_ref
from auditor.domain.errors import UsageError
from auditor.domain.evidence import ModelRef
from auditor.domain.text_safety import one_line


def parse_refs(models: Sequence[str]) -> tuple[ModelRef, ...]:
    """`org/name` or `org/name@revision`, each once. UsageError for anything else."""
    refs = []
    for text in models:
        name, at, revision = text.strip().partition("@")
        ref = ModelRef(name.removeprefix("https://huggingface.co/").rstrip("/"), revision if at else None)
        if not valid_ref(ref):
            raise UsageError(
                f"{one_line(text, 120)!r} is no id of a model", "write it as ORG/NAME or ORG/NAME@REVISION, for example Qwen/Qwen2.5-VL-7B-Instruct"
            )
        refs.append(ref)
    return tuple(dict.fromkeys(refs))

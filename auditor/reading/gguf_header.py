"""What the header of a GGUF file states about license and origin, from its `general.*` texts (docs/gguf.md of github.com/ggml-org/ggml)."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.domain.pattern import lazy_pattern

LICENSE, LICENSE_NAME, LICENSE_LINK = "general.license", "general.license.name", "general.license.link"
MAX_BASE_MODELS = 64

_BASE_MODEL = lazy_pattern(r"general\.base_model\.([0-9]{1,4})\.(?:repo_url|name|organization)")


def base_models(metadata: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Key and value for each base model: its address, else `organization/name`, else whichever of the two stands there.

    Names may be titles ("Llama 3.1 8B"); they are not made into ids, since that would be a guess.
    """
    numbers = sorted({int(match[1]) for key in metadata if (match := _BASE_MODEL.fullmatch(key))})
    found = []
    for number in numbers[:MAX_BASE_MODELS]:
        prefix = f"general.base_model.{number}."
        url, owner, name = (metadata.get(prefix + key, "").strip() for key in ("repo_url", "organization", "name"))
        if value := url or "/".join(part for part in (owner, name) if part):
            found.append((prefix + ("repo_url" if url else "name" if name else "organization"), value))
    return tuple(found)

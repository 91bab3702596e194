"""adapter_config.json of PEFT: which model an adapter is made for (huggingface/peft, src/peft/config.py)."""

from __future__ import annotations

from collections.abc import Collection

from auditor.domain.evidence import AdapterFacts
from auditor.domain.text_safety import one_line
from auditor.reading.bounded_json import TooManyParts, load

FILE = "adapter_config.json"
_MAX_LENGTH = 500
_WEIGHTS = (".safetensors", ".bin", ".gguf", ".pt", ".pth", ".ckpt")


def is_adapter_config(path: str) -> bool:
    """Whether a file of the repository is one by its name, in the root or one folder deep."""
    return path == FILE or (path.endswith(f"/{FILE}") and path.count("/") == 1)


def adapter_configs(listed: Collection[str]) -> tuple[str, ...]:
    """Those that say what the repository is made for: the root's, else those of its folders where the root holds no weights of its own."""
    if FILE in listed:
        return (FILE,)
    if any("/" not in path and path.lower().endswith(_WEIGHTS) for path in listed):
        return ()
    return tuple(sorted(path for path in listed if is_adapter_config(path)))


def read_adapter_config(content: bytes) -> AdapterFacts:
    """Facts of the file; one that cannot be read is a problem in them."""
    try:
        value = load(content)
    except TooManyParts as error:
        return AdapterFacts(problems=(f"adapter_config.json has {error}",))
    except ValueError:
        return AdapterFacts(problems=("adapter_config.json is not JSON",))
    if not isinstance(value, dict):
        return AdapterFacts(problems=("adapter_config.json is no mapping",))
    base, revision = value.get("base_model_name_or_path"), value.get("revision")
    if base is not None and not isinstance(base, str):
        return AdapterFacts(problems=(f"base_model_name_or_path in adapter_config.json is no text: {type(base).__name__}",))
    name = one_line(base or "", _MAX_LENGTH)
    return AdapterFacts(base_model=name or None, revision=one_line(revision, _MAX_LENGTH) or None if isinstance(revision, str) else None)

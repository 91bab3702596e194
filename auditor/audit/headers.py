"""What is fetched of a model on the Hub for its memory alone: headers of weight files where they tell more than the metadata, and a declared quantization."""

from __future__ import annotations

from auditor.crawler.files import CAPS, Header, header_kind, safe_repo_path
from auditor.domain.evidence import ModelInfo
from auditor.domain.memory import MemoryInputs
from auditor.sizing.checkpoint import loaded_files, quantization_files
from auditor.sizing.precision import stored

MAX_FILES = 8
"""Of one model; where a checkpoint has more, sizes of files and counts of the Hub have to do."""
MAX_BYTES = 24 * 1024 * 1024
"""Of all headers of one model together. A GGUF header is as long as its vocabulary: 7.5 MiB with the 128,256 entries of Llama 3 and their merges, and near
twice that with the 200,000 to 262,144 of later models. Reading stops where the header ends, so only a file that has no end costs so much."""
_LATER_SHARD = 256 * 1024
"""Of a GGUF file that follows another: it names its tensors, the vocabulary is in the first."""


def headers_wanted(info: ModelInfo, quantization: str | None = None) -> tuple[Header, ...]:
    """The file that declares the quantization where the metadata names none, and the headers."""
    return (*_declaring(info), *_headers(info, quantization))


def _declaring(info: ModelInfo) -> tuple[Header, ...]:
    """ModelOpt and AutoAWQ write hf_quant_config.json or the like beside a config.json that says nothing; config.json wins where it says something."""
    if info.local or info.quantization_method is not None:
        return ()
    names = quantization_files((file.path, file.size) for file in info.files or ())
    return tuple(Header(name, "config", CAPS["config"]) for name in names[:1])


def _headers(info: ModelInfo, quantization: str | None = None) -> tuple[Header, ...]:
    """Headers of the files that an engine would load, of GGUF those of `quantization` where there are several sets; none where they tell nothing new.

    The Hub's counts tell the bytes of an unquantised checkpoint, not those of packed types, whose elements hold several parameters.
    Nor are several sets of GGUF files read: no figure is computed from one of them while it is open which is meant.
    """
    if info.local or info.files is None:
        return ()
    listed = _chosen(info, quantization)
    files, _ = loaded_files(listed)
    if files is None or files.files > MAX_FILES or not all(safe_repo_path(path) for path in files.paths):
        return ()
    kind = header_kind(files.paths[0])
    if kind == "gguf_header":
        first = MAX_BYTES - (files.files - 1) * _LATER_SHARD
        return tuple(Header(path, kind, _LATER_SHARD if number else first) for number, path in enumerate(files.paths))
    if kind == "safetensors_header" and _packed(info):
        return tuple(Header(path, kind, MAX_BYTES // files.files) for path in files.paths)
    return ()


def _packed(info: ModelInfo) -> bool:
    """Whether the Hub's counts do not tell the bytes: packed types, or a quantised checkpoint that it did not count."""
    held, _ = stored(info.safetensors_parameters)
    return any(one.packed for one in held) or (not held and info.quantization_method is not None)


def _chosen(info: ModelInfo, quantization: str | None) -> tuple[tuple[str, int | None], ...]:
    """All files, less the sets of GGUF files that were not asked for."""
    listed = tuple((file.path, file.size) for file in info.files or ())
    if quantization is None or not any(header_kind(path) == "gguf_header" for path, _ in listed):
        return listed
    from auditor.sizing.files import chosen_files, quant_files

    inputs, _ = chosen_files(MemoryInputs(model_id=info.id, weight_files=listed), quant_files(listed), quantization)
    return inputs.weight_files

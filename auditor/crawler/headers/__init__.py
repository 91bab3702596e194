"""Headers of weight files: what tensors a file holds and what it says about itself, read without its weights."""

from __future__ import annotations

from auditor.crawler.headers.gguf import GGUF_CAP, read_gguf
from auditor.crawler.headers.reader import Malformed, Range, TooLarge
from auditor.crawler.headers.safetensors import SAFETENSORS_CAP, read_safetensors
from auditor.domain.evidence import DocumentKind, HeaderFacts

__all__ = ["Malformed", "Range", "TooLarge", "header_cap", "read_header"]


def header_cap(kind: DocumentKind) -> int:
    """Largest header of this kind that is read, in bytes."""
    return GGUF_CAP if kind == "gguf_header" else SAFETENSORS_CAP


def read_header(kind: DocumentKind, file: Range) -> HeaderFacts:
    """Facts of the header that `file` begins with. Raises Malformed for one that contradicts itself or the file, TooLarge beyond the cap."""
    return read_gguf(file) if kind == "gguf_header" else read_safetensors(file)

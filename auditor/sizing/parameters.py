"""Parameter count from the layout: the language model, its encoders, what one token passes through."""

from __future__ import annotations

from auditor.domain.record import record
from auditor.sizing.classify import Reading
from auditor.sizing.layout import Weight


@record
class Counted:
    """Parameters, tied embeddings once, without layers for multi-token prediction."""

    total: int
    active: int
    """Those that one token passes through."""
    language: tuple[Weight, ...]
    towers: tuple[Weight, ...]
    mtp: tuple[Weight, ...]
    inputs: dict[str, int | float | str]

    @property
    def formula(self) -> str:
        return "embeddings + layers x (attention + MLP or experts + norms) + final norm + output layer unless tied + encoders"

    @property
    def everything(self) -> tuple[Weight, ...]:
        """All that an engine loads."""
        return (*self.language, *self.towers)


def counted(reading: Reading) -> tuple[Counted | None, str]:
    """The count, or why there is none."""
    layout = reading.layout
    if layout is None or reading.why_uncounted:
        return None, reading.why_uncounted
    language = tuple(layout.language())
    total = sum(weight.total for weight in (*language, *reading.towers))
    idle = sum(weight.size * (weight.count - weight.active) for weight in language)
    inputs: dict[str, int | float | str] = {
        "layers": len(layout.layers), "hidden_size": layout.hidden, "attention_heads": layout.heads, "vocab_size": layout.vocab,
        "tied_embeddings": str(layout.tied).lower(), "experts": max((w.count for w in language if w.kind == "expert"), default=0),
        "encoders": sum(weight.total for weight in reading.towers),
    }  # fmt: skip
    return Counted(total, total - idle, language, reading.towers, layout.mtp, inputs), ""

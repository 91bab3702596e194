"""GPU names as people write them: `H100`, `rtx 4090`, `L40S x 2`, `NVIDIA A100-SXM4-80GB`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.hardware import Gpu
from auditor.domain.pattern import lazy_pattern
from auditor.domain.record import record

_SEPARATORS = lazy_pattern(r"[\s_-]+")
_NUMBERED = lazy_pattern(r"(.+)x([0-9]{1,4})", re.DOTALL)
_NUMBER_FIRST = lazy_pattern(r"([0-9]{1,4})x(.+)", re.DOTALL)
_LONGEST = 80


@record
class GpuChoice:
    """A declared GPU: the card, how many of it, and what was assumed in reading the name (empty when nothing)."""

    gpu: Gpu
    count: int
    assumed: str = ""


def folded(name: str) -> str:
    """A name for comparison: case, space, `_` and `-` do not count."""
    return _SEPARATORS.sub("", name.casefold())


def choose(name: str, gpus: Mapping[str, Gpu]) -> GpuChoice:
    """The card that `name` (or `NAMExN`) names. Raises UsageError, with a suggestion, for an unknown name or no card at all."""
    known = _spellings(gpus)
    wanted, cards = folded(name), 1
    if wanted not in known and (numbered := _NUMBERED.fullmatch(wanted)) and numbered[1] in known:
        wanted, cards = numbered[1], int(numbered[2])
    if cards == 0:
        raise UsageError(f"{name!r} names no card at all", "write the number of cards as in l40sx2")
    if wanted not in known:
        shown = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
        raise UsageError(f"no GPU is known as {shown!r}{_suggestion(name, known)}", "list the known ones with: auditor gpus")
    gpu, spelling = known[wanted]
    return GpuChoice(gpu, cards, _ambiguity(gpu, spelling, gpus))


def _spellings(gpus: Mapping[str, Gpu]) -> dict[str, tuple[Gpu, str]]:
    """By folded name: the card and the spelling that people would choose. The vendor's name may stand before each."""
    known = {}
    for gpu in gpus.values():
        for spelling in (*gpu.aliases, gpu.key):
            known[folded(gpu.vendor + spelling)] = (gpu, spelling)
        known[folded(gpu.name)] = (gpu, gpu.key)
    return known | {folded(spelling): (gpu, spelling) for gpu in gpus.values() for spelling in (*gpu.aliases, gpu.key)}


def _suggestion(name: str, known: Mapping[str, tuple[Gpu, str]]) -> str:
    """The shortest known name that begins like this one, else the one spelled most like it; `2xNAME` gives `NAMEx2`."""
    wanted = folded(name)
    if (first := _NUMBER_FIRST.fullmatch(wanted)) and first[2] in known:
        return f"; did you mean '{known[first[2]][1]}x{int(first[1])}'?"
    plain = next((rest for gpu, _ in known.values() if (rest := wanted.removeprefix(gpu.vendor)) != wanted), wanted)
    begun = [spelling for _, spelling in known.values() if folded(spelling).startswith(plain)] if plain else []
    if begun:
        return f"; did you mean {min(begun, key=lambda spelling: (len(spelling), spelling))!r}?"
    return did_you_mean(name[:_LONGEST], sorted({spelling for _, spelling in known.values()}))


def _ambiguity(gpu: Gpu, spelling: str, gpus: Mapping[str, Gpu]) -> str:
    """What to say when the name leaves something open: one die of several, or a family name, which stands for its smallest member."""
    if gpu.dies_per_card > 1:
        return f"gpu: {gpu.key} is one of the {gpu.dies_per_card} dies of a card, each with memory of its own; {gpu.key}x{gpu.dies_per_card} is a whole card"
    if spelling.endswith(gpu.key) or gpu.key.endswith(spelling):
        return ""
    words = set(spelling.split("-"))
    others = sorted(other.key for other in gpus.values() if other is not gpu and any(words <= set(n.split("-")) for n in (other.key, *other.aliases)))
    return f"gpu: {spelling} is read as {gpu.key}, its smallest member (others: {', '.join(others)})" if others else ""

"""A GPU as knowledge: one YAML file in rules/hardware/ each."""

from typing import Annotated, Literal

from pydantic import Field

from auditor.domain.knowledge import Dated, Knowledge, Line, Slug


class Price(Knowledge):
    """What an hour of one card was offered for."""

    provider: Line
    usd_per_hour: Annotated[float, Field(gt=0)]
    source: Line
    seen: str
    """When, as far as the source says."""


class Gpu(Dated):
    """One accelerator card."""

    key: Slug
    """Lower-case slug: `rtx-4090`."""
    name: Line
    vendor: Literal["nvidia", "amd", "intel", "apple"]
    architecture: Line
    compute_capability: str | None = None
    aliases: tuple[Line, ...] = ()
    """Other spellings; a family name such as `a100` belongs to its smallest member."""
    memory_mib: Annotated[int, Field(gt=0)]
    """Memory as the driver reports it, in MiB; of unified memory the part that the system lets the GPU hold."""
    memory_measured_gib: float | None = None
    """Usable memory seen in engines' logs, in GiB, where one was."""
    dies_per_card: Annotated[int, Field(gt=0)] = 1
    """Above 1 where programs see each die as a GPU with memory of its own; every figure is of one die."""
    memory_class_gib: Annotated[int, Field(gt=0)]
    """Marketing size, which groups cards: 24, 48, 80."""
    memory_type: Literal["gddr", "hbm", "unified"]
    """Soldered beside the chip, stacked on it, or shared with the processors of the computer: how much of the bandwidth engines reach depends on it."""
    bandwidth_gb_per_s: Annotated[float, Field(gt=0)]
    """Memory bandwidth in 10^9 bytes a second."""
    dense_tflops: dict[Literal["bf16", "fp8", "int8", "fp4"], float] = {}
    """Dense figures, without structured sparsity; absent where the card has no such unit or no figure is known."""
    prices: tuple[Price, ...] = ()
    unverified: tuple[Line, ...] = ()
    """Names of fields that no source backs."""
    notes: str = ""

"""Which architecture a model is, and whether its memory may be computed at all; everything else is `unknown:<name>`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.domain.architecture import Architecture, CataloguedGeometry, ModelTypeTraits
from auditor.domain.memory import MemoryInputs, SizingKnowledge
from auditor.domain.stack import Stack
from auditor.sizing.geometry import Reader, Shape
from auditor.sizing.values import count, mapping, plain_name, strings

PARAMETER_TOLERANCE = 1e-4
"""How far the Hub's count may be from the catalogue's: it includes buffers such as rotary frequencies."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a config: the class, and the geometry unless the class is unknown."""

    architecture_class: str
    shape: Shape | None
    reader: Reader | None
    assumed: tuple[str, ...]
    why_unknown: str = ""
    window: int | None = None
    """Longest sequence up to which a sliding window changes nothing; None without one."""


def classify(inputs: MemoryInputs, knowledge: SizingKnowledge, stack: Stack, context: int | None) -> Reading:
    """Reads config.json, else a catalogued geometry of the same model. `context` is the one asked for, in tokens."""
    config = mapping(inputs.config)
    assumed: tuple[str, ...] = ()
    if config is None:
        catalogued = _catalogued(inputs, knowledge)
        why = inputs.config_missing or "config.json could not be had"
        if catalogued is None:
            return _unknown(_hub_name(inputs), f"geometry: unknown ({why})")
        config = _as_config(catalogued, knowledge.architectures)
        source = catalogued.sources[0].url
        assumed = (f"geometry: catalogue entry {catalogued.key} ({why}; id and parameter count agree; from {source}{_caveat(catalogued)})",)
    return _read(config, knowledge, stack, context, assumed)


def _read(config: Mapping[str, Any], knowledge: SizingKnowledge, stack: Stack, context: int | None, assumed: tuple[str, ...]) -> Reading:
    model_type = config.get("model_type")
    entry = _entry(model_type, knowledge.architectures)
    classes = strings(config.get("architectures")) or []
    if entry is None:
        return _unknown(plain_name(model_type) or plain_name(next(iter(classes), "")), "geometry: unknown (no formula for this model type)")
    architecture, traits = entry
    name = plain_name(model_type)
    if classes and traits.architectures and not set(classes) & set(traits.architectures):
        return _unknown(plain_name(classes[0]) or name, f"geometry: unknown (another class than {' or '.join(traits.architectures)} behind this model type)")
    text, text_type = config, name
    for key in architecture.text_config if traits.multimodal else ():
        if (nested := mapping(config.get(key))) is not None:
            text, text_type = nested, nested.get("model_type", name)
    entry = _entry(text_type, knowledge.architectures)
    if entry is None:
        return _unknown(plain_name(text_type) or name, "geometry: unknown (no formula for the type of its language model)")
    inner, inner_traits = entry
    if traits.multimodal and not inner_traits.multimodal:
        inner_traits = inner_traits.model_copy(update={"multimodal": True})
    if refusal := next(_refusals(text, inner), None):
        return _unknown(name, f"geometry: unknown ({refusal})")
    reader = Reader(text, config, plain_name(text_type), inner, inner_traits)
    shape = reader.shape(stack)
    window, why = _window(text, inner_traits, shape, stack, context)
    if why:
        return _unknown(name, f"geometry: unknown ({why})")
    notes = [note for key, note in inner_traits.assumed_when_absent.items() if key not in text and not assumed]
    return Reading(inner.architecture_class, shape, reader, (*assumed, *reader.assumed, *notes), window=window)


def _entry(model_type: object, architectures: Mapping[str, Architecture]) -> tuple[Architecture, ModelTypeTraits] | None:
    if not isinstance(model_type, str):
        return None
    found = next((a for a in architectures.values() if model_type in a.model_types), None)
    return (found, found.types.get(model_type, ModelTypeTraits())) if found else None


def _refusals(text: Mapping[str, Any], architecture: Architecture) -> Iterator[str]:
    for key, why in architecture.refuse_when.items():
        if text.get(key):
            yield f"{key}: {why}"
    kinds = text.get("layer_types")
    if kinds is not None:
        names = strings(kinds)
        if names is None or not set(names) <= set(architecture.full_attention_layers):
            yield "layer_types: not every layer is full attention"
        elif len(names) != text.get("num_hidden_layers", len(names)):
            yield "layer_types: not one entry a layer"


def _window(text: Mapping[str, Any], traits: ModelTypeTraits, shape: Shape, stack: Stack, context: int | None) -> tuple[int | None, str]:
    """The window in force, and why it makes the class unknown; a window of at least the context changes nothing."""
    value = text.get("sliding_window")
    if value is None or (traits.window_switch and not text.get(traits.window_switch)):
        return None, ""
    window, longest = count(value), shape.counts["max_context"]
    if window is None:
        return None, "sliding_window is not a positive whole number"
    if longest is not None and window >= longest:
        return None, ""
    asked = context if context is not None else min(longest or stack.default_context, stack.default_context)
    return (window, "") if window >= asked else (None, "sliding_window: the cache is bounded by a window shorter than the context")


def _unknown(name: str, why: str) -> Reading:
    return Reading(f"unknown:{name or 'unnamed'}", None, None, (), why)


def _hub_name(inputs: MemoryInputs) -> str:
    names = strings(inputs.hub_architectures) or []
    return plain_name(inputs.hub_model_type) or plain_name(next(iter(names), "")) or "config.json"


def _catalogued(inputs: MemoryInputs, knowledge: SizingKnowledge) -> CataloguedGeometry | None:
    """The catalogued geometry with this id, if the Hub's parameter count and model type agree with it."""
    counts = mapping(inputs.safetensors_parameters) or {}
    known = [count(value, 1 << 44) for value in counts.values()]
    if not known or None in known:
        return None
    total = sum(value for value in known if value is not None)
    for entry in knowledge.geometries.values():
        if inputs.model_id in entry.model_ids and abs(total - entry.parameters) <= PARAMETER_TOLERANCE * entry.parameters:
            return entry if inputs.hub_model_type in (None, entry.model_type) else None
    return None


def _caveat(entry: CataloguedGeometry) -> str:
    note = entry.sources[0].note.rstrip(".")
    return f": {note[0].lower()}{note[1:]}" if note else ""


def _as_config(entry: CataloguedGeometry, architectures: Mapping[str, Architecture]) -> dict[str, Any]:
    """The geometry under the names that its model type uses, so that both sources are read by the same code."""
    found = _entry(entry.model_type, architectures)
    config: dict[str, Any] = {"model_type": entry.model_type, "tie_word_embeddings": entry.geometry.tied_embeddings, "torch_dtype": entry.geometry.dtype}
    if found is None:
        return config
    architecture, traits = found
    names = {**architecture.names, **traits.names}
    values = {field: getattr(entry.geometry, field) for field in names}
    return config | {names[field][0]: value for field, value in values.items() if value is not None}

"""Which architecture a model is, and whether its memory may be computed at all; everything else is `unknown:<name>`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from auditor.domain.architecture import CataloguedGeometry, ModelType
from auditor.domain.memory import MemoryInputs, SizingKnowledge
from auditor.domain.record import record
from auditor.domain.stack import Stack
from auditor.sizing.expressions import Unreadable, truth
from auditor.sizing.families import Families, families
from auditor.sizing.fields import Fields
from auditor.sizing.layout import Layout, Weight, lay_out, tower_weights
from auditor.sizing.reach import max_context
from auditor.sizing.values import count, mapping, plain_name, present, strings

PARAMETER_TOLERANCE = 1e-4
"""How far the Hub's count may be from the catalogue's: it includes buffers such as rotary frequencies."""


@record
class Reading:
    """What was made of a config: the class, and the layout unless the class is unknown."""

    architecture_class: str
    layout: Layout | None
    assumed: tuple[str, ...] = ()
    why_unknown: str = ""
    towers: tuple[Weight, ...] = ()
    towers_unknown: str = ""
    """Why the encoders beside the language model are not counted; empty when they are, or when there are none."""
    multimodal: bool = False
    max_context: int | None = None
    why_no_context: str = ""
    context_declared: bool = True
    """False where the model declares no maximum: `max_context` is then the stack's, and a longer one may be asked for."""
    state_dtype: str = ""
    """Precision of recurrent states as the config names it; empty: that of the model."""
    text: Mapping[str, Any] | None = None
    top: Mapping[str, Any] | None = None

    @property
    def why_uncounted(self) -> str:
        """Why parameters cannot be counted from the config; empty when they can."""
        return self.why_unknown or (self.layout.uncounted if self.layout is not None else "") or self.towers_unknown


def classify(inputs: MemoryInputs, knowledge: SizingKnowledge, stack: Stack) -> Reading:
    """Reads config.json, else a catalogued geometry of the same model."""
    known = families(knowledge.architectures)
    config = mapping(inputs.config)
    if config is None:
        catalogued = _catalogued(inputs, knowledge)
        why = inputs.config_missing or "config.json could not be had"
        if catalogued is None:
            return _unknown(_hub_name(inputs), f"geometry: unknown ({why})")
        source = catalogued.sources[0].url
        note = f"geometry: catalogue entry {catalogued.key} ({why}; id and parameter count agree; from {source}{_caveat(catalogued)})"
        reading = _read(_as_config(catalogued, known), known, stack)
        return replace(reading, assumed=(note, *(line for line in reading.assumed if not line.startswith("config.json"))))
    return _read(config, known, stack)


def _read(config: Mapping[str, Any], known: Families, stack: Stack) -> Reading:
    model_type, classes = config.get("model_type"), strings(config.get("architectures")) or []
    entry = known.find(model_type)
    if entry is None:
        return _unknown(plain_name(model_type) or plain_name(next(iter(classes), "")), "geometry: unknown (no formula for this model type)", config)
    name = plain_name(model_type)
    if classes and entry.architectures and not set(classes) & set(entry.architectures):
        return _unknown(
            plain_name(classes[0]) or name, f"geometry: unknown (another class than {' or '.join(entry.architectures)} behind this model type)", config
        )
    text, inner, text_name = config, entry, name
    for key in entry.text_config:
        if (nested := mapping(config.get(key))) is not None:
            text, text_name = nested, plain_name(nested.get("model_type", model_type))
            found = known.find(nested.get("model_type", model_type))
            if found is None:
                return _unknown(text_name or name, "geometry: unknown (no formula for the type of its language model)", config)
            inner = found
    try:
        return _laid_out(config, text, entry, inner, text_name, known, stack)
    except Unreadable as why:
        return _unknown(name, f"geometry: unknown ({why})", config)


def _laid_out(config: Mapping[str, Any], text: Mapping[str, Any], entry: ModelType, inner: ModelType, name: str, known: Families, stack: Stack) -> Reading:
    fields = Fields(text, inner.names, inner.defaults, inner.derive)
    if refusal := next(_refusals(fields, inner), None):
        return _unknown(name, f"geometry: unknown ({refusal})", config)
    layout = lay_out(fields, inner, name, known, _tied(text, config, inner))
    towers, towers_unknown = tower_weights(entry, config, fields)
    longest, why, note = max_context(text, inner.names["max_context"], stack)
    notes = [note, *(said for key, said in inner.assumed_when_absent.items() if key not in text and "_reconstructed" not in config)]
    dtype = next((text[key] for key in inner.state_dtype if isinstance(text.get(key), str)), "")
    return Reading(
        architecture_class=_class_of(layout),
        layout=layout,
        assumed=tuple(dict.fromkeys(line for line in (*fields.assumed, *notes) if line)),
        towers=towers,
        towers_unknown=towers_unknown,
        multimodal=bool(entry.tower) and any(key in config for tower in entry.tower.values() for key in tower.config),
        max_context=longest,
        why_no_context=why,
        context_declared=bool(present(text, inner.names["max_context"])),
        state_dtype=dtype,
        text=text,
        top=config,
    )


def _class_of(layout: Layout) -> str:
    """The class by what the layers keep: a recurrent state, a latent, a window; else by experts."""
    kept = layout.keeping
    if any(keeps.kind == "state" for keeps in kept):
        return "hybrid_ssm" if any(keeps.kind != "state" for keeps in kept) else "ssm"
    if any(keeps.kind == "latent" for keeps in kept):
        return "mla"
    if any(keeps.window is not None for keeps in kept):
        return "chunked" if any(keeps.chunked for keeps in kept) else "sliding"
    return "moe" if any(weight.kind == "expert" for weight in layout.language()) else "dense"


def _tied(text: Mapping[str, Any], top: Mapping[str, Any], entry: ModelType) -> bool:
    for config in (text, top):
        value = config.get("tie_word_embeddings")
        if value is not None:
            if not isinstance(value, bool):
                raise Unreadable("tie_word_embeddings in config.json is neither true nor false")
            return value
    return entry.tied == "yes"


def _refusals(fields: Fields, entry: ModelType) -> Iterator[str]:
    for key, why in entry.refuse_keys.items():
        if key not in entry.allow_keys and fields.config.get(key):
            yield f"{key}: {why}"
    for condition, why in entry.refuse_when.items():
        if truth(condition, fields):
            yield why


def _unknown(name: str, why: str, config: Mapping[str, Any] | None = None) -> Reading:
    return Reading(f"unknown:{name or 'unnamed'}", None, why_unknown=why, text=config, top=config, why_no_context=why)


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


_GEOMETRY = {
    "layers": "layers", "hidden_size": "hidden", "attention_heads": "heads", "kv_heads": "kv_heads", "head_dim": "head_dim", "vocab_size": "vocab",
    "intermediate_size": "intermediate", "max_context": "max_context", "experts": "experts", "experts_per_token": "experts_per_token",
    "expert_intermediate_size": "expert_intermediate",
}  # fmt: skip
"""Names of a catalogued geometry to fields."""


def _as_config(entry: CataloguedGeometry, known: Families) -> dict[str, Any]:
    """The geometry under the names that its model type uses, so that both sources are read by the same code."""
    found = known.find(entry.model_type)
    config: dict[str, Any] = {"model_type": entry.model_type, "tie_word_embeddings": entry.geometry.tied_embeddings, "torch_dtype": entry.geometry.dtype}
    if found is None:
        return config
    values = {field: getattr(entry.geometry, ours) for ours, field in _GEOMETRY.items()}
    return config | {found.names[field][0]: value for field, value in values.items() if value is not None and found.names.get(field)}

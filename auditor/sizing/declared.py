"""What a checkpoint declares of its quantisation, module by module: one reading for every shape of declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.domain.record import record
from auditor.sizing.families import Families
from auditor.sizing.patterns import Names, names
from auditor.sizing.plan import QUANTISED, ByModule, Rule
from auditor.sizing.values import count, mapping, plain_name

_IGNORED = ("ignore", "modules_to_not_convert", "exclude_modules", "ignored_layers", "llm_int8_skip_modules")
MOST_LAYERS = 200_000
"""Most entries of a map by layer that are looked at."""


@record
class Declared:
    """`plan` None: the widths are not known, `why` says why. `cache_bits`: of a KV scheme in the checkpoint, None without one; 0 when it is not known."""

    label: str
    plan: ByModule | None
    why: str = ""
    cache_bits: int | None = None
    assumed: tuple[str, ...] = ()


def declared(config: object, known: Families) -> Declared:
    """Reads `quantization_config` or the `quantization` of ModelOpt's own file."""
    table = mapping(config)
    if table is None:
        return Declared("unknown", None, "quantization_config in config.json is not a table", 0)
    table = mapping(table.get("quantization")) or table
    label = _label(table)
    ignored = names([entry for key in _IGNORED for entry in _list(table.get(key))])
    rules, why = _rules(table, label, known)
    notes = ("precision: entries of the list of modules left out of quantisation could not be read",) if ignored.unread else ()
    plan = None if why else ByModule(rules, ignored)
    return Declared(label, plan, why, _cache_bits(table), notes)


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _label(table: Mapping[str, Any]) -> str:
    for key in ("quant_method", "quant_algo"):
        name = plain_name(table.get(key)).lower()
        if name == "modelopt" and plain_name(table.get("quant_algo")):
            continue
        if name:
            return "nvfp4" if plain_name(table.get("moe_quant_algo")).upper() == "NVFP4" and name == "fp8" else name
    if "w_bit" in table or "q_group_size" in table:  # quant_config.json of AutoAWQ names no method
        return "awq"
    return "gptq" if "bits" in table and ("desc_act" in table or "damp_percent" in table) else "unknown"  # nor does quantize_config.json of AutoGPTQ


def _rules(table: Mapping[str, Any], label: str, known: Families) -> tuple[tuple[Rule, ...], str]:
    """The rules and an empty string, or nothing and why."""
    layers = mapping(table.get("quantized_layers"))
    if layers:
        return _by_layer(layers, known)
    algorithm = plain_name(table.get("quant_algo")).lower()
    if algorithm in known.algorithms:
        return (Rule(known.formats[known.algorithms[algorithm]].per_weight),), ""
    if label == "compressed-tensors" or mapping(table.get("config_groups")):
        return _by_group(table)
    if label in ("awq", "gptq", "auto-round", "autoround", "gptq_marlin", "awq_marlin"):
        return _integers(table, label)
    if label == "bitsandbytes":
        return _bitsandbytes(table, known)
    if label == "fp8" and table.get("weight_block_size") is not None:
        return _blocks(table)
    if label == "mxfp4":
        return (Rule(known.formats["mxfp4"].per_weight, kinds=("expert",)),), ""
    if label in known.algorithms:
        return (Rule(known.formats[known.algorithms[label]].per_weight),), ""
    return (), f"precision: bits per weight of {label} are not known"


def _by_layer(layers: Mapping[str, Any], known: Families) -> tuple[tuple[Rule, ...], str]:
    if len(layers) > MOST_LAYERS:
        return (), "precision: more quantised layers are listed than any model has"
    by_algorithm: dict[str, list[str]] = {}
    for name, scheme in layers.items():
        by_algorithm.setdefault(plain_name((mapping(scheme) or {}).get("quant_algo")).lower(), []).append(name)
    strange = next((name for name in by_algorithm if name not in known.algorithms), None)
    if strange is not None:
        return (), f"precision: bits per weight of {strange or 'an unnamed scheme'} are not known"
    kinds = (*QUANTISED, "head", "embedding")
    return tuple(Rule(known.formats[known.algorithms[name]].per_weight, kinds=kinds, only=names(listed)) for name, listed in by_algorithm.items()), ""


def _by_group(table: Mapping[str, Any]) -> tuple[tuple[Rule, ...], str]:
    """compressed-tensors: groups of modules, each with its own scheme."""
    rules = []
    for group in (mapping(table.get("config_groups")) or {}).values():
        weights = mapping((mapping(group) or {}).get("weights"))
        bits = count((weights or {}).get("num_bits"), 33)
        if weights is None or bits is None:
            return (), "precision: a group of modules names no width"
        per_weight = bits + _scale(weights, bits)
        targets = [target for target in _list((mapping(group) or {}).get("targets")) if target != "Linear"]
        if targets and "Linear" not in _list((mapping(group) or {}).get("targets")):
            rules.append(Rule(per_weight, kinds=(*QUANTISED, "head", "embedding"), only=names(targets)))
        else:
            rules.append(Rule(per_weight))
    return (tuple(rules), "") if rules else ((), "precision: no group of modules is declared")


def _scale(weights: Mapping[str, Any], bits: int) -> float:
    """Bits of scale and zero point per weight: by group or block; a scale per row or tensor does not count."""
    group = count(weights.get("group_size"))
    if group:
        eight = bits == 4 and weights.get("type") == "float"
        return ((8 if eight else 16) + (0 if weights.get("symmetric", True) is not False else bits)) / group
    block = _list(weights.get("block_structure"))
    sides = [count(side) for side in block]
    return 32 / (sides[0] * sides[1]) if len(sides) == 2 and sides[0] and sides[1] else 0.0


def _integers(table: Mapping[str, Any], label: str) -> tuple[tuple[Rule, ...], str]:
    """AWQ and GPTQ: a 16-bit scale and a zero point of the weight's own width per group."""
    bits = next((found for key in ("bits", "w_bit") if (found := count(table.get(key), 33))), None)
    if bits is None:
        return (), f"precision: {label} without a width"
    raw = next((table[key] for key in ("group_size", "q_group_size") if table.get(key) is not None), 128)
    group = count(raw)
    zero = 0 if label.startswith("awq") and table.get("zero_point") is False else bits
    extra = (16 + zero) / group if group else 0.0
    kinds = (*QUANTISED, "head") if table.get("lm_head") is True else QUANTISED
    return (Rule(bits + extra, kinds=kinds),), ""


def _bitsandbytes(table: Mapping[str, Any], known: Families) -> tuple[tuple[Rule, ...], str]:
    if table.get("load_in_8bit") is True or table.get("_load_in_8bit") is True:
        return (Rule(known.formats["int8"].per_weight),), ""
    if table.get("load_in_4bit") is True or table.get("_load_in_4bit") is True:
        return (Rule(known.formats["nf4-double" if table.get("bnb_4bit_use_double_quant") is True else "nf4"].per_weight),), ""
    return (), "precision: bitsandbytes without a width"


def _blocks(table: Mapping[str, Any]) -> tuple[tuple[Rule, ...], str]:
    sides = [count(side) for side in _list(table["weight_block_size"])]
    if len(sides) != 2 or not sides[0] or not sides[1]:
        return (), "precision: weight_block_size is no pair of numbers"
    return (Rule(8 + 32 / (sides[0] * sides[1])),), ""


def _cache_bits(table: Mapping[str, Any]) -> int | None:
    """8 for a scheme of 8 bits; None without one, 0 for one that is not known. FP8 weights alone do not imply an FP8 cache."""
    scheme = next((value for key in ("kv_cache_scheme", "kv_cache_quant_algo") if (value := table.get(key)) is not None), None)
    if scheme is None:
        return None
    inner = mapping(scheme)
    if isinstance(scheme, str):
        return 8 if plain_name(scheme).lower() in ("fp8", "int8") else 0
    return 8 if inner is not None and count(inner.get("num_bits")) == 8 else 0


def nothing() -> Names:
    """An empty list of modules."""
    return names(None)

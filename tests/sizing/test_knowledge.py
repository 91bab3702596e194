"""The knowledge that sizing reads: complete, unambiguous, and true to its own formulas."""

from __future__ import annotations

import ast

import pytest

from auditor.sizing.families import families
from auditor.sizing.gpu_names import folded


def test_names_of_gpus_are_unique(knowledge):
    spellings = [folded(s) for gpu in knowledge.gpus.values() for s in (gpu.key, *gpu.aliases)]
    assert len(spellings) == len(set(spellings))
    assert len(knowledge.gpus) >= 25


def test_measured_memory_is_below_what_the_driver_reports(knowledge):
    share = knowledge.stacks["vllm"].memory.unmeasured_memory_share
    for gpu in knowledge.gpus.values():
        assert 0.85 * gpu.memory_class_gib * 1000 < gpu.memory_mib <= gpu.memory_class_gib * 1024 * 1.03, gpu.key
        if gpu.memory_measured_gib is not None:
            assert share * gpu.memory_mib <= gpu.memory_measured_gib * 1024 <= gpu.memory_mib, gpu.key


def test_unverified_fields_exist(knowledge):
    for gpu in knowledge.gpus.values():
        assert set(gpu.unverified) <= set(type(gpu).model_fields), gpu.key


def test_every_model_type_is_known_once_and_extends_a_known_one(knowledge):
    types = [t for a in knowledge.architectures.values() for t in a.model_types]
    assert len(types) == len(set(types)) >= 60
    blocks = [name for a in knowledge.architectures.values() for name in a.blocks]
    assert len(blocks) == len(set(blocks))
    for architecture in knowledge.architectures.values():
        assert {entry.extends for entry in architecture.types.values()} <= {"", *types}


def test_every_expression_can_be_parsed_and_every_block_exists(knowledge):
    known = families(knowledge.architectures)
    for entry in known.types.values():
        assert {block for kind in entry.kinds.values() for block in kind.blocks} | set(entry.outer) | set(entry.mtp_kinds) <= set(known.blocks)
        expressions = [*entry.derive.values(), *entry.refuse_when, *(p.when for p in (*entry.attention, *entry.feed_forward)), entry.mtp or "0"]
        expressions += [value for kind in entry.kinds.values() for value in (*kind.fields.values(), kind.window or "0")]
        expressions += [value for tower in entry.tower.values() for part in tower.parts for value in (part.size, part.when)]
        for expression in expressions:
            ast.parse(expression, mode="eval")
    for block in known.blocks.values():
        for part in block.parts:
            for expression in (part.size, part.count, part.active or "0", part.when, part.columns):
                ast.parse(expression, mode="eval")


def test_formats_that_are_named_exist(knowledge):
    known = families(knowledge.architectures)
    assert set(known.algorithms.values()) <= set(known.formats)
    assert set(known.what_if.values()) <= {*known.formats, *known.recipes}
    for recipe in known.recipes.values():
        assert {recipe.type, recipe.head, *(rule.type for rule in recipe.rules)} <= set(known.formats)
    assert known.formats["int4-g128"].per_weight == 4.15625
    assert [known.formats[name].per_weight for name in ("nvfp4", "mxfp4", "q4_k", "q5_k", "q6_k", "q8_0")] == [4.5, 4.25, 4.5, 5.5, 6.5625, 8.5]


def test_catalogued_geometries_count_to_what_the_hub_reports(knowledge, size):
    for entry in knowledge.geometries.values():
        for model_id in entry.model_ids:
            memory = size(None, model_id=model_id, hub_model_type=entry.model_type, safetensors_parameters={"BF16": entry.parameters})
            assert memory.architecture_class == entry.architecture_class, model_id
            assert memory.estimates["weights_bytes"].basis == "exact", model_id  # the formula agrees with the count
            assert not memory.estimates["parameters"].assumed, model_id
            g = entry.geometry
            assert memory.kv_bytes_per_token == 2 * g.layers * g.kv_heads * g.head_dim * 2


def test_ids_are_catalogued_once(knowledge):
    ids = [model_id for entry in knowledge.geometries.values() for model_id in entry.model_ids]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("key", ["a100-pcie-40gb", "h100-pcie", "v100-16gb"])
def test_family_names_belong_to_the_smallest_member(knowledge, key):
    family = key.split("-")[0]
    assert family in knowledge.gpus[key].aliases
    members = [gpu for gpu in knowledge.gpus.values() if gpu.key.startswith(f"{family}-")]
    assert min(members, key=lambda gpu: (gpu.memory_mib, gpu.bandwidth_gb_per_s)).key == key


def test_a_card_of_two_dies_is_one_gpu_for_each(knowledge):
    """Nothing larger than the memory of one die lies in it."""
    assert (knowledge.gpus["mi250x"].memory_mib, knowledge.gpus["mi250x"].memory_class_gib) == (64 * 1024, 64)

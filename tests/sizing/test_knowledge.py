"""The knowledge that sizing reads: complete, unambiguous, and true to its own formulas."""

from __future__ import annotations

import pytest

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


def test_every_model_type_belongs_to_one_class_and_has_traits(knowledge):
    types = [t for a in knowledge.architectures.values() for t in a.model_types]
    assert len(types) == len(set(types))
    for architecture in knowledge.architectures.values():
        assert set(architecture.types) == set(architecture.model_types)
        assert set(architecture.defaults) <= set(architecture.model_types)


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

"""Names of GPUs as people write them."""

from __future__ import annotations

import pytest

from auditor.domain.errors import UsageError
from auditor.sizing.gpu_names import choose


@pytest.mark.parametrize(
    ("name", "key", "count"),
    [
        ("rtx-4090", "rtx-4090", 1),
        ("RTX 4090", "rtx-4090", 1),
        ("rtx_4090", "rtx-4090", 1),
        ("RTX4090", "rtx-4090", 1),
        ("GeForce RTX 4090", "rtx-4090", 1),
        ("4090", "rtx-4090", 1),
        ("rtx-4090x2", "rtx-4090", 2),
        ("L40S x 4", "l40s", 4),
        ("h100x8", "h100-pcie", 8),
        ("mi300x", "mi300x", 1),
        ("MI250X", "mi250x", 1),
        ("mi250xx2", "mi250x", 2),
        ("MI300X x8", "mi300x", 8),
        ("mi300xx8", "mi300x", 8),
        ("a100", "a100-pcie-40gb", 1),
        ("v100", "v100-16gb", 1),
        ("rtx-3090", "rtx-3090", 1),
        ("rtx-3090-ti", "rtx-3090-ti", 1),
        ("NVIDIA A100-SXM4-80GB", "a100-sxm-80gb", 1),
        ("NVIDIA H100 80GB HBM3", "h100-sxm", 1),
        ("nvidia geforce rtx 4090 x 2", "rtx-4090", 2),
        ("NVIDIA RTX 4000 Ada Generation", "rtx-4000-ada", 1),
        ("AMD Instinct MI300X x8", "mi300x", 8),
        ("Radeon RX 7900 XTX", "rx-7900-xtx", 1),
        ("GH200", "gh200-96gb", 1),
        ("H20", "h20", 1),
        ("l20x4", "l20", 4),
        ("Apple M4 Max 128 GB", "apple-m4-max-128gb", 1),
    ],
)
def test_read(knowledge, name, key, count):
    choice = choose(name, knowledge.gpus)
    assert (choice.gpu.key, choice.count) == (key, count)


@pytest.mark.parametrize(
    ("name", "others"), [("a100", "a100-sxm-80gb"), ("h100", "h100-sxm"), ("V100", "v100-32gb"), ("a100-80gb", "a100-sxm-80gb"), ("h100x2", "h100-nvl")]
)
def test_a_family_takes_its_smallest_member_and_says_so(knowledge, name, others):
    choice = choose(name, knowledge.gpus)
    assert "smallest member" in choice.assumed
    assert others in choice.assumed
    rivals = [knowledge.gpus[word] for word in choice.assumed.replace(",", " ").replace(")", " ").split() if word in knowledge.gpus]
    assert len(rivals) > 1
    assert choice.gpu.memory_mib == min(gpu.memory_mib for gpu in rivals)


@pytest.mark.parametrize("name", ["rtx-4090", "4090", "geforce rtx 5070", "h200", "l40", "a10", "rtx-3090"])
def test_a_name_of_one_card_is_no_assumption(knowledge, name):
    assert choose(name, knowledge.gpus).assumed == ""


def test_a_die_is_no_card_and_says_so(knowledge):
    said = "gpu: mi250x is one of the 2 dies of a card, each with memory of its own; mi250xx2 is a whole card"
    assert choose("MI250X", knowledge.gpus).assumed == said


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("rtx-409", "rtx-4090"), ("h10", "h100"), ("l40ss", "l40s"), ("rtx-3060", "rtx-3060-12gb"), ("2x L40S", "l40sx2"), ("m4 max", "m4-max-128gb"),
     ("nvidia h10", "h100"), ("mi250", "mi250x")],
)  # fmt: skip
def test_unknown_names_get_a_suggestion(knowledge, name, suggestion):
    with pytest.raises(UsageError) as caught:
        choose(name, knowledge.gpus)
    assert f"did you mean {suggestion!r}" in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["", "x", "x2", "l40sx0", "l40sx99999", "nonsense" * 10_000, "\x1b[31m", "rtx-4060-ti"])
def test_nonsense(knowledge, name):
    with pytest.raises(UsageError) as caught:
        choose(name, knowledge.gpus)
    assert len(str(caught.value)) < 250
    assert "\x1b" not in str(caught.value)

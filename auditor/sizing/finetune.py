"""Memory of fine-tuning on one GPU: base, what is trained with its gradients and states, activations. A range, not a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.domain.architecture import PartKind, Trainer
from auditor.domain.errors import UsageError, did_you_mean
from auditor.domain.memory import Finetune, Training
from auditor.domain.record import record
from auditor.sizing.deployment import Model
from auditor.sizing.families import Families
from auditor.sizing.figure import Figure
from auditor.sizing.layout import Layout, Weight
from auditor.sizing.options import ALL_LINEAR
from auditor.sizing.parameters import Counted
from auditor.sizing.patterns import names
from auditor.sizing.plan import QUANTISED, ByModule, Even, Plan, Rule, held_bytes
from auditor.sizing.saved import ATTENTION_INPUTS, Kept, of_adapters, of_layer
from auditor.sizing.values import LIMIT
from auditor.sizing.weights import module_bytes

GIB = 1 << 30
METHODS = ("lora", "qlora", "full")
SPREAD = (0.6, 1.5)
"""Of activations: kernels keep more or fewer copies, and samples are rarely as long as the limit."""
BASE_HIGH = 1.1
"""Of the base at the pessimistic end: trainers leave some layers in 16 bit (Unsloth's loads were logged from a tenth above plain nf4 on)."""

UNPACKED_FORMAT, UNPACKED_BYTES = "gptq", 5
"""Bytes of an element of a GPTQ weight while it is unpacked, in int32 and in int8; torch.matmul keeps the result (qlinear_cuda_old.py of auto_gptq 0.7.1)."""


@record
class Asked:
    """What is trained and how, every default filled in; `assumed` names them."""

    method: str
    tokens: int
    length: int
    rank: int
    targets: tuple[str, ...]
    state: float
    checkpointing: bool
    fused: bool
    trainer: Trainer
    assumed: tuple[str, ...]


@record
class Answer:
    """The answer, its figures by key, and what was assumed."""

    answer: Finetune
    figures: Mapping[str, Figure]
    assumed: tuple[str, ...]


def finetune(model: Model, training: Training, known: Families) -> Answer:
    """Figures of a training step; unknown for a model whose parameters are not counted. Raises UsageError for options that cannot be."""
    asked = _asked(training, known)
    count, layout = model.counted, model.reading.layout
    if count is None or layout is None:
        figures = {key: Figure.unknown(model.reading.why_uncounted) for key in ("base", "trainable", "optimizer", "activation", "total")}
    else:
        figures = _figures(asked, model, count, layout, known)
    trainer = asked.trainer
    weight, gradient = (trainer.full_weight, trainer.full_gradient) if asked.method == "full" else (trainer.adapter_weight, trainer.adapter_gradient)
    answer = Finetune(
        method=asked.method,
        total_bytes=figures["total"].count,
        base_bytes=figures["base"].count,
        trainable_parameters=figures["trainable"].count,
        optimizer_bytes=figures["optimizer"].count,
        activation_bytes=figures["activation"].count,
        scheme=f"{weight:g} weight + {gradient:g} gradient + {asked.state:g} state bytes per trained parameter",
    )
    keys = {"total": "total_bytes", "base": "base_bytes", "trainable": "trainable_parameters", "optimizer": "optimizer_bytes", "activation": "activation_bytes"}
    return Answer(answer, {f"finetune.{keys[name]}": figure for name, figure in figures.items()}, asked.assumed)


def _asked(training: Training, known: Families) -> Asked:
    if training.method not in METHODS:
        raise UsageError(
            f"no way of fine-tuning is known as {training.method[:40]!r}{did_you_mean(training.method[:40], METHODS)}", f"choose from: {', '.join(METHODS)}"
        )
    notes: list[str] = []

    def chosen(name: str, value: int | None, default: int) -> int:
        if value is None:
            notes.append(f"{name}: {default} (default of this estimate)")
            return default
        if not 0 < value < LIMIT:
            raise UsageError(f"{name.replace('_', ' ')} must be at least 1", f"give a number such as --{name.replace('_', '-')} {default}")
        return value

    name = training.trainer or "transformers"
    if name not in known.trainers:
        raise UsageError(f"no trainer is known as {name[:40]!r}{did_you_mean(name[:40], known.trainers)}", f"choose from: {', '.join(known.trainers)}")
    optimizer = (training.optimizer or "adamw").casefold().replace("-", "_")
    if optimizer not in known.optimizers:
        raise UsageError(
            f"no optimizer is known as {optimizer[:40]!r}{did_you_mean(optimizer[:40], known.optimizers)}", f"choose from: {', '.join(known.optimizers)}"
        )
    trainer = known.trainers[name]
    length, batch, rank = chosen("sequence_length", training.sequence_length, 2048), chosen("micro_batch", training.micro_batch, 1), 0
    targets = training.targets or ALL_LINEAR
    if training.method != "full":
        rank = chosen("rank", training.rank, 16)
        notes += [] if training.targets else [f"targets: {targets} (default)"]
    else:
        notes += [f"{key}: no effect, all weights are trained" for key in ("rank", "targets") if getattr(training, key) is not None]
    for key, value, said in (
        ("trainer", training.trainer, name), ("optimizer", training.optimizer, optimizer),
        ("gradient_checkpointing", training.gradient_checkpointing, str(trainer.checkpointing).lower()),
        ("fused_cross_entropy", training.fused_cross_entropy, str(trainer.fused_cross_entropy).lower()),
    ):  # fmt: skip
        if value is None:
            notes.append(f"{key}: {said} (default)")
    return Asked(
        method=training.method,
        tokens=length * batch,
        length=length,
        rank=rank,
        targets=() if targets == ALL_LINEAR else tuple(part.strip() for part in targets.split(",") if part.strip()),
        state=known.optimizers[optimizer] * trainer.state_scale,
        checkpointing=trainer.checkpointing if training.gradient_checkpointing is None else training.gradient_checkpointing,
        fused=trainer.fused_cross_entropy if training.fused_cross_entropy is None else training.fused_cross_entropy,
        trainer=trainer,
        assumed=tuple(f"finetune: {note}" for note in notes),
    )


def _figures(asked: Asked, model: Model, count: Counted, layout: Layout, known: Families) -> dict[str, Figure]:
    trainer, full, quantised = asked.trainer, asked.method == "full", asked.method == "qlora"
    trainable = count.total if full else sum(_adapter(weight, asked) for weight in _adaptable(count, layout, trainer))
    weight, gradient = (trainer.full_weight, trainer.full_gradient) if full else (trainer.adapter_weight, trainer.adapter_gradient)
    plan = _frozen(model, trainer, known) if quantised else Even(2)
    base = 0 if full else module_bytes(count, plan) + (held_bytes([_head(layout)], plan) if trainer.separate_head and layout.tied else 0)
    held = int(trainable * (weight + gradient + asked.state))
    active = _activations(asked, count, layout) + (_made_whole(asked, count, layout, plan is model.precision.plan) if quantised else 0)
    fixed = [int(gib * GIB) for gib in trainer.fixed_gib]
    low, high = int(active * SPREAD[0]), int(active * SPREAD[1])
    inputs: dict[str, int | float | str] = {"tokens": asked.tokens, "rank": asked.rank, "trainable_parameters": trainable}
    formula = "sum over modules of parameters x bits / 8"
    note = ("finetune: a range; the length that samples really have decides",)
    shape: dict[str, int | float | str] = {
        **inputs,
        "layers": len(layout.layers),
        "hidden_size": layout.hidden,
        "intermediate": layout.inner,
        "vocab_size": layout.vocab,
    }
    kept = "layers x hidden x 2 + one layer" if asked.checkpointing else "sum over layers of norms, attention and feed-forward + adapter inputs"
    return {
        "base": Figure.of(base, "formula", formula, count.inputs),
        "trainable": Figure.of(trainable, "formula", "all parameters" if full else "rank x (inputs + outputs) of the targets", inputs),
        "optimizer": Figure.of(
            held, "formula", "trainable x (weight + gradient + state)", {**inputs, "weight": weight, "gradient": gradient, "state": asked.state}
        ),
        "activation": Figure.of(
            active, "assumed", f"tokens x ({kept} + logits x vocab_size) + the largest quantised weight", shape, low=low, high=high, assumed=note
        ),
        "total": Figure.of(
            base + held + active + fixed[1],
            "assumed",
            "base + trained + activations + workspaces",
            {**inputs, "base": base, "trained": held, "activations": active, "workspaces": fixed[1]},
            low=base + held + low + fixed[0],
            high=int(base * BASE_HIGH) + held + high + fixed[2],
            assumed=note,
        ),
    }


def _frozen(model: Model, trainer: Trainer, known: Families) -> Plan:
    """Bits of the frozen weights in QLoRA: those of a GPTQ checkpoint, else of the trainer's own format."""
    if model.precision.plan is not None and model.precision.label == UNPACKED_FORMAT:
        return model.precision.plan
    kinds: tuple[PartKind, ...] = (*QUANTISED, "head") if trainer.separate_head else QUANTISED
    return ByModule((Rule(known.formats[trainer.quantised_base].per_weight, kinds=kinds),), names(None))


def _targeted(weight: Weight, asked: Asked) -> bool:
    if weight.kind not in ("linear", "shared", "expert") or not weight.columns:
        return False
    return not asked.targets or weight.name.rsplit(".", 1)[-1] in asked.targets


def _adapter(weight: Weight, asked: Asked) -> int:
    """Parameters of A and B beside one weight."""
    return weight.count * asked.rank * (weight.columns + weight.size // weight.columns) if _targeted(weight, asked) else 0


def _activations(asked: Asked, count: Counted, layout: Layout) -> int:
    """Bytes for all tokens of a step: what layers keep or, with checkpointing, their inputs and one of them whole; logits; a weight made whole again."""
    trainer, full, quantised = asked.trainer, asked.method == "full", asked.method == "qlora"
    kept = Kept(trainer, full, quantised, asked.length)
    layers = [of_layer(layer, layout, kept) for layer in layout.layers]
    if asked.checkpointing:
        per_token: float = len(layers) * layout.hidden * 2 + max(layers, default=0)
    else:
        per_token = sum(layers)
        if not full:
            some = bool(asked.targets) and not set(ATTENTION_INPUTS) <= set(asked.targets)
            per_token += of_adapters((weight for weight in _adaptable(count, layout, trainer) if _targeted(weight, asked)), trainer, some)
    logits = 0.0 if asked.fused else (trainer.quantised_logit_bytes if quantised else trainer.logit_bytes) * layout.vocab
    return int(asked.tokens * (per_token + logits))


def _head(layout: Layout) -> Weight:
    return Weight("lm_head", "head", layout.vocab * layout.hidden, 1, 1, "divided", layout.hidden)


def _adaptable(count: Counted, layout: Layout, trainer: Trainer) -> Iterator[Weight]:
    """Weights of the language model; with the head where the trainer has it as a linear layer like the others."""
    yield from count.language
    if trainer.separate_head:
        head = _head(layout)
        yield Weight("outer.head_proj", "linear", head.size, 1, 1, head.split, head.columns)


def _made_whole(asked: Asked, count: Counted, layout: Layout, published: bool) -> int:
    """Bytes of quantised weights in 16 bit: the largest while it is multiplied; of a GPTQ checkpoint, of a layer or of all until gradients are there."""
    trainer = asked.trainer
    largest = max((weight.size for weight in count.language if weight.kind in QUANTISED), default=0)
    if published:
        layers = [sum(weight.total for weight in layer.weights if weight.kind in QUANTISED) * 2 for layer in layout.layers]
        return UNPACKED_BYTES * largest + (max(layers, default=0) if asked.checkpointing else sum(layers))
    return int(max(largest, layout.vocab * layout.hidden if trainer.separate_head else 0) * trainer.dequantised_bytes)

"""Whether a model takes more than text: decides terms that speak of multimodal models."""

from __future__ import annotations

from auditor.domain.evidence import ModelEvidence, Unavailable
from auditor.domain.truth import Truth
from auditor.domain.vocabulary import Vocabulary


def multimodal(evidence: ModelEvidence, vocabulary: Vocabulary) -> Truth:
    """From the pipeline tag and the model type; unknown where neither is telling."""
    if isinstance(evidence.info, Unavailable):
        return None
    info = evidence.info.facts
    pipelines = {tag for tag in (info.pipeline_tag, info.card.pipeline_tag if info.card else None) if tag}
    if pipelines & set(vocabulary.multimodal_pipelines) or info.model_type in vocabulary.multimodal_model_types:
        return True
    if pipelines and pipelines <= set(vocabulary.text_pipelines):
        return False
    return None

"""The knowledge under rules/, loaded strictly and cross-checked."""

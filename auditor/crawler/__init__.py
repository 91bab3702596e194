"""Evidence in: from the live Hub, from a saved bundle, or from nowhere (`--offline`)."""

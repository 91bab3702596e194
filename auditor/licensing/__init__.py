"""Evidence to license facts: witnesses, identification, conclusion, permissions, obligations, lineage."""

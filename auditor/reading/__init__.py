"""Untrusted bytes to facts: the card, the Hub's model info, license texts. Bounded in time and memory, never raising on content."""

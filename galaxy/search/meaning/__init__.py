"""Meaning: entries and questions as vectors, so that a question finds what says the same in any language."""

"""Surrogate gradients, one per file."""

"""Surrogate gradients, one a file."""

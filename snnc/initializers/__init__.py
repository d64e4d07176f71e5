"""Initialisers: PyTorch's, with PyTorch's keywords and defaults; one per file."""

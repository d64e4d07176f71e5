"""Neurons, one a file: each is its equations and their parameters."""

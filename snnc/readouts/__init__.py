"""Readouts, one a file."""

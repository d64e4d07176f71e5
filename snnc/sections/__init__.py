"""Sections of a spec that need a file of their own."""

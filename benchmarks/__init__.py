"""Measurements: what is timed here is never asserted in a test."""

"""Faults that a stranger's spec or machine may bring: what was tried, and what held.

A module with ``run(short: bool) -> list[str]`` is a part of it by being in this folder: it prints
what it tried and returns what did not hold.
"""

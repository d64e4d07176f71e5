"""The place of the time axis in a network that is imported."""

from enum import StrEnum


class Time(StrEnum):
    """The samples that the network's forward takes: ``--time``."""

    FIRST = "first"
    """[T, B, ...]"""
    SECOND = "second"
    """[B, T, ...]"""
    INSIDE = "inside"
    """[B, ...], and forward makes the time steps itself"""
    STEP = "step"
    """[B, ...] of one time step, and the caller calls T times"""

"""Firing rates, operations and the best epoch: one definition for all scripts.

rates       how many spikes an output stands for, and the firing rate
operations  spikes and operations of every sample, and their energy
best        which epoch is the best
"""

from .best import best_epoch, better, judge
from .operations import ENERGY, Operations, energy, operations
from .rates import rate, signed_spikes, spikes

__all__ = [
    "ENERGY",
    "Operations",
    "best_epoch",
    "better",
    "energy",
    "judge",
    "operations",
    "rate",
    "signed_spikes",
    "spikes",
]

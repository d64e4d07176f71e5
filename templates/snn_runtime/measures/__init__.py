"""What firing rates and the best epoch are: one definition for training, pictures and conversion.

rates  how many spikes an output stands for, and the firing rate
best   which epoch is the best
"""

from .best import best_epoch, better, judge
from .rates import rate, signed_spikes, spikes

__all__ = ["best_epoch", "better", "judge", "rate", "signed_spikes", "spikes"]

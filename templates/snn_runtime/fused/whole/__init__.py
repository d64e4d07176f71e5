"""Runs a chain of linear layers and neurons in one kernel, up to the readout behind them.

As C on the CPU: a block of samples goes through all layers while its values stay in cache.
Elsewhere, and where somebody has a hand in a layer, the layers are called one after the other.
"""

from .calls import Chain, Draw, Feedback, Neurons, Product
from .kernels import WholeKernels

__all__ = ["Chain", "Draw", "Feedback", "Neurons", "Product", "WholeKernels"]

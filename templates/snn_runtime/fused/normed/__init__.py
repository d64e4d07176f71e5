"""Runs neurons and the batch normalisation before them in one kernel.

Normalised values are never stored. As C on the CPU, where channels lie innermost; with the
pooling behind the neuron, if there is any. On a GPU, for other normalisations, and where a
state is asked for, one follows the other.
"""

from .kernels import NormedKernels
from .module import NormedNeuron, run_normed

__all__ = ["NormedKernels", "NormedNeuron", "run_normed"]

"""Runs neurons whose output comes back to their input through a weight.

Their steps are one kernel too: as C on the CPU while a sample is at most 512 wide, so that
the weight stays in cache. Elsewhere each step is a product and one step of the neuron.
"""

from .kernels import RecurrentKernels
from .module import RecurrentNeuron
from .selfcheck import selfcheck as selfcheck_recurrent

__all__ = ["RecurrentKernels", "RecurrentNeuron", "selfcheck_recurrent"]

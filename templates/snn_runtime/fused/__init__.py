"""Runs fused neurons: as C on the CPU, as CUDA through CuPy, as a loop over tensors anywhere.

The neurons themselves are in the kernels.py of each package.
SNNC_BACKEND=auto|c|cuda|torch chooses. A backend that is asked for by name and cannot be had is an
error; "auto" takes the loop instead and says so once.
"""

from .calls import Spec, Tensors, choose, spike, spike_above
from .draws import bernoulli, uniform
from .kernels import Kernels
from .module import FusedNeuron, State, channels, place_neurons, run_step
from .selfcheck import selfcheck

__all__ = [
    "FusedNeuron",
    "Kernels",
    "Spec",
    "State",
    "Tensors",
    "bernoulli",
    "channels",
    "choose",
    "place_neurons",
    "run_step",
    "selfcheck",
    "spike",
    "spike_above",
    "uniform",
]

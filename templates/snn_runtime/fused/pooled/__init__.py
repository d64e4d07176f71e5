"""Runs neurons and the pooling behind them in one kernel: full-size spikes are never stored.

As C on the CPU, for windows that neither overlap nor leave gaps. On a GPU, and where a state
is asked for, pooling follows the neuron.
"""

from .kernels import PooledKernels
from .module import PooledNeuron, run_pooled

__all__ = ["PooledKernels", "PooledNeuron", "run_pooled"]

"""Runs neurons in one kernel with layers around them: full-size values are never stored.

Before a neuron may stand a batch normalisation, behind it pooling over windows that neither
overlap nor leave gaps. As C on the CPU and as CUDA on a GPU, with channels innermost or outermost.
Where a layer is not as it was, or somebody watches it, one follows the other.
"""

from .kernels import JoinedKernels
from .module import JoinedNeuron, run_normed, run_pooled

__all__ = ["JoinedKernels", "JoinedNeuron", "run_normed", "run_pooled"]

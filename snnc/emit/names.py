"""Names in generated code: the network's, and those that no other class may have."""

from functools import cache

from snnc.emit.runtime import defined
from snnc.names import VARIABLES, class_name

_CONSTANTS = frozenset("C CUDA JOINED KERNELS PLACES STEPS".split())
_STANDARD = frozenset("NamedTuple Tensor nn require sys torch".split())


def networks(name: str) -> frozenset[str]:
    """The classes of the network ``name``: itself, its outputs, the ANN that it comes from."""
    return frozenset(f"{class_name(name)}{end}" for end in ("", "Output", "ANN"))


@cache
def taken_names() -> frozenset[str]:
    """The names that a network's modules may import or define besides its neurons and blocks."""
    return VARIABLES | _CONSTANTS | _STANDARD | defined().keys()

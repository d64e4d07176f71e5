"""The primitives of NIR 1.0.8: their fields in a file, and the shapes that these tell."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.shapes import Shape

Stored = NDArray[Any] | str
"""A field of a node: numbers, or the name of a padding."""

_NEURON = {"r": True}
_LEAKY = {"tau": True, "r": True, "v_leak": True}
_CURRENT = {"tau_syn": True, "tau_mem": True, "r": True, "v_leak": True, "w_in": False}
_FIRES = {"v_threshold": True, "v_reset": False}
_WINDOW = {"kernel_size": True, "stride": True, "padding": True}
_CONV = {
    **dict.fromkeys(("weight", "bias", "stride", "padding", "dilation", "groups"), True),
    "input_shape": False,
}

FIELDS: Mapping[str, Mapping[str, bool]] = {
    "Input": {"shape": True},
    "Output": {"shape": True},
    "Affine": {"weight": True, "bias": True},
    "Linear": {"weight": True},
    "Scale": {"scale": True},
    "Conv1d": _CONV,
    "Conv2d": _CONV,
    "SumPool2d": _WINDOW,
    "AvgPool2d": _WINDOW,
    "Flatten": {"start_dim": True, "end_dim": True, "input_type": False},
    "Delay": {"delay": True},
    "Threshold": {"threshold": True},
    "I": _NEURON,
    "IF": {**_NEURON, **_FIRES},
    "LI": _LEAKY,
    "LIF": {**_LEAKY, **_FIRES},
    "CubaLI": _CURRENT,
    "CubaLIF": {**_CURRENT, **_FIRES},
}
"""The fields of each primitive; those marked False may be missing."""

NEURONS = frozenset({"I", "IF", "LI", "LIF", "CubaLI", "CubaLIF"})
"""Primitives with a state: a cycle needs one."""
FIRING = frozenset({"IF", "LIF", "CubaLIF"})
ELEMENTWISE = NEURONS | {"Scale", "Threshold", "Delay"}
"""Primitives whose fields are numbers for each element of their input."""


def told(kind: str, fields: Mapping[str, Stored]) -> Shape | None:
    """The shape of the input that the fields of a node demand; None if any will do.

    Raises ValueError if they do not fit each other.
    """
    if kind in ("Input", "Output"):
        (*sizes,) = np.atleast_1d(fields["shape"])
        if any(np.ndim(size) or size != int(size) for size in sizes):
            raise ValueError("sizes are whole numbers")
        return tuple(map(int, sizes))
    if kind in ("Affine", "Linear"):
        _, columns = np.shape(fields["weight"])
        return (int(columns),)
    if kind not in ELEMENTWISE:
        return None
    shapes = [np.shape(value) for value in fields.values() if np.size(value) != 1]
    return tuple(np.broadcast_shapes(*shapes)) if shapes else None

"""A graph of ONNX that is being written: nodes, and weights that all of its graphs share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

OPSET = 20
FLOAT, INT = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64


@dataclass
class _Shared:
    """Names and weights that a graph shares with the bodies of its loops."""

    names: set[str] = field(default_factory=set)
    weights: dict[str, onnx.TensorProto] = field(default_factory=dict)
    known: dict[tuple[str, tuple[int, ...], bytes], str] = field(default_factory=dict)


class Builder:
    """Appends nodes; each call returns the name of what the node writes."""

    def __init__(self, shared: _Shared | None = None) -> None:
        self._shared = shared or _Shared()
        self.nodes: list[onnx.NodeProto] = []

    def inside(self) -> "Builder":
        """A graph inside: the body of a loop, which may read what stands around it."""
        return Builder(self._shared)

    def name(self, wanted: str) -> str:
        """A name like this that is free; it is taken from now on."""
        found, number = wanted, 1
        while found in self._shared.names:
            number += 1
            found = f"{wanted}_{number}"
        self._shared.names.add(found)
        return found

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """A node of one output, called ``name`` if that is free."""
        return self.ops(kind, inputs, (name or kind.lower(),), **attributes)[0]

    def ops(
        self, kind: str, inputs: Sequence[str], wanted: Sequence[str], **attributes: Any
    ) -> tuple[str, ...]:
        """A node of several outputs."""
        outputs = tuple(map(self.name, wanted))
        self.nodes.append(helper.make_node(kind, inputs, outputs, outputs[0], **attributes))
        return outputs

    def named(self, source: str, name: str) -> None:
        """Gives a value a name that was taken before: that of an output."""
        self.nodes.append(helper.make_node("Identity", [source], [name], name))

    def weight(self, value: Any, name: str = "constant") -> str:
        """A constant: numbers as float32, whole ones of an integer array as int64."""
        array = np.asarray(value)
        array = array.astype(np.int64 if array.dtype.kind in "iu" else np.float32)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._shared.known:
            found = self.name(name)
            self._shared.known[key] = found
            self._shared.weights[found] = numpy_helper.from_array(array, found)
        return self._shared.known[key]

    def whole(self, *numbers: int) -> str:
        """A constant list of whole numbers."""
        return self.weight(np.array(numbers, np.int64), "sizes")

    @property
    def weights(self) -> list[onnx.TensorProto]:
        return [*self._shared.weights.values()]


def value(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    """The description of an input or output of float32."""
    return helper.make_tensor_value_info(name, FLOAT, shape)


def array(tensor: Any) -> NDArray[Any]:
    """A tensor of torch as an array."""
    found: NDArray[Any] = tensor.detach().cpu().numpy()
    return found

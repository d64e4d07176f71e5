"""The readouts of a network: its outputs of the values of all time steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, fx

from snnc.exchange import Refused
from snnc.exchange.time_axis import Time
from snnc.exchange.torch_fx.rolling import Rolled, function
from snnc.exchange.torch_fx.timing import Clock, Layout
from snnc.exchange.torch_fx.types import MadeLayer

_REDUCED = {"mean": "mean", "sum": "sum", "amax": "max", "max": "max"}
_DIVIDED = ("truediv", "div", "div_", "itruediv")


@dataclass(frozen=True)
class Reduced:
    """The value of one time step, and the readout over them."""

    node: fx.Node
    readout: str


class Readouts:
    """Reads a graph from its outputs backwards to the values that a readout sums up."""

    def __init__(self, rolled: Rolled, values: Mapping[fx.Node, Any], clock: Clock) -> None:
        self.rolled, self.values, self.clock = rolled, values, clock

    def of(self, node: fx.Node) -> str:
        """The readout of an output that no call sums up. Raises Refused."""
        value = self.values[node]
        if not isinstance(value, Tensor):
            raise Refused("the network returns something else than tensors")
        layout = self.clock.layout(tuple(value.shape))
        if layout in (Layout.SEQUENCE, Layout.LATE, Layout.FLAT) or self.clock.time is Time.STEP:
            return "sequence"
        step = self.rolled.steps[node]
        if step is not None and step != self.clock.steps - 1:
            raise Refused(f"the network returns a value of time step {step}, which is not the last")
        return "mean" if step is None else "last"

    def reduced(self, node: fx.Node) -> Reduced | None:
        """The readout that a call is, or None."""
        if (last := self.rolled.summed(node)) is not None:
            return Reduced(last, "sum")
        name = function(node)
        if name == "getitem" and isinstance(node.args[0], fx.Node) and node.args[1] == 0:
            inner = node.args[0]  # of max, which tells the place too
            return self._over_time(inner) if function(inner) == "max" else None
        if name in _DIVIDED and isinstance(node.args[0], fx.Node):
            over = self.reduced(node.args[0])
            by = node.args[1]
            if over and over.readout == "sum" and by in (self.clock.steps, float(self.clock.steps)):
                return Reduced(over.node, "mean")
        return self._over_time(node) if name in _REDUCED and name != "max" else None

    def _over_time(self, node: fx.Node) -> Reduced | None:
        """A mean, sum or maximum along the axis of time alone."""
        source = node.args[0]
        if not isinstance(source, fx.Node) or not isinstance(self.values.get(source), Tensor):
            return None
        shape = tuple(self.values[source].shape)
        here = {Layout.SEQUENCE: 0, Layout.LATE: 1}.get(self.clock.layout(shape))
        dim = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim")
        axes = dim if isinstance(dim, tuple | list) else (dim,)
        if here is None or len(axes) != 1 or axes[0] not in (here, here - len(shape)):
            return None
        return Reduced(source, _REDUCED[function(node)])


_BIASED = frozenset({"Linear", "Conv1d", "Conv2d", "Conv3d"})
_LINEAR = frozenset(
    "Flatten Unflatten Permute Identity Voting Dropout AvgPool1d AvgPool2d AvgPool3d "
    "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d".split()
)


def commutes(layer: MadeLayer, readout: str) -> bool:
    """Whether a layer gives the same before a readout as behind it; a bias is added once."""
    if readout not in ("mean", "sum"):
        return False
    biased = layer.fields.get("bias", True)
    return layer.kind in _LINEAR or (layer.kind in _BIASED and (readout == "mean" or not biased))

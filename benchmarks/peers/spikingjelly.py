"""SpikingJelly, on its torch backend: single-step and multi-step, with and without a hoisted stem.

Batch statistics of a loop are those of one step; else everything is as snnc has it.
"""

from functools import partial
from typing import Any

from torch import Tensor, nn

from benchmarks.peers.layers import Layer
from benchmarks.peers.peer import Peer
from benchmarks.peers.styles import Folded, Looped, Neurons, Style


def neurons(mode: str) -> Neurons:
    """By kind, what SpikingJelly has; ``mode`` is its step mode, "s" or "m"."""
    from spikingjelly.activation_based import layer, neuron, surrogate

    spike = surrogate.ATan()

    def scaled(part: Layer) -> nn.Module:
        module: Any = part.module
        soft = neuron.IFNode(v_reset=None, step_mode=mode)
        return Scaled(soft, float(module.v_threshold.flatten()[0]))

    def recurrent(part: Layer) -> nn.Module:
        product: Any = part.module
        inner = neuron.IFNode(surrogate_function=spike, detach_reset=True)
        width = product.out_features
        found = layer.LinearRecurrentContainer(inner, width, width, step_mode=mode)
        found.rc = product
        return found  # type: ignore[no-any-return]

    def dropout(part: Layer) -> nn.Module:
        module: Any = part.module
        return layer.Dropout(module.p, step_mode=mode)  # type: ignore[no-any-return]

    return {
        "IF": lambda _: neuron.IFNode(surrogate_function=spike, step_mode=mode),
        "SoftIF": lambda _: neuron.IFNode(v_reset=None, step_mode=mode),
        "ScaledIF": scaled,
        "LIF": lambda _: neuron.LIFNode(tau=2.0, surrogate_function=spike, step_mode=mode),
        "RecurrentIF": recurrent,
        "SynapseFilter": lambda _: layer.SynapseFilter(tau=2.0, learnable=True, step_mode=mode),
        "Dropout": dropout,
    }


class Scaled(nn.Module):
    """What the converter puts in the place of an activation: a neuron between two scalers."""

    def __init__(self, neuron: nn.Module, threshold: float) -> None:
        super().__init__()
        from spikingjelly.activation_based.ann2snn.modules import VoltageScaler

        self.before, self.after = VoltageScaler(1 / threshold), VoltageScaler(threshold)
        self.neuron = neuron

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.after(self.neuron(self.before(x)))
        return y

    def reset(self) -> None:
        """Nothing of its own."""


PEER = Peer(
    "SpikingJelly",
    "spikingjelly",
    "spikingjelly.activation_based.neuron",
    (
        Style("loop", Looped, partial(neurons, "s")),
        Style("loop, stem hoisted", Looped, partial(neurons, "s"), hoisted=True),
        Style("multi-step", Folded, partial(neurons, "m")),
        Style("multi-step, stem hoisted", Folded, partial(neurons, "m"), True, for_static=True),
    ),
)

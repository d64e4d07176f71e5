"""Norse: cells in a loop over steps, the stem hoisted by hand."""

from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.layers import Layer
from benchmarks.peers.peer import Peer
from benchmarks.peers.styles import Fed, Looped, Neurons, SameMask, Style


class Kept(nn.Module):
    """A cell together with its state."""

    def __init__(self, cell: nn.Module) -> None:
        super().__init__()
        self.cell = cell
        self.state: Any = None

    def forward(self, x: Tensor) -> Tensor:
        spikes: Tensor
        spikes, self.state = self.cell(x, self.state)
        return spikes

    def reset(self) -> None:
        self.state = None


def neurons() -> Neurons:
    """By kind, what Norse has. Its integrate-and-fire neuron knows no soft reset."""
    from norse.torch import IAFCell, LIFBoxCell
    from norse.torch.functional.iaf import IAFParameters
    from norse.torch.functional.lif_box import LIFBoxParameters

    alpha = torch.as_tensor(2.0)

    def fires(_: object = None) -> nn.Module:
        return Kept(IAFCell(IAFParameters(alpha=alpha)))

    def leaks(_: object) -> nn.Module:
        # tau = 2 steps of a millisecond
        numbers = LIFBoxParameters(tau_mem_inv=torch.as_tensor(500.0), alpha=alpha)
        return Kept(LIFBoxCell(numbers, dt=0.001))

    def recurrent(part: Layer) -> nn.Module:
        product: Any = part.module
        return Fed(product, fires(), product.out_features)

    def dropout(part: Layer) -> nn.Module:
        module: Any = part.module
        return SameMask(module.p)

    return {"IF": fires, "LIF": leaks, "RecurrentIF": recurrent, "Dropout": dropout}


PEER = Peer(
    "Norse",
    "norse",
    "norse.torch",
    (Style("loop, stem hoisted", Looped, neurons, hoisted=True),),
    gradient="its surrogate is SuperSpike",
)

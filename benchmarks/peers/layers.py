"""A network as a list of layers, from which every library's version of it is put together."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

# Layers with a state, or random numbers that stay the same over time: each library has its own.
KINDS = {
    "IF": "integrate-and-fire neuron with reset to 0",
    "SoftIF": "integrate-and-fire neuron with soft reset",
    "ScaledIF": "integrate-and-fire neuron with soft reset and scaled spikes",
    "LIF": "leaky integrate-and-fire neuron, tau = 2, reset to 0",
    "RecurrentIF": "integrate-and-fire neuron that reads its last output",
    "SynapseFilter": "synapse that decays only where no spike arrives",
    "Dropout": "dropout with one mask for all steps",
}


@dataclass(frozen=True)
class Layer:
    """One layer; ``kind`` is one of KINDS, or empty for a plain PyTorch module.

    ``module`` is the plain module, or what the layer's numbers are read from: of a RecurrentIF
    the product of its input and its last output, of others snnc's own layer.
    """

    name: str
    kind: str
    module: nn.Module


def layers(net: nn.Module, text: str, modules: Mapping[str, str]) -> tuple[Layer, ...]:
    """A copy of the layers that ``text`` names, in order: ``conv1 bn1 if1:IF pool1``.

    ``modules`` says where the module of a layer is, if not under the layer's own name.
    """
    copied = copy.deepcopy(net)
    found = []
    for word in text.split():
        name, _, kind = word.partition(":")
        found.append(Layer(name, kind, copied.get_submodule(modules.get(name, name))))
    return tuple(found)


def products(parts: tuple[Layer, ...]) -> dict[str, nn.Module]:
    """The layers with weights, by name."""
    plain = (nn.Conv2d, nn.Linear)
    return {part.name: part.module for part in parts if isinstance(part.module, plain)}

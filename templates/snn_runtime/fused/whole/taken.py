"""Which layers a chain's kernel takes over, and their call one after the other."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from ...watching import ordinary, watched
from ..autograd import transforming
from ..kernels import Kernels, chosen_backend
from ..module import FusedNeuron
from ..recurrent import RecurrentNeuron
from .calls import DTYPES, Chain, Draw, Feedback, Neurons, Product

OWN = (FusedNeuron.forward, RecurrentNeuron.forward)


def taken(
    base: Kernels, chain: Chain, x: Tensor, layers: Sequence[nn.Module]
) -> tuple[Tensor, list[Tensor], list[Tensor]] | None:
    """x, weights and terms, if a kernel does what the layers would: nothing is unusual."""
    tracing = torch.compiler.is_compiling() or transforming()
    if tracing or getattr(forward_ad, "_current_level", 0) >= 0:
        return None
    if chosen_backend() not in ("auto", "c") or torch.is_autocast_enabled("cpu"):
        return None
    if not x.is_cpu or x.dtype not in DTYPES or not ordinary(x) or not x.numel():
        return None
    weights, terms = list[Tensor](), list[Tensor]()
    stages = list(chain.stages)
    if isinstance(draw := stages[0], Draw):
        del stages[0]
        if draw.flat:
            flatten, *layers = layers
            if type(flatten) is not nn.Flatten or watched(flatten):
                return None
            x = flatten(x)
        x = x.detach()
    ahead = iter(layers)
    for stage in stages:
        if isinstance(stage, Product | Feedback):
            found = linear(stage, next(ahead))
            if found is None or not all(fits(each, x) for each in found):
                return None
            weights += found
        if isinstance(stage, Neurons | Feedback):
            found = neurons(base, stage, next(ahead), x)
            if found is None or not all(fits(each, x) for each in found):
                return None
            terms += found
    return x, weights, terms


def fits(operand: Tensor, x: Tensor) -> bool:
    """Whether a kernel can read an operand beside x."""
    return (
        operand.dtype == x.dtype and operand.is_cpu and operand.layout is torch.strided
    )


def linear(stage: Product | Feedback, layer: nn.Module) -> list[Tensor] | None:
    """Weight and bias, if nobody has a hand in the layer."""
    if type(layer) is not nn.Linear or watched(layer):
        return None
    bias: Tensor | None = layer.bias
    found: list[Tensor] = [layer.weight, *([] if bias is None else [bias])]
    alike = [tuple(each.shape) for each in found] == stage.shapes
    return found if alike and all(map(ordinary, found)) else None


def neurons(
    base: Kernels, stage: Neurons | Feedback, layer: nn.Module, x: Tensor
) -> list[Tensor] | None:
    """Their terms, if they are those of the chain."""
    if not isinstance(layer, FusedNeuron) or watched(layer):
        return None
    own = type(layer).forward in OWN and type(layer).run is FusedNeuron.run
    # a package that is reloaded has other objects of the same name
    alike = layer.kernels.namespace == base.namespace
    if not own or not alike or layer.kernel != stage.kernel:
        return None
    found = [term.to(x.dtype) for term in layer.terms()]
    alike = all(term.numel() in (1, stage.width) for term in found)
    return found if alike and not layer.starts() else None


def one_by_one(
    chain: Chain,
    x: Tensor,
    layers: Sequence[nn.Module],
    time_steps: int | None,
    state: dict[str, Tensor] | None,
) -> Tensor:
    """The readout, by calls of the layers."""
    static = time_steps if chain.static and not chain.draws else None
    ahead = iter(layers)
    for stage in (s for s in chain.stages if not isinstance(s, Draw) or s.flat):
        layer = next(ahead)
        if isinstance(stage, Neurons):
            x = layer(x, time_steps=static, state=state)
        elif isinstance(stage, Feedback):
            x = next(ahead)(x, linear=layer, state=state, **stage.beside)
        else:
            x = torch.unflatten(layer(x.flatten(0, 1)), 0, x.shape[:2])
        static = None
    return chain.read(x)

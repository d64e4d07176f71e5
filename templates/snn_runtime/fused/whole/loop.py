"""Chains over tensors: what C does at once, layer after layer."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..calls import Call
from ..draws import spikes
from ..kernels import Kernels
from ..recurrent import RecurrentKernels
from .calls import Draw, Feedback, Neurons, Passed, Product


def values(call: Passed, base: Kernels) -> list[Tensor]:
    """The input, and what each stage gives."""
    found = [call.x]
    for stage, weights, terms in call.parts():
        x = found[-1]
        if isinstance(stage, Draw):
            seed = torch.tensor(call.key)
            found.append(spikes(x, seed, 0, call.first, call.steps, "torch"))
        elif isinstance(stage, Product):
            found.append(F.linear(x, *weights))
        elif isinstance(stage, Neurons):
            found.append(base.forward(cells(call, base, stage, x, terms), False)[0])
        else:
            assert isinstance(base, RecurrentKernels)
            z, fed = joined(stage, x, weights)
            found.append(
                base.feed(cells(call, base, stage, z, terms), fed, [], False)[0]
            )
    return found


def cells(
    call: Passed,
    base: Kernels,
    stage: Neurons | Feedback,
    x: Tensor,
    terms: list[Tensor],
) -> Call:
    """The call of the neurons alone."""
    return base.call(stage.kernel, [x], terms, [], call.steps, x.dim() == 2, "torch")


def joined(stage: Feedback, x: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor]:
    """What neurons read from outside, and the weight of what comes back."""
    weight, *bias = weights
    if not stage.reads:
        return (x + bias[0] if bias else x), weight
    fed, own = parted(stage, weight)
    return F.linear(x, own, *bias), fed.contiguous()


def parted(stage: Feedback, weight: Tensor) -> tuple[Tensor, Tensor]:
    """The columns of what comes back, and those of the input."""
    if stage.before:
        return weight[:, : stage.width], weight[:, stage.width :]
    return weight[:, stage.reads :], weight[:, : stage.reads]


def gradients(call: Passed, base: Kernels, grad: Tensor) -> list[Tensor]:
    """The gradients of the input, and of weights, biases and terms as they stand in the chain."""
    every, found = values(call, base), list[Tensor]()
    g = read_back(call, every[-1], grad)
    stages = [*zip(call.parts(), every, every[1:], strict=False)]
    for (stage, weights, terms), x, y in reversed(stages):
        more = list[Tensor]()
        if isinstance(stage, Product):
            more = of_product(g, x)[: len(weights)]
            g = g @ weights[0]
        elif isinstance(stage, Neurons):
            g, *more = base.backward(cells(call, base, stage, x, terms), g, ())
        elif isinstance(stage, Feedback):
            assert isinstance(base, RecurrentKernels)
            z, fed = joined(stage, x, weights)
            asked = cells(call, base, stage, z, terms)
            g, *others, g_fed = base.feed_back(asked, fed, [], y, g, ())
            g_own, g_bias = of_product(g, x)
            sides = [g_fed, g_own] if stage.before else [g_own, g_fed]
            weight = torch.cat(sides, 1) if stage.reads else g_fed
            more = [*[weight, g_bias][: len(weights)], *others]
            g = g @ parted(stage, weights[0])[1] if stage.reads else g
        found = [*more, *found]
    return [g, *found]


def of_product(g: Tensor, x: Tensor) -> list[Tensor]:
    """The gradients of a weight and of a bias."""
    rows = g.flatten(0, 1)
    return [rows.t() @ x.flatten(0, 1), rows.sum(0)]


def read_back(call: Passed, y: Tensor, grad: Tensor) -> Tensor:
    """The gradient of the last value, out of that of its readout."""
    if call.chain.how == "last":
        zeros = torch.zeros_like(y)
        zeros[-1:] = grad
        return zeros
    return (grad / (len(y) if call.chain.how == "mean" else 1)).expand(y.shape)

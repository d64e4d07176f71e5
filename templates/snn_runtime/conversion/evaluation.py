"""How often a network is right: an ANN at once, an SNN after every step."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from ..measures.operations import TOGETHER
from .transfer import Activation, WeightsError

Labelled = Iterable[tuple[Tensor, Tensor]]


@torch.no_grad()
def accuracy(net: nn.Module, batches: Labelled) -> float:
    """The share of samples whose highest answer is the right one.

    Raises WeightsError if an answer is NaN or infinite.
    """
    net.eval()
    right = total = 0
    for x, labels in batches:
        answers = net(x)
        if not answers.isfinite().all():
            raise WeightsError("The ANN answers with NaN or infinity: see its weights.")
        right += int((answers.argmax(-1) == labels).sum())
        total += len(labels)
    return right / total


@torch.no_grad()
def accuracies(
    net: nn.Module,
    batches: Labelled,
    time_steps: int,
    delay: int = 0,
    before: int = 0,
    activations: Sequence[Activation] = (),
) -> list[float]:
    """The accuracy after each step from the one behind `delay` on.

    The network answers at every step, [T, B, ...]; what counts is the sum of its answers
    from step `delay` on. `before` are steps of a run that corrects where potentials start.
    """
    net.eval()
    right, total = torch.zeros(time_steps - delay, dtype=torch.float64), 0
    for x, labels in pieces(batches, max(1, TOGETHER // time_steps)):
        state = corrected(net, x, before, activations) if before else None
        answers = net(x, time_steps=time_steps, state=state)
        summed = answers[delay:].cumsum(0)
        right += (summed.argmax(-1) == labels).sum(1).cpu()
        total += len(labels)
    accuracies: list[float] = (right / total).tolist()
    return accuracies


def pieces(batches: Labelled, size: int) -> Labelled:
    """The same samples, so many at a time."""
    for x, labels in batches:
        yield from zip(torch.split(x, size), torch.split(labels, size))


@torch.no_grad()
def corrected(
    net: nn.Module, x: Tensor, steps: int, activations: Sequence[Activation]
) -> dict[str, Tensor]:
    """Where potentials start for these samples: a threshold higher where a neuron fired too
    seldom in so many steps, and lower where it fired too often.

    A potential that ends at the threshold or above still owes a spike; one below 0 has
    fired one too many.
    """
    end: dict[str, Tensor] = {}
    net(x, time_steps=steps, state=end)
    start: dict[str, Tensor] = {}
    for activation in activations:
        neuron = net.get_submodule(activation.path)
        height, begin = neuron.v_threshold, neuron.v_start
        assert isinstance(height, Tensor)
        assert isinstance(begin, Tensor)
        v = end[f"{activation.path}.v"]
        shift = (v >= height).to(v.dtype) - (v < 0).to(v.dtype)
        start[f"{activation.path}.v"] = begin + shift * height
    return start

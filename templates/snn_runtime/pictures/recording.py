"""What the neurons of a network do with one sample, step by step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..fused import FusedNeuron
from ..measures import rate, signed_spikes
from .style import Array

Run = Callable[..., tuple[Tensor, ...]]


@dataclass(frozen=True)
class Layer:
    """A layer of neurons: its states, whether it fires and, if it is a number, where."""

    name: str
    states: tuple[str, ...]
    fires: bool = True
    threshold: float | None = None

    @property
    def potential(self) -> str:
        """The state that is the membrane's potential, v; without one, the first."""
        return "v" if "v" in self.states else self.states[0]


@dataclass(frozen=True)
class Activity:
    """What a layer gave and its states after each step (and its reset), all [T, ...].

    ``spikes`` counts how often each neuron fired, below 0 for negative spikes; ``rates``
    [neurons] are spikes per step.
    """

    layer: Layer
    output: Array
    states: dict[str, Array]
    spikes: Array
    rates: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the layer at one step."""
        return self.output.shape[1:]

    @property
    def trains(self) -> Array:
        """Its spikes, [T, neurons]."""
        return self.spikes.reshape(len(self.spikes), -1)

    @property
    def potentials(self) -> Array:
        """Its potential after each step, [T, neurons]."""
        return self.states[self.layer.potential].reshape(len(self.output), -1)

    @property
    def liveliest(self) -> int:
        """The neuron that fires most, but not always; else the one that moves most."""
        rates = np.where(self.rates < 1, self.rates, 0)
        lively = (
            rates if self.layer.fires and rates.any() else np.ptp(self.potentials, 0)
        )
        return int(lively.argmax())


class Stepper:
    """Stands in for the ``run`` of a neuron: makes one step at a time, keeps the states."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.states: list[list[Tensor]] = []

    def __call__(
        self,
        inputs: Sequence[Tensor],
        states: Sequence[Tensor | float],
        time_steps: int | None,
        end: bool,
    ) -> tuple[Tensor, ...]:
        """All steps, as ``run`` makes them at once."""
        outputs = []
        for t in range(len(inputs[0]) if time_steps is None else time_steps):
            now = [x[t] for x in inputs] if time_steps is None else inputs
            output, *after = self.run(now, states, 1, True)
            outputs.append(output[0])
            self.states.append(after)
            states = after
        return torch.stack(outputs), *(self.states[-1] if end else ())


@torch.no_grad()
def record(
    net: Any, sample: Tensor, layers: Sequence[Layer], timed: bool, seed: int = 0
) -> tuple[Activity, ...]:
    """Runs ``net`` on one sample, [...] or, if it is ``timed``, [T, ...]."""
    neurons = [net.get_submodule(layer.name) for layer in layers]
    with ExitStack() as stack:
        steppers = [stack.enter_context(stepping(neuron)) for neuron in neurons]
        values = run_once(net, net.values, sample, timed, seed)
    return tuple(
        activity(layer, neuron, values[layer.name], stepper)
        for layer, neuron, stepper in zip(layers, neurons, steppers, strict=True)
    )


@torch.no_grad()
def answered(net: Any, sample: Tensor, output: str, timed: bool, seed: int = 0) -> int:
    """The class that ``net`` answers for one sample: where its ``output`` is largest.

    Of an output at every step, the mean over the steps counts.
    """
    found = run_once(net, net, sample, timed, seed)
    answer = getattr(found, output) if isinstance(found, tuple) else found
    mean = answer.mean(0) if answer.dim() > 2 else answer  # [1, classes]
    return int(mean[0].argmax())


def run_once(
    net: nn.Module, run: Callable[[Tensor], Any], sample: Tensor, timed: bool, seed: int
) -> Any:
    """What ``run`` of ``net`` gives of one sample in eval mode; no generator is left changed."""
    x = sample[:, None] if timed else sample[None]
    with torch.random.fork_rng(devices=[]), evaluating(net):
        torch.manual_seed(seed)  # of encoders that draw spikes
        return run(x)


def activity(
    layer: Layer, neuron: FusedNeuron, output: Tensor, stepper: Stepper
) -> Activity:
    """One layer of a run; the batch of one sample goes."""
    states = zip(*stepper.states, strict=True)
    stacked = (array(torch.stack(steps)[:, 0]) for steps in states)
    # a kernel may carry more than the neuron's own states, as what its feedback reads
    carried = dict(zip(neuron.states, stacked, strict=True))
    named = {name: carried[name] for name in layer.states}
    spikes = array(signed_spikes(neuron, output)[:, 0])
    rates = array(rate(neuron, output)[0]).reshape(-1)
    return Activity(layer, array(output[:, 0]), named, spikes, rates)


def array(values: Tensor) -> Array:
    """As NumPy has it."""
    result: Array = values.double().cpu().numpy()
    return result


@contextmanager
def evaluating(net: nn.Module) -> Iterator[None]:
    """Within it the network is in eval mode."""
    training = net.training
    net.eval()
    try:
        yield
    finally:
        net.train(training)


@contextmanager
def stepping(neuron: Any) -> Iterator[Stepper]:
    """Within it a neuron makes one step at a time."""
    stepper = Stepper(neuron.run)
    vars(neuron)["run"] = stepper
    try:
        yield stepper
    finally:
        del vars(neuron)["run"]

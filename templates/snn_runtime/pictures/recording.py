"""What the neurons of a network do with one sample, step by step."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

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
    """What a layer gave and its states after each step (and its reset), all [T, ...]."""

    layer: Layer
    output: Array
    states: dict[str, Array]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the layer at one step."""
        return self.output.shape[1:]

    @property
    def outputs(self) -> Array:
        """What it gave, [T, neurons]."""
        return self.output.reshape(len(self.output), -1)

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

    @property
    def rates(self) -> Array:
        """Spikes per step of every neuron; a negative spike counts as one."""
        rates: Array = abs(self.outputs).mean(0)
        return rates


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
    x = sample[:, None] if timed else sample[None]
    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.enter_context(evaluating(net))
        torch.manual_seed(seed)  # of encoders that draw spikes
        steppers = [
            stack.enter_context(stepping(net.get_submodule(layer.name)))
            for layer in layers
        ]
        values = net.values(x)
    return tuple(
        activity(layer, values[layer.name], stepper)
        for layer, stepper in zip(layers, steppers, strict=True)
    )


def activity(layer: Layer, output: Tensor, stepper: Stepper) -> Activity:
    """One layer of a run; the batch of one sample goes."""
    states = zip(*stepper.states, strict=True)
    stacked = (array(torch.stack(steps)[:, 0]) for steps in states)
    named = dict(zip(layer.states, stacked, strict=True))
    return Activity(layer, array(output[:, 0]), named)


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

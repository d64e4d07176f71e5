"""Alike: layers of neurons with the same equations and numbers, whose analysis is the same."""

from dataclasses import dataclass, field

from snnc.neuron import Neuron


@dataclass(frozen=True)
class Alike:
    """A neuron as a key: equal to any other that computes the same."""

    said: str
    neuron: Neuron = field(compare=False)


def alike(neuron: Neuron) -> Alike:
    """The key of ``neuron``; its name and what it reads do not matter."""
    equations = neuron.step, neuron.inputs, dict(neuron.states), neuron.output
    return Alike(repr((equations, neuron.numbers(), neuron.initial, neuron.reset_rule)), neuron)

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
    return Alike(neuron.said, neuron)

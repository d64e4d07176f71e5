"""Spikes and operations of a network, for every sample: multiply-accumulates, additions, energy.

They are properties of the network and not of its schedule: a layer counts as it is described,
also where only a part of it is computed, or where it runs after the time loop.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..page.network import Row
from .rates import spikes

MAC, ADD = 4.6, 0.9
"""Picojoules of a multiply-accumulate and of an addition; see ``ENERGY``."""
ENERGY = f"{MAC} pJ a multiply-accumulate and {ADD} pJ an addition (float32 in 45 nm; Horowitz, "
ENERGY += "ISSCC 2014)"
TOGETHER = 1024  # steps of samples: few enough for caches, enough for every core

Values = Callable[[Tensor], Mapping[str, Tensor]]
"""Every value of a network by its name, for some samples: its method ``values``."""


@dataclass(frozen=True)
class Operations:
    """What a network does for each of some samples.

    ``spikes`` are those of a layer of neurons in all steps, [samples], and ``neurons`` how many it
    has. ``additions`` are what the spikes that a layer of weights reads cause, [samples]; ``macs``
    are the multiply-accumulates of a layer that reads something else, the same for any sample.
    """

    time_steps: int
    neurons: Mapping[str, int]
    spikes: Mapping[str, Tensor]
    additions: Mapping[str, Tensor]
    macs: Mapping[str, float]

    @property
    def total_spikes(self) -> Tensor:
        """The spikes of all layers, [samples]."""
        return sum(self.spikes.values(), torch.zeros(()))

    @property
    def total_additions(self) -> Tensor:
        """The additions of all layers, [samples]."""
        return sum(self.additions.values(), torch.zeros(()))

    @property
    def total_macs(self) -> float:
        """The multiply-accumulates of all layers, of any sample."""
        return sum(self.macs.values())

    def rate(self, name: str) -> float:
        """The mean spikes of a neuron of a layer in a step."""
        return float(self.spikes[name].mean()) / self.neurons[name] / self.time_steps


def energy(macs: float, additions: float) -> float:
    """Picojoules; reading weights from memory, which costs more, is not counted."""
    return macs * MAC + additions * ADD


@torch.no_grad()
def operations(
    net: nn.Module,
    values: Values,
    rows: Sequence[Row],
    x: Tensor,
    steps: int,
    axis: int = 0,
) -> Operations:
    """Counts over samples x, which are along ``axis``, in so many time steps.

    ``net`` has its neurons at the paths of their rows, and those that fire in ``NEURONS``.
    """
    counter = Counter(net, rows, steps)
    for piece in torch.split(x, max(1, TOGETHER // steps), axis):
        counter.see(values(piece))
    return counter.result()


class Counter:
    """Counts spikes behind neurons and, before weights, the inputs that are not 0."""

    def __init__(self, net: nn.Module, rows: Sequence[Row], steps: int) -> None:
        self.steps, self.rows = steps, {row.name: row for row in rows}
        names: Sequence[str] = getattr(net, "NEURONS", ())
        self.layers = {name: net.get_submodule(name) for name in names}
        self.neurons: dict[str, int] = {}
        self.spikes: dict[str, list[Tensor]] = {name: [] for name in names}
        self.driven: dict[str, list[Tensor]] = {
            r.name: [] for r in rows if r.drive == "spikes"
        }

    def see(self, values: Mapping[str, Tensor]) -> None:
        """Counts in values [T, B, ...] of some samples."""
        for name, neuron in self.layers.items():
            output = values[name]
            self.neurons[name] = output[0, 0].numel()
            self.spikes[name].append(per_sample(spikes(neuron, output)))
        for name in self.driven:
            self.driven[name].append(self.met(name, values))

    def met(self, name: str, values: Mapping[str, Tensor]) -> Tensor:
        """The additions of a layer of weights: each input that is not 0 meets its share of them."""
        row = self.rows[name]
        read, late = self.source(row.reads[0], values)
        x = values[read]
        share = per_sample(x[: max(0, len(x) - late)] != 0) / x[0, 0].numel()
        return share * row.macs

    def source(self, name: str, values: Mapping[str, Tensor]) -> tuple[str, int]:
        """The value that is read, past layers that do nothing, and by how many steps it is late."""
        late = 0
        while name not in values:
            name, _, steps = name.partition("@-")
            late += int(steps or 0)
            if name not in values:
                name = self.rows[name].reads[0]
        return name, late

    def result(self) -> Operations:
        """What was counted so far."""
        fixed = {"once": 1, "values": self.steps}
        weights = {r.name: r for r in self.rows.values() if r.drive in fixed}
        return Operations(
            self.steps,
            self.neurons,
            {name: torch.cat(found) for name, found in self.spikes.items()},
            {name: torch.cat(found) for name, found in self.driven.items()},
            {name: float(r.macs * fixed[r.drive]) for name, r in weights.items()},
        )


def per_sample(x: Tensor) -> Tensor:
    """The sum over everything but the samples of x [T, B, ...], in float64 on the CPU: [B]."""
    return x.transpose(0, 1).flatten(1).sum(1, dtype=torch.float64).cpu()

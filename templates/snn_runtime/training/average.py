"""An exponential moving average of the weights, which is evaluated and kept."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import swa_utils

from .processes import Team

MOVE: Any = swa_utils.get_ema_multi_avg_fn  # which is not typed
Weights = dict[str, Tensor]


class Average:
    """The average of a network's numbers over the steps; without a decay there is none.

    The decay rises from 0.1 to its value, so that first weights are soon forgotten.
    """

    def __init__(self, net: nn.Module, decay: float | None, team: Team) -> None:
        self.net, self.decay, self.team = net, decay, team
        self.updates = 0
        self.swapped = (
            False  # whether the network has the average, and this the weights
        )
        self.other = (
            {} if decay is None else {k: x.clone() for k, x in self.own.items()}
        )

    @property
    def own(self) -> Weights:
        """The numbers in the network, those of batch norms too."""
        found = self.net.state_dict().items()
        return {name: x for name, x in found if x.is_floating_point()}

    @torch.no_grad()
    def update(self) -> None:
        """Counts the weights in, after a step of the optimizer."""
        if self.decay is None:
            return
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        MOVE(decay)([*self.other.values()], [*self.own.values()], self.updates)
        self.updates += 1

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges the weights and their average, in all processes."""
        own = self.own
        for name, other in self.other.items():
            kept = own[name].clone()
            own[name].copy_(other)
            other.copy_(kept)
        self.swapped = not self.swapped
        self.team.align(self.net)

    def state(self) -> tuple[Weights, dict[str, Any]]:
        """The numbers that are evaluated, and what else has to be kept to go on."""
        every = self.net.state_dict()
        if self.decay is None:
            return every, {}
        mean, own = ({**every, **self.other}, every)
        mean, own = (own, mean) if self.swapped else (mean, own)
        return mean, {"average": {"updates": self.updates, "weights": own}}

    def load(self, mean: Weights, kept: dict[str, Any]) -> None:
        """Goes on with the average and the weights of a checkpoint."""
        self.net.load_state_dict(kept["weights"])
        self.updates = kept["updates"]
        for name, other in self.other.items():
            other.copy_(mean[name])

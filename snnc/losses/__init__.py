"""Losses: how far an output is from its label; one per file."""

from snnc.kinds import Kind


class Loss(Kind):
    """A number to make small, from the network's output ``y`` [B, classes] and ``labels`` [B]."""

    def source(self) -> str:
        """The expression that computes it."""
        raise NotImplementedError

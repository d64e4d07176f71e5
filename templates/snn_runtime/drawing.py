"""Which layers draw random numbers, and when."""

from torch import nn


class Drawing(nn.Module):
    """A layer that draws in training and does nothing in eval mode."""

    p: float

    def extra_repr(self) -> str:
        """The share of what it drops."""
        return f"p={self.p}"


def draws(net: nn.Module) -> bool:
    """Whether a call draws: in training, or if one of its layers is left in training."""
    layers = (layer for layer in net.modules() if isinstance(layer, Drawing))
    return net.training or any(layer.training for layer in layers)

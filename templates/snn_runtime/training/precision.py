"""In how many bits the network computes while it trains."""

import functools
from collections.abc import Callable

import torch
from torch import Tensor, nn


class Precision:
    """Mixed precision, if asked for: 16-bit products, 32-bit weights and losses.

    bfloat16, and on GPUs that have none float16, whose small gradients need scaling.
    """

    def __init__(self, device: torch.device, dtype: str, amp: bool) -> None:
        half = torch.bfloat16 if has_bfloat16(device) else torch.float16
        self.device = device
        self.dtype: torch.dtype = getattr(torch, dtype)
        self.autocast = torch.autocast(device.type, half, enabled=amp)
        scaling = amp and half == torch.float16
        self.scaler = torch.amp.GradScaler(device.type, enabled=scaling)

    def read(self, x: Tensor) -> Tensor:
        """Data as the network takes them."""
        return x.to(self.device, self.dtype, non_blocking=True)

    def labels(self, labels: Tensor) -> Tensor:
        """Labels where the network computes."""
        return labels.to(self.device, non_blocking=True)

    def wide(self, y: Tensor) -> Tensor:
        """An output as losses take it."""
        return y.to(torch.promote_types(y.dtype, torch.float32))


def has_bfloat16(device: torch.device) -> bool:
    """Whether a device computes in it, and not only pretends to."""
    if device.type != "cuda":
        return True
    with torch.cuda.device(device):
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))


def in_full(net: nn.Module, path: str) -> None:
    """Leaves a layer as precise as its weights are, whatever the others compute in.

    For layers that give the answers: with products in bfloat16 there, networks with
    feedback were seen to unlearn early in half of the runs.
    """
    layer = net.get_submodule(path)
    layer.__dict__["forward"] = functools.partial(full, layer, layer.forward)


def full(layer: nn.Module, run: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """What ``run`` makes of x in the type of the layer's weights."""
    with torch.autocast(x.device.type, enabled=False):
        return run(x.to(next(layer.parameters()).dtype))

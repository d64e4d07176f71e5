"""In how many bits the network computes while it trains."""

import torch
from torch import Tensor


class Precision:
    """Mixed precision, if asked for: 16-bit products, 32-bit weights and losses.

    CUDA takes float16, whose small gradients need scaling; all else takes bfloat16.
    """

    def __init__(self, device: torch.device, dtype: str, amp: bool) -> None:
        half = torch.float16 if device.type == "cuda" else torch.bfloat16
        self.device = device
        self.dtype: torch.dtype = getattr(torch, dtype)
        self.autocast = torch.autocast(device.type, half, enabled=amp)
        scaling = amp and half == torch.float16
        self.scaler = torch.amp.GradScaler(device.type, enabled=scaling)

    def read(self, x: Tensor) -> Tensor:
        """Data as the network takes them."""
        return x.to(self.device, self.dtype, non_blocking=True)

    def wide(self, y: Tensor) -> Tensor:
        """An output as losses take it."""
        return y.to(torch.promote_types(y.dtype, torch.float32))

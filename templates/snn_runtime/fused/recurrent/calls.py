"""A call of a neuron with the weight through which its output comes back."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..calls import Call, Tensors, laid_out
from ..checked import check_like, check_small, refuse


@dataclass(frozen=True)
class Feedback:
    """A call [T, B, H] with a weight [H, H], from its column's neuron to its row's.

    ``last`` is the output before the first step, [B, H], if it is given, and ``given`` what
    it was before it was laid out.
    """

    call: Call
    weight: Tensor
    last: Tensors
    given: Tensors

    @property
    def first(self) -> Tensor:
        """The output before the first step, given or not."""
        x = self.call.sample
        return self.last[0] if self.last else torch.zeros_like(x, dtype=self.call.real)

    def check_output(self, output: Tensor) -> None:
        """What a forward gave is what its backward is handed."""
        shape = self.call.steps, *self.call.sample.shape
        check_like(self.call, "output", output, shape, self.call.dtype)


def fed_back(call: Call, weight: Tensor, last: Sequence[Tensor]) -> Feedback:
    """The call with its weight, checked."""
    x = call.sample
    if x.dim() != 2:
        refuse(call, "inputs[0]", call.inputs[0], "[..., B, H]")
    check_like(call, "weight", weight, (x.shape[1], x.shape[1]), call.real)
    if len(last) > 1:
        raise ValueError(f"{call.name}: last are {len(last)}, not one or none")
    check_small(call, "last", tuple(last), x.shape)
    dense = tuple(laid_out(y.expand(x.shape), x.stride()) for y in last)
    return Feedback(call, weight, dense, tuple(last))


def check_shapes(sample: Sequence[int], weight: Tensor) -> None:
    """A sample [B, H] and a weight [H, H]."""
    if len(sample) != 2:
        have = ", ".join(map(str, sample))
        raise ValueError(f"a recurrent neuron takes [B, H] at a step, not [{have}]")
    if weight.shape != (sample[1], sample[1]):
        have = ", ".join(map(str, weight.shape))
        raise ValueError(f"a weight [{have}] does not lead from {sample[1]} to as many")

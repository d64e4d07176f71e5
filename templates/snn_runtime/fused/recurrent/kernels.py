"""Recurrent neurons of a package as operators of PyTorch."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from ..autograd import applied
from ..calls import BLOCK, Call, Launch, Spec, Tensors, laid_out
from ..checked import check_grads
from ..kernels import CALL, Kernels, chosen_backend
from ..sums import summed
from .autograd import Recurrent
from .calls import Feedback, fed_back
from .launch import fused_backward, fused_forward, recurrent_launcher
from .loop import loop_backward, loop_forward
from .prelude import PRELUDE_RECURRENT

FED = f"{CALL}, Tensor weight, Tensor[] last"
GRADS = "Tensor output, Tensor grad, Tensor[] end_grads"


class RecurrentKernels(Kernels):
    """Kernels of which some, ``recurrent``, can also be called with a weight.

    These have two more operators each, for x[t] + W y[t-1] as the input of step t.
    """

    schemas: ClassVar[dict[str, str]] = {
        **Kernels.schemas,
        "recurrent_forward": f"({FED}, bool end) -> Tensor[]",
        "recurrent_backward": f"({FED}, {GRADS}) -> Tensor[]",
    }

    def __init__(
        self,
        steps: str,
        c: str,
        cuda: str,
        specs: dict[str, Spec],
        recurrent: Sequence[str],
    ) -> None:
        super().__init__(steps, PRELUDE_RECURRENT + c, cuda, specs)
        self.recurrent = tuple(recurrent)
        ends = ("recurrent_forward", "recurrent_backward")
        for name in recurrent:
            if not hasattr(getattr(torch.ops, self.namespace), f"{name}_{ends[0]}"):
                self.define(name, ends[0], self.feed, self.fake_feed)
                self.define(name, ends[1], self.feed_back, self.fake_feed_back)

    def feed(
        self, call: Call, weight: Tensor, last: Sequence[Tensor], end: bool
    ) -> list[Tensor]:
        """The output [T, B, H] and, if ``end``, the states after the last step."""
        fed, launching = fed_back(call, weight, last), self.recurrent_launcher(call)
        with torch.autocast(weight.device.type, enabled=False):
            if launching is None:
                return loop_forward(fed, end)
            return fused_forward(fed, end, launching[0])

    def feed_back(
        self,
        call: Call,
        weight: Tensor,
        last: Sequence[Tensor],
        output: Tensor,
        grad: Tensor,
        end_grads: Sequence[Tensor],
    ) -> list[Tensor]:
        """The gradients of input, terms, first states, weight and last output."""
        fed, ends = fed_back(call, weight, last), tuple(end_grads)
        check_grads(call, grad, ends)
        fed.check_output(output)
        launching = self.recurrent_launcher(call)
        with torch.autocast(weight.device.type, enabled=False):
            if launching is None:
                every, *rest = loop_backward(fed, output, grad, ends)
            else:
                launch, scratch = launching
                every, *rest = fused_backward(fed, output, grad, ends, scratch, launch)
            small = (*call.terms, *call.given)
            return [
                of_input(call, every),
                *map(summed, rest, small),
                of_weight(fed, every, output),
                *of_last(fed, every),
            ]

    def fake_feed(
        self, call: Call, weight: Tensor, last: Sequence[Tensor], end: bool
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`feed`, for tracing."""
        fed_back(call, weight, last)
        return self.fake_forward(call, end)

    def fake_feed_back(
        self,
        call: Call,
        weight: Tensor,
        last: Sequence[Tensor],
        output: Tensor,
        grad: Tensor,
        end_grads: Sequence[Tensor],
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`feed_back`, for tracing."""
        fed_back(call, weight, last).check_output(output)
        operands = self.fake_backward(call, grad, end_grads)
        others = (torch.empty_like(y) for y in last)
        return [*operands, torch.empty(weight.shape).to(weight), *others]

    def recurrent_launcher(self, call: Call) -> tuple[Launch, int] | None:
        """How to launch compiled kernels for this call; None for the loop over tensors."""
        if not call.sample.is_cpu or call.sample.shape[-1] > BLOCK:
            return None
        return self.native(call, recurrent_launcher)

    def recur(
        self,
        name: str,
        x: Tensor,
        terms: Sequence[Tensor],
        starts: Sequence[Tensor],
        weight: Tensor,
        last: Sequence[Tensor],
        steps: int,
        static: bool,
        end: bool,
    ) -> Tensors:
        """The output [T, B, H] and, if ``end``, the states after the last step.

        Differentiable by every operand; a second derivative is an error.
        """
        counts = 1, len(terms), len(starts), 1, len(last)
        how = steps, static, chosen_backend(), end
        operands = x, *terms, *starts, weight, *last
        kernel = f"{self.namespace}.{name}"
        return applied(Recurrent, kernel, counts, *how, *operands)


def of_input(call: Call, every: Tensor) -> Tensor:
    """The gradient of x, out of that of every step's input."""
    total = every.sum(0) if call.static else every
    x = torch.empty_like(call.inputs[0], device="meta")
    return laid_out(total.to(call.dtype), x.stride())


def of_weight(fed: Feedback, every: Tensor, output: Tensor) -> Tensor:
    """The gradient of the weight: one product over all steps and samples."""
    y = output[:-1].to(every)
    total = every[1:].flatten(0, 1).t() @ y.flatten(0, 1)
    return total + every[:1].sum(0).t() @ fed.first if fed.last else total


def of_last(fed: Feedback, every: Tensor) -> list[Tensor]:
    """The gradient of the output before the first step, if that was given."""
    back = every[:1].sum(0) @ fed.weight
    return [summed(back, y) for y in fed.given]

"""Neurons with the pooling of their output as operators of PyTorch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import torch
from torch import Tensor

from ..calls import Call, Launch
from ..kernels import Kernels
from ..launch import operands, sizes
from ..sums import summed
from .parts import Back, image, part_launcher, room
from .prelude import PRELUDE_POOLED
from .windows import channels_last, fits, parsed


class PooledKernels(Kernels):
    """The neurons of ``base`` that pooling follows: ``if_max_2x2`` is ``if``, then pooling.

    C does both at once where channels lie innermost. Elsewhere one follows the other.
    """

    tells_end: ClassVar[bool] = False

    def __init__(
        self, base: Kernels, steps: str, c: str, pools: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(steps, PRELUDE_POOLED + c, "", {})
        self.base, self.windows = base, {}
        for name, windows in pools.items():
            for window in windows:
                own = f"{name}_{window}"
                self.specs[own] = base.specs[name]
                self.windows[own] = name, parsed(window)
                self.register(own)

    def take(self, kernel: str, images: Tensor) -> bool:
        """Whether there is such a kernel, and it takes these images."""
        return kernel in self.windows and fits(images, self.windows[kernel][1])

    def alone(self, call: Call) -> Call:
        """The call of the neuron without what follows."""
        return replace(call, name=self.windows[call.name][0])

    def forward(self, call: Call, end: bool) -> list[Tensor]:
        """The pooled output [T, B, C, H', W']; states are not known for all elements."""
        unknown(end)
        native = self.launcher(call)
        if native is None:
            return [self.windows[call.name][1].pool(self.output(call))]
        output = room(call, self.windows[call.name][1])
        arguments = [*operands(call), output, *sizes(call), *image(call)]
        native[0](f"{call.name}_forward", arguments)
        return [output]

    def backward(
        self, call: Call, grad: Tensor, end_grads: Sequence[Tensor]
    ) -> list[Tensor]:
        """The gradients of inputs, terms and first states."""
        unknown(bool(end_grads))
        if grad.shape != room(call, self.windows[call.name][1], "meta").shape:
            raise ValueError(f"this is not the gradient of what {call.name} gave")
        native = self.launcher(call)
        if native is None:
            back = self.windows[call.name][1].pool_back(self.output(call), grad)
            return self.base.backward(self.alone(call), back, ())
        grads = self.launch_back(call, grad, *native)
        count, small = len(call.inputs), (*call.terms, *call.given)
        return [*grads[:count], *map(summed, grads[count:], small)]

    def launch_back(
        self, call: Call, grad: Tensor, launch: Launch, scratch: int
    ) -> list[Tensor]:
        """The same by a compiled kernel, terms and states one an element."""
        back = Back(call, grad, self.windows[call.name][1])
        kept = torch.empty(scratch, dtype=call.real)
        arguments = [*operands(call), back.grad, *back.results, kept]
        launch(f"{call.name}_backward", [*arguments, *sizes(call), *image(call)])
        return back.grads

    def fake_forward(self, call: Call, end: bool) -> list[Tensor]:
        """Shape and layout of :meth:`forward`, for tracing."""
        unknown(end)
        return [room(call, self.windows[call.name][1])]

    def fake_backward(
        self, call: Call, grad: Tensor, end_grads: Sequence[Tensor]
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`backward`, for tracing."""
        unknown(bool(end_grads))
        return [torch.empty_like(x) for x in (*call.inputs, *call.terms, *call.given)]

    def output(self, call: Call) -> Tensor:
        """The neuron's own output."""
        return self.base.forward(self.alone(call), end=False)[0]

    def arranged(self, x: Tensor) -> Tensor:
        """Images with their channels innermost."""
        return x.movedim(-3, -1).contiguous().movedim(-1, -3)

    def launcher(self, call: Call) -> tuple[Launch, int] | None:
        """How to launch compiled kernels for this call; None for one after the other."""
        if not channels_last(call.sample):
            return None
        return self.native(call, self.pooled_launcher)

    def pooled_launcher(self, text: str, call: Call) -> tuple[Launch, int]:
        """Calls a kernel of the compiled C text; and the scratch numbers of its way back."""
        return part_launcher(text, call, self.windows[call.name][1])


def unknown(end: bool) -> None:
    """Only a neuron alone tells its last states."""
    if end:
        raise ValueError("a neuron with pooling does not tell its last states")

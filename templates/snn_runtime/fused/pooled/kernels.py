"""Neurons with the pooling of their output as operators of PyTorch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import torch
from torch import Tensor

from ..calls import Call, Launch
from ..checked import check_like
from ..kernels import Kernels
from ..launch import operands, sizes
from ..sums import summed
from .parts import Back, as_output, check_images, image, part_launcher, room
from .prelude import PRELUDE_POOLED
from .windows import Window, channels_last, fits, parsed


class PooledKernels(Kernels):
    """The neurons of ``base`` that pooling follows: ``if_max_2x2`` is ``if``, then pooling.

    C does both at once where channels lie innermost. Elsewhere one follows the other.
    """

    tells_end: ClassVar[bool] = False

    def __init__(
        self, base: Kernels, steps: str, c: str, pools: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(steps, PRELUDE_POOLED + c, "", {})
        self.base = base
        self.windows: dict[str, tuple[str, Window]] = {}
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
        window = self.window(call, end)
        native = self.launcher(call)
        if native is None:
            return [window.pool(self.output(call))]
        output = room(call, window)
        made = as_output(call, window, output)
        arguments = [*operands(call), made, *sizes(call), *image(call)]
        native[0](f"{call.name}_forward", arguments)
        return [output]

    def backward(
        self, call: Call, grad: Tensor, end_grads: Sequence[Tensor]
    ) -> list[Tensor]:
        """The gradients of inputs, terms and first states."""
        window = self.window(call, bool(end_grads))
        check_like(call, "grad", grad, room(call, window, "meta").shape, call.dtype)
        native = self.launcher(call)
        if native is None:
            back = window.pool_back(self.output(call), grad)
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
        arguments = [*operands(call), back.grad, *back.results]
        arguments += [(kept, scratch, call.real), *sizes(call), *image(call)]
        launch(f"{call.name}_backward", arguments)
        return back.grads

    def fake_forward(self, call: Call, end: bool) -> list[Tensor]:
        """Shape and layout of :meth:`forward`, for tracing."""
        return [room(call, self.window(call, end))]

    def fake_backward(
        self, call: Call, grad: Tensor, end_grads: Sequence[Tensor]
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`backward`, for tracing."""
        window = self.window(call, bool(end_grads))
        check_like(call, "grad", grad, room(call, window, "meta").shape, call.dtype)
        return [torch.empty_like(x) for x in (*call.inputs, *call.terms, *call.given)]

    def window(self, call: Call, ends: bool) -> Window:
        """The window of a kernel, of which the call has one; only a neuron alone tells its end."""
        if ends:
            why = "with pooling, a neuron does not tell its last states"
            raise ValueError(f"{call.name} takes neither end nor end_grads: {why}")
        found = self.windows[call.name][1]
        check_images(call, found)
        return found

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

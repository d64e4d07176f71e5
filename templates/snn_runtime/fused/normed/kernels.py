"""Neurons with the normalisation of their input as operators of PyTorch."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor

from ..autograd import applied
from ..calls import Call, Launch, Tensors
from ..checked import check_channels, check_like, refuse
from ..kernels import CALL, Kernels, chosen_backend
from ..pooled.parts import check_images, part_launcher, room
from ..pooled.prelude import PRELUDE_POOLED
from ..pooled.windows import Window, parsed
from .autograd import Normed
from .loop import Loop
from .native import Native, inmost
from .prelude import PRELUDE_NORMED

NORM = f"{CALL}, Tensor[] affine"
STATS = "Tensor[] stats, float eps, bool batch, Tensor grad"


class NormedKernels(Kernels):
    """The neurons of ``base`` behind a batch normalisation, and some in front of pooling.

    ``affine`` are weight and bias of the normalisation, or nothing; ``known`` mean and
    variance, or nothing if they are those of the batch. C does all at once where channels
    lie innermost.
    """

    schemas: ClassVar[dict[str, str]] = {
        "forward": f"({NORM}, Tensor[] known, float eps) -> Tensor[]",
        "backward": f"({NORM}, {STATS}) -> Tensor[]",
    }

    def __init__(
        self, base: Kernels, steps: str, c: str, pools: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(steps, PRELUDE_POOLED + PRELUDE_NORMED + c, "", {})
        self.base = base
        self.windows: dict[str, tuple[str, Window | None]] = {}
        for name, windows in pools.items():
            for window in windows:
                own = named(name, window)
                self.specs[own] = base.specs[name]
                self.windows[own] = name, parsed(window) if window else None
                self.register(own)

    def take(self, kernel: str, x: Tensor) -> bool:
        """Whether there is such a kernel, and it takes x [B, C, ...]."""
        return kernel in self.windows and inmost(x, self.windows[kernel][1])

    def forward(  # type: ignore[override]
        self, call: Call, affine: Sequence[Tensor], known: Sequence[Tensor], eps: float
    ) -> list[Tensor]:
        """The output [T, B, ...] and, unless they are known, mean and variance in float64."""
        self.check(call, affine, known)
        return self.how(call).forward(affine, known, eps)

    def backward(  # type: ignore[override]
        self,
        call: Call,
        affine: Sequence[Tensor],
        stats: Sequence[Tensor],
        eps: float,
        batch: bool,
        grad: Tensor,
    ) -> list[Tensor]:
        """The gradients of the input, terms, first states, weight and bias."""
        self.check_back(call, affine, stats, grad)
        return self.how(call).backward(affine, stats, eps, batch, grad)

    def fake_forward(  # type: ignore[override]
        self, call: Call, affine: Sequence[Tensor], known: Sequence[Tensor], eps: float
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`forward`, for tracing."""
        self.check(call, affine, known)
        output, x = room(call, self.windows[call.name][1]), call.sample
        stats = (x.new_empty(x.shape[1], dtype=torch.float64) for _ in range(2))
        return [output] if known else [output, *stats]

    def fake_backward(  # type: ignore[override]
        self,
        call: Call,
        affine: Sequence[Tensor],
        stats: Sequence[Tensor],
        eps: float,
        batch: bool,
        grad: Tensor,
    ) -> list[Tensor]:
        """Shapes and layouts of :meth:`backward`, for tracing."""
        self.check_back(call, affine, stats, grad)
        given = (*call.inputs, *call.terms, *call.given, *affine)
        return [torch.empty_like(x) for x in given]

    def check(
        self,
        call: Call,
        affine: Sequence[Tensor],
        known: Sequence[Tensor],
        name: str = "known",
    ) -> None:
        """Inputs with channels, and numbers of each of these."""
        window = self.windows[call.name][1]
        if call.sample.dim() < 2:
            refuse(call, "inputs[0]", call.inputs[0], "[..., B, C, ...]")
        if window is not None:
            check_images(call, window)
        check_channels(call, "affine", affine)
        check_channels(call, name, known)
        if not known and not call.inputs[0].numel():
            refuse(call, "inputs[0]", call.inputs[0], "what has a mean")

    def check_back(
        self,
        call: Call,
        affine: Sequence[Tensor],
        stats: Sequence[Tensor],
        grad: Tensor,
    ) -> None:
        """The same with statistics, which a way back always has, and a gradient."""
        if len(stats) != 2:
            raise ValueError(
                f"{call.name}: stats are {len(stats)}, not mean and variance"
            )
        self.check(call, affine, stats, "stats")
        shape = room(call, self.windows[call.name][1], "meta").shape
        check_like(call, "grad", grad, shape, call.dtype)

    def both_ways(self, call: Call, draw: Callable[..., Tensor]) -> Tensors:
        """The output and every gradient; of static calls with statistics that are known."""
        channels = call.sample.shape[1]
        affine = [draw(channels), draw(channels)]
        known = [draw(channels), draw(channels)] if call.static else []
        output, *stats = self.forward(call, affine, known, 1e-5)
        grad, batch = draw(*output.shape).to(call.dtype), not known
        grads = self.backward(call, affine, known or stats, 1e-5, batch, grad)
        return output, *stats, *grads

    def arranged(self, x: Tensor) -> Tensor:
        """Images with their channels innermost."""
        return x.movedim(-3, -1).contiguous().movedim(-1, -3)

    def how(self, call: Call) -> Native | Loop:
        """By compiled kernels if this call can be, else over tensors."""
        name, window = self.windows[call.name]
        native = self.launcher(call) if inmost(call.sample, window) else None
        if native is None:
            return Loop(call, window, self.base, name)
        return Native(call, window, *native)

    def launcher(self, call: Call) -> tuple[Launch, int] | None:
        """How to launch compiled kernels for this call; None for the loop over tensors."""
        return self.native(call, self.normed_launcher)

    def normed_launcher(self, text: str, call: Call) -> tuple[Launch, int]:
        """Calls a kernel of the compiled C text; and the scratch numbers of its way back."""
        return part_launcher(text, call, self.windows[call.name][1])

    def norm(
        self,
        name: str,
        operands: Sequence[Sequence[Tensor]],
        known: Sequence[Tensor],
        eps: float,
        steps: int,
        static: bool,
    ) -> Tensors:
        """The output [T, B, ...] and, unless they are known, mean and variance in float64.

        ``operands`` are inputs, terms, first states, and weight and bias. Differentiable by
        all of them; a second derivative is an error.
        """
        counts = tuple(map(len, operands))
        how = steps, static, chosen_backend(), eps
        every = (x for part in operands for x in part)
        kernel = f"{self.namespace}.{name}"
        return applied(Normed, kernel, counts, *how, *every, *known)


def named(neuron: str, window: str) -> str:
    """The kernel of a neuron behind a normalisation, in front of that window if any."""
    return f"{neuron}_{window}_normed" if window else f"{neuron}_normed"

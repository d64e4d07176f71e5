"""Chains of layers of a package as operators of PyTorch."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ...checks import in_range
from ...encoders import poisson
from ..autograd import applied
from ..cpu import compiled
from ..kernels import Kernels, chosen_backend
from ..launch import Unavailable, io_macro
from ..philox import PHILOX, POSSIBLE
from ..recurrent.prelude import PRELUDE_RECURRENT
from ..sums import summed
from .autograd import Whole
from .calls import Chain, Passed, check_grad, checked
from .launch import launched, launched_back
from .loop import gradients, values
from .prelude import PRELUDE_WHOLE, SERIAL
from .taken import one_by_one, taken

Drawn = tuple[Tensor, int, int]
CALL = "Tensor x, Tensor[] weights, Tensor[] terms, SymInt steps, int key, SymInt first, str backend"


class WholeKernels(Kernels):
    """The chains of ``base`` neurons and linear layers that run in one kernel."""

    schemas: ClassVar[dict[str, str]] = {
        "forward": f"({CALL}) -> Tensor[]",
        "backward": f"({CALL}, Tensor grad, bool back) -> Tensor[]",
    }

    def __init__(
        self, base: Kernels, steps: str, c: str, chains: str, table: Mapping[str, Chain]
    ) -> None:
        loops = SERIAL + PRELUDE_RECURRENT + c + PHILOX + POSSIBLE
        super().__init__(steps, loops + PRELUDE_WHOLE + chains, "", {})
        self.base, self.chains = base, dict(table)
        for name in table:
            self.register(name)

    def on_call(
        self, name: str, run: Callable[..., list[Tensor]]
    ) -> Callable[..., list[Tensor]]:
        """``run`` as PyTorch calls it: the call, checked, and what comes after it."""

        def called(
            x: Tensor,
            weights: Sequence[Tensor],
            terms: Sequence[Tensor],
            steps: int,
            key: int,
            first: int,
            backend: str,
            *more: Any,
        ) -> list[Tensor]:
            parts = x, tuple(weights), tuple(terms), steps, key, first, backend
            return run(
                checked(Passed(name, self.chains[name], self.base.specs, *parts)), *more
            )

        return called

    def forward(self, call: Passed) -> list[Tensor]:  # type: ignore[override]
        """The readout of the last value, [B, N]."""
        if not self.compiles(call):
            return [call.chain.read(values(call, self.base)[-1])]
        return [launched(self.c, call)]

    def backward(  # type: ignore[override]
        self, call: Passed, grad: Tensor, back: bool
    ) -> list[Tensor]:
        """The gradients of the input, empty if not ``back``, of weights and of terms."""
        check_grad(call, grad)
        back = back and not call.chain.draws
        if self.compiles(call):
            x, *rest = launched_back(self.c, call, grad, back)
        else:
            x, *rest = gradients(call, self.base, grad)
        found, weights, terms = iter(rest), list[Tensor](), list[Tensor]()
        for _, own, numbers in call.parts():
            weights += [next(found) for _ in own]
            terms += [next(found) for _ in numbers]
        return [
            x if back else call.x.new_empty(0),
            *weights,
            *map(summed, terms, call.terms),
        ]

    def fake_forward(self, call: Passed) -> list[Tensor]:  # type: ignore[override]
        """Its shape, for tracing."""
        return [call.x.new_empty(call.batch, call.chain.stages[-1].width)]

    def fake_backward(  # type: ignore[override]
        self, call: Passed, grad: Tensor, back: bool
    ) -> list[Tensor]:
        """Shapes of :meth:`backward`, for tracing."""
        check_grad(call, grad)
        back = back and not call.chain.draws
        x = torch.empty_like(call.x) if back else call.x.new_empty(0)
        return [x, *(torch.empty_like(each) for each in (*call.weights, *call.terms))]

    def compiles(self, call: Passed) -> bool:
        """Whether C is asked for, there, and has something to do."""
        if call.backend == "torch" or not call.steps or not call.batch:
            return False
        if call.backend == "cuda":
            raise RuntimeError("SNNC_BACKEND=cuda, but the tensors are on cpu")
        found = compiled(self.c, io_macro(call.x.dtype))
        if isinstance(found, str) and call.backend == "c":
            raise Unavailable(found)
        return not isinstance(found, str)

    def run(  # type: ignore[override]
        self,
        name: str,
        x: Tensor,
        *layers: nn.Module,
        time_steps: int | None = None,
        draw: Drawn | None = None,
        state: dict[str, Tensor] | None = None,
    ) -> Tensor:
        """The readout of all layers, [B, N], of x [T, B, N]; with time_steps, of [B, N].

        With ``draw``, which is a seed, a key and the first step, of the spikes that poisson
        makes of x. The layers are called one after the other where a state is asked for,
        where somebody has a hand in a layer, and on other devices.
        """
        chain = self.chains[name]
        steps = x.shape[0] if time_steps is None else time_steps
        parts = taken(self.base, chain, x, layers) if state is None and steps else None
        if parts is None or isinstance(compiled(self.c, io_macro(x.dtype)), str):
            if draw is not None:
                x = poisson(x, steps, *draw)
            return one_by_one(chain, x, layers, time_steps, state)
        x, weights, terms = parts
        kernel, (key, first) = f"{self.namespace}.{name}", placed(x, draw)
        how = steps, key, first, chosen_backend()
        return applied(Whole, kernel, len(weights), how, x, *weights, *terms)[0]


def placed(x: Tensor, draw: Drawn | None) -> tuple[int, int]:
    """The key and the first step of what is drawn, if something is; x is looked at once."""
    if draw is None:
        return 0, 0
    seed, key, first = draw
    if first == 0:
        in_range("poisson", x, 0.0, 1.0)
    return int(seed) ^ key, first

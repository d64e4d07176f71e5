"""What recurrent neurons of a network have in common as modules."""

from collections.abc import Sequence
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...checks import check_starts, kept
from ..calls import BLOCK, Tensors
from ..module import FusedNeuron, State, as_state
from .calls import check_shapes
from .kernels import RecurrentKernels
from .way import Way


class RecurrentNeuron(FusedNeuron):
    """A neuron that can also read its own output of the step before, through a weight.

    In 16 bits, what comes back is the output as it is stored; the weight, the products and
    the input of a step stay float32.
    """

    kernels: ClassVar[RecurrentKernels]

    def forward(
        self,
        *inputs: Tensor,
        time_steps: int | None = None,
        state: dict[str, Tensor] | None = None,
        linear: nn.Module | None = None,
        behind: int = 0,
        before: int = 0,
    ) -> Tensor:
        """All steps, [T, B, ...]; with ``linear``, of x[t] + linear(y[t-1]), y being the output.

        If y stands ``behind`` or ``before`` x, so many numbers wide, of linear of both. The
        weight of nn.Linear is read by a kernel; any other module is called at each step.
        """
        if linear is None:
            return super().forward(*inputs, time_steps=time_steps, state=state)
        (x,), way = inputs, Way(linear, behind, before)
        if parts := way.parts(x):
            return self.recur(*parts, time_steps, state)
        return self.called(way, x, time_steps, state)

    def called(
        self,
        way: Way,
        x: Tensor,
        time_steps: int | None,
        state: dict[str, Tensor] | None,
    ) -> Tensor:
        """The same step by step, the layer being called at each of them."""
        place, left = f"{self.path}@-1", {} if state is None else state
        steps = x.shape[0] if time_steps is None else time_steps
        y, states = x.new_zeros(x.shape[-2], way.width(x)), self.resumed(left)
        outputs = [y[None][:0]]
        y = kept(left, place, (1, *y.shape))[-1] if place in left else y
        for t in range(steps):
            now = x[t] if time_steps is None else x
            y, *after = self.step([way.fed(now, y)], states)
            states, outputs = [*after], [*outputs, y[None]]
        if steps:
            left |= dict(zip(self.places(), after))
            left[place] = y[None].clone()
        return torch.cat(outputs)

    def recur(
        self,
        x: Tensor,
        weight: Tensor,
        time_steps: int | None = None,
        state: dict[str, Tensor] | None = None,
    ) -> Tensor:
        """All steps, [T, B, H], of x[t] + W y[t-1], y being the output, at first 0.

        x is [T, B, H] or, with time_steps, [B, H]; the weight [H, H] as of nn.Linear. They
        begin where ``state`` says, under the neuron's path, and leave their end there.
        """
        if state is None:
            start = self.starts()
            return self.run_recurrent(x, weight, start, None, time_steps, end=False)[0]
        place = f"{self.path}@-1"
        begin, sample = self.resumed(state), x.shape[-2:]
        check_starts(self.places(), begin, sample)
        last = kept(state, place, (1, *sample)) if place in state else None
        before = None if last is None else last[-1]
        output, *after = self.run_recurrent(x, weight, begin, before, time_steps, True)
        state.update(zip(self.places(), after))
        if len(output):
            state[place] = output[-1:].clone()
        elif last is None:
            state[place] = output.new_zeros(1, *output.shape[1:])
        return output

    def run_recurrent(
        self,
        x: Tensor,
        weight: Tensor,
        states: Sequence[State],
        last: State | None,
        time_steps: int | None,
        end: bool,
    ) -> Tensors:
        """The same from any states and last output; with ``end``, the states after it.

        To go on later, hand these in, and ``output[-1]`` as the last output.
        """
        static = time_steps is not None
        steps = x.shape[0] if time_steps is None else time_steps
        check_shapes(x.shape[0 if static else 1 :], weight)
        if x.is_cuda or x.shape[-1] > BLOCK:
            return self.looped(x, weight, states, last, steps, static)[
                : None if end else 1
            ]
        real = torch.promote_types(x.dtype, torch.float32)
        return self.kernels.recur(
            self.kernel,
            x,
            [term.to(real) for term in self.terms()],
            [as_state(state, x, real) for state in states],
            weight.to(real),
            [] if last is None else [as_state(last, x, real)],
            steps,
            static,
            end,
        )

    def looped(
        self,
        x: Tensor,
        weight: Tensor,
        states: Sequence[State],
        last: State | None,
        steps: int,
        static: bool,
    ) -> Tensors:
        """Step by step: a product of PyTorch's, never of 16 bits, then the neuron's kernel."""
        if not steps:
            return self.run([x], states, 0 if static else None, end=True)
        real = torch.promote_types(x.dtype, torch.float32)
        y = as_state(0.0 if last is None else last, x, real).expand(x.shape[-2:])
        weight, outputs = weight.to(real), []
        for t in range(steps):
            now = x if static else x[t]
            with torch.autocast(x.device.type, enabled=False):
                fed = now.to(real) + F.linear(y.to(real), weight)
            output, *states = self.step([fed], states)
            y = output.to(x.dtype)
            outputs.append(y)
        return torch.stack(outputs), *(as_state(s, x, real) for s in states)

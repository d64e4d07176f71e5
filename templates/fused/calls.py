"""A call of a neuron: its operands, checked and laid out alike."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

Tensors = tuple[Tensor, ...]
Operand = Tensor | int | None
Launch = Callable[[str, Sequence[Operand]], None]

DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)


def spike(u: Tensor) -> Tensor:
    """1 where u >= 0, else 0; 0 for NaN."""
    return (u >= 0.0).to(u)


def choose(condition: Tensor, a: float, b: float, like: Tensor) -> Tensor:
    """One of two numbers, in the type of ``like``."""
    return torch.where(condition, like.new_tensor(a), like.new_tensor(b))


@dataclass(frozen=True)
class Spec:
    """How one neuron is called.

    ``step(*inputs, *terms, *states)`` gives the output, the states after it and the values kept;
    ``adjoint(*kept, *terms, grad, *state_grads)`` the gradients of inputs, states and terms.
    ``kept`` are the inputs, then the states, by their numbers, that the adjoint reads.
    """

    inputs: int
    terms: int
    start: tuple[float, ...]
    step: Callable[..., Tensors]
    adjoint: Callable[..., Tensors]
    kept_inputs: tuple[int, ...] = ()
    kept_states: tuple[int, ...] = ()
    kept_values: int = 0
    segment: int = 16


@dataclass(frozen=True)
class Call:
    """One call: inputs [T, B, ...] or, if ``static``, [B, ...]; terms; first states, if given."""

    spec: Spec
    inputs: Tensors
    terms: Tensors
    starts: Tensors
    steps: int
    static: bool

    @functools.cached_property
    def sample(self) -> Tensor:
        """One step of the first input: the shape and the layout of everything."""
        first = self.inputs[0]
        return first if self.static else first[0] if self.steps else first.sum(0)

    @property
    def real(self) -> torch.dtype:
        """The type of states and terms: at least float32."""
        return torch.promote_types(self.inputs[0].dtype, torch.float32)

    def at(self, t: int) -> list[Tensor]:
        """The inputs of step t."""
        return [(x if self.static else x[t]).to(self.real) for x in self.inputs]

    def over_time(self, dtype: torch.dtype) -> Tensor:
        """Room for [T, B, ...] in the layout of the sample."""
        x = self.sample
        size, stride = (self.steps, *x.shape), (x.numel(), *x.stride())
        return torch.empty_strided(size, stride, dtype=dtype, device=x.device)


def checked(call: Call) -> Call:
    """The call with every operand dense and alike; raises before any pointer is taken."""
    first = call.inputs[0]
    if first.dtype not in DTYPES:
        raise TypeError(
            f"a neuron takes {' or '.join(map(str, DTYPES))}, not {first.dtype}"
        )
    for x in call.inputs:
        if (x.shape, x.dtype, x.device) != (first.shape, first.dtype, first.device):
            raise ValueError("a neuron's inputs must agree in shape, dtype and device")
    for x in call.starts:
        if x.shape != call.sample.shape:
            what = f"{tuple(x.shape)} instead of {tuple(call.sample.shape)}"
            raise ValueError(f"a neuron's state has the shape {what}")
    for x in (*call.terms, *call.starts):
        if (x.dtype, x.device) != (call.real, first.device):
            what = f"{x.dtype} on {x.device}, not {call.real} on {first.device}"
            raise TypeError(f"a neuron's numbers and states must be alike: {what}")
    return densified(call)


def densified(call: Call) -> Call:
    """Any dense layout stays as it is; anything else, and other operands, are copied into it."""
    first = call.inputs[0] if is_dense(call) else call.inputs[0].contiguous()
    inputs = (first, *(laid_out(x, first.stride()) for x in call.inputs[1:]))
    dense = replace(call, inputs=inputs)
    starts = tuple(laid_out(x, dense.sample.stride()) for x in call.starts)
    return replace(dense, starts=starts)


def is_dense(call: Call) -> bool:
    """Whether samples lie behind each other without gaps, time outermost, the batch next."""
    x, strides = (
        call.sample,
        sorted(zip(call.sample.stride(), call.sample.shape, strict=True)),
    )
    expected = 1
    for stride, size in strides:
        if size != 1 and stride != expected:
            return False
        expected *= size
    outermost = x.dim() == 0 or x.shape[0] <= 1 or x.stride(0) * x.shape[0] == x.numel()
    return outermost and (
        call.static or call.steps <= 1 or call.inputs[0].stride(0) == x.numel()
    )


def laid_out(x: Tensor, stride: Sequence[int]) -> Tensor:
    """``x`` with these strides, copied if it has others."""
    if x.stride() == tuple(stride):
        return x
    room = torch.empty_strided(x.shape, stride, dtype=x.dtype, device=x.device)
    return room.copy_(x)


def term_operand(term: Tensor, sample: Tensor) -> list[Operand]:
    """A term as kernels read it: element i belongs to number ``i / stride % size``."""
    if term.numel() == 1:
        return [term, 1, 1]
    if term.shape[0] == term.numel():  # one a channel
        return [term.contiguous(), term.numel(), sample.stride(1)]
    one = sample[0]
    return [laid_out(term.expand(one.shape), one.stride()), one.numel(), 1]

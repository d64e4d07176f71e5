"""A call of a neuron: its operands, and how they are laid out alike."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

Tensors = tuple[Tensor, ...]
Memory = tuple[Tensor, int, torch.dtype]  # with how many numbers, and of which type
Operand = Memory | int | None
Launch = Callable[[str, Sequence[Operand]], None]

BLOCK = 512  # elements that a thread of the CPU works on at a time
DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)


def spike(u: Tensor) -> Tensor:
    """1 where u >= 0, else 0; 0 for NaN."""
    return (u >= 0.0).to(u)


def spike_above(u: Tensor) -> Tensor:
    """1 where u > 0, else 0; 0 for NaN."""
    return (u > 0.0).to(u)


def choose(condition: Tensor, a: float, b: float, like: Tensor) -> Tensor:
    """One of two numbers, in the type of ``like``."""
    return torch.where(condition, like.new_tensor(a), like.new_tensor(b))


@dataclass(frozen=True)
class Spec:
    """How one neuron is called.

    ``step(*inputs, *terms, *states)`` gives the output, the states after it and the values kept;
    ``adjoint(*kept, *terms, grad, *state_grads)`` the gradients of inputs, states and terms.
    ``kept`` are the inputs, then the states, by their numbers, that the adjoint reads. ``joined``:
    its compiled kernel is also told of layers that run in it.
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
    joined: bool = False


@dataclass(frozen=True)
class Call:
    """One call of the kernel ``name``.

    Inputs are [T, B, ...] or, if ``static``, [B, ...]. Terms broadcast over [...], the first states
    (``starts``, if they are given) over [B, ...]; ``given`` is what they were before that.
    """

    name: str
    spec: Spec
    inputs: Tensors
    terms: Tensors
    starts: Tensors
    steps: int
    static: bool
    backend: str
    given: Tensors = ()

    @functools.cached_property
    def sample(self) -> Tensor:
        """One step of the first input: the shape and the layout of everything."""
        first = self.inputs[0]
        if self.static:
            return first
        return first[0] if self.steps else first.sum(0)

    @property
    def size(self) -> int:
        """How many numbers a step has."""
        return self.sample.numel()

    @property
    def dtype(self) -> torch.dtype:
        """The type of inputs and output."""
        return self.inputs[0].dtype

    @property
    def real(self) -> torch.dtype:
        """The type of states and terms: at least float32."""
        return torch.promote_types(self.dtype, torch.float32)

    def at(self, t: int) -> list[Tensor]:
        """The inputs of step t."""
        return [(x if self.static else x[t]).to(self.real) for x in self.inputs]

    def over_time(self, dtype: torch.dtype) -> Tensor:
        """Room for [T, B, ...] in the layout of the sample."""
        x = self.sample
        size, stride = (self.steps, *x.shape), (self.size, *x.stride())
        return torch.empty_strided(size, stride, dtype=dtype, device=x.device)

    def once(self) -> Tensor:
        """Room for a state, [B, ...], in the layout of the sample."""
        return torch.empty_like(self.sample, dtype=self.real)


def densified(call: Call) -> Call:
    """Any dense layout stays as it is; anything else, and other operands, are copied into it."""
    first = call.inputs[0] if is_dense(call) else call.inputs[0].contiguous()
    inputs = (first, *(laid_out(x, first.stride()) for x in call.inputs[1:]))
    if any(x is not y for x, y in zip(inputs, call.inputs, strict=True)):
        call = replace(call, inputs=inputs)
    if not call.starts:
        return call
    x = call.sample
    starts = tuple(laid_out(s.expand(x.shape), x.stride()) for s in call.starts)
    return replace(call, starts=starts, given=call.starts)


def is_dense(call: Call) -> bool:
    """Whether samples lie behind each other without gaps, time outermost, the batch next."""
    if call.inputs[0].is_contiguous():
        return True
    x, n = call.sample, call.sample.numel()
    if not call.static and call.steps > 1 and call.inputs[0].stride(0) != n:
        return False
    if x.shape[0] > 1 and x.stride(0) * x.shape[0] != n:
        return False
    expected = 1
    for stride, size in sorted(zip(x.stride(), x.shape, strict=True)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def laid_out(x: Tensor, stride: Sequence[int]) -> Tensor:
    """``x`` with these strides, copied if it has others; an axis of size 1 may have any."""
    if all(a == b or n == 1 for a, b, n in zip(x.stride(), stride, x.shape)):
        return x
    room = torch.empty_strided(x.shape, stride, dtype=x.dtype, device=x.device)
    return room.copy_(x)


def term_operand(term: Tensor, sample: Tensor) -> list[Operand]:
    """A term as kernels read it: element i belongs to number ``i / stride % size``."""
    one = sample[0]
    if term.numel() == 1:
        return [(term, 1, term.dtype), 1, 1]
    if term.dim() == one.dim() and len(term) == term.numel():  # one a channel
        size, stride, dense = term.numel(), sample.stride(1), term.contiguous()
    else:
        size, stride = one.numel(), 1
        dense = laid_out(term.expand(one.shape), one.stride())
    return [(dense, size, term.dtype), size, stride]

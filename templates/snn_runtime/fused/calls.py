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
        size, stride = (self.steps, *x.shape), (x.numel(), *x.stride())
        return torch.empty_strided(size, stride, dtype=dtype, device=x.device)

    def once(self) -> Tensor:
        """Room for a state, [B, ...], in the layout of the sample."""
        return torch.empty_like(self.sample, dtype=self.real)


def checked(call: Call) -> Call:
    """The call with every operand dense and alike; raises before any pointer is taken."""
    check_counts(call)
    check_inputs(call)
    for term in call.terms:
        check_small("number", term, call.sample.shape[1:], call)
    for start in call.starts:
        check_small("state", start, call.sample.shape, call)
    return densified(call)


def check_counts(call: Call) -> None:
    """As many operands as the kernel has parameters."""
    spec = call.spec
    have = len(call.inputs), len(call.terms), len(call.starts) or len(spec.start)
    want = spec.inputs, spec.terms, len(spec.start)
    if have != want:
        what = "inputs, {} numbers and {} states"
        message = f"takes {want[0]} {what}, not {have[0]} {what}"
        raise TypeError(f"{call.name} {message.format(*want[1:], *have[1:])}")


def check_inputs(call: Call) -> None:
    """Inputs that a kernel can read, and that are alike."""
    first, least = call.inputs[0], 1 if call.static else 2
    if first.dtype not in DTYPES:
        names = " or ".join(map(str, DTYPES))
        raise TypeError(f"a neuron takes {names}, not {first.dtype}")
    if first.dim() < least or call.steps < 0:
        want = f"[B, ...] for {call.steps} steps" if call.static else "[T, B, ...]"
        raise ValueError(f"a neuron cannot take {tuple(first.shape)} as {want}")
    for x in call.inputs:
        if (x.shape, x.dtype, x.device) != (first.shape, first.dtype, first.device):
            raise ValueError("a neuron's inputs must agree in shape, dtype and device")


def check_small(what: str, x: Tensor, shape: Sequence[int], call: Call) -> None:
    """A number or state: of the type that is computed in, and it broadcasts over ``shape``."""
    sizes = zip(reversed(x.shape), reversed(shape), strict=False)
    if x.dim() > len(shape) or any(a not in (1, b) for a, b in sizes):
        raise ValueError(f"a neuron's {what} is {tuple(x.shape)}, not {tuple(shape)}")
    have, want = (x.dtype, x.device), (call.real, call.inputs[0].device)
    if have != want:
        on = "{} on {}, not {} on {}".format(*have, *want)
        raise TypeError(f"a neuron's {what} must be like its input: {on}")


def check_grads(call: Call, grad: Tensor, ends: Tensors) -> None:
    """Gradients of what the forward gave, in any layout."""
    shape = call.sample.shape
    wrong = grad.shape != (call.steps, *shape) or any(g.shape != shape for g in ends)
    if wrong or len(ends) not in (0, len(call.spec.start)):
        raise ValueError(f"these are not the gradients of what {call.name} gave")
    if any(g.device != call.sample.device for g in (grad, *ends)):
        raise ValueError(f"gradients of {call.name} must be on {call.sample.device}")


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
        return [term, 1, 1]
    if term.dim() == one.dim() and len(term) == term.numel():  # one a channel
        return [term.contiguous(), term.numel(), sample.stride(1)]
    return [laid_out(term.expand(one.shape), one.stride()), one.numel(), 1]

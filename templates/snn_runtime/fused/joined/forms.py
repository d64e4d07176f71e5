"""Forms of a neuron's kernel: the layers that run in it, and the layouts that it takes."""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from ..calls import BLOCK, Call, Memory, Operand, laid_out
from ..checked import refuse
from ..launch import once, optional, over_time, read
from .windows import Window, channels_last, parsed

NORMED = "normed"
WIDEST = 8192  # elements of the rows of one window: a block of the CPU holds them


@dataclass(frozen=True)
class Form:
    """The neuron ``neuron``, behind a normalisation if ``normed``, in front of pooling."""

    neuron: str
    window: Window | None
    normed: bool

    @property
    def macros(self) -> tuple[str, ...]:
        """What the neuron's text is compiled with."""
        norm = ("-DWITH_NORM",) if self.normed else ()
        return (*norm, *(self.window.macros if self.window else ()))

    def takes(self, x: Tensor) -> bool:
        """Whether kernels take samples x [B, ...], laid out without gaps."""
        if self.window is None:
            return x.dim() > 1
        large = x.dim() == 4 and x.shape[1] > 0
        large = large and x.shape[2] >= self.window.height
        if not large or x.shape[3] < self.window.width:
            return False
        rows = self.window.height * x.shape[3]
        return channels_last(x) or (x.is_contiguous() and rows <= WIDEST)


def form_of(neuron: str, text: str) -> Form:
    """The form with that name: ``max_2x2``, ``normed``, ``max_2x2_normed``."""
    normed = text.endswith(NORMED)
    window = text.removesuffix(NORMED).rstrip("_")
    return Form(neuron, parsed(window) if window else None, normed)


def text_of(window: str, normed: bool) -> str:
    """Its name."""
    return "_".join([*[window] * bool(window), *[NORMED] * normed])


def inner(x: Tensor) -> int:
    """How many elements of a channel lie side by side in [B, C, ...]."""
    if x.is_contiguous() or x.shape[1] == 1:
        return max(1, math.prod(x.shape[2:]))
    return x.stride(1)


def room(call: Call, window: Window | None, device: str | None = None) -> Tensor:
    """Room for the output, pooled if there is a window, in the layout of the sample."""
    x, where = call.sample, device or call.sample.device
    if window is None:
        size, stride = (call.steps, *x.shape), (x.numel(), *x.stride())
        return torch.empty_strided(size, stride, dtype=call.dtype, device=where)
    batch, channels, height, width = x.shape
    last = x.is_contiguous(memory_format=torch.channels_last)
    plain = x.is_contiguous() or not last
    places = height // window.height, width // window.width
    found = torch.empty(
        (call.steps * batch, channels, *places),
        dtype=call.dtype,
        device=where,
        memory_format=torch.contiguous_format if plain else torch.channels_last,
    )
    return torch.unflatten(found, 0, (call.steps, batch))


def as_output(call: Call, window: Window | None, x: Tensor) -> Memory:
    """What has a number for every element and step or, if there are windows, for each of these."""
    if window is None:
        return over_time(call, x)
    height, width = call.sample.shape[-2:]
    places = height // window.height * (width // window.width)
    return x, call.steps * call.size // (height * width) * places, call.dtype


def check_images(call: Call, window: Window) -> None:
    """Images [B, C, H, W] of at least one window."""
    x, (height, width) = call.sample, window.size
    if x.dim() == 4 and x.shape[1] and x.shape[2] >= height and x.shape[3] >= width:
        return
    least = f"[..., B, C, H, W] with at least {height} x {width} places"
    refuse(call, "inputs[0]", call.inputs[0], least)


def image(call: Call) -> list[Operand]:
    """Rows and columns, where there are any."""
    return [*call.sample.shape[-2:]] if call.sample.dim() == 4 else [1, 1]


def block(call: Call, window: Window | None) -> int:
    """How many elements a thread of the CPU works on: at least the rows of one window."""
    rows = window.height * call.sample.shape[-1] if window else 0
    return max(BLOCK, 1 << (rows - 1).bit_length() if rows else 0)


@dataclass(frozen=True)
class Back:
    """What a way back is handed and gives: ``given`` is the gradient of the output.

    ``grads`` are those of inputs and, one an element, of terms and first states.
    """

    call: Call
    given: Tensor
    ends: tuple[Tensor, ...]
    window: Window | None

    @property
    def operands(self) -> list[Operand]:
        """The gradients that arrive, in the layout of the output and of a sample."""
        call, like = self.call, room(self.call, self.window, "meta")
        grad = as_output(call, self.window, laid_out(self.given, like.stride()))
        stride = call.sample.stride()
        return [grad, *optional(call, [laid_out(g, stride) for g in self.ends])]

    @cached_property
    def grads(self) -> list[Tensor]:
        """Room for the results."""
        call, x, new = self.call, self.call.sample, torch.empty_like
        small = (*call.terms, *call.starts)
        return [*map(new, call.inputs), *(new(x, dtype=call.real) for _ in small)]

    def clear(self) -> None:
        """Gives what belongs to no window the gradient 0."""
        for g in self.grads if self.window else ():
            assert self.window is not None
            height, width = self.window.size
            g[..., g.shape[-2] // height * height :, :] = 0.0
            g[..., g.shape[-1] // width * width :] = 0.0

    @property
    def results(self) -> list[Operand]:
        """The same, and nothing for first states that are not given."""
        call, inputs = self.call, len(self.call.inputs)
        small = inputs + len(call.terms)
        grads = read(call, self.grads[:inputs]), once(call, self.grads[inputs:small])
        return [*grads[0], *grads[1], *optional(call, self.grads[small:])]


def alone(call: Call, form: Form) -> Call:
    """The call of the neuron without what is around it."""
    return replace(call, name=form.neuron)

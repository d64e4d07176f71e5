"""What kernels over the parts of an image are handed."""

import functools
from dataclasses import dataclass

import torch
from torch import Tensor

from ..calls import Call, Launch, Memory, Operand, laid_out
from ..checked import refuse
from ..cpu import BLOCK, blocks_of, count_threads, launching
from ..launch import once, optional, over_time, read
from .windows import Window


@dataclass(frozen=True)
class Back:
    """What a way back is handed and gives: ``given`` is the gradient of the output.

    ``grads`` are those of inputs and, one an element, of terms and first states.
    """

    call: Call
    given: Tensor
    window: Window | None

    @property
    def grad(self) -> Memory:
        """The gradient in the layout of the output."""
        like = room(self.call, self.window, "meta")
        return as_output(self.call, self.window, laid_out(self.given, like.stride()))

    @functools.cached_property
    def grads(self) -> list[Tensor]:
        """Room for the results, where what belongs to no window has 0."""
        call, x = self.call, self.call.sample
        new = torch.empty_like if whole(x, self.window) else torch.zeros_like
        small = (*call.terms, *call.starts)
        return [*map(new, call.inputs), *(new(x, dtype=call.real) for _ in small)]

    @property
    def results(self) -> list[Operand]:
        """The same, and nothing for first states that are not given."""
        call, inputs = self.call, len(self.call.inputs)
        small = inputs + len(call.terms)
        grads = read(call, self.grads[:inputs]), once(call, self.grads[inputs:small])
        return [*grads[0], *grads[1], *optional(call, self.grads[small:])]


def whole(x: Tensor, window: Window | None) -> bool:
    """Whether every element of images belongs to a window."""
    if window is None:
        return True
    return x.shape[-2] % window.height == 0 and x.shape[-1] % window.width == 0


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


def image(call: Call) -> list[int]:
    """Rows, columns, channels."""
    return [*call.sample.shape[-2:], call.sample.shape[1]]


def part_launcher(text: str, call: Call, window: Window | None) -> tuple[Launch, int]:
    """Calls a kernel of the compiled C text; and the scratch numbers of its way back."""
    size, spec = window.height * window.width if window else 1, call.spec
    threads = count_threads(blocks_of(call.size), call.size * call.steps)
    kept = size * (len(spec.kept_states) + spec.kept_values) + 1
    launch = launching(text, call.dtype, threads)
    return launch, threads * call.steps * BLOCK * kept

"""The self-check of a package, with its recurrent neurons fed back through a weight."""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor

from ..calls import Tensors
from ..launch import Unavailable
from ..selfcheck import STEPS
from ..selfcheck import selfcheck as of_neurons
from .kernels import RecurrentKernels

BATCH, WIDTH = 5, 37


def selfcheck(kernels: RecurrentKernels, arguments: Sequence[str] | None = None) -> int:
    """The command line: a line for every neuron, type and backend; 1 if any differs, else 0."""
    run = functools.partial(functools.partial, both_ways, kernels)
    return of_neurons(kernels, arguments, {f"{n} W": run(n) for n in kernels.recurrent})


def both_ways(
    kernels: RecurrentKernels,
    name: str,
    dtype: torch.dtype,
    device: str,
    static: bool,
    backend: str,
) -> Tensors:
    """The output and every gradient of one call on fixed random data.

    Weights are sixteenths: a sum of them over spikes is exact in any order.
    """
    if device != "cpu":
        raise Unavailable("recurrent neurons run step by step on a GPU")
    spec = kernels.specs[name]
    random = torch.Generator().manual_seed(0)
    real = torch.promote_types(dtype, torch.float32)

    def draw(*shape: int) -> Tensor:
        return torch.rand(shape, generator=random).to(real)

    x = (draw(*([] if static else [STEPS]), BATCH, WIDTH) * 2).to(dtype)
    terms = [draw() for _ in range(spec.terms)]
    starts = [draw(BATCH, WIDTH) for _ in spec.start]
    weight = (draw(WIDTH, WIDTH) * 8 - 4).round() / 16
    last = [] if static else [draw(BATCH, WIDTH).round()]
    call = kernels.call(name, [x], terms, starts, STEPS, static, backend)
    output, *ends = kernels.feed(call, weight, last, end=True)
    grad, end_grads = draw(*output.shape).to(dtype), [draw(*end.shape) for end in ends]
    grads = kernels.feed_back(call, weight, last, output, grad, end_grads)
    return output, *ends, *grads
